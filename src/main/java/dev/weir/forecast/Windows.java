package dev.weir.forecast;

/**
 * Brings the observations of a series into event-time order and cuts them into windows: after each
 * {@code stride} observations, the newest {@code seq_len} of them (fewer while the series is
 * young). On input in order these are the windows of Flink's {@code countWindow(seqLen, stride)}.
 *
 * <p>Holds no series' state itself. One instance for each task; not thread-safe. Allocates only
 * when observations wait.
 */
public final class Windows {

  /** What became of an observation. */
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

  private final int seqLen;
  private final int stride;
  private final int features;
  private final SequenceWindow window;

  public Windows(int seqLen, int stride, int features) {
    if (seqLen < 1) {
      throw new IllegalArgumentException("seq_len: expected at least 1, got " + seqLen);
    }
    if (stride < 1) {
      throw new IllegalArgumentException("stride: expected at least 1, got " + stride);
    }
    this.seqLen = seqLen;
    this.stride = stride;
    this.features = features;
    this.window = new SequenceWindow(seqLen, features);
  }

  public WindowState newState() {
    return new WindowState(seqLen, features);
  }

  /**
   * A state that fits these windows: the given one or, when it was saved under another {@code
   * seq_len}, one with its newest observations. With another number of features the old rows mean
   * nothing and the series starts again.
   */
  public WindowState fit(WindowState state) {
    if (state.seqLen() == seqLen && state.features() == features) {
      return state;
    }
    WindowState fitted = newState();
    if (state.features() != features) {
      return fitted;
    }
    double[] row = new double[features];
    for (int i = Math.max(0, state.size() - seqLen); i < state.size(); i++) {
      for (int f = 0; f < features; f++) {
        row[f] = state.feature(i, f);
      }
      fitted.append(state.time(i), state.value(i), row, 0);
    }
    for (int i = 0; i < state.pendingSize(); i++) {
      for (int f = 0; f < features; f++) {
        row[f] = state.pendingFeature(i, f);
      }
      fitted.addPending(state.pendingTime(i), state.pendingValue(i), row);
    }
    fitted.seen(state.seen());
    return fitted;
  }

  /**
   * Takes an observation in.
   *
   * @param completeUpTo nothing of this time or earlier is still to come (the watermark), or {@link
   *     #IN_ORDER}
   */
  public Outcome offer(WindowState state, Observation observation, long completeUpTo) {
    long time = observation.time();
    if (time <= state.lastTime()) {
      return isKnown(state, observation) ? Outcome.DUPLICATE : Outcome.LATE;
    }
    if (time <= completeUpTo) {
      state.append(time, observation.value(), observation.features(), 0);
      return Outcome.APPENDED;
    }
    int index = state.findPending(time);
    if (index >= 0 && state.pendingSays(index, observation.value(), observation.features())) {
      return Outcome.DUPLICATE;
    }
    state.addPending(time, observation.value(), observation.features());
    return index >= 0 ? Outcome.CORRECTED : Outcome.PENDING;
  }

  private static boolean isKnown(WindowState state, Observation observation) {
    for (int i = state.size() - 1; i >= 0 && state.time(i) >= observation.time(); i--) {
      if (state.time(i) == observation.time()) {
        boolean same = Double.compare(state.value(i), observation.value()) == 0;
        for (int f = 0; f < state.features && same; f++) {
          same = Double.compare(state.feature(i, f), observation.features()[f]) == 0;
        }
        return same;
      }
    }
    return false;
  }

  /** Appends the earliest waiting observation if it is complete; false when there is none. */
  public boolean advance(WindowState state, long completeUpTo) {
    if (state.pendingSize() == 0 || state.pendingTime(0) > completeUpTo) {
      return false;
    }
    state.appendFirstPending();
    return true;
  }

  /** Whether a window ends with the observation appended last. */
  public boolean isDue(WindowState state) {
    return state.seen() % stride == 0;
  }

  /** The window that ends with the newest observation; valid until the next call. */
  public SequenceWindow window(String series, WindowState state) {
    window.fill(series, state);
    return window;
  }
}
