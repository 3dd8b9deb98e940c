package dev.weir.forecast.window;

import dev.weir.forecast.Observation;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.window.SeriesResult.Counted;
import dev.weir.forecast.window.Windows.Outcome;
import java.io.IOException;

/**
 * Base class of the engines of forecasts and classes: brings each series into event-time order,
 * lets an observation wait for earlier ones, rejects a late one, and forgets a series that is
 * silent for too long. A subclass processes a series that has moved on.
 *
 * <p>Keeps no series' state itself. One instance for each task; not thread-safe.
 *
 * @param <T> the window of a series, with the other state of each observation
 * @param <S> what is kept of a series
 * @param <R> the result of a call
 */
public abstract class SeriesEngine<
    T extends WindowState, S extends SeriesState<T>, R extends SeriesResult> {

  protected final Windows windows;
  protected final R result;
  private final SeriesOrder order;
  private final boolean inOrder;
  private long watermark; // of the current call

  /**
   * An observation by which its series moves on.
   *
   * @param time that it counts as
   * @param observation null if it has waited
   * @param source the record that brought it; null for none, and if it has waited
   * @param goesBack whether the series goes on at an earlier time with it
   */
  public record Arrival(
      long time, Observation observation, SourceRecord source, boolean goesBack) {}

  /**
   * @param inOrder whether each observation counts at once; else it waits for the watermark
   * @param result returned by all calls
   */
  protected SeriesEngine(Windows windows, SeriesOrder order, boolean inOrder, R result) {
    this.windows = windows;
    this.order = order;
    this.inOrder = inOrder;
    this.result = result;
  }

  /** Event time, milliseconds since 1970. */
  protected final long watermark() {
    return watermark;
  }

  /** Returned by all calls; takes requests of what to measure. */
  public final R result() {
    return result;
  }

  /** When series expire. */
  public final SeriesOrder order() {
    return order;
  }

  /** State of a series without observations. */
  public abstract T newState();

  /** The state, or the part that these settings can use. */
  protected T fit(T existing) {
    return windows.fits(existing) ? existing : windows.fit(existing, newState());
  }

  /** A series moves on by an observation, which {@link #append} puts into its window. */
  protected abstract void advance(String name, S series, T state, Arrival arrival)
      throws IOException;

  protected final void append(T state, Arrival arrival) {
    if (arrival.observation() == null) {
      windows.advance(state, arrival.time());
    } else if (arrival.goesBack()) {
      windows.resume(state, arrival.observation());
    } else {
      windows.append(state, arrival.observation());
    }
  }

  /** Event time has reached one that a result asked for, and no observation waits for it. */
  protected void elapse(String name, S series, T state, long timestamp) throws IOException {
    // only observations end a window
  }

  /**
   * The series was silent for too long: the subclass drops its state beside the window and the
   * pending observations.
   *
   * @param isOver whether the series is dropped
   */
  protected abstract void silence(String name, S series, T state, boolean isOver)
      throws IOException;

  /** The state of a series, fitted to these settings. */
  protected final T fitted(S series) {
    T existing = series.times();
    if (existing == null) {
      return newState();
    }
    T fitted = fit(existing);
    for (int i = 0; fitted != existing && i < fitted.pendingSize(); i++) {
      result.wakeAt(fitted.pendingTime(i)); // it may count as a later time now
    }
    return fitted;
  }

  /**
   * Takes in an observation. The caller repeats the call while the result {@link
   * SeriesResult#hasMore}.
   *
   * @param source the record that brought it, for a dead letter; null for none
   * @param watermark event time, milliseconds since 1970; {@link Long#MAX_VALUE} once the input has
   *     ended
   * @return its outcome; null if the call must be repeated
   */
  protected final Outcome take(
      S series, Observation observation, SourceRecord source, long watermark) throws IOException {
    this.watermark = watermark;
    String name = observation.series();
    T state = fitted(series);
    long completeUpTo = inOrder ? Windows.IN_ORDER : watermark;
    if (advance(name, series, state, completeUpTo)) {
      result.more(); // still pending from a savepoint with a larger out-of-orderness
      return null;
    }
    long time = windows.timeOf(state, observation);
    if (time <= completeUpTo) {
      resetAfterSilence(name, series, state, time);
    }
    long before = state.newestTime();
    long reached = state.lastTime();
    Outcome outcome = windows.judge(state, observation, completeUpTo);
    boolean isAhead = outcome == Outcome.LATE && order.isAhead(state.lastTime());
    boolean resumes = isAhead && order.resumes(state, time);
    boolean moves = resumes || outcome == Outcome.APPENDED;
    if (moves) {
      advance(name, series, state, new Arrival(time, observation, source, resumes));
    }
    if (moves || outcome == Outcome.PENDING) {
      state.clearMarks();
      order.touched(series, state, before, time, watermark, result);
    }
    if (moves || isAhead || outcome == Outcome.PENDING || outcome == Outcome.CORRECTED) {
      series.times(state); // else unchanged: each write to RocksDB has a cost
    }
    switch (outcome) {
      case APPENDED -> {}
      case PENDING -> result.wakeAt(time);
      case CORRECTED -> result.count(Counted.CORRECTION, 1);
      case DUPLICATE -> result.count(Counted.DUPLICATE, 1);
      case LATE -> {
        if (resumes) {
          result.count(Counted.RESUMED, 1);
        } else {
          result.add(SeriesOrder.late(reached, observation.time(), time, source));
        }
      }
    }
    return outcome;
  }

  /** Moves on to the earliest waiting observation if it is complete; false if none waits. */
  private boolean advance(String name, S series, T state, long completeUpTo) throws IOException {
    if (state.pendingSize() == 0 || state.pendingTime(0) > completeUpTo) {
      return false;
    }
    long time = state.pendingTime(0);
    resetAfterSilence(name, series, state, time);
    advance(name, series, state, new Arrival(time, null, null, false));
    series.times(state);
    return true;
  }

  private void resetAfterSilence(String name, S series, T state, long next) throws IOException {
    if (order.isSilence(state, next)) {
      silence(name, series, state, false);
      state.forget();
      result.count(Counted.EXPIRED, 1);
    }
  }

  /**
   * Event time, or the clock, has reached a time that a result requested. The caller repeats the
   * call while the result {@link SeriesResult#hasMore}.
   *
   * @param name of the series
   * @param watermark as for {@link #take}
   */
  public final R wake(String name, S series, long timestamp, long watermark) throws IOException {
    result.clear();
    if (series.times() != null) {
      this.watermark = watermark;
      wake(name, series, timestamp);
    }
    return result;
  }

  private void wake(String name, S series, long timestamp) throws IOException {
    if (timestamp > watermark) { // the clock of a restored job that has no event time yet
      result.wakeAt(timestamp);
      return;
    }
    T state = fitted(series);
    if (advance(name, series, state, timestamp)) {
      result.more();
      return;
    }
    elapse(name, series, state, timestamp);
    boolean isDue = order.isDue(series, state, timestamp, watermark, result);
    if (isDue && order.isOver(state)) {
      silence(name, series, state, true);
      series.times(null);
      series.expiry(null);
      result.count(Counted.EXPIRED, 1);
    } else if (isDue) {
      series.times(state);
    }
  }
}
