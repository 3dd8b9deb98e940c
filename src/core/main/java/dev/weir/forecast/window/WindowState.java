package dev.weir.forecast.window;

import dev.weir.forecast.Observation;
import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * State of one series for {@link Windows}: its newest {@code seq_len} observations in a ring, and
 * the pending ones, which wait for an earlier one, sorted by time. Mutable; one per series, in the
 * series' keyed state.
 */
public class WindowState {

  /** Count of numbers of {@link #saveMarks}. */
  public static final int MARKS = 4;

  private static final int FIRST_PENDING = 4;
  private static final long[] NONE = {};

  // One array for all that a row holds: a series among a million is not in the cache, and each
  // array is one more wait for memory.
  private static final int TIME = 0;
  private static final int VALUE = 1;
  private static final int FEATURES = 2;

  final int features;
  final int ahead; // numbers known ahead of an observation, at most
  private final int seqLen;
  private final long interval; // milliseconds of the grid that all times lie on; 0: any times
  private final long[] ring; // (seq_len, 2 + features): time, and the bits of value and features
  private int next; // row where the next observation goes
  private int size;
  private long seen;

  private final KnownCovariates covariates; // null if no network reads covariates known ahead
  private Pace pace; // null without detection of silences

  private int pendingSize;
  private long[] pending = NONE; // by ascending time: as the ring, then how many are known ahead

  // Zero for nearly each series: of its late observations, and of a silence. By the clock are the
  // last two: how long it has been seen to be silent, and when that was last looked at.
  private long lateRun;
  private long lateTime;
  private long silent;
  private long silenceSeen;

  /** By count. */
  public WindowState(int seqLen, int features) {
    this(seqLen, features, 0, 0, 0);
  }

  /**
   * @param ahead maximum number of values known ahead of an observation
   * @param columns covariates known ahead that are kept for a network; a divisor of {@code ahead},
   *     or 0: none are
   */
  public WindowState(int seqLen, int features, long interval, int ahead, int columns) {
    this.features = features;
    this.ahead = ahead;
    this.covariates = columns == 0 ? null : new KnownCovariates(columns, seqLen, ahead / columns);
    this.seqLen = seqLen;
    this.interval = interval;
    this.ring = new long[seqLen * width()];
  }

  /** A copy that shares nothing; the heap backend needs it while a snapshot runs. */
  public WindowState(WindowState other) {
    lateRun = other.lateRun;
    lateTime = other.lateTime;
    silent = other.silent;
    silenceSeen = other.silenceSeen;
    features = other.features;
    ahead = other.ahead;
    seqLen = other.seqLen;
    interval = other.interval;
    covariates = other.covariates == null ? null : new KnownCovariates(other.covariates);
    pace = other.pace == null ? null : other.pace.copy();
    ring = other.ring.clone();
    next = other.next;
    size = other.size;
    seen = other.seen;
    pendingSize = other.pendingSize;
    pending = pendingSize == 0 ? NONE : Arrays.copyOf(other.pending, pendingSize * pendingWidth());
  }

  private int width() {
    return FEATURES + features;
  }

  /** Width of a pending row, which adds the numbers known ahead and their count. */
  private int pendingWidth() {
    return width() + (ahead == 0 ? 0 : 1 + ahead);
  }

  public int seqLen() {
    return seqLen;
  }

  public int features() {
    return features;
  }

  /** Numbers known ahead of an observation, at most. */
  public int ahead() {
    return ahead;
  }

  /** Number of covariates known ahead that are kept for a network. */
  public int columns() {
    return covariates == null ? 0 : covariates.columns();
  }

  /** The covariates known ahead; null for none. */
  KnownCovariates covariates() {
    return covariates;
  }

  /** The spacing of its observations; null without detection of silences. */
  public Pace pace() {
    return pace;
  }

  public void pace(Pace next) {
    pace = next;
  }

  /** The {@link Sampling#interval} of its windows. */
  public long interval() {
    return interval;
  }

  /** Number of observations in the ring, at most {@link #seqLen()}. */
  public int size() {
    return size;
  }

  /** Number of observations that entered the ring since the series began. */
  public long seen() {
    return seen;
  }

  /** Overwrites {@link #seen()}; for restoring a saved state. */
  public void seen(long seen) {
    this.seen = seen;
  }

