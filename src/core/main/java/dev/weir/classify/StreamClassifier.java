package dev.weir.classify;

import dev.weir.forecast.Bfloat16;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Classifies the rows of a series one after another, and learns from their labels, which arrive
 * later: before the next row or some rows later, in any order, or never. The methods are a network,
 * those of the caller, and a regression on their answers. All are weighted by their log losses, so
 * that the mixture is never much worse than the best. A label that comes d rows late moves the
 * weights by the (1 + d)th part, since they could not follow it earlier.
 *
 * <pre>{@code
 * StreamClassifier classifier = new StreamClassifier(StreamClassifier.Settings.of(6, 2, 1));
 * StreamState state = classifier.newState();
 * double[] probabilities = classifier.classify(state, row)[0];  // of the mixture
 * classifier.learn(state, 0, 2, label);  // of the newest row, of 2 classes
 * }</pre>
 *
 * <p>All that is learned is in the state, which the caller keeps, so that one instance serves any
 * number of series with the same settings. Allocates nothing. Not thread-safe.
 *
 * @see <a href="https://proceedings.mlr.press/v28/joulani13.html">Joulani, György and Szepesvári,
 *     Online learning under delayed feedback, 2013</a>
 */
public final class StreamClassifier {

  private static final int KEPT_ROWS = 16;
  private static final int FRESH_ROWS = 8;
  private static final int UNITS = 24; // of the network
  private static final double LEARNING_RATE = 4e-3;
  private static final double STACKING_RATE = 0.005;
  private static final int STACKING_STARTS = 100; // rows
  private static final double SHARE = 0.002; // of a method's weight that all methods get
  private static final float TRUST = 0.9f; // of the first weights, for methods that have learned
  private static final float LARGEST_LOG = 6f;

  private static final double[][] NO_ANSWERS = {};

  private static final int OPEN = OnlineNetwork.NONE - 1; // in place of a label that may come

  /** Most classes. */
  public static final int MAX_CLASSES = 100;

  /** Most rows that wait for their label. */
  public static final int MAX_WAITING = 10_000;

  /**
   * @param width values of a row
   * @param classes number of classes at most, at least 2
   * @param waiting rows that wait for their label at most, at least 1
   * @param external names of further methods, whose answers the caller passes
   * @param seed of the network's first weights
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
  private final Parts parts;
  private final RowScaling scaling;
  private final LabelHistory history;
  private final OnlineNetwork network;
  private final SoftmaxRegression stacking;
  private final int weightsAt; // of the methods
  private final int labelsAt; // number of labels, up to where the stacking starts
  private final int inputs; // values and labels before
  private final int rowLength; // of one that is kept

  // of one row
  private final float[] values; // (width): scaled
  private final float[] row; // (inputs)
  private final float[] logs; // 1, (classes, alone)
  private final float[] logits; // (classes)
  private final double[] learned; // (classes)
  private final double[][] probabilities; // (methods)(classes)

  // of one pass
  private final float[] passRows; // (rows, inputs)
  private final int[] passLabels; // (rows)

  public StreamClassifier(Settings settings) {
    this.settings = settings;
    List<String> names = new ArrayList<>(List.of("mixture", "network"));
    names.addAll(settings.external());
    this.alone = names.size() - 1;
    names.add("mean");
    names.add("stacking");
    this.methods = List.copyOf(names);
    this.mixed = methods.size() - 1;
    this.mean = alone + 1;
    this.stacked = alone + 2;
    int width = settings.width();
    int classes = settings.classes();
    this.inputs = width + LabelHistory.width(classes);
    this.parts = new Parts();
    this.scaling = new RowScaling(width, parts);
    this.history = new LabelHistory(settings.waiting());
    this.network =
        new OnlineNetwork(
            new RnnConfig(Cell.GRU, inputs, UNITS, 1, false, true),
            classes,
            KEPT_ROWS,
            FRESH_ROWS,
            LEARNING_RATE,
            parts);
    this.stacking = new SoftmaxRegression(1 + classes * alone, classes, STACKING_RATE, parts);
    this.weightsAt = parts.add(mixed);
    this.labelsAt = parts.add(1);
    this.rowLength = 1 + LabelHistory.COUNT + width + classes * mixed;
    this.values = new float[width];
    this.row = new float[inputs];
    this.logs = new float[1 + classes * alone];
    this.logits = new float[classes];
    this.learned = new double[classes];
    this.probabilities = new double[methods.size()][classes];
    this.passRows = new float[KEPT_ROWS * inputs];
    this.passLabels = new int[KEPT_ROWS];
  }

  /** Names of the methods, in the order of {@link #classify}. */
  public List<String> methods() {
    return methods;
  }

  private int classes() {
    return settings.classes();
  }

  /** Bytes of a series of which some rows wait for their label. */
  int bytes(int waiting) {
    return Float.BYTES * parts.length()
        + history.length()
        + Character.BYTES * rowLength * (KEPT_ROWS + waiting);
  }

