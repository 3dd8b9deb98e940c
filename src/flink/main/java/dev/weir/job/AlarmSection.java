package dev.weir.job;

import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.ThresholdStateFormat;
import dev.weir.job.options.AlarmOptions;
import dev.weir.job.options.AlarmRuleOptions;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.WebhookOptions;
import dev.weir.model.Mode;
import dev.weir.option.ForecastOptions;

/** Reads the section {@code alarms} of a job file. */
final class AlarmSection {

  private AlarmSection() {}

  /** The topic of incidents; null where alarms are off. */
  static String topic(JobFile file) {
    return file.get(AlarmOptions.ENABLED) ? file.get(AlarmOptions.TOPIC) : null;
  }

  /** Which alarms are raised; null if they are off. */
  static AlarmRules read(JobFile file) {
    AlarmRules rules = AlarmOptions.read(file);
    WebhookOptions.check(file);
    if (rules != null
        && !rules.groups().isEmpty()
        && file.get(ForecastOptions.SEQ_LEN) == 1
        && !file.has(ForecastOptions.INTERVAL)) { // how far apart values are is not known
      file.problem(
          AlarmRuleOptions.GROUP_SERIES.at(0),
          "expected window.interval or a window.seq-len above 1 beside it, got neither");
    }
    return rules;
  }

  /** A limit is compared with forecasts of the first mode. */
  static void checkHorizon(JobFile file, Mode mode, int horizon) {
    int entries = file.entries(AlarmRuleOptions.WITHIN, ThresholdStateFormat.MAX_THRESHOLDS);
    for (int i = 0; i < entries; i++) {
      int within = file.get(AlarmRuleOptions.WITHIN.at(i));
      if (within > horizon) {
        file.problem(
            AlarmRuleOptions.WITHIN.at(i),
            "expected at most the horizon of %s, %d, got %d"
                .formatted(mode.label(), horizon, within));
      }
    }
  }
}