  /**
   * Time of the newest observation in the ring; {@link Long#MIN_VALUE} if there is no observation.
   */
  public long lastTime() {
    return size == 0 ? Long.MIN_VALUE : time(size - 1);
  }

  /** Time of the observation at {@code index}, 0 being the oldest in the ring. */
  public long time(int index) {
    return ring[row(index) + TIME];
  }

  /** Value of the observation at {@code index}. */
  public double value(int index) {
    return Double.longBitsToDouble(ring[row(index) + VALUE]);
  }

  /** One feature of the observation at {@code index}. */
  public double feature(int index, int feature) {
    return Double.longBitsToDouble(ring[row(index) + FEATURES + feature]);
  }

  private int row(int index) {
    int slot = next - size + index;
    return (slot < 0 ? slot + seqLen : slot) * width();
  }

  /** Puts an observation into the ring, pushing out the oldest when it is full. */
  public void append(long time, double value, double[] from, int offset) {
    put(ring, next * width(), time, value, from, offset);
    pushed();
  }

  private void pushed() {
    next = next + 1 == seqLen ? 0 : next + 1;
    size = Math.min(size + 1, seqLen);
    seen++;
  }

  private void put(long[] rows, int at, long time, double value, double[] from, int offset) {
    rows[at + TIME] = time;
    rows[at + VALUE] = Double.doubleToRawLongBits(value);
    for (int f = 0; f < features; f++) {
      rows[at + FEATURES + f] = Double.doubleToRawLongBits(from[offset + f]);
    }
  }

  void clear() {
    size = 0;
  }

  public int pendingSize() {
    return pendingSize;
  }

  public long pendingTime(int index) {
    return pending[index * pendingWidth() + TIME];
  }

  public double pendingValue(int index) {
    return Double.longBitsToDouble(pending[index * pendingWidth() + VALUE]);
  }

  public double pendingFeature(int index, int feature) {
    return Double.longBitsToDouble(pending[index * pendingWidth() + FEATURES + feature]);
  }

  /** The numbers known ahead of a pending observation. */
  double[] pendingAhead(int index) {
    if (ahead == 0) {
      return Observation.NO_FEATURES;
    }
    int at = index * pendingWidth() + width();
    double[] aheadValues = new double[(int) pending[at]];
    for (int i = 0; i < aheadValues.length; i++) {
      aheadValues[i] = Double.longBitsToDouble(pending[at + 1 + i]);
    }
    return aheadValues;
  }

  /** Whether a timer at this time is needed for more than the expiry. */
  public boolean isTimed(long time) {
    return findPending(time) >= 0 || pace != null && pace.isTimer(time);
  }

  /** Time of the newest observation, also of those that wait; {@link Long#MIN_VALUE} for none. */
  public long newestTime() {
    return pendingSize == 0 ? lastTime() : Math.max(lastTime(), pendingTime(pendingSize - 1));
  }

  /** Empties the ring, as if the series were new; what waits stays. */
  public void forget() {
    next = 0;
    size = 0;
    seen = 0;
    if (covariates != null) {
      covariates.clear();
    }
  }

  /**
   * Index of the waiting observation of this time; if absent, minus its insertion index minus one.
   */
  int findPending(long time) {
    int low = 0;
    int high = pendingSize - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long there = pendingTime(middle);
      if (there == time) {
        return middle;
      }
      if (there < time) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -low - 1;
  }

  boolean pendingEquals(int index, double value, double[] observed, double[] aheadValues) {
    boolean same = Double.compare(pendingValue(index), value) == 0;
    for (int f = 0; f < features && same; f++) {
      same = Double.compare(pendingFeature(index, f), observed[f]) == 0;
    }
    return same && (ahead == 0 || Arrays.equals(pendingAhead(index), aheadValues));
  }

  /** Lets an observation wait; one of the same time is replaced. */
  public void addPending(long time, double value, double[] observed, double[] aheadValues) {
    int index = findPending(time);
    if (index < 0) {
      index = -index - 1;
      makeRoom(index);
    }
    int at = index * pendingWidth();
    put(pending, at, time, value, observed, 0);
    if (ahead > 0) {
      at += width();
      pending[at] = aheadValues.length;
      for (int i = 0; i < aheadValues.length; i++) {
        pending[at + 1 + i] = Double.doubleToRawLongBits(aheadValues[i]);
      }
    }
  }

