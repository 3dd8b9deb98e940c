package dev.weir.stream.covariate;

/** What a join with covariates or outside forecasts does not use, and what helps against it. */
public enum JoinLoss {
  PASSED_STEPS("passedSteps", "steps came after their time", "publish them earlier"),
  BEYOND_KEEP("beyondKeep", "steps ahead were too many to keep", "raise covariates.keep"),
  OTHER_SETTINGS(
      "otherSettings",
      "groups or series of the savepoint had another number of covariates or models",
      "publish again what is ahead of them"),
  OVER_MAX_SERIES(
      "overMaxSeries",
      "records were of new groups or series beyond state.max-series",
      "raise it, or see who writes these names");

  /** The metric's name, which never changes. */
  public final String metric;

  /** What a number of them means, such as "steps came after their time". */
  public final String what;

  public final String advice;

  JoinLoss(String metric, String what, String advice) {
    this.metric = metric;
    this.what = what;
    this.advice = advice;
  }
}
