package dev.weir.forecast.engine;

import dev.weir.forecast.expert.Covariates;

/** How many covariates a mixture learns from: the same in the job file, in SQL and elsewhere. */
public final class CovariateRule {

  /** Covariates that a mixture learns from, at most. */
  public static final int MAX = 20;

  private CovariateRule() {}

  /**
   * Why a mixture can't learn from so many, in one line; null if it can or does not have to.
   *
   * @param observed covariates that come with a value
   * @param ahead covariates that are known ahead
   * @param isAsked whether the user asks for it; by default, too many observed ones are not learned
   * @param observedBy option that says how many are observed, as users write it
   * @param aheadBy option that says how many are known ahead
   */
  public static String problemWith(
      int observed, int ahead, boolean isAsked, String observedBy, String aheadBy) {
    if (observed + ahead <= MAX || (!isAsked && ahead == 0)) {
      return null;
    }
    return "expected at most %d covariates, got %d by %s and %d by %s"
        .formatted(MAX, observed, observedBy, ahead, aheadBy);
  }

  /** All of them, or none where there are too many. */
  public static Covariates.Count learned(int observed, int ahead) {
    return observed + ahead <= MAX ? new Covariates.Count(observed, ahead) : Covariates.Count.NONE;
  }
}
