package dev.weir.forecast.engine;

import dev.weir.forecast.Score.Distribution;
import dev.weir.forecast.Score.Interval;
import dev.weir.forecast.Score.Quantile;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.score.DistributionScorer;
import dev.weir.forecast.score.DistributionSums;
import dev.weir.forecast.step.FollowedSteps;
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
    int steps = 0;
    FollowedSteps scored = learner.scoredSteps();
    while (steps < scored.count() && sums.count(steps) > 0) {
      steps++;
    }
    List<Double> crps = bySteps(steps, i -> scorer.crps(sums, i));
    List<Quantile> quantiles = new ArrayList<>();
    for (int q = 0; q < scorer.quantiles(); q++) {
      int quantile = q;
      List<Double> losses = bySteps(steps, i -> scorer.pinball(sums, i, quantile));
      quantiles.add(new Quantile(scorer.tau(q), mean(losses), losses));
    }
    List<Interval> intervals = new ArrayList<>();
    List<Double> levels = learner.settings().levels();
    for (int k = 0; k < levels.size(); k++) {
      int level = k;
      List<Double> scores = bySteps(steps, i -> scorer.interval(sums, i, level));
      intervals.add(new Interval(levels.get(k), mean(scores), scores));
    }
    List<Integer> ahead = IntStream.range(0, steps).map(scored::step).boxed().toList();
    return new Distribution(sums.count(0), ahead, mean(crps), crps, quantiles, intervals);
  }

  private static List<Double> bySteps(int steps, IntToDoubleFunction mean) {
    return IntStream.range(0, steps).mapToDouble(mean).boxed().toList();
  }

  private static double mean(List<Double> values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.size();
  }
}
