package dev.weir.classify;

import dev.weir.forecast.StateFields;
import dev.weir.forecast.window.WindowState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * State of one series: its newest and its pending observations, the names of its classes, what was
 * learned, the windows that wait for their label and the labels that wait for their window.
 * Mutable; in the series' keyed state.
 */
public final class ClassState extends WindowState {

  /** In place of the end of a window that waits for no label; plus 1 and its class, if any. */
  private static final long LABELLED = Long.MIN_VALUE;

  private static final int MARK_BYTES = 100; // on the heap, with its label

  private static final float[] NOTHING = {};

  /**
   * The label of the window that contains a time.
   *
   * @param recordTime time of the record that brought it; negative if unknown
   */
  record Mark(long time, String label, long recordTime) {

    private static final Mark BLANK = new Mark(0, null, 0);

    private static Mark fields(Mark mark, StateFields fields) throws IOException {
      return new Mark(
          fields.number("time", mark.time),
          fields.text("label", mark.label),
          fields.number("time of its record", mark.recordTime));
    }
  }

  final int maxClasses;
  final int waiting;

  final List<String> names = new ArrayList<>();
  StreamState learner; // null for nothing, as the next
  FeatureRegression.State convolution;
  float[] scaling = NOTHING;
  FeatureRegression.State readout; // of the model's network
  long readoutModel; // which model that is

  final long[] firstTimes; // ring of windows: first time that belongs to one, and last time
  final long[] lastTimes;
  final long[] ends; // time of the newest observation, LABELLED for one with a label
  private WaitingRows probabilities = new WaitingRows(); // of windows: floats in halves
  private int classesPerWindow;
  int nextWindow;
  int windows;

  final List<Mark> early = new ArrayList<>(); // labels that came before their window, by time
  final List<Mark> marks = new ArrayList<>(); // of observations that wait, by time
  long labels;
  long scored; // labels of windows that had probabilities
  long right;
  double lossSum;

  ClassState(int seqLen, int channels, int maxClasses, int waiting) {
    super(seqLen, channels - 1);
    this.maxClasses = maxClasses;
    this.waiting = waiting;
    this.firstTimes = new long[waiting];
    this.lastTimes = new long[waiting];
    this.ends = new long[waiting];
    Arrays.fill(ends, LABELLED);
  }

  /** A copy that shares nothing; the heap backend needs it while a snapshot runs. */
  public ClassState(ClassState other) {
    super(other);
    maxClasses = other.maxClasses;
    waiting = other.waiting;
    firstTimes = other.firstTimes.clone();
    lastTimes = other.lastTimes.clone();
    ends = other.ends.clone();
    probabilities = new WaitingRows(other.probabilities);
    classesPerWindow = other.classesPerWindow;
    names.addAll(other.names);
    learner = other.learner == null ? null : new StreamState(other.learner);
    convolution = copy(other.convolution);
    scaling = other.scaling.clone();
    readout = copy(other.readout);
    readoutModel = other.readoutModel;
    nextWindow = other.nextWindow;
    windows = other.windows;
    early.addAll(other.early);
    marks.addAll(other.marks);
    labels = other.labels;
    scored = other.scored;
    right = other.right;
    lossSum = other.lossSum;
  }

  private static FeatureRegression.State copy(FeatureRegression.State other) {
    return other == null ? null : new FeatureRegression.State(other);
  }

  /** Declares all but the sizes and what {@link WindowState} has. */
  void fields(StateFields fields) throws IOException {
    fields.list("class", names, "", (name, each) -> each.text("name", name));
    learner = fields.optional("learned methods", learner, StreamState::new, StreamState::fields);
    convolution =
        fields.optional(
            "learned of convolutions",
            convolution,
            FeatureRegression.State::new,
            FeatureRegression.State::fields);
    scaling = fields.array("scaling", scaling);
    readout =
        fields.optional(
            "learned of the network",
            readout,
            FeatureRegression.State::new,
            FeatureRegression.State::fields);
    readoutModel = fields.number("network", readoutModel);
    fields.numbers("windows, first times", firstTimes);
    fields.numbers("windows, last times", lastTimes);
    fields.numbers("windows, newest observations or labels", ends);
    classesPerWindow = fields.size("classes of a window", classesPerWindow, maxClasses);
    probabilities =
        fields.optional("probabilities", probabilities, WaitingRows::new, WaitingRows::fields);
    nextWindow = fields.number("place of the next window", nextWindow);
    windows = fields.number("windows", windows);
    fields.list("early label", early, Mark.BLANK, Mark::fields);
    fields.list("waiting observation", marks, Mark.BLANK, Mark::fields);
    labels = fields.number("labels", labels);
    scored = fields.number("labels that were predicted", scored);
    right = fields.number("right predictions", right);
    lossSum = fields.number("sum of log losses", lossSum);
  }

