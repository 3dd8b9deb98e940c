package dev.weir.forecast.window;

import dev.weir.forecast.Observation;

/**
 * Brings the observations of a series into event-time order and cuts them into windows: after each
 * {@code stride} observations, the newest {@code seq_len} of them (fewer while the series is
 * young). On input in order these are the windows of Flink's {@code countWindow(seqLen, stride)}.
 *
 * <p>With a {@link Sampling} interval, times count as those on the series' grid, and what is
 * missing between two observations is noticed when the later one is appended. Values that are
 * filled in count as observations for {@code seq_len} and {@code stride}; a window that is due at
 * one of them is cut at the observation that follows, so that no forecast starts from a value that
 * was not observed.
 *
 * <p>Holds no series' state itself. One instance for each task; not thread-safe. Allocates only
 * when observations wait.
 */
public final class Windows {

  /** How an observation was treated. */
  public enum Outcome {
    /** It is the newest of its series now; {@link #isDue} says whether a window ends with it. */
    APPENDED,
    /** It waits until the series is complete up to its time. */
    PENDING,
    /** It waits in place of an earlier one of the same time. */
    CORRECTED,
    /** The very same observation is there already. */
    DUPLICATE,
    /** Its series has moved past its time. */
    LATE
  }

  /** Everything may be appended at once: for a stream in which each series comes in order. */
  public static final long IN_ORDER = Long.MAX_VALUE;

  private static final long WEEK = 7 * 86_400_000L;

  private final int seqLen;
  private final int stride;
  private final int features;
  private final int ahead;
  private final int columns;
  private final Sampling sampling;
  private final SequenceWindow window;
  private final SequenceWindow logged; // for rows of a log
  private long missing; // just before the observation appended last
  private long filled; // of those
  private double before; // the value before them
  private double[] newestAhead = Observation.NO_FEATURES; // ahead of the observation appended last
  private boolean resumed; // whether the one appended last is of an earlier time than those before
  private final double[] earlier; // (features), scratch as the two below
  private final double[] newest;
  private final double[] row;

  /** By count. */
  public Windows(int seqLen, int stride, int features) {
    this(seqLen, stride, features, Sampling.BY_COUNT);
  }

  public Windows(int seqLen, int stride, int features, Sampling sampling) {
    this(seqLen, stride, features, sampling, 0, 0);
  }

  /**
   * @param ahead numbers known ahead of an observation, at most
   * @param columns covariates known ahead that are kept for a network; a divisor of {@code ahead},
   *     or 0: none are
   */
  public Windows(int seqLen, int stride, int features, Sampling sampling, int ahead, int columns) {
    if (seqLen < 1) {
      throw new IllegalArgumentException("seq_len: expected at least 1, got " + seqLen);
    }
    if (stride < 1) {
      throw new IllegalArgumentException("stride: expected at least 1, got " + stride);
    }
    this.seqLen = seqLen;
    this.stride = stride;
    this.features = features;
    this.ahead = ahead;
    this.columns = columns;
    this.sampling = sampling;
    int steps = columns == 0 ? 0 : ahead / columns;
    this.window = new SequenceWindow(seqLen, features, sampling, columns, steps);
    this.logged = new SequenceWindow(seqLen, features, sampling);
    this.earlier = new double[features];
    this.newest = new double[features];
    this.row = new double[features];
  }

  public WindowState newState() {
    return new WindowState(seqLen, features, sampling.interval(), ahead, columns);
  }

  /** Whether a state was made with these settings. */
  public boolean fits(WindowState state) {
    return state.seqLen() == seqLen
        && state.features() == features
        && state.ahead() == ahead
        && state.columns() == columns
        && state.interval() == sampling.interval();
  }

