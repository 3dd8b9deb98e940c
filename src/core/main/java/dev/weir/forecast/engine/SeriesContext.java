package dev.weir.forecast.engine;

import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.alarm.MemberSurprise;
import dev.weir.forecast.learn.LatestScores;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.SeriesTimer;
import dev.weir.forecast.window.WindowState;
import dev.weir.model.Mode;
import java.io.IOException;

/**
 * The engine that a {@link SeriesForecaster} runs in: state of the current series, event time,
 * timers and output. The engine selects the current series before each call.
 */
public interface SeriesContext extends SeriesTimer {

  /** What the windows remember of the series; null for one that is not known. */
  WindowState window() throws IOException;

  /**
   * Keeps what {@link #window} gave, after a change. Only {@link SeriesForecaster} calls either.
   *
   * @param state null to drop it
   */
  void window(WindowState state) throws IOException;

  /**
   * Whether to take in a series that is not known; a context that refuses it collects a dead
   * letter.
   *
   * @param source the record that brought its first observation
   */
  default boolean admit(String series, SourceRecord source) {
    return true;
  }

  /** What was learned of the series in this mode; null when nothing was. */
  LearnerState learned(Mode mode) throws IOException;

  /**
   * Keeps it.
   *
   * @param state null to drop it
   */
  void learned(Mode mode, LearnerState state) throws IOException;

  /**
   * All modes have learned the newest observation of a window.
   *
   * @param repeatable whether what is known of the series now follows from what was known before it
   *     and the window alone, so that it could be learned again
   */
  default void observed(SequenceWindow window, boolean repeatable) {
    // for a context that saves observations rather than what is learned of them
  }

  /** Whether {@link #advanced} is to be called for each value. */
  default boolean followsValues() {
    return false;
  }

  /**
   * The current series has moved on to its newest value.
   *
   * @param window ends with that value; nobody may keep it
   */
  default void advanced(SequenceWindow window) {
    // for shared learning
  }

  /** Whether {@link #judged} is to be called for each value of a series that raises alarms. */
  default boolean followsAlarms() {
    return false;
  }

  /** The newest value of the current series was compared with its forecast. */
  default void judged(Judgment judgment) {
    // for SQL
  }

  /** Sends a forecast, a score, an incident or a dead letter on. */
  void collect(Output output);

  /** Counts something that no output tells of. */
  void count(Counted what, long by);

  /**
   * An incident of a series is open after its newest value, as at each value while it is, or has
   * just been closed.
   */
  default void incident(String series, boolean isOpen) {
    // for metrics
  }

  /** A value of the current series is surprising, and the series is a member of a group. */
  default void surprised(MemberSurprise surprise) {
    // for groups
  }

  /** The current series has learned from its newest value. */
  default void scored(Mode mode, String series, LatestScores scored) {
    // for who measures
  }

  /** Whether the forecasts of the current window are to be timed; asked once for each window. */
  default boolean isSampled() {
    return false;
  }

  /** One mode's learning and forecast of a window that is timed took so long. */
  default void took(Mode mode, long nanos) {
    // for who measures
  }

  /**
   * A window that is timed has been forecast, and its forecasts handed on.
   *
   * @param origin event time of the newest value
   * @param recordTime timestamp of the record that brought it; negative: not known
   * @param bytes of the series' state
   */
  default void sampled(long origin, long recordTime, long bytes) {
    // for who measures
  }

  /** What is counted. The names go to metrics and never change. */
  enum Counted {
    /** The very same observation had come before. */
    DUPLICATE("duplicates"),
    /** An observation took the place of one that still waited. */
    CORRECTION("corrections"),
    /** Something was missing before an observation. */
    GAP("gaps"),
    /** How much. */
    MISSING("missingObservations"),
    /** Updates of networks left out. */
    SKIPPED_UPDATE("skippedUpdates"),
    /** States of series or experts reset because they were not finite. */
    RESTART("learningRestarts"),
    /** Series forgotten after a silence. */
    EXPIRED("expired"),
    /** Series that went on at an earlier time, as their newest was in the future. */
    RESUMED("resumed");

    private final String metric;

    Counted(String metric) {
      this.metric = metric;
    }

    /** The metric's name. */
    public String metric() {
      return metric;
    }
  }
}
