package dev.weir.cli.evaluate;

import dev.weir.cli.console.Printable;
import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.evaluate.FileForecaster.Progress;
import dev.weir.cli.grid.Grid;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.joint.Targets;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * {@code weir evaluate --truth} and {@code --windows}: forecasts compared with the values that
 * followed; see {@link Holdout}. The forecasts are those of the job's engine.
 */
final class HoldoutEvaluation {

  /**
   * What is forecast from one value of a series.
   *
   * @param grid of the series
   * @param cut rows of the grid that are known
   * @param truth a value for each step after the cut; NaN if unknown
   */
  private record Part(Grid grid, int cut, double[] truth) {}

  private final Map<String, List<Part>> series = new LinkedHashMap<>(); // or each target of them
  private final List<Grid> wholes = new ArrayList<>(); // of all targets of a series
  private final EvaluationSeasons season;
  private final Integer maseSeason;
  private List<List<Forecast>> forecasts; // of the last run, by series

  /**
   * @param maseSeason season of the scores; null for the learner's, or the most frequent one that
   *     is found
   */
  private HoldoutEvaluation(EvaluationSeasons season, Integer maseSeason) {
    this.season = season;
    this.maseSeason = maseSeason;
  }

  /**
   * Forecasts from the end of each series.
   *
   * @param series training parts
   * @param truth what followed, a value for each step; NaN if unknown
   * @throws UsageException if the truth lacks a series or a value
   */
  static HoldoutEvaluation of(
      Map<String, Grid> series,
      Map<String, double[]> truth,
      int horizon,
      EvaluationSeasons season,
      Integer maseSeason) {
    HoldoutEvaluation evaluation = new HoldoutEvaluation(season, maseSeason);
    series.forEach(
        (name, grid) -> {
          double[] values = truth.getOrDefault(name, new double[0]);
          UsageException.check(
              values.length >= horizon,
              "--truth",
              "%d values of %s, as many as are forecast".formatted(horizon, Printable.line(name)),
              values.length);
          double[] next = Arrays.copyOf(values, horizon);
          evaluation.wholes.add(grid);
          evaluation.series.put(name, List.of(new Part(grid, grid.rows().size(), next)));
        });
    return evaluation;
  }

  /**
   * Forecasts the last values of each series in windows, one after another.
   *
   * @param targets of each series
   * @param windows how many, each of as many values as are forecast
   * @throws UsageException if a series is too short
   */
  static HoldoutEvaluation of(
      Map<String, Grid> series,
      Targets targets,
      int windows,
      int horizon,
      EvaluationSeasons season,
      Integer maseSeason) {
    HoldoutEvaluation evaluation = new HoldoutEvaluation(season, maseSeason);
    series.forEach(
        (name, grid) -> {
          int first = grid.newestRow() + 1 - windows * horizon;
          UsageException.check(
              first > 0,
              "--windows",
              "more than %,d values of %s".formatted(windows * horizon, Printable.line(name)),
              grid.newestRow() + 1);
          evaluation.wholes.add(grid);
          List<String> names = JointScores.names(name, targets);
          for (int target = 0; target < names.size(); target++) {
            Grid one = targets.areSeveral() ? grid.target(target, names.size()) : grid;
            List<Part> parts = new ArrayList<>();
            for (int k = 0; k < windows; k++) {
              int cut = first + k * horizon;
              parts.add(new Part(one, cut, Arrays.copyOf(one.truth(cut), horizon)));
            }
            evaluation.series.put(names.get(target), parts);
          }
        });
    return evaluation;
  }

  /** The least number of values that the truth has of a series: how far it can be forecast. */
  static int horizon(Map<String, List<Observation>> truth) {
    return truth.values().stream().mapToInt(List::size).min().orElseThrow();
  }

  HoldoutResult run(EvaluationPlan plan, ProgressLine progress) throws Exception {
    Integer fixed = maseSeason;
    if (fixed == null && season.isUnknown()) {
      fixed = commonSeason(plan.others().horizon());
    }
    List<HoldoutResult.Part> scored = new ArrayList<>();
    for (Map.Entry<String, List<Part>> one : series.entrySet()) {
      int m = fixed == null ? season.m(name(one.getValue().get(0).grid)) : (int) fixed;
      int window = 0;
      for (Part part : one.getValue()) {
        Grid known = part.grid.first(part.cut);
        Holdout holdout =
            new Holdout(one.getKey(), values(known.rows()), part.truth, m, known.missing());
        scored.add(new HoldoutResult.Part(holdout, window++, new LinkedHashMap<>()));
      }
    }
    EvaluationPlan plain = plan.withoutNetworks();
    Targets targets = plan.targets();
    int times = (plain == null ? 1 : 2) + (targets.areSeveral() ? targets.count() : 0);
    List<JointScores> joint = targets.areSeveral() ? jointScores(plan, scored) : null;
    try (Progress values = Progress.of(progress, wholes, times)) {
      forecasts = forecasts(new FileForecaster(plan, season, null, values), joint);
      put(scored, Evaluation.WEIR, forecasts);
      if (plain != null) {
        FileForecaster without = new FileForecaster(plain, season, null, values);
        put(scored, Evaluation.WITHOUT_NETWORKS, forecasts(without, null));
      }
      if (targets.areSeveral()) {
        FileForecaster alone = new FileForecaster(plan.alone(), season, null, values);
        put(
            scored,
            Evaluation.ALONE,
            FileForecaster.each(
                series.values(), parts -> alone.at(parts.get(0).grid, cuts(parts), null).get(0)));
      }
    }
    putOutside(scored, plan);
    for (HoldoutResult.Part one : scored) {
      Holdout holdout = one.holdout();
      one.methods()
          .put(
              Evaluation.SEASONAL_NAIVE,
              holdout.score(holdout.seasonalNaive(), new double[0], null, null));
    }
    String note =
        fixed == null || maseSeason != null
            ? ""
            : "MASE and the seasonal naive method have season %d, the most frequent one that was"
                    .formatted(fixed)
                + " found; --mase-season sets another.";
    List<TargetsResult> together = new ArrayList<>();
    for (int k = 0; joint != null && k < joint.size(); k++) {
      int each = scored.size() / joint.size();
      List<HoldoutResult.Part> of = scored.subList(k * each, (k + 1) * each);
      together.add(
          joint
              .get(k)
              .result(
                  name(wholes.get(k)),
                  of.stream().map(part -> part.methods().get(Evaluation.WEIR)).toList(),
                  of.stream().map(part -> part.methods().get(Evaluation.ALONE)).toList()));
    }
    return new HoldoutResult(plan.others().horizon(), plan.levels(), scored, together, note);
  }

