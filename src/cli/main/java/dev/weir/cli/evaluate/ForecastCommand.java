package dev.weir.cli.evaluate;

import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.evaluate.FileForecaster.Progress;
import dev.weir.cli.grid.FutureRows;
import dev.weir.cli.grid.Grid;
import dev.weir.cli.option.OutputFile;
import dev.weir.cli.series.SeriesColumns;
import dev.weir.cli.series.SeriesCsv;
import dev.weir.cli.series.SeriesFiles;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.option.Numbers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code weir forecast}: the next values of series in CSV files, without Kafka. The job's engine
 * learns each series from its first value to its last; the forecast at the last one is what is
 * written.
 */
@Command(
    name = "forecast",
    description = "Forecasts the next values of the series in CSV files, without Kafka.",
    footer = {
      "",
      "Example: weir forecast --input demand.csv --horizon 24 --season 24 --out next.csv"
    })
public final class ForecastCommand implements Callable<Integer> {

  @Option(
      names = "--input",
      required = true,
      arity = "1..*",
      paramLabel = "CSV|DIR",
      description = "Series to forecast: CSV files or folders of them.")
  private List<Path> inputs;

  @Mixin private SeriesColumns.Options csv;

  @Mixin private PlanOptions options;

  @Option(
      names = "--season",
      paramLabel = "N|N,N|auto|META.csv",
      description =
          "Values in a season, or in two, as 7,365 for a week and a year of daily values; a CSV"
              + " file gives each series its own (columns series_id and m). auto: found in the data"
              + " (default: auto, or the job's).")
  private final List<String> seasons = new ArrayList<>();

  @Mixin private ResultOptions output;

  @Option(
      names = "--report",
      converter = OutputFile.Converter.class,
      paramLabel = "FILE.html",
      description =
          "Also a page that draws each series, its forecast and intervals: the "
              + ForecastPage.CHARTS
              + " least certain series.")
  private OutputFile report;

  private final ProgressLine progress = new ProgressLine();

  @Override
  public Integer call() throws Exception {
    try {
      return forecast();
    } finally {
      progress.clear();
    }
  }

  private int forecast() throws Exception {
    UsageException.checkFiles(inputs, options.job());
    SeriesColumns columns = csv.columns();
    EvaluationPlan plan = options.plan("weir forecast", columns);
    EvaluationSeasons season = EvaluationSeasons.of(seasons, plan.seasons());
    plan = plan.withSecondSeason(season.second());
    Map<String, List<Observation>> rows =
        SeriesFiles.inOrder(
            SeriesFiles.observations(inputs, season.files(), columns, !columns.ahead().isEmpty()),
            plan.settings().inputs().features(),
            Integer.MAX_VALUE);
    FutureRows.check(rows);
    Map<String, Grid> series = options.grids("weir forecast", rows);
    FutureRows.checkTimes(series.values(), plan.settings().modes().get(0).horizon());
    for (String name : series.keySet()) {
      season.check(name);
    }
    System.err.printf(
        "learning %,d series, %s%n",
        series.size(),
        Numbers.counted(rows.values().stream().mapToLong(FutureRows::values).sum(), "value"));
    List<Forecast> made;
    try (Progress values = Progress.of(progress, series.values(), 1)) {
      FileForecaster forecaster = new FileForecaster(plan, season, null, values);
      made = FileForecaster.each(series.values(), forecaster::last);
    }
    NextValues next = new NextValues(plan.levels());
    made.forEach(one -> next.add(one, series.get(one.series())));
    if (next.note() != null) {
      System.err.println("weir forecast: " + next.note());
    }
    if (report != null) {
      report.write(
          ForecastPage.of(
              made, series, inputs.size() == 1 ? SeriesCsv.series(inputs.get(0)) : null));
    }
    output.write(next);
    return 0;
  }
}
