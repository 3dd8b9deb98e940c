package dev.weir.kafka.covariate;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.SourceRecord;
import java.util.Arrays;
import java.util.List;

/**
 * The ends of a job's intervals out of quantiles of other levels. Between two known levels a
 * quantile is linear in the level; beyond the outermost it is unknown. Quantiles that cross are
 * sorted first (Chernozhukov et al. 2010, "Quantile and probability curves without crossing").
 */
public final class QuantileEnds {

  /** Levels so close are the same: 0.1 and (1 - 0.8) / 2 differ in their last bit. */
  private static final double SAME = 1e-9;

  private QuantileEnds() {}

  /** What is wrong with the levels of a record; null if nothing is. */
  static DeadLetter problemWith(double[] levels, SourceRecord source) {
    for (int i = 0; i < levels.length; i++) {
      double least = i == 0 ? 0 : levels[i - 1];
      if (!(levels[i] > least && levels[i] < 1)) {
        String message =
            "levels[%d]: expected between %s and 1, got %s".formatted(i, least, levels[i]);
        return new DeadLetter(Reason.FEATURES, message, source);
      }
    }
    return null;
  }

  /**
   * @param values (steps)
   * @param levels ascending
   * @param quantiles (steps, levels), row-major; NaN for unknown
   * @param wanted levels in any order
   * @return (steps, 1 + wanted) each value and its quantiles of the wanted levels, row-major
   */
  public static double[] rows(
      double[] values, double[] levels, double[] quantiles, List<Double> wanted) {
    int columns = 1 + wanted.size();
    double[] rows = new double[values.length * columns];
    double[] at = new double[levels.length];
    double[] known = new double[levels.length];
    for (int k = 0; k < values.length; k++) {
      int count = 0;
      for (int l = 0; l < levels.length; l++) {
        double quantile = quantiles[k * levels.length + l];
        if (!Double.isNaN(quantile)) {
          at[count] = levels[l];
          known[count++] = quantile;
        }
      }
      Arrays.sort(known, 0, count);
      rows[k * columns] = values[k];
      for (int c = 1; c < columns; c++) {
        rows[k * columns + c] = at(wanted.get(c - 1), at, known, count);
      }
    }
    return rows;
  }

  private static double at(double level, double[] levels, double[] quantiles, int count) {
    int above = 0;
    while (above < count && levels[above] < level - SAME) {
      above++;
    }
    if (above < count && levels[above] <= level + SAME) {
      return quantiles[above];
    }
    if (above == 0 || above == count) {
      return Double.NaN;
    }
    double share = (level - levels[above - 1]) / (levels[above] - levels[above - 1]);
    return quantiles[above - 1] + share * (quantiles[above] - quantiles[above - 1]);
  }
}