  /**
   * Copies what these windows can use of a state that was saved with another {@code seq_len} or
   * interval: its newest observations, and nothing with another number of features.
   *
   * @param fitted an empty one that fits
   */
  public <T extends WindowState> T fit(WindowState state, T fitted) {
    if (state.features() != features) {
      return fitted;
    }
    for (int i = Math.max(0, state.size() - seqLen); i < state.size(); i++) {
      for (int f = 0; f < features; f++) {
        row[f] = state.feature(i, f);
      }
      // rows of another interval (or none) have gaps and overlaps by this one
      boolean follows =
          sampling.isByCount()
              || fitted.size() == 0
              || state.time(i) - fitted.lastTime() == sampling.interval();
      if (!follows) {
        fitted.clear();
      }
      fitted.append(state.time(i), state.value(i), row, 0);
    }
    for (int i = 0; i < state.pendingSize(); i++) {
      for (int f = 0; f < features; f++) {
        row[f] = state.pendingFeature(i, f);
      }
      long time = onGrid(fitted, state.pendingTime(i));
      if (time > fitted.lastTime()) {
        double[] ofRow = state.ahead() == ahead ? state.pendingAhead(i) : Observation.NO_FEATURES;
        fitted.addPending(time, state.pendingValue(i), row, ofRow); // of two at one time the later
      }
    }
    fitted.seen(state.seen());
    fitted.pace(state.pace());
    if (columns > 0 && state.columns() == columns && state.interval() == sampling.interval()) {
      fitted.covariates().copyFrom(state.covariates());
    }
    return fitted;
  }

  /**
   * Takes an observation in.
   *
   * @param completeUpTo nothing of this time or earlier is still to come (the watermark), or {@link
   *     #IN_ORDER}
   */
  public Outcome offer(WindowState state, Observation observation, long completeUpTo) {
    Outcome outcome = judge(state, observation, completeUpTo);
    if (outcome == Outcome.APPENDED) {
      append(state, observation);
    }
    return outcome;
  }

  /**
   * Classifies an observation: a complete one is to be appended, another one may become pending.
   */
  Outcome judge(WindowState state, Observation observation, long completeUpTo) {
    long time = timeOf(state, observation);
    if (time <= state.lastTime()) {
      return isDuplicate(state, time, observation) ? Outcome.DUPLICATE : Outcome.LATE;
    }
    if (time <= completeUpTo) {
      return Outcome.APPENDED;
    }
    int index = state.findPending(time);
    if (index >= 0
        && state.pendingEquals(
            index, observation.value(), observation.features(), observation.ahead())) {
      return Outcome.DUPLICATE;
    }
    state.addPending(time, observation.value(), observation.features(), observation.ahead());
    return index >= 0 ? Outcome.CORRECTED : Outcome.PENDING;
  }

  void append(WindowState state, Observation observation) {
    long time = timeOf(state, observation);
    closeGap(state, time, observation.value(), observation.features());
    state.append(time, observation.value(), observation.features(), 0);
    keepAhead(state, observation.ahead());
  }

  /** The time that an observation counts as: its own, or the nearest one on its series' grid. */
  public long timeOf(WindowState state, Observation observation) {
    return onGrid(state, observation.time());
  }

  private long onGrid(WindowState state, long time) {
    // all kept times are on the grid, so any of them serves
    long anchor =
        state.size() > 0 ? state.lastTime() : state.pendingSize() > 0 ? state.pendingTime(0) : time;
    return sampling.onGrid(anchor, time);
  }

  private static boolean isDuplicate(WindowState state, long time, Observation observation) {
    for (int i = state.size() - 1; i >= 0 && state.time(i) >= time; i--) {
      if (state.time(i) == time) {
        boolean same = Double.compare(state.value(i), observation.value()) == 0;
        for (int f = 0; f < state.features && same; f++) {
          same = Double.compare(state.feature(i, f), observation.features()[f]) == 0;
        }
        return same;
      }
    }
    return false;
  }

