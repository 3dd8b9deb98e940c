package dev.weir.forecast.engine;

import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.window.SeriesOrder;

/** Which {@link SeriesPart}s a job has. A part without alarms drops those of other settings. */
final class SeriesParts {

  private SeriesParts() {}

  /** The part around the window of a series, whatever its modes. */
  static SeriesPart ofWindow(ForecastSettings settings, SeriesOrder order, ForecastResult result) {
    AlarmRules rules = settings.alarms();
    return rules == null ? call -> call.state.pace(null) : new SilenceMonitor(rules, order, result);
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
}
