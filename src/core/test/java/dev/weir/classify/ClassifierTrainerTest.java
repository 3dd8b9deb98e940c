package dev.weir.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.InputView;
import dev.weir.model.InputView.Block;
import dev.weir.model.Readout;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClassifierTrainerTest {

  /** Rising and falling windows of 5 to 9 steps, whose level says nothing. */
  private static LabelledWindows slopes(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] windows = new float[count][];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 2;
      windows[i] = new float[5 + random.nextInt(5)];
      double level = random.nextDouble(-20, 20);
      for (int t = 0; t < windows[i].length; t++) {
        double slope = labels[i] == 0 ? 0.5 : -0.5;
        windows[i][t] = (float) (level + slope * t + 0.3 * random.nextGaussian());
      }
    }
    return new LabelledWindows(1, List.of("rising", "falling"), windows, labels);
  }

  private static float[] train(LabelledWindows windows, InputView view) {
    return new ClassifierTrainer(settings(view), view, windows).train(share -> {});
  }

  private static ClassifierTrainer.Settings settings(InputView view) {
    RnnConfig rnn = new RnnConfig(Cell.LSTM, view.inputSize(), 4, 2, true, true);
    return new ClassifierTrainer.Settings(
        rnn,
        Readout.FINAL_HIDDEN,
        120,
        8,
        1e-2,
        new ClassifierTrainer.Regularization(1e-2, 0.1, 0.1, 0.05, 0.1),
        null,
        5);
  }

  @Test
  void learnsWindowsOfUnequalLength() {
    LabelledWindows windows = slopes(40, 1);
    InputView view = InputViews.of(windows, List.of(Block.WINDOW));
    ClassifierTrainer.Settings settings = settings(view);
    NetworkClassifier network =
        new NetworkClassifier(view, settings.rnn(), settings.readout(), 2, train(windows, view));
    LabelledWindows others = slopes(60, 2);
    int right = 0;
    float[] logits = new float[2];
    for (int i = 0; i < others.size(); i++) {
      network.logits(others.windows()[i], logits);
      right += (logits[1] > logits[0] ? 1 : 0) == others.labels()[i] ? 1 : 0;
    }
    assertThat(right).isGreaterThanOrEqualTo(57);
  }

  /** The class of a step is whether the values rise or fall there; its level says nothing. */
  @Test
  void learnsStepsOfSequencesOfUnequalLength() {
    LabelledSequences sequences = ramps(30, 4);
    InputView view = InputViews.of(sequences, List.of(Block.DIFFERENCE));
    assertThat(view.patch()).isEqualTo(1);
    ClassifierTrainer.Settings settings = settings(view);
    float[] weights = new ClassifierTrainer(settings, view, sequences).train(share -> {});
    NetworkClassifier network =
        new NetworkClassifier(view, settings.rnn(), settings.readout(), 2, weights);
    LabelledSequences others = ramps(20, 5);
    int right = 0;
    for (int i = 0; i < others.size(); i++) {
      int[] labels = others.labels()[i];
      float[] logits = new float[2 * labels.length];
      network.stepLogits(others.values()[i], logits);
      for (int t = 0; t < labels.length; t++) {
        right += (logits[2 * t + 1] > logits[2 * t] ? 1 : 0) == labels[t] ? 1 : 0;
      }
    }
    assertThat((double) right / others.steps()).isGreaterThan(0.9);
  }

  private static LabelledSequences ramps(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] values = new float[count][];
    int[][] labels = new int[count][];
    for (int i = 0; i < count; i++) {
      int steps = 11 + random.nextInt(4);
      values[i] = new float[steps];
      labels[i] = new int[steps];
      double level = random.nextDouble(-20, 20);
      int label = random.nextInt(2);
      for (int t = 0; t < steps; t++) {
        label = random.nextInt(5) == 0 ? 1 - label : label;
        level += label == 0 ? 0.5 : -0.5;
        values[i][t] = (float) (level + 0.1 * random.nextGaussian());
        labels[i][t] = label;
      }
    }
    return new LabelledSequences(1, List.of("rising", "falling"), values, labels);
  }

  @Test
  void theSameWindowsGiveTheSameBits() {
    LabelledWindows windows = slopes(20, 3);
    InputView view = InputViews.of(windows, List.of(Block.WINDOW));
    assertThat(train(windows, view)).isEqualTo(train(windows, view));
  }
}
