package dev.weir.forecast.engine;

import dev.weir.forecast.expert.Covariates;

/** How many covariates a mixture learns from: the same in the job file, in SQL and elsewhere. */
public final class CovariateRule {

  /** Covariates that a mixture learns from, at most. */
  public static final int MAX = 20;

  private CovariateRule() {}

  /** All of them, or none where there are too many. */
  public static Covariates.Count learned(int observed, int ahead) {
    return observed + ahead <= MAX ? new Covariates.Count(observed, ahead) : Covariates.Count.NONE;
  }
}
