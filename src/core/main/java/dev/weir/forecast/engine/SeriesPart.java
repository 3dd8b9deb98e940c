package dev.weir.forecast.engine;

import dev.weir.forecast.FeedbackEvent;
import java.io.IOException;

/**
 * What a job does with each of its series beside learning and forecasting it. Which parts there
 * are, {@link SeriesParts} decides by the settings. One instance for each task; not thread-safe.
 */
@FunctionalInterface
interface SeriesPart {

  /** Why feedback can't be used where no alarms are kept. */
  String NO_ALARMS = "series: expected one with observations and alarms, got another";

  /** A value is about to be taken in: by the window of the series, or by a mode. */
  default void before(SeriesCall call) throws IOException {
    // it looks at what follows only
  }

  /** The value was taken in. */
  void after(SeriesCall call);

  /**
   * Event time has reached one that a result asked for.
   *
   * @return whether the state of the window has changed
   */
  default boolean wake(SeriesCall call, long timestamp) {
    return false;
  }

  /** Whether {@link #drop} reads what was learned of the series. */
  default boolean readsLearned() {
    return false;
  }

  /** The series is dropped. */
  default void drop(SeriesCall call) throws IOException {
    // nothing has to end
  }

  /**
   * Takes in that an incident of a series was a false alarm.
   *
   * @return why it can't be used, in one line; null if it can
   */
  default String dismiss(SeriesCall call, FeedbackEvent dismissed) {
    return NO_ALARMS;
  }
}
