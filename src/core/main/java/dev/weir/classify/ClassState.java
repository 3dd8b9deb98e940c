package dev.weir.classify;

import dev.weir.forecast.StateFields;
import dev.weir.forecast.window.WindowState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is remembered of one series: its newest observations and those that wait for an earlier one,
 * the names of its classes, what was learned, the windows that wait for their label and the labels
 * that wait for their window. Mutable; in the series' keyed state.
 */
public final class ClassState extends WindowState {

  /** In place of the end of a window that waits for no label; plus 1 and its class if known. */
  private static final long LABELLED = Long.MIN_VALUE;

  static final float[] NOTHING = {};

  /**
   * What is said of the window of a time.
   *
   * @param label null for none
   * @param recordTime time of the record that brought it; negative if not known
   * @param endsWindow whether the window ends there
   */
  record Mark(long time, String label, long recordTime, boolean endsWindow) {

    private static final Mark BLANK = new Mark(0, null, 0, false);

    private static Mark fields(Mark mark, StateFields fields) throws IOException {
      return new Mark(
          fields.number("time", mark.time),
          fields.text("label", mark.label),
          fields.number("time of its record", mark.recordTime),
          fields.flag("ends its window", mark.endsWindow));
    }
  }

  final int maxClasses;
  final int waiting;

  int open; // observations of the open window that are kept, by time or by session
  long windowFirst; // time of its first observation

  final List<String> names = new ArrayList<>();
  float[] learner = NOTHING;
  float[] convolution = NOTHING;
  int learnerWindows; // since these two are there, as many as may wait at most
  float[] scaling = NOTHING;
  float[] readout = NOTHING; // of the model's network
  long readoutModel; // which model that is
  int readoutWindows; // since then, as many as may wait at most

  final long[] firstTimes; // ring of windows: first time that belongs to one, and last time
  final long[] lastTimes;
  final long[] ends; // time of the newest observation, LABELLED for one with a label
  final float[] said; // (waiting, maxClasses): probabilities
  int nextWindow;
  int windows;

  final List<Mark> early = new ArrayList<>(); // labels that came before their window, by time
  final List<Mark> marks = new ArrayList<>(); // of observations that wait, by time
  long labels;
  long scored; // those of windows of which anything had been said
  long right;
  double lossSum;

  ClassState(int seqLen, int channels, int maxClasses, int waiting) {
    super(seqLen, channels - 1);
    this.maxClasses = maxClasses;
    this.waiting = waiting;
    this.firstTimes = new long[waiting];
    this.lastTimes = new long[waiting];
    this.ends = new long[waiting];
    this.said = new float[waiting * maxClasses];
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
    said = other.said.clone();
    open = other.open;
    windowFirst = other.windowFirst;
    names.addAll(other.names);
    learner = other.learner.clone();
    convolution = other.convolution.clone();
    learnerWindows = other.learnerWindows;
    scaling = other.scaling.clone();
    readout = other.readout.clone();
    readoutModel = other.readoutModel;
    readoutWindows = other.readoutWindows;
    nextWindow = other.nextWindow;
    windows = other.windows;
    early.addAll(other.early);
    marks.addAll(other.marks);
    labels = other.labels;
    scored = other.scored;
    right = other.right;
    lossSum = other.lossSum;
  }

  /** Declares all but the sizes and what {@link WindowState} has. */
  void fields(StateFields fields) throws IOException {
    open = fields.number("observations of the open window", open);
    windowFirst = fields.number("first time of the open window", windowFirst);
    fields.list("class", names, "", (name, each) -> each.text("name", name));
    learner = fields.array("learned methods", learner);
    convolution = fields.array("learned of convolutions", convolution);
    learnerWindows = fields.number("windows of these", learnerWindows);
    scaling = fields.array("scaling", scaling);
    readout = fields.array("learned of the network", readout);
    readoutModel = fields.number("network", readoutModel);
    readoutWindows = fields.number("windows of the network", readoutWindows);
    fields.numbers("windows, first times", firstTimes);
    fields.numbers("windows, last times", lastTimes);
    fields.numbers("windows, newest observations or labels", ends);
    fields.numbers("windows, probabilities", said);
    nextWindow = fields.number("place of the next window", nextWindow);
    windows = fields.number("windows", windows);
    fields.list("early label", early, Mark.BLANK, Mark::fields);
    fields.list("waiting observation", marks, Mark.BLANK, Mark::fields);
    labels = fields.number("labels", labels);
    scored = fields.number("labels that were predicted", scored);
    right = fields.number("right predictions", right);
    lossSum = fields.number("sum of log losses", lossSum);
  }

  /** Whether it has this shape; one of another job file may have another. */
  boolean fits(ClassifySettings settings) {
    return seqLen() == settings.seqLen()
        && features() == settings.channels() - 1
        && maxClasses == settings.learning().maxClasses()
        && waiting == settings.learning().waiting();
  }

  /** Labels that wait, and observations that do, are of what comes next. */
  @Override
  public void forget() {
    super.forget();
    open = 0;
    names.clear();
    learner = NOTHING;
    convolution = NOTHING;
    scaling = NOTHING;
    readout = NOTHING;
    learnerWindows = 0;
    readoutWindows = 0;
    Arrays.fill(ends, LABELLED);
    nextWindow = 0;
    windows = 0;
    labels = 0;
    scored = 0;
    right = 0;
    lossSum = 0;
  }

  @Override
  public boolean isTimed(long time) {
    return true; // a window may end then
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

  /** Places of windows in their ring, by age: 0 is the newest. */
  int place(int age) {
    return Math.floorMod(nextWindow - 1 - age, waiting);
  }

  /** Size of the numbers, without the JVM's few bytes for each array. */
  @Override
  public int bytes() {
    return super.bytes()
        + 4 * (learner.length + convolution.length + scaling.length + readout.length)
        + 24 * waiting
        + 4 * said.length;
  }
}
