package dev.weir.forecast.engine;

import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.network.CarriedState;
import dev.weir.forecast.window.ObservationLog;
import dev.weir.forecast.window.SeriesState;
import dev.weir.forecast.window.WindowState;
import dev.weir.model.Mode;
import java.io.IOException;

/**
 * What is kept of one series that is forecast: its window, and what each mode has learned. That is
 * kilobytes, so a subclass may read it when it is first asked for.
 */
public class ForecastState extends SeriesState<WindowState> {

  private static final int MODES = Mode.values().length;

  /** What each mode has learned, by its ordinal; null where nothing was. */
  protected final LearnerState[] learned = new LearnerState[MODES];

  /** With which networks begin the next window, by mode; null where they were not asked for. */
  protected final CarriedState[] carried = new CarriedState[MODES];

  /** Observations that this has not learned yet; null for none. */
  protected ObservationLog log;

  /** Whether these two have been read, or are replaced without. */
  protected boolean isRead;

  /** Whether {@link #learned} is to be saved. */
  protected boolean learnedMore;

  /** Whether what was learned follows from what is kept and the windows since. */
  protected boolean isRepeatable = true;

  /** Reads {@link #learned} and {@link #log}. */
  protected void readLearned() throws IOException {
    // a series that is in memory as a whole
  }

  /** Reads with what a mode's network begins the next window; null for nothing. */
  protected CarriedState readCarried(Mode mode) throws IOException {
    return null;
  }

  /** With what a mode's network begins the next window; never null. */
  final CarriedState carried(Mode mode) throws IOException {
    CarriedState state = carried[mode.ordinal()];
    if (state == null) {
      CarriedState saved = readCarried(mode);
      state = saved == null ? new CarriedState() : saved;
      carried[mode.ordinal()] = state;
    }
    return state;
  }

  /** What was learned of the series in a mode; null when nothing was. */
  public final LearnerState learned(Mode mode) {
    return learned[mode.ordinal()];
  }

  /**
   * Replaces what was learned, or says that it has changed.
   *
   * @param state null to drop it
   */
  public final void learned(Mode mode, LearnerState state) {
    isRead = true;
    learnedMore = true;
    isRepeatable &= state != null;
    learned[mode.ordinal()] = state;
  }

  /** What was learned has changed by something else than an observation. */
  final void changedOtherwise() {
    learnedMore = true;
    isRepeatable = false;
  }

  /** Has what was learned read, unless it was; returns whether it has. */
  final boolean read() throws IOException {
    if (isRead) {
      return false;
    }
    isRead = true;
    readLearned();
    return true;
  }
}
