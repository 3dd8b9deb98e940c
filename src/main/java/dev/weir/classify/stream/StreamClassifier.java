package dev.weir.classify.stream;

import dev.weir.classify.Probabilities;
import dev.weir.rnn.TorchRandom;
import dev.weir.rnn.cell.Cell;
import dev.weir.rnn.cell.RnnConfig;
import dev.weir.rnn.training.Initialization;
import dev.weir.rnn.training.TrainableRnn;
import java.util.Arrays;
import java.util.List;

/**
 * Classifies the rows of a series one after another, and learns from the label of each row, which
 * arrives before the next row. Several methods answer; a regression on what they say is one more,
 * and all are mixed by their log losses, so that the mixture is never much worse than the best.
 *
 * <pre>{@code
 * StreamClassifier classifier = new StreamClassifier(new StreamClassifier.Settings(6, 2, 1));
 * float[] state = classifier.newState();
 * double[] probabilities = classifier.classify(state, row)[0];  // of the mixture
 * classifier.learn(state, label);
 * }</pre>
 *
 * <p>All that is learned is in the state, which lies with the caller, so that one instance serves
 * any number of series of the same settings. Between {@link #classify} and {@link #learn} no other
 * series may be asked. Allocates nothing. Not thread-safe.
 */
public final class StreamClassifier {

  /** Rows before at which labels are read: the newest, and what a day or a week is in rows. */
  private static final int[] LAGS = {1, 2, 3, 12, 24, 48, 96, 168, 336};

  private static final int FIXED_UNITS = 64;
  private static final int TRAINED_UNITS = 32;
  private static final int KEPT_ROWS = 16;
  private static final int FRESH_ROWS = 8;
  private static final double LEARNING_RATE = 2e-3;
  private static final double FORGETTING = 0.9998;
  private static final double LOGISTIC_RATE = 0.1;
  private static final double STACKING_RATE = 0.005;
  private static final int STACKING_STARTS = 100; // rows
  private static final double SHARE = 0.002; // of a method's weight that all methods get
  private static final float LARGEST_LOG = 6f;

  /** Names of the methods, in the order of {@link #classify}. */
  public static final List<String> METHODS =
      List.of(
          "mixture",
          "last-label",
          "frequencies",
          "logistic",
          "fixed-network",
          "network",
          "mean",
          "stacking");

  private static final int ALONE = 5; // methods that the stacking reads
  private static final int MIXED = METHODS.size() - 1;
  private static final int MEAN = 6;
  private static final int STACKING = 7;

  /**
   * @param width values of a row
   * @param classes number of classes, at least 2
   * @param seed of the networks' first weights
   */
  public record Settings(int width, int classes, long seed) {
    public Settings {
      check("values of a row", width, 1, 1_000);
      check("classes", classes, 2, 100);
    }

