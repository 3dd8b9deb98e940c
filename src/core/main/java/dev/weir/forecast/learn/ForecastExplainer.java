package dev.weir.forecast.learn;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.expert.ForecastParts;
import dev.weir.forecast.expert.ForecastParts.Kind;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.SeriesDimensions;
import java.util.List;

/**
 * Splits the forecast of step 1 into its parts: those of the experts, weighted as the {@link
 * Mixture} weighted their forecasts. Given the weights, each stage of the mixture is linear:
 *
 * <pre>
 * base = sum of W_e X_e + constant         mean and stacked regression, or mean of all candidates
 * out  = base + trust (sum of k_e (X_e - base) + residual)       the network that combines
 * </pre>
 *
 * so the parts are weighted and added in the same way. The constant is {@link Kind#OTHER}, the
 * residual {@link Kind#NETWORKS}. After a shift out is weighed with the moved forecast ({@link
 * LevelShift}), recent values and the season's change. What is added on a holiday is {@link
 * Kind#HOLIDAYS}, by models outside {@link Kind#OUTSIDE}, and what bounds change is {@link
 * Kind#OTHER}.
 *
 * <p>Keeps scratch; allocates the explanation that it returns. Not thread-safe.
 */
final class ForecastExplainer {

  /** Values in the level of a series without a season. */
  private static final int LEVEL_VALUES = 24;

  private final ExpertEnsemble ensemble;
  private final Mixture mixture;
  private final int experts;
  private final FirstStep firstStep;
  private final ForecastParts[] parts; // (experts)
  private final ForecastParts total;
  private final ForecastParts cheap;
  private final double[] said; // (experts), relative to the newest value
  private final double[] weights; // (experts)

  ForecastExplainer(ExpertEnsemble ensemble, Mixture mixture, int covariates) {
    this.ensemble = ensemble;
    this.mixture = mixture;
    this.experts = ensemble.size();
    this.firstStep = new FirstStep(experts);
    this.parts = new ForecastParts[experts];
    for (int e = 0; e < experts; e++) {
      parts[e] = new ForecastParts(covariates);
    }
    this.total = new ForecastParts(covariates);
    this.cheap = new ForecastParts(covariates);
    this.said = new double[experts];
    this.weights = new double[experts];
  }

  /**
   * @param state after the forecast, of the series that was observed last
   * @param value the forecast of step 1 as it is given out
   */
  Explanation explain(StateView state, double value, List<String> covariates) {
    double level = level(state.history);
    total.start(level, value);
    if (state.isOutlier()) { // the forecast repeats it
      total.addRest(Kind.RECENT);
      return total.explanation(covariates);
    }
    explainExperts(state, level);
    if (mixture.stage != null) {
      state.bind(mixture.stage);
      mixture.stage.explain(said, firstStep);
    }
    explainBase(state, level);
    double trust = mixture.firstTrust(state);
    if (trust > 0) {
      combine(state, level, trust);
    }
    mixture.shift.explain(state.history.newest(), total, cheap);
    total.add(Kind.HOLIDAYS, mixture.firstHolidays());
    total.add(Kind.OUTSIDE, mixture.outside == null ? 0 : mixture.outside.added());
    return total.explanation(covariates);
  }

  private void explainExperts(StateView state, double level) {
    for (int e = 0; e < experts; e++) {
      said[e] = ensemble.made(e, 1) - state.history.newest();
      parts[e].start(level, ensemble.made(e, 1));
      ensemble.explain(state, e, parts[e]);
    }
  }

  private void explainBase(StateView state, double level) {
    if (mixture.stage != null && mixture.stage.hasOwnBase()) {
      for (int e = 0; e < firstStep.candidates(); e++) {
        total.add(partsOf(state, e, level), firstStep.baseWeight(e));
      }
      return;
    }
    double constant = mixture.firstWeights(state, said, weights);
    for (int e = 0; e < experts; e++) {
      total.add(parts[e], weights[e]);
    }
    total.add(Kind.OTHER, constant);
  }

  private ForecastParts partsOf(StateView state, int e, double level) {
    return e < experts ? parts[e] : firstStep.explainCheap(state.history, e, level, cheap);
  }

  private void combine(StateView state, double level, double trust) {
    double sum = 0;
    for (int e = 0; e < firstStep.candidates(); e++) {
      sum += firstStep.weight(e);
    }
    total.scale(1 - trust * sum);
    for (int e = 0; e < firstStep.candidates(); e++) {
      total.add(partsOf(state, e, level), trust * firstStep.weight(e));
    }
    total.add(Kind.NETWORKS, trust * firstStep.residual());
  }

  /**
   * The mean of the newest seven seasons, if the series has a season and as many values are kept;
   * else of as many whole seasons as are known, or of all values if not one is. Without a season,
   * of the newest 24 values.
   */
  static double level(History history) {
    int season = history.season();
    int known = (int) (history.t() - Math.max(history.oldest(), history.start()) + 1);
    int most = season > 1 ? SeriesDimensions.WEEK * season : LEVEL_VALUES;
    int count = season > 1 && known >= season ? known / season * season : known;
    count = Math.min(count, most);
    double newest = history.newest();
    double sum = 0;
    for (long index = history.t() - count + 1; index <= history.t(); index++) {
      sum += history.at(index) - newest;
    }
    return newest + sum / count;
  }
}
