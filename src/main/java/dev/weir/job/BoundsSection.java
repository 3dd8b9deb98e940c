package dev.weir.job;

import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.window.Bounds;
import dev.weir.job.options.JobFile;
import dev.weir.option.BoundsOptions;
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
      file.problem("bounds", e.getMessage());
      return targets;
    }
  }
}
