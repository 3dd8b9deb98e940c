package dev.weir.cli.evaluate;

import dev.weir.cli.console.Printable;
import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.evaluate.FileForecaster.Progress;
import dev.weir.cli.grid.Grid;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code weir evaluate --truth}: forecasts from the end of each series, compared with the values
 * that followed; see {@link Holdout}. The forecasts are those of the job's engine.
 */
final class HoldoutEvaluation {

  private final Map<String, Grid> series;
  private final Map<String, double[]> truth;
  private final EvaluationSeasons season;
  private final Integer maseSeason;
  private List<Forecast> forecasts; // of the last run

  /**
   * @param series training parts
   * @param truth what followed, a value for each step; NaN if unknown
   * @param maseSeason season of the scores; null for the learner's, or the most frequent one that
   *     is found
   */
  HoldoutEvaluation(
      Map<String, Grid> series,
      Map<String, double[]> truth,
      EvaluationSeasons season,
      Integer maseSeason) {
    this.series = series;
    this.truth = truth;
    this.season = season;
    this.maseSeason = maseSeason;
  }

  /** The least number of values that the truth has of a series: how far it can be forecast. */
  static int horizon(Map<String, List<Observation>> truth) {
    return truth.values().stream().mapToInt(List::size).min().orElseThrow();
  }

  /** Fails if the truth lacks a series or a value. */
  void check(int horizon) {
    for (String name : series.keySet()) {
      int values = truth.getOrDefault(name, new double[0]).length;
      UsageException.check(
          values >= horizon,
          "--truth",
          "%d values of %s, as many as are forecast".formatted(horizon, Printable.line(name)),
          values);
    }
  }

  HoldoutResult run(EvaluationPlan plan, ProgressLine progress) throws Exception {
    int horizon = plan.others().horizon();
    Integer fixed = maseSeason;
    if (fixed == null && season.isUnknown()) {
      fixed = commonSeason(horizon);
    }
    List<Holdout> holdouts = new ArrayList<>();
    for (Map.Entry<String, Grid> one : series.entrySet()) {
      String name = one.getKey();
      try {
        double[] values = values(one.getValue().rows());
        double[] next = Arrays.copyOf(truth.get(name), horizon);
        int m = fixed == null ? season.m(name) : (int) fixed;
        holdouts.add(new Holdout(name, values, next, m, one.getValue().missing()));
      } catch (IllegalArgumentException e) {
        throw new UsageException("--input: " + Printable.line(e.getMessage()));
      }
    }
    EvaluationPlan plain = plan.withoutNetworks();
    List<Map<String, SeriesScore>> methods = new ArrayList<>();
    holdouts.forEach(one -> methods.add(new LinkedHashMap<>()));
    try (Progress values = Progress.of(progress, series.values(), plain == null ? 1 : 2)) {
      FileForecaster ours = new FileForecaster(plan, season, null, values);
      forecasts = FileForecaster.each(series.values(), ours::last);
      put(methods, Evaluation.WEIR, holdouts, forecasts);
      if (plain != null) {
        FileForecaster without = new FileForecaster(plain, season, null, values);
        put(
            methods,
            Evaluation.WITHOUT_NETWORKS,
            holdouts,
            FileForecaster.each(series.values(), without::last));
      }
    }
    List<HoldoutResult.OfSeries> scored = new ArrayList<>();
    for (int i = 0; i < holdouts.size(); i++) {
      Holdout one = holdouts.get(i);
      methods
          .get(i)
          .put(
              Evaluation.SEASONAL_NAIVE, one.score(one.seasonalNaive(), new double[0], null, null));
      scored.add(new HoldoutResult.OfSeries(one.series(), one.m(), methods.get(i)));
    }
    String note =
        fixed == null || maseSeason != null
            ? ""
            : "MASE and the seasonal naive method have season %d, the most frequent one that was"
                    .formatted(fixed)
                + " found; --mase-season sets another.";
    return new HoldoutResult(horizon, plan.levels(), scored, note);
  }

  /** What {@link #run} forecast, beside the truth, as an HTML file. */
  String page() {
    return ForecastPage.of(forecasts, series, truth);
  }

  private static void put(
      List<Map<String, SeriesScore>> methods,
      String method,
      List<Holdout> holdouts,
      List<Forecast> forecasts) {
    for (int i = 0; i < holdouts.size(); i++) {
      Forecast forecast = forecasts.get(i);
      int levels = forecast.intervals().size(); // none while nothing is known of the errors
      double[] level = new double[levels];
      double[][] lower = new double[levels][];
      double[][] upper = new double[levels][];
      for (int k = 0; k < levels; k++) {
        level[k] = forecast.intervals().get(k).level();
        lower[k] = forecast.intervals().get(k).lower();
        upper[k] = forecast.intervals().get(k).upper();
      }
      methods.get(i).put(method, holdouts.get(i).score(forecast.values(), level, lower, upper));
    }
  }

  static double[] values(List<Observation> series) {
    return series.stream().mapToDouble(Observation::value).toArray();
  }

  /** The season that a learner finds in most of the series; of equally many the shortest. */
  private int commonSeason(int horizon) {
    Learner learner = new Learner(LearnerSettings.small(horizon).withExperts(List.of("naive")));
    Map<Integer, Integer> counts = new TreeMap<>();
    for (Map.Entry<String, Grid> one : series.entrySet()) {
      LearnerState state = learner.newSeries(one.getKey(), LearnerSettings.AUTO);
      for (Observation o : one.getValue().rows()) {
        learner.observe(state, o.time(), o.value());
      }
      counts.merge(state.season(), 1, Integer::sum);
    }
    int most = 1;
    for (Map.Entry<Integer, Integer> count : counts.entrySet()) {
      if (count.getValue() > counts.getOrDefault(most, 0)) {
        most = count.getKey();
      }
    }
    return most;
  }
}
