package dev.weir.classify;

import dev.weir.rnn.Cell;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.TorchRandom;
import dev.weir.rnn.TrainableRnn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Classifies the rows of a series one after another, and learns from their labels, which arrive
 * later: before the next row or some rows later, in any order, or never. Several methods answer; a
 * regression on what they say is one more, and all are mixed by their log losses, so that the
 * mixture is never much worse than the best. A label that comes d rows late moves the shares in the
 * mixture by the (1 + d)th part: until it came, they could not follow it.
 *
 * <pre>{@code
 * StreamClassifier classifier = new StreamClassifier(StreamClassifier.Settings.of(6, 2, 1));
 * float[] state = classifier.newState();
 * double[] probabilities = classifier.classify(state, row)[0];  // of the mixture
 * classifier.learn(state, 0, 2, label);  // of the newest row, of 2 classes
 * }</pre>
 *
 * <p>All that is learned is in the state, which lies with the caller, so that one instance serves
 * any number of series of the same settings. Allocates nothing. Not thread-safe.
 *
 * @see <a href="https://proceedings.mlr.press/v28/joulani13.html">Joulani, György and Szepesvári,
 *     Online learning under delayed feedback, 2013</a>
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

  private static final List<String> OWN =
      List.of("last-label", "frequencies", "logistic", "fixed-network", "network");

  private static final double[][] NO_ANSWERS = {};

  /** Most classes. */
  public static final int MAX_CLASSES = 100;

  /** Most rows that wait for their label. */
  public static final int MAX_WAITING = 10_000;

  /**
   * @param width values of a row
   * @param classes number of classes at most, at least 2
   * @param waiting rows that wait for their label at most, at least 1
   * @param external names of further methods, whose answers the caller gives
   * @param seed of the networks' first weights
   */
  public record Settings(int width, int classes, int waiting, List<String> external, long seed) {
    public Settings {
      check("values of a row", width, 1, 1_000);
      check("classes", classes, 2, MAX_CLASSES);
      check("waiting", waiting, 1, MAX_WAITING);
      external = List.copyOf(external);
    }

    /** For labels that arrive before the next row. */
    public static Settings of(int width, int classes, long seed) {
      return new Settings(width, classes, 1, List.of(), seed);
    }

    private static void check(String what, int value, int least, int most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            "%s: expected %d to %d, got %d".formatted(what, least, most, value));
      }
    }
  }

  private final Settings settings;
  private final List<String> methods;
  private final int alone; // methods that the stacking reads
  private final int mixed;
  private final int mean;
  private final int stacked;
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
  private final int labelsAt; // number of labels, up to where the stacking starts
  private final int rowsAt; // of those that wait: number of rows, place of the next one, rows
  private final int waitingLength; // of one row that waits
  private final int length;

  // of one row
  private final float[] row; // (inputs): scaled values, labels before
  private final float[] features; // (inputs, 1, hidden state of the fixed network)
  private final float[] logs; // (alone, classes), 1
  private final float[] logits; // (classes)
  private final double[] learned; // (classes)
  private final double[][] probabilities; // (methods)(classes)

  public StreamClassifier(Settings settings) {
    this.settings = settings;
    List<String> names = new ArrayList<>(OWN);
    names.addAll(settings.external());
    this.alone = names.size();
    names.add(0, "mixture");
    names.add("mean");
    names.add("stacking");
    this.methods = List.copyOf(names);
    this.mixed = methods.size() - 1;
    this.mean = alone + 1;
    this.stacked = alone + 2;
    int classes = settings.classes();
    int at = 0;
    this.scaling = new RowScaling(settings.width(), at);
    at += scaling.length();
    this.history = new LabelHistory(classes, LAGS, settings.waiting(), at);
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
            settings.waiting(),
            LEARNING_RATE,
            settings.seed() + 1,
            at);
    at += network.length();
    this.stacking = new SoftmaxRegression(alone * classes + 1, classes, STACKING_RATE, at);
    at += stacking.length();
    this.hiddenAt = at;
    this.weightsAt = hiddenAt + FIXED_UNITS;
    this.labelsAt = weightsAt + mixed;
    this.rowsAt = labelsAt + 1;
    this.row = new float[inputs];
    this.features = new float[inputs + 1 + FIXED_UNITS];
    this.logs = new float[alone * classes + 1];
    this.logits = new float[classes];
    this.learned = new double[classes];
    this.probabilities = new double[methods.size()][classes];
    this.waitingLength = 2 + features.length + mixed * classes;
    this.length = rowsAt + 2 + settings.waiting() * waitingLength;
  }

  /** Names of the methods, in the order of {@link #classify}. */
  public List<String> methods() {
    return methods;
  }

  /** Values of a state. */
  public int stateLength() {
    return length;
  }

  /** The state of a series that has no rows yet. */
  public float[] newState() {
    float[] state = new float[length];
    Arrays.fill(state, weightsAt, labelsAt, 1f / mixed);
    readout.start(state);
    network.start(state);
    return state;
  }

  /** As {@link #classify(float[], float[], int, double[][])} of all classes. */
  public double[][] classify(float[] state, float[] values) {
    return classify(state, values, settings.classes(), NO_ANSWERS);
  }

  /**
   * Classifies the next row of a series. The oldest row that waits for its label is given up if as
   * many wait as may.
   *
   * @param state of the series; changed
   * @param values finite, as many as the settings say
   * @param known classes that there are so far, at least 1; the others have probability 0
   * @param external (external methods)(classes): what they say
   * @return (methods)(classes), valid until the next call
   */
  public double[][] classify(float[] state, float[] values, int known, double[][] external) {
    require(state, values, external);
    makeRoom(state, known);
    int inputs = row.length;
    scaling.apply(state, values, row);
    history.features(state, row, settings.width());
    System.arraycopy(row, 0, features, 0, inputs);
    features[inputs] = 1f;
    fixed.step(fixedWeights, 0, row, 0, state, hiddenAt, null, 0);
    System.arraycopy(state, hiddenAt, features, inputs + 1, FIXED_UNITS);
    int lastLabel = history.label(state, 1);
    counts.probabilities(state, lastLabel, known, probabilities[1]);
    counts.probabilities(state, -1, known, probabilities[2]);
    logistic.logits(state, features, logits);
    Probabilities.softmax(logits, known, 1, probabilities[3]);
    readout.logits(state, features, logits);
    Probabilities.softmax(logits, known, 1, probabilities[4]);
    network.logits(state, row, logits);
    Probabilities.softmax(logits, known, 1, probabilities[5]);
    for (int m = 0; m < external.length; m++) {
      take(external[m], known, probabilities[OWN.size() + 1 + m]);
    }
    combine(state, known);
    history.add(state);
    keep(state, lastLabel);
    return probabilities;
  }

  /** An answer that is not finite says nothing. */
  private static void take(double[] answer, int known, double[] probabilities) {
    double sum = 0;
    for (double probability : answer) {
      sum += probability;
    }
    if (Double.isFinite(sum)) {
      System.arraycopy(answer, 0, probabilities, 0, probabilities.length);
    } else {
      Arrays.fill(probabilities, 0);
      Arrays.fill(probabilities, 0, known, 1.0 / known);
    }
  }

  private void require(float[] state, float[] values, double[][] external) {
    if (state.length != length) {
      throw new IllegalArgumentException(
          "state: expected %d values, got %d".formatted(length, state.length));
    }
    if (values.length != settings.width()) {
      throw new IllegalArgumentException(
          "row: expected %d values, got %d".formatted(settings.width(), values.length));
    }
    if (external.length != settings.external().size()) {
      throw new IllegalArgumentException(
          "external methods: expected the answers of %d, got %d"
              .formatted(settings.external().size(), external.length));
    }
  }

  private void makeRoom(float[] state, int known) {
    int oldest = settings.waiting() - 1;
    if (isWaiting(state, oldest)) {
      giveUp(state, oldest, known);
    }
  }

  /** A row is kept until its label comes: whether it waits, the label before it, what it showed. */
  private void keep(float[] state, int lastLabel) {
    int next = (int) state[rowsAt + 1];
    int at = rowsAt + 2 + next * waitingLength;
    state[at++] = 1f;
    state[at++] = lastLabel;
    System.arraycopy(features, 0, state, at, features.length);
    at += features.length;
    for (int m = 1; m <= mixed; m++) {
      for (double probability : probabilities[m]) {
        state[at++] = (float) probability;
      }
    }
    state[rowsAt + 1] = (next + 1) % settings.waiting();
    state[rowsAt] = Math.min(settings.waiting(), state[rowsAt] + 1f);
  }

  private int place(float[] state, int age) {
    int slot = Math.floorMod((int) state[rowsAt + 1] - 1 - age, settings.waiting());
    return rowsAt + 2 + slot * waitingLength;
  }

  /**
   * Whether a row still waits for its label.
   *
   * @param age rows after it
   */
  public boolean isWaiting(float[] state, int age) {
    return age < state[rowsAt] && state[place(state, age)] != 0f;
  }

  private void giveUp(float[] state, int age, int known) {
    state[place(state, age)] = 0f;
    history.giveUp(state, age);
    network.giveUp(state, age, known);
  }

  private void combine(float[] state, int known) {
    int classes = settings.classes();
    for (int k = 0; k < classes; k++) {
      double sum = 0;
      for (int m = 1; m <= alone; m++) {
        sum += probabilities[m][k];
      }
      probabilities[mean][k] = sum / alone;
    }
    fillLogs(known);
    if (state[labelsAt] < STACKING_STARTS) {
      System.arraycopy(probabilities[mean], 0, probabilities[stacked], 0, classes);
    } else {
      stacking.logits(state, logs, logits);
      Probabilities.softmax(logits, known, 1, probabilities[stacked]);
    }
    for (int k = 0; k < classes; k++) {
      double sum = 0;
      for (int m = 1; m <= mixed; m++) {
        sum += state[weightsAt + m - 1] * probabilities[m][k];
      }
      probabilities[0][k] = sum;
    }
  }

  /** Logarithms of what the methods say, less their mean. */
  private void fillLogs(int known) {
    int classes = settings.classes();
    Arrays.fill(logs, 0f);
    for (int m = 1; m <= alone; m++) {
      float mean = 0f;
      int at = (m - 1) * classes;
      for (int k = 0; k < known; k++) {
        logs[at + k] = (float) Math.log(Math.max(Probabilities.LEAST, probabilities[m][k]));
        mean += logs[at + k] / known;
      }
      for (int k = 0; k < known; k++) {
        logs[at + k] = Math.max(-LARGEST_LOG, Math.min(LARGEST_LOG, logs[at + k] - mean));
      }
    }
    logs[logs.length - 1] = 1f;
  }

  /**
   * Learns the label of a row.
   *
   * @param state of the series; changed
   * @param age rows after it; 0 for the row that was classified last
   * @param known classes that there are by now
   * @param label from 0 to below that
   * @throws IllegalArgumentException if the row does not wait for a label
   */
  public void learn(float[] state, int age, int known, int label) {
    if (!isWaiting(state, age)) {
      throw new IllegalArgumentException(
          "age: expected a row that waits for its label, got " + age);
    }
    int lastLabel = recall(state, age);
    double sum = 0;
    double rate = 1.0 / (1 + age);
    for (int m = 1; m <= mixed; m++) {
      int at = weightsAt + m - 1;
      state[at] *= (float) Math.pow(Math.max(Probabilities.LEAST, probabilities[m][label]), rate);
      sum += state[at];
    }
    for (int at = weightsAt; at < labelsAt; at++) {
      state[at] = (float) ((1 - SHARE) * state[at] / sum + SHARE / mixed);
    }
    fillLogs(known);
    stacking.logits(state, logs, logits);
    Probabilities.softmax(logits, known, 1, learned);
    stacking.learn(state, logs, learned, label);
    counts.add(state, lastLabel, label);
    history.set(state, age, label);
    logistic.logits(state, features, logits); // as it is now: it may have learned since the row
    Probabilities.softmax(logits, known, 1, learned);
    logistic.learn(state, features, learned, label);
    readout.logits(state, features, logits);
    Probabilities.softmax(logits, known, 1, learned);
    readout.learn(state, features, learned, label);
    network.learn(state, age, known, label);
    state[labelsAt] = Math.min(STACKING_STARTS, state[labelsAt] + 1f);
  }

  /** Reads a row that waits, which waits no longer; gives the label before it. */
  private int recall(float[] state, int age) {
    int at = place(state, age);
    state[at++] = 0f;
    int lastLabel = (int) state[at++];
    System.arraycopy(state, at, features, 0, features.length);
    at += features.length;
    for (int m = 1; m <= mixed; m++) {
      for (int k = 0; k < probabilities[m].length; k++) {
        probabilities[m][k] = state[at++];
      }
    }
    return lastLabel;
  }
}
