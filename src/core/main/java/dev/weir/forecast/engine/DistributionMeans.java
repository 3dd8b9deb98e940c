package dev.weir.forecast.engine;

import dev.weir.forecast.Score.Distribution;
import dev.weir.forecast.Score.Interval;
import dev.weir.forecast.Score.Quantile;
import dev.weir.forecast.expert.FollowedSteps;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.score.DistributionScorer;
import dev.weir.forecast.score.DistributionSums;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Reads the mean scores of a series' predictive distributions from its state. */
final class DistributionMeans {

  private DistributionMeans() {}

  /**
   * @return null if none are kept, or none has met its truth
   */
  static Distribution of(Learner learner, LearnerState state) {
    DistributionSums sums = state.distributions();
    if (sums == null || sums.count(0) == 0) {
      return null;
    }
    DistributionScorer scorer = learner.distributionScorer();
    int known = 0;
    FollowedSteps scored = learner.scoredSteps();
    while (known < scored.count() && sums.count(known) > 0) {
      known++;
    }
    List<Double> crps = bySteps(known, i -> scorer.crps(sums, i));
    List<Quantile> quantiles = new ArrayList<>();
    for (int q = 0; q < scorer.quantiles(); q++) {
      int quantile = q;
      List<Double> losses = bySteps(known, i -> scorer.pinball(sums, i, quantile));
      quantiles.add(new Quantile(scorer.tau(q), mean(losses), losses));
    }
    List<Interval> intervals = new ArrayList<>();
    List<Double> levels = learner.settings().levels();
    for (int k = 0; k < levels.size(); k++) {
      int level = k;
      List<Double> scores = bySteps(known, i -> scorer.interval(sums, i, level));
      intervals.add(new Interval(levels.get(k), mean(scores), scores));
    }
    List<Integer> steps = IntStream.range(0, known).map(scored::step).boxed().toList();
    return new Distribution(sums.count(0), steps, mean(crps), crps, quantiles, intervals);
  }

  private static List<Double> bySteps(int steps, IntToDoubleFunction mean) {
    List<Double> means = new ArrayList<>(steps);
    for (int i = 0; i < steps; i++) {
      means.add(mean.applyAsDouble(i));
    }
    return means;
  }

  private static double mean(List<Double> values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.size();
  }
}
