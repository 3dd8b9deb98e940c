package dev.weir.cli.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.Result;
import dev.weir.cli.console.Table;
import dev.weir.kafka.wire.Json;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Scores of forecasts of the values after each series' end, as means over the series.
 *
 * @param horizon steps of each forecast
 * @param levels of our intervals
 * @param series in the order of the input
 * @param note what a reader must know about the figures; empty for nothing
 */
record HoldoutResult(int horizon, List<Double> levels, List<OfSeries> series, String note)
    implements Result {

  /** The level whose interval score M4 calls MSIS. */
  private static final double MSIS_LEVEL = 0.95;

  /**
   * @param name of the series
   * @param m season of the scores
   * @param methods scores by method
   */
  record OfSeries(String name, int m, Map<String, SeriesScore> methods) {}

  /** A series and one of its methods. */
  private record Line(OfSeries series, String method, SeriesScore score) {}

  /** Mean of a method's figure over the series. */
  private double mean(String method, ToDoubleFunction<SeriesScore> figure) {
    return series.stream()
        .mapToDouble(one -> figure.applyAsDouble(one.methods().get(method)))
        .average()
        .orElse(Double.NaN);
  }

  /** The same over the series with intervals; null if none has them. */
  private Double meanOfIntervals(String method, ToDoubleFunction<SeriesScore> figure) {
    var mean =
        series.stream()
            .map(one -> one.methods().get(method))
            .filter(score -> score.distribution() != null)
            .mapToDouble(figure)
            .average();
    return mean.isPresent() ? mean.getAsDouble() : null;
  }

  /** The means of a method. */
  private Table<String> means() {
    Table<String> table =
        new Table<String>()
            .text("mean over series", null, method -> method)
            .column("MASE", "mase", "%.3f", method -> mean(method, SeriesScore::mase))
            .column("sMAPE", "smape", "%.3f", method -> mean(method, SeriesScore::smape));
    if (levels.isEmpty()) {
      return table;
    }
    int msis = levels.indexOf(MSIS_LEVEL);
    if (msis >= 0) {
      table.column(
          "MSIS",
          "msis",
          "%.3f",
          method -> meanOfIntervals(method, score -> score.intervalScore()[msis]));
    }
    table
        .column(
            "CRPS",
            "crps",
            "%.3f",
            method -> meanOfIntervals(method, score -> score.distribution().crps()))
        .column(
            "pinball",
            "pinball",
            "%.3f",
            method -> meanOfIntervals(method, score -> score.distribution().meanPinball()));
    for (int k = 0; k < levels.size(); k++) {
      int level = k;
      String percent = EvaluationResult.percent(levels.get(k));
      table
          .data(
              "coverage_" + percent,
              method -> meanOfIntervals(method, score -> score.coverage()[level]))
          .text(
              "in " + percent + " %",
              "%.1f",
              method -> meanOfIntervals(method, score -> 100 * score.coverage()[level]));
    }
    return table;
  }

  /** Names of the methods, ours first. */
  private List<String> methods() {
    return List.copyOf(series.get(0).methods().keySet());
  }

  /** Our means, and an object with those of each other method. */
  @Override
  public String json() {
    ObjectNode root = Json.object();
    root.put("series", series.size());
    root.put("horizon", horizon);
    for (String method : methods()) {
      means().json(method.equals(Evaluation.WEIR) ? root : root.putObject(method), method);
    }
    return root.toString();
  }

  /** One row for each series and method. */
  @Override
  public String csv() {
    Table<Line> table =
        new Table<Line>()
            .data("series", line -> line.series.name())
            .data("mase_season", line -> line.series.m())
            .data("method", Line::method)
            .data("mase", line -> line.score.mase())
            .data("smape", line -> line.score.smape());
    EvaluationResult.intervals(table, levels, Line::score);
    return table.csv(
        series.stream()
            .flatMap(
                one ->
                    one.methods().entrySet().stream()
                        .map(score -> new Line(one, score.getKey(), score.getValue())))
            .toList());
  }

  @Override
  public String table() {
    return "%,d series, %d values after the end of each%n%n".formatted(series.size(), horizon)
        + means().text(methods())
        + (note.isEmpty() ? "" : System.lineSeparator() + note + System.lineSeparator());
  }
}
