package dev.weir.forecast.engine;

import dev.weir.forecast.learn.LatestScores;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.SeriesResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one call of a {@link SeriesForecaster} made of a series, for who sends it on and for who
 * measures.
 */
public final class ForecastResult extends SeriesResult {

  final LatestScores[] scored; // by mode
  final long[] nanos; // by mode
  final List<Judgment> judgments = new ArrayList<>();
  boolean wantsJudgments;
  boolean wantsNanos;
  SequenceWindow window;
  boolean isDue;
  boolean hasLearned;
  boolean isRepeatable;
  boolean isBack; // the newest value ends a silence
  long bytes;
  Boolean isOpen;

  ForecastResult(int modes) {
    scored = new LatestScores[modes];
    nanos = new long[modes];
  }

  /** Asks for {@link #judgments}. */
  public void wantJudgments() {
    wantsJudgments = true;
  }

  /** Whether {@link #nanos} are asked for, from now on. */
  public void wantNanos(boolean wants) {
    wantsNanos = wants;
  }

  @Override
  public void clear() {
    super.clear();
    judgments.clear();
    Arrays.fill(scored, null);
    window = null;
    isDue = false;
    isBack = false;
    hasLearned = false;
    isOpen = null;
  }

  /**
   * The window that ends with the value that the series has moved on to; null if it has not, and if
   * no mode learns or forecasts it.
   */
  public SequenceWindow window() {
    return window;
  }

  /** Whether a window was forecast. */
  public boolean isDue() {
    return isDue;
  }

  /** Whether the newest value was learned. */
  public boolean hasLearned() {
    return hasLearned;
  }

  /**
   * Whether what is known of the series now follows from what was known before it and the window
   * alone, so that it could be learned again.
   */
  public boolean isRepeatable() {
    return isRepeatable;
  }

  /** What a mode has scored at the newest value; null if it has not learned it. */
  public LatestScores scored(int mode) {
    return scored[mode];
  }

  /** How long a mode took to learn and forecast, if that was asked for and one was due. */
  public long nanos(int mode) {
    return nanos[mode];
  }

  /** Bytes of the state of a series that has moved on. */
  public long bytes() {
    return bytes;
  }

  /**
   * Whether an incident of the series is open after its newest value, or has just been closed; null
   * if neither.
   */
  public Boolean isOpen() {
    return isOpen;
  }

  /** How the newest value compares with its forecast, of a series that raises alarms. */
  public List<Judgment> judgments() {
    return judgments;
  }
}
