package dev.weir.sql.aggregate;

import dev.weir.forecast.score.ProperScores;
import org.apache.flink.table.functions.AggregateFunction;

/**
 * {@code CRPS(actual, forecast, lower, upper, level)}: mean continuous ranked probability score of
 * the distribution whose median is the forecast and whose quantiles (1 - level) / 2 and (1 + level)
 * / 2 are the ends of an interval, in the unit of the values; see {@link ProperScores#crps}. {@code
 * level} is the share of the values that the interval is meant to contain, such as 0.8. Rows with a
 * NULL, a number that is not finite, or a forecast outside of its interval do not count; NULL when
 * none does. A level that is not within 0 and 1 fails.
 */
public final class Crps extends AggregateFunction<Double, ExactMean> {

  private static final long serialVersionUID = 1L;

  @Override
  public ExactMean createAccumulator() {
    return new ExactMean();
  }

  public void accumulate(
      ExactMean mean, Double actual, Double forecast, Double lower, Double upper, Double level) {
    add(mean, actual, forecast, lower, upper, level, 1);
  }

  public void retract(
      ExactMean mean, Double actual, Double forecast, Double lower, Double upper, Double level) {
    add(mean, actual, forecast, lower, upper, level, -1);
  }

  private static void add(
      ExactMean mean,
      Double actual,
      Double forecast,
      Double lower,
      Double upper,
      Double level,
      int rows) {
    boolean known = actual != null && forecast != null && lower != null && upper != null;
    if (!known || !Level.isGiven("CRPS", level) || !(lower <= forecast && forecast <= upper)) {
      return;
    }
    double[] taus = {(1 - level) / 2, 0.5, (1 + level) / 2};
    double crps = ProperScores.crps(taus, new double[] {lower, forecast, upper}, actual);
    if (Double.isFinite(crps)) {
      mean.add(crps, rows);
    }
  }

  public void merge(ExactMean mean, Iterable<ExactMean> others) {
    mean.merge(others);
  }

  @Override
  public Double getValue(ExactMean mean) {
    return mean.value();
  }
}
