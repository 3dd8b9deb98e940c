package dev.weir.job;

import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.threshold.ThresholdStateFormat;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.job.options.AlarmOptions;
import dev.weir.job.options.AlarmRuleOptions;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.WebhookOptions;
import dev.weir.option.ForecastOptions;
import java.util.ArrayList;
import java.util.List;

/** Reads the section {@code alarms} of a job file. */
final class AlarmSection {

  private AlarmSection() {}

  /** The topic of incidents; null where alarms are off. */
  static String topic(JobFile file) {
    return file.get(AlarmOptions.ENABLED) ? file.get(AlarmOptions.TOPIC) : null;
  }

  /** The targets, the first one that learns with alarms if they are on: a value raises one. */
  static List<Target> targets(JobFile file, List<Target> targets) {
    AlarmRules rules = AlarmOptions.read(file);
    WebhookOptions.check(file);
    if (rules == null) {
      return targets;
    }
    if (!rules.groups().isEmpty()
        && file.get(ForecastOptions.SEQ_LEN) == 1
        && !file.has(ForecastOptions.INTERVAL)) { // how far apart values are is not known
      file.problem(
          AlarmRuleOptions.GROUP_SERIES.at(0),
          "expected window.interval or a window.seq-len above 1 beside it, got neither");
    }
    List<Target> with = new ArrayList<>(targets);
    for (int i = 0; i < with.size(); i++) {
      Target target = with.get(i);
      Learning learning = target.learning();
      if (learning != null) {
        Learning judging =
            new Learning(learning.learner(), learning.season(), learning.scoresEvery(), rules);
        checkHorizon(file, target);
        with.set(i, target.withLearning(judging));
        return with;
      }
    }
    file.problem(
        AlarmOptions.ENABLED,
        "expected false without forecasts that learn each series (output: mixture), got true");
    return targets;
  }

  private static void checkHorizon(JobFile file, Target target) {
    int entries = file.entries(AlarmRuleOptions.WITHIN, ThresholdStateFormat.MAX_THRESHOLDS);
    for (int i = 0; i < entries; i++) {
      int within = file.get(AlarmRuleOptions.WITHIN.at(i));
      if (within > target.horizon()) {
        file.problem(
            AlarmRuleOptions.WITHIN.at(i),
            "expected at most the horizon of %s, %d, got %d"
                .formatted(target.mode().label(), target.horizon(), within));
      }
    }
  }
}
