package dev.weir.job;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.job.options.JobFile;
import dev.weir.option.BoundsOptions;
import dev.weir.option.Option;
import java.util.List;

/** Reads the section {@code bounds} of a job file. */
final class BoundsSection {

  private BoundsSection() {}

  /** The targets, all within the file's bounds. What is wrong becomes a problem of the file. */
  static List<Target> targets(JobFile file, List<Target> targets) {
    Double min = file.get(BoundsOptions.MIN);
    Double max = file.get(BoundsOptions.MAX);
    try {
      Bounds bounds = BoundsOptions.bounds(min, max, file.get(BoundsOptions.INTEGER));
      return targets.stream().map(target -> target.withBounds(bounds)).toList();
    } catch (IllegalArgumentException e) {
      String message = e.getMessage(); // begins with the bound's name
      Option<Double> option = message.startsWith("max") ? BoundsOptions.MAX : BoundsOptions.MIN;
      file.problem(option, message.replaceFirst("^\\w+: ", ""));
      return targets;
    }
  }
}
