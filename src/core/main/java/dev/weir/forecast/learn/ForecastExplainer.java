package dev.weir.forecast.learn;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.Explanation.Part;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.slot.SeriesDimensions;
import dev.weir.forecast.stage.ExpertBlend;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits the forecast of step 1 into its parts. The {@link Chain} begins with the weighted mean of
 * the experts, so their distances from the level have the same weights; each stage after that has
 * what it added. Of an expert's distance, what a covariate added counts as the covariate's.
 */
final class ForecastExplainer {

  /** Values in the level of a series without a season. */
  private static final int LEVEL_VALUES = 24;

  private ForecastExplainer() {}

  /**
   * @param of bound to the series that was observed last
   * @param value the forecast of step 1 as it is given out
   * @param covariates names, observed ones first
   */
  static Explanation explain(LearnerParts of, double value, List<String> covariates) {
    List<Part> parts = new ArrayList<>();
    double level = level(of.history);
    ExpertBlend blend = of.chain.stage(ExpertBlend.class);
    parts.add(new Part(Explanation.LEVEL, level));
    double[] sums = new double[of.settings.covariates().all()];
    boolean isMade = !of.state().isOutlier(); // else the forecast repeats it
    for (int e = 0; isMade && e < of.ensemble.size(); e++) {
      double[] terms = new double[sums.length];
      of.ensemble.addCovariates(of.history, e, terms);
      double apart = of.ensemble.forecast(e, 1) - level;
      for (int k = 0; k < terms.length; k++) {
        apart -= terms[k];
        sums[k] += blend.firstWeight(e) * terms[k];
      }
      add(parts, Explanation.EXPERT + of.ensemble.name(e), blend.firstWeight(e) * apart);
    }
    for (int k = 0; k < covariates.size(); k++) {
      parts.add(new Part(covariates.get(k), Double.isFinite(sums[k]) ? sums[k] : 0));
    }
    for (int k = 1; k < of.chain.stages.size() - 1; k++) { // the last one, the limits, has the rest
      add(parts, of.chain.stages.get(k).name(), isMade ? of.chain.added(k) : 0);
    }
    double sum = 0;
    for (Part part : parts) {
      sum += part.amount();
    }
    add(parts, Explanation.OTHER, value - sum); // as the last one it makes the sum right
    return new Explanation(value, parts);
  }

  /** An amount that is not known is in the last part. */
  private static void add(List<Part> parts, String name, double amount) {
    if (amount != 0 && Double.isFinite(amount)) {
      parts.add(new Part(name, amount));
    }
  }

  /**
   * The mean of the newest seven seasons, if the series has a season and as many values are kept;
   * else of as many whole seasons as are known, or of all values if not one is. Without a season,
   * of the newest 24 values.
   */
  static double level(History history) {
    int season = history.season();
    int kept = (int) (history.t() - Math.max(history.oldest(), history.start()) + 1);
    int most = season > 1 ? SeriesDimensions.WEEK * season : LEVEL_VALUES;
    int count = season > 1 && kept >= season ? kept / season * season : kept;
    count = Math.min(count, most);
    double newest = history.newest();
    double sum = 0;
    for (long index = history.t() - count + 1; index <= history.t(); index++) {
      sum += history.at(index) - newest;
    }
    return newest + sum / count;
  }
}
