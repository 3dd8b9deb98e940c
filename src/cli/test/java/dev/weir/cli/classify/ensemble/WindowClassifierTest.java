package dev.weir.cli.classify.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.classify.ClassScore;
import dev.weir.classify.LabelledWindows;
import dev.weir.model.InputView.Block;
import dev.weir.model.Readout;
import dev.weir.rnn.cell.Cell;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class WindowClassifierTest {

  private static final ExecutorService THREADS = Executors.newFixedThreadPool(2);

  private static final ClassifierSettings SMALL =
      new ClassifierSettings(
          Cell.RNN_TANH,
          6,
          1,
          true,
          Readout.MEAN,
          List.of(Block.WINDOW, Block.GLOBAL),
          60,
          1e-2,
          0.1,
          0.1,
          0.1,
          0.1,
          false,
          3,
          4);

  @AfterAll
  static void stop() {
    THREADS.shutdownNow();
  }

  /** Three classes of two channels: a wave in the one, in the other, or in both. */
  private static LabelledWindows waves(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] windows = new float[count][2 * 25];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 3;
      double phase = random.nextDouble(6);
      for (int t = 0; t < 25; t++) {
        double wave = 1.5 * Math.sin(0.7 * t + phase);
        windows[i][2 * t] = (float) ((labels[i] != 1 ? wave : 0) + 0.5 * random.nextGaussian());
        windows[i][2 * t + 1] = (float) ((labels[i] != 0 ? wave : 0) + 0.5 * random.nextGaussian());
      }
    }
    return new LabelledWindows(2, List.of("first", "second", "both"), windows, labels);
  }

  @Test
  void classifiesWindowsThatItHasNotSeen() {
    WindowClassifier classifier = WindowClassifier.train(waves(45, 1), SMALL, THREADS, done -> {});
    LabelledWindows others = waves(90, 2);
    ClassScore score = new ClassScore(3);
    double[][] probabilities = new double[WindowClassifier.METHODS.size()][3];
    for (int i = 0; i < others.size(); i++) {
      classifier.classify(others.windows()[i], probabilities);
      score.add(probabilities[0], others.labels()[i]);
    }
    assertThat(score.accuracy()).isGreaterThan(0.9);
    assertThat(score.logLoss()).isLessThan(0.4);
    double[] weights = classifier.weights();
    assertThat(weights).hasSize(3);
    assertThat(Arrays.stream(weights).min().getAsDouble()).isGreaterThan(0.019);
  }

  @Test
  void theNumberOfThreadsChangesNoBit() {
    ExecutorService one = Executors.newSingleThreadExecutor();
    try {
      double[][] answer = answer(THREADS);
      assertThat(answer).isDeepEqualTo(answer(one));
    } finally {
      one.shutdownNow();
    }
  }

  private static double[][] answer(ExecutorService threads) {
    LabelledWindows windows = waves(18, 5);
    WindowClassifier classifier = WindowClassifier.train(windows, SMALL, threads, done -> {});
    double[][] probabilities = new double[WindowClassifier.METHODS.size()][3];
    classifier.classify(waves(1, 6).windows()[0], probabilities);
    return probabilities;
  }

  @Test
  void tooFewWindowsAreRefused() {
    LabelledWindows windows = waves(9, 1).subset(new int[] {0, 3, 6});
    assertThatThrownBy(() -> WindowClassifier.train(windows, SMALL, THREADS, done -> {}))
        .hasMessage("windows: expected at least 4, of 2 classes, got 3 of 1");
  }
}
