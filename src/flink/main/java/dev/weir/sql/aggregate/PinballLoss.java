package dev.weir.sql.aggregate;

import dev.weir.forecast.score.ProperScores;

/**
 * {@code PINBALL_LOSS(actual, quantile, level)}: mean pinball (quantile) loss of the forecasts of a
 * quantile, in the unit of the values; {@code level} is that of the quantile, such as 0.9. Rows
 * with a NULL or a number that is not finite do not count; NULL when none does. A level that is not
 * within 0 and 1 fails.
 */
public final class PinballLoss extends RowMean {

  private static final long serialVersionUID = 1L;

  public void accumulate(Sum mean, Double actual, Double quantile, Double level) {
    mean.add(term(actual, quantile, level), 1);
  }

  public void retract(Sum mean, Double actual, Double quantile, Double level) {
    mean.add(term(actual, quantile, level), -1);
  }

  private static double term(Double actual, Double quantile, Double level) {
    if (isNull(actual, quantile, level)) {
      return Double.NaN;
    }
    checkLevel("PINBALL_LOSS", level);
    return ProperScores.pinball(level, quantile, actual);
  }
}
