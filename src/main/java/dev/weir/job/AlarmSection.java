package dev.weir.job;

import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.job.options.AlarmOptions;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.WebhookOptions;
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
    IncidentSettings incidents = AlarmOptions.read(file);
    WebhookOptions.check(file);
    if (incidents == null) {
      return targets;
    }
    List<Target> with = new ArrayList<>(targets);
    for (int i = 0; i < with.size(); i++) {
      Target target = with.get(i);
      Learning learning = target.learning();
      if (learning != null) {
        Learning judging =
            new Learning(learning.learner(), learning.season(), learning.scoresEvery(), incidents);
        with.set(
            i,
            new Target(
                target.mode(), target.model(), target.horizon(), target.initialModel(), judging));
        return with;
      }
    }
    file.problem(
        AlarmOptions.ENABLED,
        "expected false without forecasts that learn each series (output: mixture), got true");
    return targets;
  }
}
