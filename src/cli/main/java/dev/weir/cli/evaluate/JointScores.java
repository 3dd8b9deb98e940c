package dev.weir.cli.evaluate;

import dev.weir.cli.evaluate.Evaluation.Sums;
import dev.weir.cli.grid.Grid;
import dev.weir.forecast.Forecast.Steps;
import dev.weir.forecast.JointForecast;
import dev.weir.forecast.joint.Targets;
import dev.weir.forecast.joint.Targets.Term;
import dev.weir.forecast.joint.Targets.Total;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * How well the targets of one series are forecast together: how often all are in the region, and
 * the errors of the totals. Not thread-safe.
 */
final class JointScores {

  private final Targets targets;
  private final List<Double> levels;
  private final double[][] values; // (targets, rows), the value before where one is missing
  private final double[][] truth; // (targets, rows), NaN for missing
  private final int m;
  private final IntPredicate isOrigin;
  private final Map<String, TotalSums> totals = new LinkedHashMap<>();
  private long regions;
  private long inside;

  /** Our errors of a total, and those of the naive methods. */
  private record TotalSums(Sums ours, Sums naive, Sums seasonal) {}

  /**
   * @param grids of the targets
   * @param m season of the scores
   * @param isOrigin whether forecasts that were made after so many values are scored
   */
  JointScores(
      Targets targets, List<Double> levels, List<Grid> grids, int m, IntPredicate isOrigin) {
    this.targets = targets;
    this.levels = levels;
    this.values =
        grids.stream().map(grid -> HoldoutEvaluation.values(grid.rows())).toArray(double[][]::new);
    this.truth = grids.stream().map(grid -> grid.truth(0)).toArray(double[][]::new);
    this.m = m;
    this.isOrigin = isOrigin;
    for (Total total : targets.totals()) {
      totals.put(total.name(), new TotalSums(new Sums(levels.size()), new Sums(0), new Sums(0)));
    }
  }

  /** A series, or each of its targets, by what the forecasts are called. */
  static Map<String, Grid> grids(Grid whole, Targets targets) {
    if (!targets.areSeveral()) {
      return Map.of(whole.series(), whole);
    }
    Map<String, Grid> grids = new LinkedHashMap<>();
    for (String name : targets.names()) {
      String full = JointForecast.nameOf(whole.series(), name);
      grids.put(full, whole.target(grids.size(), targets.count()));
    }
    return grids;
  }

  /**
   * @param row of the newest values used
   */
  void take(JointForecast all, int row) {
    if (!isOrigin.test(row + 1)) {
      return;
    }
    addRegion(all.targets(), row);
    for (JointForecast.Total total : all.totals()) {
      for (Total wanted : targets.totals()) {
        if (wanted.name().equals(total.name())) {
          add(wanted, total.steps(), row);
        }
      }
    }
  }

  private void addRegion(List<JointForecast.Target> all, int row) {
    boolean isKnown = !all.isEmpty() && all.stream().allMatch(target -> target.region() != null);
    int steps = isKnown ? all.get(0).region().lower().length : 0;
    for (int i = 0; i < steps; i++) {
      boolean areIn = true;
      boolean areKnown = true;
      for (JointForecast.Target target : all) {
        double value = truth[targets.names().indexOf(target.name())][row + 1 + i];
        areKnown &= !Double.isNaN(value);
        areIn &= value >= target.region().lower()[i] && value <= target.region().upper()[i];
      }
      regions += areKnown ? 1 : 0;
      inside += areKnown && areIn ? 1 : 0;
    }
  }

  private void add(Total total, Steps steps, int row) {
    int season = Math.min(m, row + 1);
    TotalSums sums = totals.get(total.name());
    double[] actual = new double[steps.value().length];
    for (int i = 1; i <= actual.length; i++) {
      int first = total.steps() == 0 ? i : 1;
      int last = total.steps() == 0 ? i : total.steps();
      double naive = 0;
      double seasonal = 0;
      for (Term term : total.terms()) {
        int sign = term.isMinus() ? -1 : 1;
        int target = term.target();
        for (int j = first; j <= last; j++) {
          actual[i - 1] += sign * truth[target][row + j];
          naive += sign * values[target][row];
          seasonal += sign * values[target][row + j - season * ((j + season - 1) / season)];
        }
      }
      sums.naive.add(i, actual[i - 1], naive);
      sums.seasonal.add(i, actual[i - 1], seasonal);
    }
    sums.ours.add(actual, steps.value(), steps.intervals());
  }

  /**
   * What was found.
   *
   * @param ours scores of each target
   * @param alone of each target without the others, as ours
   */
  TargetsResult result(String series, List<List<SeriesScore>> ours, List<List<SeriesScore>> alone) {
    Map<String, SeriesScore> scores = new LinkedHashMap<>();
    totals.forEach(
        (name, sums) ->
            scores.put(
                name,
                sums.ours.score(
                    1, 1, Math.min(sums.naive.meanError(), sums.seasonal.meanError()))));
    double[] ratios =
        IntStream.range(0, targets.count())
            .mapToDouble(k -> mean(ours.subList(k, k + 1)) / mean(alone.subList(k, k + 1)))
            .filter(ratio -> ratio > 0 && Double.isFinite(ratio))
            .toArray();
    return new TargetsResult(
        series,
        levels,
        targets.count(),
        mean(ours),
        mean(alone),
        Math.exp(Arrays.stream(ratios).map(Math::log).average().orElse(Double.NaN)),
        regions == 0 ? Double.NaN : (double) inside / regions,
        scores);
  }

  private static double mean(List<List<SeriesScore>> scores) {
    return scores.stream()
        .flatMap(List::stream)
        .mapToDouble(SeriesScore::mase)
        .filter(Double::isFinite)
        .average()
        .orElse(Double.NaN);
  }
}
