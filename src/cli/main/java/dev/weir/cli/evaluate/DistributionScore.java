package dev.weir.cli.evaluate;

import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.score.DistributionScorer;
import dev.weir.forecast.score.DistributionSums;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How well the predictive distributions of a method forecast one series, over all origins. All
 * scores are divided by the scale of {@link SeriesScore#mase}; smaller is better.
 *
 * <p>The distribution has the ends of the intervals as quantiles: (1 - level) / 2 and (1 + level) /
 * 2 for each level, and the forecast as its median.
 *
 * @param taus levels of the quantiles, ascending
 * @param pinball (taus), mean pinball loss of each quantile over all steps
 * @param crps mean continuous ranked probability score over all steps; linear between the quantiles
 *     and constant beyond the outermost
 */
public record DistributionScore(double[] taus, double[] pinball, double crps) {

  /** The mean over all quantiles and steps. */
  public double meanPinball() {
    return mean(pinball);
  }

  /** The mean over some quantiles and all steps. */
  public double meanPinball(DoublePredicate wanted) {
    return IntStream.range(0, taus.length)
        .filter(q -> wanted.test(taus[q]))
        .mapToDouble(q -> pinball[q])
        .average()
        .orElse(Double.NaN);
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }

  /** Sums over origins. Not thread-safe. */
  static final class Sums {
    private final int levels;
    private final DistributionScorer scorer;
    private final double[] quantiles; // scratch
    private DistributionSums sums; // null before the first origin
    private int steps;

    /**
     * @param levels ascending
     */
    Sums(double[] levels) {
      this.levels = levels.length;
      this.scorer = new DistributionScorer(levels);
      this.quantiles = new double[scorer.quantiles()];
    }

    /**
     * Adds the forecasts of one origin.
     *
     * @param truth (steps), NaN where it is not known
     * @param forecast (steps)
     * @param intervals one for each level
     */
    void add(double[] truth, double[] forecast, List<Interval> intervals) {
      if (sums == null) {
        steps = forecast.length;
        sums = scorer.newSums(steps);
      }
      for (int i = 0; i < steps; i++) {
        quantiles[levels] = forecast[i];
        for (int k = 0; k < levels; k++) {
          quantiles[levels - 1 - k] = intervals.get(k).lower()[i];
          quantiles[levels + 1 + k] = intervals.get(k).upper()[i];
        }
        if (!Double.isNaN(truth[i])) {
          scorer.add(sums, i, quantiles, truth[i]);
        }
      }
    }

    /** The means, over the scale; null without forecasts or intervals. */
    DistributionScore score(double scale) {
      if (sums == null || levels == 0) {
        return null;
      }
      int count = scorer.quantiles();
      double[] taus = new double[count];
      Arrays.setAll(taus, scorer::tau);
      double[] pinball = new double[count];
      Arrays.setAll(pinball, q -> mean(steps, i -> scorer.pinball(sums, i, q)) / scale);
      double[] crps = new double[steps];
      Arrays.setAll(crps, i -> scorer.crps(sums, i) / scale);
      return new DistributionScore(taus, pinball, DistributionScore.mean(crps));
    }

    private static double mean(int count, IntToDoubleFunction of) {
      double sum = 0;
      for (int k = 0; k < count; k++) {
        sum += of.applyAsDouble(k);
      }
      return sum / count;
    }
  }
}
