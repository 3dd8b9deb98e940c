package dev.weir.job;

import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.explanation.ExplanationSettings;
import dev.weir.job.options.CovariateOptions;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.MappingOptions;
import dev.weir.option.ForecastOptions;
import java.util.List;

/** Reads whether a job file asks for explanations of the forecasts. */
final class ExplanationSection {

  private ExplanationSection() {}

  /** The targets, with explanations for those that learn if the job file asks for them. */
  static List<Target> targets(JobFile file, List<Target> targets) {
    if (!file.get(ForecastOptions.EXPLAIN)) {
      return targets;
    }
    if (targets.stream().noneMatch(target -> target.learning() != null)) {
      file.problem(
          ForecastOptions.EXPLAIN,
          "expected false without forecasts that learn each series (output: mixture), got true");
      return targets;
    }
    ExplanationSettings settings =
        new ExplanationSettings(
            names(file.get(MappingOptions.FEATURES)),
            names(
                file.has(CovariateOptions.TOPIC)
                    ? file.get(CovariateOptions.FEATURES)
                    : file.get(MappingOptions.FEATURES_AHEAD)));
    return targets.stream().map(target -> with(settings, target)).toList();
  }

  private static Target with(ExplanationSettings settings, Target target) {
    return target.learning() == null
        ? target
        : target.withLearning(target.learning().explained(settings));
  }

  /**
   * @param fields null for records of Weir's own, whose covariates have no names
   */
  private static List<String> names(List<?> fields) {
    return fields == null ? List.of() : fields.stream().map(Object::toString).toList();
  }
}