  /** Whether the state was created with these sizes. */
  boolean fits(ClassifySettings settings) {
    return seqLen() == settings.seqLen()
        && features() == settings.channels() - 1
        && maxClasses == settings.learning().maxClasses()
        && waiting == settings.learning().waiting();
  }

  /** Keeps early labels and pending observations: they belong to what comes next. */
  @Override
  public void forget() {
    super.forget();
    names.clear();
    learner = null;
    convolution = null;
    scaling = NOTHING;
    readout = null;
    probabilities = new WaitingRows();
    classesPerWindow = 0;
    Arrays.fill(ends, LABELLED);
    nextWindow = 0;
    windows = 0;
    labels = 0;
    scored = 0;
    right = 0;
    lossSum = 0;
  }

  /** Index of the first mark that is later; most marks are older than what comes. */
  static int after(List<Mark> marks, long time) {
    int at = marks.size();
    while (at > 0 && marks.get(at - 1).time > time) {
      at--;
    }
    return at;
  }

  /** Puts a mark in its place, instead of those from a time on up to its own. */
  static void put(List<Mark> marks, long from, Mark mark) {
    int end = after(marks, mark.time);
    int first = end;
    while (first > 0 && marks.get(first - 1).time >= from) {
      first--;
    }
    marks.subList(first, end).clear();
    marks.add(first, mark);
  }

  /** Whether the window of a place waits for no label. */
  boolean isLabelled(int place) {
    return ends[place] <= LABELLED + maxClasses;
  }

  void labelled(int place, int label) {
    ends[place] = LABELLED + 1 + label;
  }

  /** Whether the window of a place, which has a label, may have this one. */
  boolean mayBe(int place, int label) {
    return ends[place] == LABELLED || ends[place] == LABELLED + 1 + label;
  }

  /** Keeps the probabilities of the newest window. */
  void addProbabilities(double[] newest) {
    int classes = names.size();
    if (classes > classesPerWindow) {
      probabilities.widen(Math.max(1, 2 * classesPerWindow), 2 * classes);
      classesPerWindow = classes;
    }
    if (classesPerWindow == 0) {
      return;
    }
    int oldest = Math.min(windows - 1, probabilities.count); // that still needs them
    while (oldest > 0 && isLabelled(place(oldest))) {
      oldest--;
    }
    int length = 2 * classesPerWindow;
    probabilities.keep(oldest, length, 1);
    int at = probabilities.add(length, 1, waiting);
    for (int k = 0; k < classes; k++) {
      int bits = Float.floatToIntBits((float) newest[k]);
      probabilities.numbers[at++] = (char) (bits >>> 16);
      probabilities.numbers[at++] = (char) bits;
    }
  }

  /** The probability of a class for a window; 0 if there was none. */
  float probability(int age, int label) {
    if (age >= probabilities.count || label >= classesPerWindow) {
      return 0f;
    }
    int at = probabilities.place(age, 2 * classesPerWindow) + 2 * label;
    return Float.intBitsToFloat(probabilities.numbers[at] << 16 | probabilities.numbers[at + 1]);
  }

  /** Places of windows in their ring, by age: 0 is the newest. */
  int place(int age) {
    return Math.floorMod(nextWindow - 1 - age, waiting);
  }

  /** Size of the numbers and of labels that wait, without the JVM's few bytes for each array. */
  @Override
  public int bytes() {
    return super.bytes()
        + (learner == null ? 0 : learner.bytes())
        + (convolution == null ? 0 : convolution.bytes())
        + (readout == null ? 0 : readout.bytes())
        + 4 * scaling.length
        + probabilities.bytes()
        + MARK_BYTES * (early.size() + marks.size())
        + 24 * waiting;
  }
}
