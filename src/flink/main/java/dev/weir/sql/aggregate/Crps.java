package dev.weir.sql.aggregate;

import dev.weir.forecast.score.ProperScores;

/**
 * {@code CRPS(actual, forecast, lower, upper, level)}: mean continuous ranked probability score of
 * the distribution whose median is the forecast and whose quantiles (1 - level) / 2 and (1 + level)
 * / 2 are the ends of an interval, in the unit of the values; see {@link ProperScores#crps}. {@code
 * level} is the share of the values that the interval is meant to contain, such as 0.8. Rows with a
 * NULL, a number that is not finite, or a forecast outside of its interval do not count; NULL when
 * none does. A level that is not within 0 and 1 fails.
 */
public final class Crps extends RowMean {

  private static final long serialVersionUID = 1L;

  public void accumulate(
      Sum mean, Double actual, Double forecast, Double lower, Double upper, Double level) {
    mean.add(term(actual, forecast, lower, upper, level), 1);
  }

  public void retract(
      Sum mean, Double actual, Double forecast, Double lower, Double upper, Double level) {
    mean.add(term(actual, forecast, lower, upper, level), -1);
  }

  private static double term(
      Double actual, Double forecast, Double lower, Double upper, Double level) {
    if (isNull(actual, forecast, lower, upper, level)) {
      return Double.NaN;
    }
    checkLevel("CRPS", level);
    if (!(lower <= forecast && forecast <= upper)) {
      return Double.NaN;
    }
    double[] taus = {(1 - level) / 2, 0.5, (1 + level) / 2};
    return ProperScores.crps(taus, new double[] {lower, forecast, upper}, actual);
  }
}
