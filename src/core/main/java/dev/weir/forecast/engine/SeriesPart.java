package dev.weir.forecast.engine;

import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.window.SeriesOrder;
import java.io.IOException;

/**
 * What a job does with each of its series beside learning and forecasting it. Which parts a job
 * has, {@link #ofWindow} and {@link #ofMode} alone decide. One instance for each task; not
 * thread-safe.
 */
@FunctionalInterface
interface SeriesPart {

  /** Why feedback can't be used where no alarms are kept. */
  String NO_ALARMS = "series: expected one with observations and alarms, got another";

  /** The part around the window of a series, whatever its modes. */
  static SeriesPart ofWindow(ForecastSettings settings, SeriesOrder order, ForecastResult result) {
    AlarmRules rules = settings.alarms();
    return rules == null
        ? call -> call.state.pace(null) // left by settings with alarms
        : new SilenceMonitor(rules, order, result);
  }

  /**
   * The part around what a mode makes of a window.
   *
   * @param learner null when the model alone forecasts
   */
  static SeriesPart ofMode(
      ForecastSettings settings, ModeForecaster mode, Learner learner, ForecastResult result) {
    AlarmRules rules = mode.settings().alarms();
    if (learner == null) {
      return settings.carries() ? new CarriedPart(mode.mode(), result) : call -> {};
    }
    return rules == null
        ? call -> call.learned.alarms(null)
        : new AlarmMonitor(rules, mode, learner, result);
  }

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
