package dev.weir.classify.series;

import dev.weir.forecast.window.SeriesTimes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is remembered of one series: the observations of its window, the names of its classes, what
 * was learned, the windows that wait for their label and the labels that wait for their window.
 * Mutable; in the series' keyed state.
 */
public final class ClassState extends SeriesTimes {

  /** In place of the end of a window that waits for no label; plus 1 and its class if known. */
  private static final long LABELLED = Long.MIN_VALUE;

  static final float[] NOTHING = {};

  /** A label that came before its window, and the time of its record. */
  record EarlyLabel(long time, String label, long recordTime) {}

  final int seqLen;
  final int channels;
  final int maxClasses;
  final int waiting;

  final long[] times; // ring of the window's observations
  final float[] rows; // (seq_len, channels), the same ring
  int next;
  int size;
  int sinceWindow; // observations after the newest window
  long windowFirst; // time of the open window's first observation, by time or by session
  long lastTime = Long.MIN_VALUE;

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

  final List<EarlyLabel> early = new ArrayList<>(); // by time
  long labels;
  long scored; // those of windows of which anything had been said
  long right;
  double lossSum;

  ClassState(int seqLen, int channels, int maxClasses, int waiting) {
    this.seqLen = seqLen;
    this.channels = channels;
    this.maxClasses = maxClasses;
    this.waiting = waiting;
    this.times = new long[seqLen];
    this.rows = new float[seqLen * channels];
    this.firstTimes = new long[waiting];
    this.lastTimes = new long[waiting];
    this.ends = new long[waiting];
    this.said = new float[waiting * maxClasses];
    Arrays.fill(ends, LABELLED);
  }

  /** A copy that shares nothing; the heap backend needs it while a snapshot runs. */
  public ClassState(ClassState other) {
    super(other);
    seqLen = other.seqLen;
    channels = other.channels;
    maxClasses = other.maxClasses;
    waiting = other.waiting;
    times = other.times.clone();
    rows = other.rows.clone();
    firstTimes = other.firstTimes.clone();
    lastTimes = other.lastTimes.clone();
    ends = other.ends.clone();
    said = other.said.clone();
    next = other.next;
    size = other.size;
    sinceWindow = other.sinceWindow;
    windowFirst = other.windowFirst;
    lastTime = other.lastTime;
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
    labels = other.labels;
    scored = other.scored;
    right = other.right;
    lossSum = other.lossSum;
  }

  /** Whether it has this shape; one of another job file may have another. */
  boolean fits(ClassifySettings settings) {
    return seqLen == settings.seqLen()
        && channels == settings.channels()
        && maxClasses == settings.maxClasses()
        && waiting == settings.waiting();
  }

  @Override
  public long lastTime() {
    return lastTime;
  }

  @Override
  public long newestTime() {
    return lastTime;
  }

  @Override
  public long newestUpTo(long latest) {
    long newest = Long.MIN_VALUE;
    for (long time : times) { // also those of the windows before, as long as they are there
      newest = Math.max(newest, time <= latest ? time : Long.MIN_VALUE);
    }
    return newest;
  }

  @Override
  public boolean isTimed(long time) {
    return true; // a window may end then
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

  /** Time of the window's oldest observation. */
  long firstTime() {
    return times[Math.floorMod(next - size, seqLen)];
  }

  /** Places of windows in their ring, by age: 0 is the newest. */
  int place(int age) {
    return Math.floorMod(nextWindow - 1 - age, waiting);
  }

  /** Size of the numbers, without the JVM's few bytes for each array. */
  public int bytes() {
    return 8 * times.length
        + 4 * rows.length
        + 4 * (learner.length + convolution.length + scaling.length + readout.length)
        + 24 * waiting
        + 4 * said.length;
  }
}