  private void makeRoom(int index) {
    int width = pendingWidth();
    if (pendingSize * width == pending.length) {
      pending = Arrays.copyOf(pending, Math.max(FIRST_PENDING, pendingSize * 2) * width);
    }
    System.arraycopy(
        pending, index * width, pending, (index + 1) * width, (pendingSize - index) * width);
    pendingSize++;
  }

  /** Moves the earliest waiting observation into the ring. */
  void appendFirstPending() {
    int width = pendingWidth();
    System.arraycopy(pending, 0, ring, next * width(), width());
    pushed();
    pendingSize--;
    System.arraycopy(pending, width, pending, 0, pendingSize * width);
    if (pendingSize == 0 && pending.length > FIRST_PENDING * width) {
      pending = NONE; // a burst must not enlarge each later snapshot
    }
  }

  /** The newest time up to {@code latest}; {@link Long#MIN_VALUE} for none. */
  public long newestUpTo(long latest) {
    int index = size - 1;
    while (index >= 0 && time(index) > latest) {
      index--;
    }
    return index < 0 ? Long.MIN_VALUE : time(index);
  }

  /** Size of the numbers, without the JVM's few bytes for each array. */
  public int bytes() {
    int kept = covariates == null ? 0 : covariates.numbers();
    return 8 * (ring.length + pending.length + kept);
  }

  /** Count of numbers of {@link #save}. */
  public int numbers() {
    int kept = covariates == null ? 0 : covariates.numbers();
    return size * width() + pendingSize * pendingWidth() + kept;
  }

  /**
   * Copies all rows out: first the ring's, oldest first, then the pending ones. Each is the time,
   * then the bits of the value and of each feature; a pending one adds the count of numbers known
   * ahead and their bits. The covariates kept for a network come last.
   *
   * @param to (numbers), row-major
   */
  public void save(LongBuffer to) {
    int first = next - size;
    if (first < 0) { // the ring has turned: its end comes first
      to.put(ring, (first + seqLen) * width(), -first * width());
      first = 0;
    }
    to.put(ring, first * width(), (next - first) * width());
    to.put(pending, 0, pendingSize * pendingWidth());
    if (covariates != null) {
      covariates.save(to);
    }
  }

  /**
   * Reads the numbers of {@link #save}.
   *
   * @param seen {@link #seen()} of the saved one
   * @param size rows for the ring
   * @param waiting rows that wait
   */
  public void restore(LongBuffer from, long seen, int size, int waiting) {
    from.get(ring, 0, size * width());
    this.size = size;
    this.next = size == seqLen ? 0 : size;
    this.seen = seen;
    this.pendingSize = waiting;
    this.pending = waiting == 0 ? NONE : new long[waiting * pendingWidth()];
    from.get(pending, 0, pending.length);
    if (covariates != null) {
      covariates.restore(from);
    }
  }

  /** Ends a silence and a run of late observations, when an observation is used. */
  public void clearMarks() {
    lateRun = 0;
    lateTime = 0;
    silent = 0;
    silenceSeen = 0;
  }

  /**
   * Counts a late observation.
   *
   * @param counts whether it may belong to a run of late ones; else it ends the run
   * @return length of the run, by ascending time
   */
  public long late(long time, boolean counts) {
    lateRun = !counts ? 0 : lateRun > 0 && time > lateTime ? lateRun + 1 : 1;
    lateTime = counts ? time : 0;
    return lateRun;
  }

  /**
   * Counts a silence in event time.
   *
   * @param now by the clock
   * @param since when this task started to run, by the clock
   * @return milliseconds by the clock in which tasks ran without an observation of the series
   */
  public long silent(long now, long since) {
    if (silenceSeen > 0) {
      silent += Math.max(0, now - Math.max(silenceSeen, since));
    }
    silenceSeen = now;
    return silent;
  }

  /** Whether {@link #saveMarks} has anything to save. */
  public boolean hasMarks() {
    return (lateRun | lateTime | silent | silenceSeen) != 0;
  }

  /** Copies out the marks of late observations and of a silence: {@link #MARKS} numbers. */
  public void saveMarks(LongBuffer to) {
    to.put(lateRun).put(lateTime).put(silent).put(silenceSeen);
  }

  /** Reads the numbers of {@link #saveMarks}. */
  public void restoreMarks(LongBuffer from) {
    lateRun = from.get();
    lateTime = from.get();
    silent = from.get();
    silenceSeen = from.get();
  }
}