    private static void check(String what, int value, int least, int most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            "%s: expected %d to %d, got %d".formatted(what, least, most, value));
      }
    }
  }

  private final Settings settings;
  private final RowScaling scaling;
  private final LabelHistory history;
  private final LabelCounts counts;
  private final SoftmaxRegression logistic;
  private final TrainableRnn fixed;
  private final float[] fixedWeights;
  private final RecursiveRegression readout;
  private final OnlineNetwork network;
  private final SoftmaxRegression stacking;
  private final int hiddenAt; // of the fixed network
  private final int weightsAt; // of the methods
  private final int rowsAt;
  private final int length;

  // of the row that was classified last
  private final float[] row; // (inputs): scaled values, labels before
  private final float[] features; // (inputs, 1, hidden state of the fixed network)
  private final float[] logs; // (alone, classes), 1
  private final float[] logits; // (classes)
  private final double[][] probabilities; // (methods)(classes)
  private int lastLabel;

  public StreamClassifier(Settings settings) {
    this.settings = settings;
    int classes = settings.classes();
    int at = 0;
    this.scaling = new RowScaling(settings.width(), at);
    at += scaling.length();
    this.history = new LabelHistory(classes, LAGS, at);
    at += history.length();
    this.counts = new LabelCounts(classes, at);
    at += counts.length();
    int inputs = settings.width() + history.width();
    this.logistic = new SoftmaxRegression(inputs + 1, classes, LOGISTIC_RATE, at);
    at += logistic.length();
    RnnConfig fixedConfig = new RnnConfig(Cell.GRU, inputs, FIXED_UNITS, 1, false, true);
    this.fixed = new TrainableRnn(fixedConfig);
    this.fixedWeights = Initialization.recurrent(fixedConfig, new TorchRandom(settings.seed()));
    this.readout = new RecursiveRegression(inputs + 1 + FIXED_UNITS, classes, FORGETTING, at);
    at += readout.length();
    this.network =
        new OnlineNetwork(
            new RnnConfig(Cell.GRU, inputs, TRAINED_UNITS, 1, false, true),
            classes,
            KEPT_ROWS,
            FRESH_ROWS,
            LEARNING_RATE,
            settings.seed() + 1,
            at);
    at += network.length();
    this.stacking = new SoftmaxRegression(ALONE * classes + 1, classes, STACKING_RATE, at);
    at += stacking.length();
    this.hiddenAt = at;
    this.weightsAt = hiddenAt + FIXED_UNITS;
    this.rowsAt = weightsAt + MIXED;
    this.length = rowsAt + 1;
    this.row = new float[inputs];
    this.features = new float[inputs + 1 + FIXED_UNITS];
    this.logs = new float[ALONE * classes + 1];
    this.logits = new float[classes];
    this.probabilities = new double[METHODS.size()][classes];
  }

  /** The state of a series that has no rows yet. */
  public float[] newState() {
    float[] state = new float[length];
    Arrays.fill(state, weightsAt, rowsAt, 1f / MIXED);
    readout.start(state);
    network.start(state);
    return state;
  }

  /**
   * Classifies the next row of a series.
   *
   * @param state of the series; changed
   * @param values finite, as many as the settings say
   * @return (methods of {@link #METHODS})(classes), valid until the next call
   */
  public double[][] classify(float[] state, float[] values) {
    requireLength(state, values);
    int inputs = row.length;
    scaling.apply(state, values, row);
    history.features(state, row, settings.width());
    System.arraycopy(row, 0, features, 0, inputs);
    features[inputs] = 1f;
    fixed.step(fixedWeights, 0, row, 0, state, hiddenAt, null, 0);
    System.arraycopy(state, hiddenAt, features, inputs + 1, FIXED_UNITS);
    lastLabel = history.label(state, 1);
    counts.probabilities(state, lastLabel, probabilities[1]);
    counts.probabilities(state, -1, probabilities[2]);
    logistic.logits(state, features, logits);
    Probabilities.softmax(logits, 1, probabilities[3]);
    readout.logits(state, features, logits);
    Probabilities.softmax(logits, 1, probabilities[4]);
    network.logits(state, row, logits);
    Probabilities.softmax(logits, 1, probabilities[5]);
    combine(state);
    return probabilities;
  }

  private void requireLength(float[] state, float[] values) {
    if (state.length != length) {
      throw new IllegalArgumentException(
          "state: expected %d values, got %d".formatted(length, state.length));
    }
    if (values.length != settings.width()) {
      throw new IllegalArgumentException(
          "row: expected %d values, got %d".formatted(settings.width(), values.length));
    }
  }

  private void combine(float[] state) {
    int classes = settings.classes();
    for (int k = 0; k < classes; k++) {
      double sum = 0;
      for (int m = 1; m <= ALONE; m++) {
        sum += probabilities[m][k];
      }
      probabilities[MEAN][k] = sum / ALONE;
    }
    for (int m = 1; m <= ALONE; m++) {
      float mean = 0f;
      int at = (m - 1) * classes;
      for (int k = 0; k < classes; k++) {
        logs[at + k] = (float) Math.log(Math.max(Probabilities.LEAST, probabilities[m][k]));
        mean += logs[at + k] / classes;
      }
      for (int k = 0; k < classes; k++) {
        logs[at + k] = Math.max(-LARGEST_LOG, Math.min(LARGEST_LOG, logs[at + k] - mean));
      }
    }
    logs[logs.length - 1] = 1f;
    if (state[rowsAt] < STACKING_STARTS) {
      System.arraycopy(probabilities[MEAN], 0, probabilities[STACKING], 0, classes);
    } else {
      stacking.logits(state, logs, logits);
      Probabilities.softmax(logits, 1, probabilities[STACKING]);
    }
    for (int k = 0; k < classes; k++) {
      double sum = 0;
      for (int m = 1; m <= MIXED; m++) {
        sum += state[weightsAt + m - 1] * probabilities[m][k];
      }
      probabilities[0][k] = sum;
    }
  }

  /**
   * Learns the label of the row that was classified last.
   *
   * @param state of the same series; changed
   * @param label from 0 to below the number of classes
   */
  public void learn(float[] state, int label) {
    double sum = 0;
    for (int m = 1; m <= MIXED; m++) {
      int at = weightsAt + m - 1;
      state[at] *= (float) Math.max(Probabilities.LEAST, probabilities[m][label]);
      sum += state[at];
    }
    for (int at = weightsAt; at < rowsAt; at++) {
      state[at] = (float) ((1 - SHARE) * state[at] / sum + SHARE / MIXED);
    }
    stacking.logits(state, logs, logits);
    Probabilities.softmax(logits, 1, probabilities[STACKING]); // also where the mean stood in
    stacking.learn(state, logs, probabilities[STACKING], label);
    counts.add(state, lastLabel, label);
    history.add(state, label);
    logistic.learn(state, features, probabilities[3], label);
    readout.learn(state, features, probabilities[4], label);
    network.learn(state, label);
    state[rowsAt] = Math.min(STACKING_STARTS, state[rowsAt] + 1f);
  }
}