  /** The state of a series that has no rows yet. */
  public StreamState newState() {
    StreamState state = new StreamState();
    state.classes = settings.classes();
    state.learned = new float[parts.length()];
    state.labels = history.newRing();
    Arrays.fill(state.learned, weightsAt, labelsAt, 1f / mixed);
    network.start(state.learned, settings.seed() + 1);
    return state;
  }

  /**
   * A new state in which methods that have learned before get most of the weight.
   *
   * @param learned how many of the external methods, the first ones
   */
  StreamState newState(int learned) {
    StreamState state = newState();
    int first = weightsAt + 1; // after the network's
    for (int m = weightsAt; m < labelsAt && learned > 0; m++) {
      boolean isLearned = m >= first && m < first + learned;
      state.learned[m] = isLearned ? TRUST / learned : (1 - TRUST) / (mixed - learned);
    }
    return state;
  }

  /** Makes room for the classes of this one in a state of one that has fewer. */
  void grow(StreamState state, StreamClassifier smaller) {
    state.rows.widen(smaller.rowLength, rowLength);
    state.classes = settings.classes();
    state.learned = parts.copy(state.learned, smaller.parts);
  }

  /** As {@link #classify(StreamState, float[], int, double[][])} of all classes. */
  public double[][] classify(StreamState state, float[] values) {
    return classify(state, values, settings.classes(), NO_ANSWERS);
  }

  /**
   * Classifies the next row of a series. Gives up the oldest row that waits for its label if as
   * many wait as allowed.
   *
   * @param state of the series; changed
   * @param values finite, as many as {@link Settings#width}
   * @param classCount classes so far, at least 1; the others have probability 0
   * @param external (external methods)(classes): their probabilities
   * @return (methods)(classes), valid until the next call
   */
  public double[][] classify(
      StreamState state, float[] values, int classCount, double[][] external) {
    require(state, values, external);
    float[] learned = state.learned;
    makeRoom(state, classCount);
    int kept = keep(state, values);
    inputs(state, kept, row, 0);
    network.logits(learned, row, 0, logits);
    Probabilities.softmax(logits, classCount, probabilities[1]);
    for (int m = 0; m < external.length; m++) {
      take(external[m], classCount, probabilities[2 + m]);
    }
    combine(learned, classCount);
    int at = kept + rowLength - classes() * mixed;
    for (int k = 0; k < classes(); k++) {
      for (int m = 1; m <= mixed; m++) {
        put(state, at++, (float) probabilities[m][k]);
      }
    }
    history.add(state);
    return probabilities;
  }

  private static void put(StreamState state, int at, float value) {
    state.rows.numbers[at] = (char) Bfloat16.bits(value);
  }

  private static float get(StreamState state, int at) {
    return Bfloat16.value((short) state.rows.numbers[at]);
  }

  /** Replaces an answer that is not finite by equal probabilities. */
  private static void take(double[] answer, int classCount, double[] probabilities) {
    double sum = 0;
    for (double probability : answer) {
      sum += probability;
    }
    if (Double.isFinite(sum)) {
      System.arraycopy(answer, 0, probabilities, 0, probabilities.length);
    } else {
      Arrays.fill(probabilities, 0);
      Arrays.fill(probabilities, 0, classCount, 1.0 / classCount);
    }
  }

