package dev.weir.forecast;

import java.util.Arrays;

/**
 * What {@link Windows} remembers of one series: its newest {@code seq_len} observations in a ring,
 * and those that wait for an earlier one to arrive, sorted by time. Mutable; one per series, in the
 * series' keyed state.
 */
public final class WindowState {

  private static final int FIRST_PENDING = 4;

  final int features;
  private final long interval; // milliseconds of the grid that all times lie on; 0: any times
  private final long[] times; // (seq_len), a ring
  private final double[] values; // (seq_len)
  private final double[] covariates; // (seq_len, features), row-major
  private int next; // where the next observation goes
  private int size;
  private long seen;

  private int pendingSize;
  private long[] pendingTimes = {}; // ascending
  private double[] pendingValues = {};
  private double[] pendingCovariates = {}; // (pending, features)

  /** By count. */
  public WindowState(int seqLen, int features) {
    this(seqLen, features, 0);
  }

  public WindowState(int seqLen, int features, long interval) {
    this.features = features;
    this.interval = interval;
    this.times = new long[seqLen];
    this.values = new double[seqLen];
    this.covariates = new double[seqLen * features];
  }

  /** A copy that shares nothing; the heap backend needs it while a snapshot runs. */
  public WindowState(WindowState other) {
    features = other.features;
    interval = other.interval;
    times = other.times.clone();
    values = other.values.clone();
    covariates = other.covariates.clone();
    next = other.next;
    size = other.size;
    seen = other.seen;
    pendingSize = other.pendingSize;
    pendingTimes = Arrays.copyOf(other.pendingTimes, pendingSize);
    pendingValues = Arrays.copyOf(other.pendingValues, pendingSize);
    pendingCovariates = Arrays.copyOf(other.pendingCovariates, pendingSize * features);
  }

  public int seqLen() {
    return times.length;
  }

  public int features() {
    return features;
  }

  /** The {@link Sampling#interval} that it was cut under. */
  public long interval() {
    return interval;
  }

  /** How many observations the ring holds, at most {@link #seqLen()}. */
  public int size() {
    return size;
  }

  /** How many observations have entered the ring since the series began. */
  public long seen() {
    return seen;
  }

  /** Overwrites {@link #seen()}; for restoring a saved state. */
  public void seen(long seen) {
    this.seen = seen;
  }

  /** Time of the newest observation in the ring; {@link Long#MIN_VALUE} while there is none. */
  public long lastTime() {
    return size == 0 ? Long.MIN_VALUE : time(size - 1);
  }

  /** Time of the observation at {@code index}, 0 being the oldest in the ring. */
  public long time(int index) {
    return times[slot(index)];
  }

  /** Value of the observation at {@code index}. */
  public double value(int index) {
    return values[slot(index)];
  }

  /** One feature of the observation at {@code index}. */
  public double feature(int index, int feature) {
    return covariates[slot(index) * features + feature];
  }

  private int slot(int index) {
    int slot = next - size + index;
    return slot < 0 ? slot + times.length : slot;
  }

  /** Puts an observation into the ring, pushing out the oldest when it is full. */
  public void append(long time, double value, double[] from, int offset) {
    times[next] = time;
    values[next] = value;
    System.arraycopy(from, offset, covariates, next * features, features);
    next = next + 1 == times.length ? 0 : next + 1;
    size = Math.min(size + 1, times.length);
    seen++;
  }

  /** Empties the ring. */
  void clear() {
    size = 0;
  }

  public int pendingSize() {
    return pendingSize;
  }

  public long pendingTime(int index) {
    return pendingTimes[index];
  }

  public double pendingValue(int index) {
    return pendingValues[index];
  }

  public double pendingFeature(int index, int feature) {
    return pendingCovariates[index * features + feature];
  }

  /** Whether an observation of this time waits. */
  public boolean isPending(long time) {
    return findPending(time) >= 0;
  }

  /** Time of the newest observation, in the ring or waiting; {@link Long#MIN_VALUE} for none. */
  public long newestTime() {
    return pendingSize == 0 ? lastTime() : Math.max(lastTime(), pendingTimes[pendingSize - 1]);
  }

  /** Empties the ring, as if the series were new; what waits stays. */
  public void forget() {
    next = 0;
    size = 0;
    seen = 0;
  }

  /** Where a waiting observation of this time stands or, negative minus one, would stand. */
  int findPending(long time) {
    return Arrays.binarySearch(pendingTimes, 0, pendingSize, time);
  }

  boolean pendingSays(int index, double value, double[] observed) {
    return Double.compare(pendingValues[index], value) == 0
        && Arrays.equals(
            pendingCovariates, index * features, (index + 1) * features, observed, 0, features);
  }

  /** Lets an observation wait; one of the same time is replaced. */
  public void addPending(long time, double value, double[] observed) {
    int index = findPending(time);
    if (index < 0) {
      index = -index - 1;
      makeRoom(index);
    }
    pendingTimes[index] = time;
    pendingValues[index] = value;
    System.arraycopy(observed, 0, pendingCovariates, index * features, features);
  }

  private void makeRoom(int index) {
    if (pendingSize == pendingTimes.length) {
      int capacity = Math.max(FIRST_PENDING, pendingSize * 2);
      pendingTimes = Arrays.copyOf(pendingTimes, capacity);
      pendingValues = Arrays.copyOf(pendingValues, capacity);
      pendingCovariates = Arrays.copyOf(pendingCovariates, capacity * features);
    }
    int moved = pendingSize - index;
    System.arraycopy(pendingTimes, index, pendingTimes, index + 1, moved);
    System.arraycopy(pendingValues, index, pendingValues, index + 1, moved);
    System.arraycopy(
        pendingCovariates,
        index * features,
        pendingCovariates,
        (index + 1) * features,
        moved * features);
    pendingSize++;
  }

  /** Moves the earliest waiting observation into the ring. */
  void appendFirstPending() {
    append(pendingTimes[0], pendingValues[0], pendingCovariates, 0);
    pendingSize--;
    System.arraycopy(pendingTimes, 1, pendingTimes, 0, pendingSize);
    System.arraycopy(pendingValues, 1, pendingValues, 0, pendingSize);
    System.arraycopy(pendingCovariates, features, pendingCovariates, 0, pendingSize * features);
    if (pendingSize == 0 && pendingTimes.length > FIRST_PENDING) {
      pendingTimes = new long[0]; // a burst must not be paid for by each later snapshot
      pendingValues = new double[0];
      pendingCovariates = new double[0];
    }
  }
}
