package dev.weir.cli.evaluate;

import dev.weir.cli.console.Printable;
import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.evaluate.Evaluation.Trial;
import dev.weir.cli.evaluate.EvaluationInput.Series;
import dev.weir.cli.evaluate.EvaluationResult.OfSeries;
import dev.weir.cli.evaluate.FileForecaster.Progress;
import dev.weir.cli.grid.Grid;
import dev.weir.cli.option.OutputFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code weir evaluate}: how well the job would have forecast series that are known to their end.
 * Ours comes out of the job's engine, without Flink; the naive methods and the experts alone come
 * from the core's {@link Evaluation}.
 */
@Command(
    name = "evaluate",
    description = "Forecasts known series with the job's engine and scores every forecast.",
    abbreviateSynopsis = true,
    footer = {
      "",
      "Example: weir evaluate --input demand.csv --season 24 --horizon 24 --report demand.html",
      "Example: weir evaluate --input demand.csv --season 24 --horizon 24 --windows 10"
    })
public final class EvaluateCommand implements Callable<Integer> {

  @Mixin private EvaluationInput input;

  @Mixin private OriginOptions origins;

  @Mixin private ResultOptions output;

  @Option(
      names = "--report",
      converter = OutputFile.Converter.class,
      paramLabel = "X.html",
      description = "Also a page with the table and charts.")
  private OutputFile report;

  private final ProgressLine line = new ProgressLine();

  /**
   * A series on trial.
   *
   * @param outside what outside models forecast; null for nothing
   * @param forecasts by method
   * @param others scores of the other methods by name
   */
  private record OnTrial(
      Grid grid,
      Trial trial,
      OutsideForecasts outside,
      Map<String, TrialForecasts> forecasts,
      Map<String, SeriesScore> others) {

    /**
     * @param by null for a method that is not tried
     */
    void forecast(String method, FileForecaster by) throws IOException {
      if (by != null) {
        forecasts.put(method, TrialForecasts.of(trial, grid, by, outside));
      }
    }

    OfSeries result() {
      Map<String, SeriesScore> methods = new LinkedHashMap<>();
      forecasts.forEach((method, made) -> methods.put(method, made.score()));
      methods.putAll(others);
      Map<String, Map<String, SeriesScore>> sameSteps =
          outside == null ? Map.of() : outside.scores(trial, forecasts);
      sameSteps.forEach((model, scores) -> methods.put(model, scores.get(model)));
      return new OfSeries(
          trial.series(), trial.m(), trial.origins(), trial.scale(), methods, sameSteps);
    }
  }

  @Override
  public Integer call() throws Exception {
    long started = System.nanoTime();
    origins.check();
    Series series = input.read("weir evaluate");
    List<OnTrial> all = onTrial(series);
    evaluate(all, series);
    EvaluationPlan plan = series.plan();
    EvaluationResult result =
        new EvaluationResult(
            plan.others().horizon(),
            plan.levels(),
            all.stream().map(OnTrial::result).toList(),
            series.note());
    if (report != null) {
      report.write(
          EvaluationPage.of(
              result, all.stream().map(one -> one.forecasts.get(Evaluation.WEIR)).toList()));
    }
    output.write(result);
    System.err.printf("done in %.0f s%n", (System.nanoTime() - started) / 1e9);
    return 0;
  }

  private List<OnTrial> onTrial(Series series) {
    List<OnTrial> all = new ArrayList<>();
    int horizon = series.plan().others().horizon();
    series
        .grids()
        .forEach(
            (name, grid) -> {
              try {
                Trial trial = origins.trial(grid, series.season().m(name), horizon);
                OutsideForecasts outside = series.plan().outside(grid);
                all.add(
                    new OnTrial(
                        grid, trial, outside, new LinkedHashMap<>(), new LinkedHashMap<>()));
              } catch (IllegalArgumentException e) {
                System.err.println("skipped " + Printable.line(e.getMessage()));
              }
            });
    if (all.isEmpty()) {
      throw EvaluationInput.tooShort();
    }
    return all;
  }

  private void evaluate(List<OnTrial> all, Series series) throws IOException {
    EvaluationPlan plan = series.plan();
    EvaluationSeasons season = series.season();
    List<EvaluationPlan> plans = new ArrayList<>();
    plans.add(plan);
    plans.add(plan.withoutNetworks());
    plans.add(plan.withoutOutside());
    List<Grid> grids = all.stream().map(OnTrial::grid).toList();
    int times = 1 + (int) plans.stream().filter(Objects::nonNull).count();
    try (Progress progress = Progress.of(line, grids, times)) {
      List<FileForecaster> by = new ArrayList<>();
      plans.forEach(
          of -> by.add(of == null ? null : new FileForecaster(of, season, null, progress)));
      FileForecaster.each(
          all,
          one -> {
            one.forecast(Evaluation.WEIR, by.get(0));
            one.forecast(Evaluation.WITHOUT_NETWORKS, by.get(1));
            one.forecast(Evaluation.WITHOUT_OUTSIDE, by.get(2));
            one.others.putAll(plan.scoresOfOthers(one.trial, season.learned(one.grid.series())));
            progress.add(one.grid.rows().size());
            return one;
          });
    }
  }
}
