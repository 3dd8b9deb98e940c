package dev.weir.sql.aggregate;

/**
 * {@code SMAPE(actual, forecast)}: mean of {@code 200 |actual - forecast| / (|actual| +
 * |forecast|)}, per cent, as in the M4 competition; a row in which both are 0 counts as 0. Rows
 * with a NULL or a number that is not finite do not count; NULL when none does.
 */
public final class Smape extends RowMean {

  private static final long serialVersionUID = 1L;

  public void accumulate(Sum mean, Double actual, Double forecast) {
    mean.add(term(actual, forecast), 1);
  }

  public void retract(Sum mean, Double actual, Double forecast) {
    mean.add(term(actual, forecast), -1);
  }

  private static double term(Double actual, Double forecast) {
    if (isNull(actual, forecast)) {
      return Double.NaN;
    }
    double error = Math.abs(actual / 2 - forecast / 2); // halves: a sum of two could overflow
    double size = Math.abs(actual) / 2 + Math.abs(forecast) / 2;
    return size == 0 ? 0 : 200 * (error / size);
  }
}