  private void require(StreamState state, float[] values, double[][] external) {
    if (!fits(state)) {
      throw new IllegalArgumentException(
          "state: expected %d numbers of %d classes, got %d of %d"
              .formatted(parts.length(), classes(), state.learned.length, state.classes));
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

  /** Whether a state is one of these settings. */
  boolean fits(StreamState state) {
    return state.classes == classes()
        && state.learned.length == parts.length()
        && state.labels.length == history.length()
        && state.rows.fits(rowLength);
  }

  private void makeRoom(StreamState state, int classCount) {
    int oldest = settings.waiting() - 1;
    if (isWaiting(state, oldest)) {
      history.giveUp(state, oldest);
      settle(state, oldest, OnlineNetwork.NONE, classCount);
    }
  }

  /**
   * A row is kept until it was learned: its label, the labels before it, its values, and the
   * methods' probabilities of each class.
   *
   * @return where it begins
   */
  private int keep(StreamState state, float[] given) {
    scaling.apply(state.learned, given, values);
    int kept = state.rows.add(rowLength, KEPT_ROWS, KEPT_ROWS + settings.waiting());
    int at = kept;
    state.rows.numbers[at++] = 0;
    for (int l = 0; l < LabelHistory.COUNT; l++) {
      state.rows.numbers[at++] = (char) (1 + history.at(state, l));
    }
    for (float value : values) {
      put(state, at++, value);
    }
    return kept;
  }

  /** Reads the inputs of a row that is kept, which begins at {@code kept}. */
  private void inputs(StreamState state, int kept, float[] to, int from) {
    int at = kept + 1;
    for (int l = 0; l < LabelHistory.COUNT; l++) {
      LabelHistory.features(
          state.rows.numbers[at++] - 1, l, to, from + settings.width(), classes());
    }
    for (int i = 0; i < settings.width(); i++) {
      to[from + i] = get(state, at++);
    }
  }

  private int place(StreamState state, int age) {
    return state.rows.place(age, rowLength);
  }

  /** Rows that were classified since the oldest one that still waits for its label, and it. */
  int waiting(StreamState state) {
    int age = Math.min(settings.waiting(), state.rows.count) - 1;
    while (age >= 0 && !isWaiting(state, age)) {
      age--;
    }
    return age + 1;
  }

  /**
   * Whether a row still waits for its label.
   *
   * @param age rows after it
   */
  public boolean isWaiting(StreamState state, int age) {
    return age < Math.min(settings.waiting(), state.rows.count)
        && label(state, place(state, age)) == OPEN;
  }

  private static int label(StreamState state, int kept) {
    return state.rows.numbers[kept] + OPEN;
  }

  /** The label of a row has come, or will not come: learns all such rows. */
  private void settle(StreamState state, int age, int label, int classCount) {
    state.rows.numbers[place(state, age)] = (char) (label - OPEN);
    while (isPassDue(state)) {
      for (int t = 0; t < KEPT_ROWS; t++) {
        passLabels[t] = label(state, t * rowLength);
        inputs(state, t * rowLength, passRows, t * inputs);
      }
      network.learn(state.learned, passRows, passLabels, classCount);
      state.rows.keep(state.rows.count - FRESH_ROWS, rowLength, KEPT_ROWS);
    }
  }

  private boolean isPassDue(StreamState state) {
    if (state.rows.count < KEPT_ROWS) {
      return false;
    }
    for (int t = 0; t < KEPT_ROWS; t++) {
      if (label(state, t * rowLength) == OPEN) {
        return false;
      }
    }
    return true;
  }

  private void combine(float[] state, int classCount) {
    int classes = classes();
    for (int k = 0; k < classes; k++) {
      double sum = 0;
      for (int m = 1; m <= alone; m++) {
        sum += probabilities[m][k];
      }
      probabilities[mean][k] = sum / alone;
    }
    fillLogs(classCount);
    if (state[labelsAt] < STACKING_STARTS) {
      System.arraycopy(probabilities[mean], 0, probabilities[stacked], 0, classes);
    } else {
      stacking.logits(state, logs, logits);
      Probabilities.softmax(logits, classCount, probabilities[stacked]);
    }
    for (int k = 0; k < classes; k++) {
      double sum = 0;
      for (int m = 1; m <= mixed; m++) {
        sum += state[weightsAt + m - 1] * probabilities[m][k];
      }
      probabilities[0][k] = sum;
    }
  }

  /** Logarithms of the methods' probabilities, less their mean. */
  private void fillLogs(int classCount) {
    Arrays.fill(logs, 0f);
    for (int m = 1; m <= alone; m++) {
      float mean = 0f;
      for (int k = 0; k < classCount; k++) {
        int at = m + k * alone;
        logs[at] = (float) Math.log(Math.max(Probabilities.LEAST, probabilities[m][k]));
        mean += logs[at] / classCount;
      }
      for (int k = 0; k < classCount; k++) {
        int at = m + k * alone;
        logs[at] = Math.max(-LARGEST_LOG, Math.min(LARGEST_LOG, logs[at] - mean));
      }
    }
    logs[0] = 1f;
  }

  /**
   * Learns the label of a row.
   *
   * @param state of the series; changed
   * @param age rows after it; 0 for the row that was classified last
   * @param classCount classes so far
   * @param label from 0 to below {@code classCount}
   * @throws IllegalArgumentException if the row does not wait for a label
   */
  public void learn(StreamState state, int age, int classCount, int label) {
    if (!isWaiting(state, age)) {
      throw new IllegalArgumentException(
          "age: expected a row that waits for its label, got " + age);
    }
    int kept = place(state, age);
    int at = kept + rowLength - classes() * mixed;
    for (int k = 0; k < classes(); k++) {
      for (int m = 1; m <= mixed; m++) {
        probabilities[m][k] = get(state, at++);
      }
    }
    float[] numbers = state.learned;
    weigh(numbers, 1.0 / (1 + age), label);
    fillLogs(classCount);
    stacking.logits(numbers, logs, logits);
    Probabilities.softmax(logits, classCount, learned);
    stacking.learn(numbers, logs, learned, label);
    history.set(state, age, label);
    settle(state, age, label, classCount);
    numbers[labelsAt] = Math.min(STACKING_STARTS, numbers[labelsAt] + 1f);
  }

  private void weigh(float[] state, double rate, int label) {
    double sum = 0;
    for (int m = 1; m <= mixed; m++) {
      int at = weightsAt + m - 1;
      state[at] *= (float) Math.pow(Math.max(Probabilities.LEAST, probabilities[m][label]), rate);
      sum += state[at];
    }
    for (int at = weightsAt; at < labelsAt; at++) {
      state[at] = (float) ((1 - SHARE) * state[at] / sum + SHARE / mixed);
    }
  }
}
