package dev.weir.cli.model;

import dev.weir.classify.ClassifierTrainer;
import dev.weir.model.InputView;
import dev.weir.model.InputView.Block;
import dev.weir.model.Readout;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.util.Arrays;
import java.util.List;

/**
 * How {@code weir train --task classify} trains a network.
 *
 * @param cell of the network
 * @param hiddenSize of a direction
 * @param layers of the network
 * @param bidirectional whether the network reads both ways
 * @param readout what its head reads
 * @param learningRate the highest of Adam
 * @param balanced whether each class counts the same, however many windows it has
 * @param isTrained whether the network learns; else it keeps its first weights
 * @param seed of everything random
 */
record ClassifierSettings(
    Cell cell,
    int hiddenSize,
    int layers,
    boolean bidirectional,
    Readout readout,
    double learningRate,
    boolean balanced,
    boolean isTrained,
    long seed) {

  /** What the network sees of a value. */
  static final List<Block> BLOCKS = List.of(Block.WINDOW, Block.GLOBAL, Block.DIFFERENCE);

  RnnConfig rnn(InputView view) {
    return new RnnConfig(cell, view.inputSize(), hiddenSize, layers, bidirectional, true);
  }

  /**
   * How a network learns some windows.
   *
   * @param n how many windows
   * @param counts labels of each class
   */
  ClassifierTrainer.Settings training(RnnConfig rnn, int n, int[] counts) {
    return new ClassifierTrainer.Settings(
        rnn,
        readout,
        isTrained ? updates(n, counts.length) : 0,
        n < 70 ? 16 : n < 2_000 ? 32 : 128,
        learningRate,
        ClassifierTrainer.Regularization.DEFAULT,
        classWeights(counts),
        seed);
  }

  private static int updates(int windows, int classes) {
    double updates = 70 * Math.sqrt(classes) * Math.sqrt(Math.sqrt(windows));
    return (int) Math.round(Math.max(300, Math.min(4_000, updates)));
  }

  /** What a window of each class counts; null: 1. */
  double[] classWeights(int[] counts) {
    if (!balanced) {
      return null;
    }
    long labels = Arrays.stream(counts).asLongStream().sum();
    long present = Arrays.stream(counts).filter(count -> count > 0).count();
    double[] weights = new double[counts.length];
    for (int k = 0; k < counts.length; k++) {
      weights[k] = counts[k] == 0 ? 0 : (double) labels / present / counts[k];
    }
    return weights;
  }
}
