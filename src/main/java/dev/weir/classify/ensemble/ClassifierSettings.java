package dev.weir.classify.ensemble;

import dev.weir.classify.network.InputView.Block;
import dev.weir.model.Readout;
import dev.weir.rnn.cell.Cell;
import java.util.List;

/**
 * How {@link WindowClassifier} trains.
 *
 * @param cell of the networks
 * @param hiddenSize of a direction
 * @param layers of the networks
 * @param bidirectional whether the networks read both ways
 * @param readout what their heads read
 * @param blocks what the networks see of a value
 * @param updates mini-batches of a network; 0: by the number of windows and classes
 * @param learningRate the highest of Adam
 * @param dropout between layers and before the head
 * @param smoothing of the labels
 * @param noise deviation added to the networks' inputs
 * @param stretch deviation of the factor of a window
 * @param balanced whether each class counts the same, however many windows it has
 * @param folds parts into which the windows are split to score the methods
 * @param seed of everything random
 */
public record ClassifierSettings(
    Cell cell,
    int hiddenSize,
    int layers,
    boolean bidirectional,
    Readout readout,
    List<Block> blocks,
    int updates,
    double learningRate,
    double dropout,
    double smoothing,
    double noise,
    double stretch,
    boolean balanced,
    int folds,
    long seed) {

  /** What is used where nothing else is asked for. */
  public static ClassifierSettings defaults(long seed) {
    return new ClassifierSettings(
        Cell.GRU,
        32,
        2,
        true,
        Readout.MEAN,
        List.of(Block.WINDOW, Block.GLOBAL, Block.DIFFERENCE),
        0,
        4e-3,
        0.2,
        0.1,
        0.1,
        0.1,
        false,
        4,
        seed);
  }
}