  /** Appends the earliest waiting observation if it is complete; false if none waits. */
  public boolean advance(WindowState state, long completeUpTo) {
    if (state.pendingSize() == 0 || state.pendingTime(0) > completeUpTo) {
      return false;
    }
    for (int f = 0; f < features; f++) {
      newest[f] = state.pendingFeature(0, f);
    }
    closeGap(state, state.pendingTime(0), state.pendingValue(0), newest);
    double[] ahead = state.pendingAhead(0);
    state.appendFirstPending();
    keepAhead(state, ahead);
    return true;
  }

  /** Keeps the numbers known ahead of the observation that was just appended. */
  private void keepAhead(WindowState state, double[] ahead) {
    newestAhead = ahead;
    if (columns > 0) {
      state.covariates().advance(1 + missing);
      state.covariates().update(ahead);
    }
  }

  /**
   * Starts the window again with an observation of an earlier time than the newest. What was
   * learned goes on: with an interval, by as many values as keep the phase of a day and a week.
   */
  public void resume(WindowState state, Observation observation) {
    long time = timeOf(state, observation);
    missing = 0;
    filled = 0;
    resumed = true;
    before = state.value(state.size() - 1);
    if (!sampling.isByCount() && WEEK % sampling.interval() == 0) {
      long steps = (time - state.lastTime()) / sampling.interval();
      missing = Math.floorMod(steps - 1, WEEK / sampling.interval());
    }
    state.clear();
    state.append(time, observation.value(), observation.features(), 0);
    if (columns > 0) { // of other times
      state.covariates().clear();
    }
    keepAhead(state, observation.ahead());
  }

  /** Treats missing observations before the one that is about to be appended. */
  private void closeGap(WindowState state, long time, double value, double[] observed) {
    missing = 0;
    filled = 0;
    resumed = false;
    if (sampling.isByCount() || state.size() == 0) {
      return;
    }
    missing = (time - state.lastTime()) / sampling.interval() - 1;
    if (missing == 0) {
      return;
    }
    before = state.value(state.size() - 1);
    switch (sampling.gap(missing)) {
      case SKIP -> state.clear();
      case RESET -> state.forget();
      case CARRY, LINEAR -> fill(state, value, observed);
    }
  }

  private void fill(WindowState state, double value, double[] observed) {
    long start = state.lastTime();
    for (int f = 0; f < features; f++) {
      earlier[f] = state.feature(state.size() - 1, f);
    }
    for (long k = 1; k <= missing; k++) {
      for (int f = 0; f < features; f++) {
        row[f] = sampling.filled(earlier[f], observed[f], k, missing);
      }
      double between = sampling.filled(before, value, k, missing);
      state.append(start + k * sampling.interval(), between, row, 0);
    }
    filled = missing;
  }

  /** Observations that are missing just before the one appended last; 0 without an interval. */
  public long missing() {
    return missing;
  }

  /** Whether the observation appended last is that of {@link #resume}. */
  public boolean resumed() {
    return resumed;
  }

  /** Whether a window ends with the observation appended last, or was due at a filled-in one. */
  public boolean isDue(WindowState state) {
    return state.seen() / stride > (state.seen() - 1 - filled) / stride;
  }

  /** The window that ends with the newest observation; valid until the next call. */
  public SequenceWindow window(String series, WindowState state) {
    window.fill(series, state, missing, before, resumed, newestAhead);
    return window;
  }

  /** The window of a series to which nothing was appended just now. */
  public SequenceWindow again(String series, WindowState state) {
    window.fill(series, state, 0, 0, false, Observation.NO_FEATURES);
    return window;
  }

  /** Whether rows of a log make windows of this kind. */
  public boolean fits(ObservationLog log) {
    return log.features() == features && log.interval() == sampling.interval();
  }

  /** The window that ended with a row of a log; valid until the next call. */
  public SequenceWindow window(String series, ObservationLog log, int newest) {
    logged.fill(series, log, newest);
    return logged;
  }
}
