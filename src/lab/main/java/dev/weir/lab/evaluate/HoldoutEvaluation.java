package dev.weir.lab.evaluate;

import dev.weir.cli.console.Printable;
import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.evaluate.Evaluation;
import dev.weir.cli.evaluate.EvaluationPlan;
import dev.weir.cli.evaluate.EvaluationSeasons;
import dev.weir.cli.evaluate.FileForecaster;
import dev.weir.cli.evaluate.FileForecaster.Progress;
import dev.weir.cli.grid.Grid;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * {@code weir lab holdout}: forecasts compared with the values that followed; see {@link Holdout}.
 * The forecasts are those of the job's engine.
 */
final class HoldoutEvaluation {

  /**
   * What is forecast from one value of a series.
   *
   * @param window of the series, from 0
   * @param cut rows of the grid that are known
   * @param truth a value for each step after the cut; NaN if unknown
   */
  private record Part(int window, int cut, double[] truth) {}

  /**
   * @param parts in order; none where no value comes right before a window
   */
  private record Held(Grid grid, List<Part> parts) {

    List<Integer> rows() {
      return parts.stream().map(part -> part.cut - 1).toList();
    }
  }

  private final List<Held> series = new ArrayList<>();
  private final EvaluationSeasons season;
  private final Integer maseSeason;
  private int leftOut; // parts without a value where they begin

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
          evaluation.series.add(new Held(grid, List.of(part)));
        });
    return evaluation;
  }

  /**
   * Forecasts the last values of each series in windows, one after another. Leaves out those that
   * no value comes right before.
   *
   * @param windows how many, each of as many values as are forecast
   * @throws UsageException if a series is too short
   */
  static HoldoutEvaluation of(
      Map<String, Grid> series,
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
          List<Part> parts =
              IntStream.range(0, windows)
                  .filter(k -> !grid.isMissing(first + k * horizon - 1))
                  .mapToObj(k -> part(grid, k, first + k * horizon, horizon))
                  .toList();
          evaluation.leftOut += windows - parts.size();
          evaluation.series.add(new Held(grid, parts));
        });
    UsageException.check(
        evaluation.series.stream().anyMatch(held -> !held.parts.isEmpty()),
        "--windows",
        "a value right before a window",
        null);
    return evaluation;
  }

  private static Part part(Grid grid, int window, int cut, int horizon) {
    return new Part(window, cut, Arrays.copyOf(grid.truth(cut), horizon));
  }

  HoldoutResult run(EvaluationPlan plan, ProgressLine progress) throws Exception {
    Integer fixed = maseSeason;
    if (fixed == null && season.isUnknown()) {
      fixed = commonSeason(plan.others().horizon());
    }
    List<HoldoutResult.Part> scored = new ArrayList<>();
    for (Held held : series) {
      scored.addAll(scored(held, fixed == null ? season.m(held.grid.series()) : (int) fixed));
    }
    EvaluationPlan plain = plan.withoutNetworks();
    List<Grid> grids = series.stream().map(Held::grid).toList();
    try (Progress values = Progress.of(progress, grids, plain == null ? 1 : 2)) {
      put(scored, Evaluation.WEIR, new FileForecaster(plan, season, null, values));
      if (plain != null) {
        put(scored, Evaluation.WITHOUT_NETWORKS, new FileForecaster(plain, season, null, values));
      }
    }
    for (HoldoutResult.Part one : scored) {
      Holdout holdout = one.holdout();
      one.methods()
          .put(Evaluation.SEASONAL_NAIVE, holdout.score(holdout.seasonalNaive(), List.of()));
    }
    String note = note(maseSeason == null ? fixed : null);
    return new HoldoutResult(plan.others().horizon(), plan.levels(), scored, note);
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

  private static List<HoldoutResult.Part> scored(Held held, int m) {
    List<HoldoutResult.Part> scored = new ArrayList<>();
    for (Part part : held.parts) {
      Grid known = held.grid.first(part.cut);
      Holdout holdout =
          new Holdout(known.series(), values(known.rows()), part.truth, m, known.missing());
      scored.add(new HoldoutResult.Part(holdout, part.window, new LinkedHashMap<>()));
    }
    return scored;
  }

  private void put(List<HoldoutResult.Part> parts, String method, FileForecaster by)
      throws IOException {
    List<Forecast> forecasts =
        FileForecaster.each(series, held -> by.at(held.grid, held.rows())).stream()
            .flatMap(List::stream)
            .toList();
    for (int i = 0; i < parts.size(); i++) {
      Forecast of = forecasts.get(i);
      parts.get(i).methods().put(method, parts.get(i).holdout().score(of.values(), of.intervals()));
    }
  }

  static double[] values(List<Observation> series) {
    return series.stream().mapToDouble(Observation::value).toArray();
  }

  /** The season that a learner finds in most of the series; of equally many the shortest. */
  private int commonSeason(int horizon) {
    Learner learner = new Learner(LearnerSettings.small(horizon).withExperts(List.of("naive")));
    Map<Integer, Integer> counts = new TreeMap<>();
    for (Held held : series) {
      if (!held.parts.isEmpty()) {
        LearnerState state = learner.newSeries(held.grid.series(), LearnerSettings.AUTO);
        for (Observation o : held.grid.rows().subList(0, held.parts.get(0).cut)) {
          learner.observe(state, o.time(), o.value());
        }
        counts.merge(state.season(), 1, Integer::sum);
      }
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
