package dev.weir.lab.evaluate;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * {@code weir evaluate --truth} and {@code --windows}: forecasts compared with the values that
 * followed; see {@link Holdout}. The forecasts are those of the job's engine.
 */
final class HoldoutEvaluation {

  /**
   * What is forecast from one value of a target.
   *
   * @param window of the series, from 0
   * @param cut rows of the grid that are known
   * @param truth a value for each step after the cut; NaN if unknown
   */
  private record Part(int window, int cut, double[] truth) {}

  /**
   * @param name what its forecasts are called
   * @param parts in order; none where the target is missing wherever a window begins
   */
  private record Target(String name, Grid grid, List<Part> parts) {

    List<Integer> rows() {
      return parts.stream().map(part -> part.cut - 1).toList();
    }
  }

  private record Held(Grid whole, List<Target> targets) {

    Map<String, List<Integer>> rows() {
      Map<String, List<Integer>> rows = new LinkedHashMap<>();
      targets.forEach(target -> rows.put(target.name, target.rows()));
      return rows;
    }
  }

  private final List<Held> series = new ArrayList<>();
  private final EvaluationSeasons season;
  private final Integer maseSeason;
  private int leftOut; // parts whose target is missing where they begin
  private List<Forecast> forecasts; // of the last run, by target and part

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
          Part part = new Part(0, grid.rows().size(), Arrays.copyOf(values, horizon));
          evaluation.series.add(new Held(grid, List.of(new Target(name, grid, List.of(part)))));
        });
    return evaluation;
  }

  /**
   * Forecasts the last values of each series in windows, one after another. Leaves out those of a
   * target that is missing where they begin.
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
          Held held = new Held(grid, new ArrayList<>());
          JointScores.grids(grid, targets)
              .forEach(
                  (called, one) -> {
                    List<Part> parts =
                        IntStream.range(0, windows)
                            .filter(k -> !one.isMissing(first + k * horizon - 1))
                            .mapToObj(k -> part(one, k, first + k * horizon, horizon))
                            .toList();
                    evaluation.leftOut += windows - parts.size();
                    held.targets.add(new Target(called, one, parts));
                  });
          evaluation.series.add(held);
        });
    UsageException.check(
        evaluation.targets().anyMatch(target -> !target.parts.isEmpty()),
        "--windows",
        "a value right before a window",
        null);
    return evaluation;
  }

  private static Part part(Grid grid, int window, int cut, int horizon) {
    return new Part(window, cut, Arrays.copyOf(grid.truth(cut), horizon));
  }

  /** The least number of values that the truth has of a series: how far it can be forecast. */
  static int horizon(Map<String, List<Observation>> truth) {
    return truth.values().stream().mapToInt(List::size).min().orElseThrow();
  }

  private Stream<Target> targets() {
    return series.stream().flatMap(held -> held.targets.stream());
  }

  HoldoutResult run(EvaluationPlan plan, ProgressLine progress) throws Exception {
    Integer fixed = maseSeason;
    if (fixed == null && season.isUnknown()) {
      fixed = commonSeason(plan.others().horizon());
    }
    Targets targets = plan.targets();
    boolean several = targets.areSeveral();
    List<List<HoldoutResult.Part>> byTarget = new ArrayList<>();
    Map<Grid, JointScores> joint = new HashMap<>();
    for (Held held : series) {
      int m = fixed == null ? season.m(held.whole.series()) : (int) fixed;
      held.targets.forEach(target -> byTarget.add(scored(target, m)));
      if (several) {
        Set<Integer> rows = new HashSet<>();
        held.targets.forEach(target -> rows.addAll(target.rows()));
        List<Grid> grids = held.targets.stream().map(Target::grid).toList();
        joint.put(
            held.whole,
            new JointScores(targets, plan.levels(), grids, m, t -> rows.contains(t - 1)));
      }
    }
    List<HoldoutResult.Part> scored = byTarget.stream().flatMap(List::stream).toList();
    EvaluationPlan plain = plan.withoutNetworks();
    int times = (plain == null ? 1 : 2) + (several ? targets.count() : 0);
    List<Grid> wholes = series.stream().map(Held::whole).toList();
    try (Progress values = Progress.of(progress, wholes, times)) {
      FileForecaster ours = new FileForecaster(plan, season, null, values);
      forecasts =
          put(
              scored,
              Evaluation.WEIR,
              FileForecaster.each(
                  series, one -> ours.at(one.whole, one.rows(), joint.get(one.whole))));
      if (plain != null) {
        FileForecaster without = new FileForecaster(plain, season, null, values);
        put(
            scored,
            Evaluation.WITHOUT_NETWORKS,
            FileForecaster.each(series, one -> without.at(one.whole, one.rows(), null)));
      }
      if (several) {
        FileForecaster alone = new FileForecaster(plan.alone(), season, null, values);
        put(
            scored,
            Evaluation.ALONE,
            FileForecaster.each(
                targets().toList(),
                one -> alone.at(one.grid, Map.of(one.grid.series(), one.rows()), null)));
      }
    }
    putOutside(scored, plan);
    for (HoldoutResult.Part one : scored) {
      Holdout holdout = one.holdout();
      one.methods()
          .put(Evaluation.SEASONAL_NAIVE, holdout.score(holdout.seasonalNaive(), List.of()));
    }
    List<TargetsResult> together = new ArrayList<>();
    for (int k = 0; several && k < series.size(); k++) {
      List<List<HoldoutResult.Part>> of =
          byTarget.subList(k * targets.count(), (k + 1) * targets.count());
      together.add(
          joint
              .get(series.get(k).whole)
              .result(
                  series.get(k).whole.series(),
                  scores(of, Evaluation.WEIR),
                  scores(of, Evaluation.ALONE)));
    }
    String note = maseSeason == null ? note(fixed) : note(null);
    return new HoldoutResult(plan.others().horizon(), plan.levels(), scored, together, note);
  }

  private String note(Integer found) {
    String season =
        found == null
            ? ""
            : "MASE and the seasonal naive method have season %d, the most frequent one that was"
                    .formatted(found)
                + " found; --mase-season sets another.";
    String missing =
        leftOut == 0
            ? ""
            : "Windows left out, since no value comes right before them: %,d.".formatted(leftOut);
    return (season + " " + missing).strip();
  }

  private static List<HoldoutResult.Part> scored(Target target, int m) {
    List<HoldoutResult.Part> scored = new ArrayList<>();
    for (Part part : target.parts) {
      Grid known = target.grid.first(part.cut);
      Holdout holdout =
          new Holdout(target.name, values(known.rows()), part.truth, m, known.missing());
      scored.add(new HoldoutResult.Part(holdout, part.window, new LinkedHashMap<>()));
    }
    return scored;
  }

  private static List<List<SeriesScore>> scores(
      List<List<HoldoutResult.Part>> targets, String method) {
    return targets.stream()
        .map(parts -> parts.stream().map(part -> part.methods().get(method)).toList())
        .toList();
  }

  /** What {@link #run} forecast last of each series, with the truth, as an HTML file. */
  String page() {
    Map<String, Grid> known = new LinkedHashMap<>();
    Map<String, double[]> truth = new LinkedHashMap<>();
    Map<String, Forecast> last = new LinkedHashMap<>();
    Iterator<Forecast> next = forecasts.iterator();
    targets()
        .forEach(
            target ->
                target.parts.forEach(
                    part -> {
                      known.put(target.name, target.grid.first(part.cut));
                      truth.put(target.name, part.truth);
                      last.put(target.name, next.next());
                    }));
    return ForecastPage.of(List.copyOf(last.values()), known, truth);
  }

  private static List<Forecast> put(
      List<HoldoutResult.Part> parts, String method, List<List<Forecast>> bySeries) {
    List<Forecast> forecasts = bySeries.stream().flatMap(List::stream).toList();
    for (int i = 0; i < parts.size(); i++) {
      Forecast of = forecasts.get(i);
      parts.get(i).methods().put(method, parts.get(i).holdout().score(of.values(), of.intervals()));
    }
    return forecasts;
  }

  /** Adds the outside models that had said all held-out values of all series. */
  private void putOutside(List<HoldoutResult.Part> scored, EvaluationPlan plan) {
    List<Map<String, SeriesScore>> scores = new ArrayList<>();
    for (Target target : targets().toList()) {
      OutsideForecasts outside = plan.outside(target.grid);
      for (Part part : target.parts) {
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
    targets()
        .filter(target -> !target.parts.isEmpty())
        .forEach(
            target -> {
              LearnerState state = learner.newSeries(target.name, LearnerSettings.AUTO);
              for (Observation o : target.grid.rows().subList(0, target.parts.get(0).cut)) {
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
