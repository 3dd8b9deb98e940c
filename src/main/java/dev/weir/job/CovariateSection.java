package dev.weir.job;

import dev.weir.forecast.expert.Covariates;
import dev.weir.job.options.JobFile;
import dev.weir.option.CovariateRule;
import dev.weir.option.ForecastOptions;

/** Which covariates the mixture of a job file learns from. */
final class CovariateSection {

  private CovariateSection() {}

  /**
   * What is wrong becomes a problem of the file.
   *
   * @param learns whether there is a mixture that learns
   */
  static Covariates.Count read(JobFile file, boolean learns) {
    int observed = file.get(ForecastOptions.FEATURES);
    int ahead = file.get(ForecastOptions.FEATURES_AHEAD);
    boolean isAsked = file.has(ForecastOptions.COVARIATES);
    boolean isOn = learns && file.get(ForecastOptions.COVARIATES);
    if (ahead > 0 && !isOn) {
      file.problem(
          ForecastOptions.FEATURES_AHEAD,
          "expected 0 without %s, got %d"
              .formatted(learns ? "learning.covariates" : "a mixture that learns", ahead));
    }
    if (!isOn) {
      return Covariates.Count.NONE;
    }
    String problem =
        CovariateRule.problemWith(
            observed,
            ahead,
            isAsked,
            ForecastOptions.FEATURES.key(),
            ForecastOptions.FEATURES_AHEAD.key());
    if (problem != null) {
      file.problem(isAsked ? ForecastOptions.COVARIATES : ForecastOptions.FEATURES_AHEAD, problem);
    }
    return CovariateRule.learned(observed, ahead);
  }
}
