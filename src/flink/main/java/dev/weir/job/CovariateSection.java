package dev.weir.job;

import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.job.options.CovariateOptions;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.MappingOptions;
import dev.weir.kafka.CovariateTopic;
import dev.weir.kafka.mapping.MappedRecords;
import dev.weir.kafka.mapping.ObservationMapping;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import dev.weir.stream.covariate.CovariateSettings;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a job file says of a topic of covariates, checked: the option {@code topics.covariates} and
 * the section {@code covariates}.
 */
final class CovariateSection {

  private CovariateSection() {}

  /** What the section says of other options, before they are read. */
  static void addDefaults(JobFile file) {
    if (file.has(CovariateOptions.TOPIC) && file.has(CovariateOptions.FEATURES)) {
      file.addDefault(
          ForecastOptions.FEATURES_AHEAD,
          Integer.toString(file.get(CovariateOptions.FEATURES).size()),
          CovariateOptions.FEATURES);
    }
  }

  /**
   * Where covariates arrive; what is wrong becomes a problem of the file.
   *
   * @param forecasts whether the job forecasts
   * @param directory where a relative path starts
   * @return null for a job that reads no topic of covariates
   */
  static CovariateTopic topic(JobFile file, boolean forecasts, Path directory) {
    if (!file.has(CovariateOptions.TOPIC)) {
      refuse(file, CovariateOptions.ALL, CovariateOptions.TOPIC);
      refuseFormatOptions(file, CovariateOptions.TOPIC);
      return null;
    }
    int features = file.get(ForecastOptions.FEATURES_AHEAD);
    check(file, forecasts, "a section forecast", "none");
    check(file, features > 0, "window.features-ahead of 1 or more", "0");
    check(file, file.has(ForecastOptions.INTERVAL), "window.interval", "none");
    if (file.has(MappingOptions.FEATURES_AHEAD)) {
      file.problem(
          MappingOptions.FEATURES_AHEAD, "expected none beside topics.covariates, got some");
    }
    ObservationMapping mapping = mapping(file, features, directory);
    return new CovariateTopic(
        file.get(CovariateOptions.TOPIC), features, file.get(CovariateOptions.MAX_FUTURE), mapping);
  }

  private static void check(JobFile file, boolean holds, String expected, String got) {
    if (!holds) {
      file.problem(
          CovariateOptions.TOPIC, "expected %s beside it, got %s".formatted(expected, got));
    }
  }

  private static void refuse(JobFile file, Iterable<Option<?>> options, Option<?> without) {
    for (Option<?> option : options) {
      if (file.has(option)) {
        file.problem(option, "expected %s beside it, got none".formatted(without.key()));
      }
    }
  }

  private static void refuseFormatOptions(JobFile file, Option<?> without) {
    for (String key : file.formatOptions(CovariateOptions.FORMAT).keySet()) {
      file.problem(
          "covariates.format.options." + key,
          "expected %s beside it, got none".formatted(without.key()));
    }
  }

  /** Null for Weir's own records, or when something is wrong. */
  private static ObservationMapping mapping(JobFile file, int features, Path directory) {
    if (!file.has(CovariateOptions.FORMAT)) {
      refuse(file, CovariateOptions.OF_FORMAT, CovariateOptions.FORMAT);
      refuseFormatOptions(file, CovariateOptions.FORMAT);
      return null;
    }
    boolean hasTime = file.require(CovariateOptions.TIME) != null;
    if (file.require(CovariateOptions.FEATURES) == null || !hasTime) {
      return null;
    }
    if (!MappingSection.checkFormat(
        file,
        CovariateOptions.FORMAT,
        CovariateOptions.COLUMNS,
        CovariateOptions.SCHEMA_FILE,
        CovariateOptions.MESSAGE)) {
      return null;
    }
    int mapped = file.get(CovariateOptions.FEATURES).size();
    if (mapped != features) {
      file.problem(
          CovariateOptions.FEATURES,
          "expected %d, as window.features-ahead says, got %d".formatted(features, mapped));
    }
    try {
      ObservationMapping mapping = CovariateOptions.mapping(file, directory);
      new MappedRecords(mapping, null);
      return mapping;
    } catch (IOException e) {
      file.problem(CovariateOptions.SCHEMA_FILE, e.getMessage());
    } catch (IllegalArgumentException e) {
      file.problem(CovariateOptions.SECTION, e.getMessage());
    }
    return null;
  }

  /**
   * How observations are joined with covariates; null for a job that reads no topic of them.
   *
   * @param forecast settings that are right
   */
  static CovariateSettings settings(JobFile file, ForecastSettings forecast) {
    if (!file.has(CovariateOptions.TOPIC)) {
      return null;
    }
    int features = file.get(ForecastOptions.FEATURES_AHEAD);
    int horizon = forecast.ahead() / features;
    int keep = file.get(CovariateOptions.KEEP);
    if (keep < horizon) {
      file.problem(
          CovariateOptions.KEEP,
          "expected at least the horizon, %d, got %d".formatted(horizon, keep));
    }
    return new CovariateSettings(
        file.get(CovariateOptions.KEY),
        features,
        horizon,
        forecast.sampling().interval(),
        keep,
        forecast.limits().ttl());
  }
}