  private static String name(Grid grid) {
    return grid.rows().get(0).series();
  }

  /** By series, each with as many targets, and so many windows of each. */
  private List<JointScores> jointScores(EvaluationPlan plan, List<HoldoutResult.Part> scored) {
    List<JointScores> joint = new ArrayList<>();
    List<List<Part>> all = List.copyOf(series.values());
    int count = plan.targets().count();
    for (int k = 0; k < wholes.size(); k++) {
      List<List<Part>> of = all.subList(k * count, (k + 1) * count);
      Set<Integer> cuts = of.get(0).stream().map(Part::cut).collect(Collectors.toSet());
      int m = scored.get(k * count * of.get(0).size()).holdout().m();
      List<Grid> grids = of.stream().map(parts -> parts.get(0).grid).toList();
      joint.add(new JointScores(plan.targets(), plan.levels(), grids, m, cuts::contains));
    }
    return joint;
  }

  private static List<Integer> cuts(List<Part> parts) {
    return parts.stream().map(part -> part.cut - 1).toList();
  }

  /**
   * @param joint takes those of all targets together; null for none
   */
  private List<List<Forecast>> forecasts(FileForecaster forecaster, List<JointScores> joint)
      throws IOException {
    int count = series.size() / wholes.size();
    List<List<Part>> all = List.copyOf(series.values());
    return FileForecaster.each(
            IntStream.range(0, wholes.size()).boxed().toList(),
            k ->
                forecaster.at(
                    wholes.get(k), cuts(all.get(k * count)), joint == null ? null : joint.get(k)))
        .stream()
        .flatMap(List::stream)
        .toList();
  }

  /** What {@link #run} forecast last of each series, with the truth, as an HTML file. */
  String page() {
    Map<String, Grid> known = new LinkedHashMap<>();
    Map<String, double[]> truth = new LinkedHashMap<>();
    series.forEach(
        (name, parts) -> {
          Part last = parts.get(parts.size() - 1);
          known.put(name, last.grid.first(last.cut));
          truth.put(name, last.truth);
        });
    return ForecastPage.of(
        forecasts.stream().map(all -> all.get(all.size() - 1)).toList(), known, truth);
  }

  private static void put(
      List<HoldoutResult.Part> parts, String method, List<List<Forecast>> bySeries) {
    List<Forecast> forecasts = bySeries.stream().flatMap(List::stream).toList();
    for (int i = 0; i < parts.size(); i++) {
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
      HoldoutResult.Part part = parts.get(i);
      part.methods().put(method, part.holdout().score(forecast.values(), level, lower, upper));
    }
  }

  /** Adds the outside models that had said all held-out values of all series. */
  private void putOutside(List<HoldoutResult.Part> scored, EvaluationPlan plan) {
    List<Map<String, SeriesScore>> scores = new ArrayList<>();
    for (List<Part> parts : series.values()) {
      OutsideForecasts outside = plan.outside(parts.get(0).grid);
      for (Part part : parts) {
        Holdout holdout = scored.get(scores.size()).holdout();
        scores.add(outside == null ? Map.of() : outside.scores(holdout, part.cut - 1));
      }
    }
    scores.forEach(of -> scores.get(0).keySet().retainAll(of.keySet()));
    for (String method : scores.get(0).keySet()) {
      for (int i = 0; i < scored.size(); i++) {
        scored.get(i).methods().put(method, scores.get(i).get(method));
      }
    }
  }

  static double[] values(List<Observation> series) {
    return series.stream().mapToDouble(Observation::value).toArray();
  }

  /** The season that a learner finds in most of the series; of equally many the shortest. */
  private int commonSeason(int horizon) {
    Learner learner = new Learner(LearnerSettings.small(horizon).withExperts(List.of("naive")));
    Map<Integer, Integer> counts = new TreeMap<>();
    series.forEach(
        (name, parts) -> {
          LearnerState state = learner.newSeries(name, LearnerSettings.AUTO);
          for (Observation o : parts.get(0).grid.rows().subList(0, parts.get(0).cut)) {
            learner.observe(state, o.time(), o.value());
          }
          counts.merge(state.season(), 1, Integer::sum);
        });
    int most = 1;
    for (Map.Entry<Integer, Integer> count : counts.entrySet()) {
      if (count.getValue() > counts.getOrDefault(most, 0)) {
        most = count.getKey();
      }
    }
    return most;
  }
}
