package dev.weir.lab.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.Result;
import dev.weir.cli.console.Table;
import dev.weir.cli.evaluate.DistributionScore;
import dev.weir.cli.evaluate.Evaluation;
import dev.weir.cli.evaluate.EvaluationResult;
import dev.weir.cli.evaluate.SeriesScore;
import dev.weir.kafka.wire.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Scores of forecasts of the values after each series' end, or of the last ones of each, as means
 * over the series and windows.
 *
 * @param horizon steps of each forecast
 * @param levels of our intervals
 * @param parts of all series, in the order of the input
 * @param note what a reader must know about the figures; empty for nothing
 */
record HoldoutResult(int horizon, List<Double> levels, List<Part> parts, String note)
    implements Result {

  /** The level whose interval score M4 calls MSIS. */
  static final double MSIS_LEVEL = 0.95;

  /** Levels whose ends are, with the median, the quantiles of WQL: .1, .2, ... .9. */
  static final List<Double> WQL_LEVELS = List.of(0.2, 0.4, 0.6, 0.8);

  /**
   * @param window of the series, from 0
   * @param methods scores by method
   */
  record Part(Holdout holdout, int window, Map<String, SeriesScore> methods) {

    /** Twice the pinball loss, mean over the quantiles of WQL, summed over the steps. */
    private double quantileLoss(String method) {
      SeriesScore score = methods.get(method);
      double scale = score.count() * (holdout.scale() > 0 ? holdout.scale() : 1);
      DistributionScore distribution = score.distribution();
      return 2
          * scale
          * (distribution == null
              ? score.mase() / 2 // of one value for all quantiles, which lie around their middle
              : distribution.meanPinball(tau -> Math.abs(10 * tau - Math.rint(10 * tau)) < 1e-9));
    }
  }

  private record Line(Part part, String method, SeriesScore score) {}

  /** Parts of series that have no scale, which mase and msis leave out. */
  long withoutScale() {
    return parts.size() - withScale().count();
  }

  private Stream<Part> withScale() {
    return parts.stream().filter(part -> part.holdout.scale() > 0);
  }

  double mean(String method, ToDoubleFunction<SeriesScore> figure) {
    return mean(parts.stream(), method, figure);
  }

  double scaled(String method, ToDoubleFunction<SeriesScore> figure) {
    return mean(withScale(), method, figure);
  }

  private static double mean(
      Stream<Part> parts, String method, ToDoubleFunction<SeriesScore> figure) {
    return parts
        .map(part -> part.methods().get(method))
        .filter(Objects::nonNull)
        .mapToDouble(figure)
        .filter(Double::isFinite)
        .average()
        .orElse(Double.NaN);
  }

  /** The same over the series with intervals; null if none has them. */
  Double meanOfIntervals(String method, ToDoubleFunction<SeriesScore> figure) {
    return ofIntervals(parts.stream(), method, figure);
  }

  private Double ofDistribution(String method, ToDoubleFunction<DistributionScore> figure) {
    return ofIntervals(withScale(), method, score -> figure.applyAsDouble(score.distribution()));
  }

  private static Double ofIntervals(
      Stream<Part> parts, String method, ToDoubleFunction<SeriesScore> figure) {
    Stream<Part> with = parts.filter(part -> part.methods.get(method).distribution() != null);
    double mean = mean(with, method, figure);
    return Double.isNaN(mean) ? null : (Double) mean;
  }

  /** MSIS of M4; null without its intervals. */
  Double msis(String method) {
    int level = levels.indexOf(MSIS_LEVEL);
    return level < 0
        ? null
        : ofIntervals(withScale(), method, score -> score.intervalScore()[level]);
  }

  /**
   * The weighted quantile loss of a method: over the quantiles .1 to .9, the sum of twice the
   * pinball losses over that of |truth|, as the mean over the windows (fev); null without its
   * intervals.
   */
  Double wql(String method) {
    if (!levels.containsAll(WQL_LEVELS)) {
      return null;
    }
    Map<Integer, double[]> sums = new TreeMap<>();
    for (Part part : parts) {
      double[] sum = sums.computeIfAbsent(part.window, none -> new double[2]);
      sum[0] += part.quantileLoss(method);
      sum[1] += part.holdout.absoluteTruth();
    }
    return sums.values().stream().mapToDouble(sum -> sum[0] / sum[1]).average().orElseThrow();
  }

  private Table<String> means() {
    Table<String> table =
        new Table<String>()
            .text("mean over series", null, method -> method)
            .column("MASE", "mase", "%.3f", method -> scaled(method, SeriesScore::mase))
            .column("sMAPE", "smape", "%.3f", method -> mean(method, SeriesScore::smape));
    if (levels.isEmpty()) {
      return table;
    }
    if (levels.contains(MSIS_LEVEL)) {
      table.column("MSIS", "msis", "%.3f", this::msis);
    }
    if (levels.containsAll(WQL_LEVELS)) {
      table.column("WQL", "wql", "%.4f", this::wql);
    }
    table
        .column("CRPS", "crps", "%.3f", method -> ofDistribution(method, DistributionScore::crps))
        .column(
            "pinball", "pinball", "%.3f", m -> ofDistribution(m, DistributionScore::meanPinball));
    EvaluationResult.forEach(
        levels,
        (k, percent) ->
            table
                .data(
                    "coverage_" + percent,
                    method -> meanOfIntervals(method, score -> score.coverage()[k]))
                .text(
                    "in " + percent + " %",
                    "%.1f",
                    method -> meanOfIntervals(method, score -> 100 * score.coverage()[k])));
    return table;
  }

  private List<String> methods() {
    return List.copyOf(parts.get(0).methods().keySet());
  }

  long series() {
    return parts.stream().map(part -> part.holdout.series()).distinct().count();
  }

  private long windows() {
    return 1 + parts.stream().mapToInt(Part::window).max().orElse(0);
  }

  /** Our means, and an object with those of each other method. */
  @Override
  public String json() {
    ObjectNode root = Json.object();
    root.put("series", series());
    root.put("horizon", horizon);
    if (windows() > 1) {
      root.put("windows", windows());
    }
    if (withoutScale() > 0) {
      root.put("without_scale", withoutScale());
    }
    for (String method : methods()) {
      means().json(method.equals(Evaluation.WEIR) ? root : root.putObject(method), method);
    }
    return root.toString();
  }

  /** One row for each series, window and method. */
  @Override
  public String csv() {
    Table<Line> table = new Table<Line>().data("series", line -> line.part.holdout.series());
    if (windows() > 1) {
      table.data("window", line -> line.part.window + 1);
    }
    table
        .data("mase_season", line -> line.part.holdout.m())
        .data("method", Line::method)
        .data("mase", line -> line.part.holdout.scale() > 0 ? line.score.mase() : null)
        .data("smape", line -> line.score.smape());
    EvaluationResult.intervals(table, levels, Line::score);
    return table.csv(
        parts.stream()
            .flatMap(
                part ->
                    part.methods().entrySet().stream()
                        .map(score -> new Line(part, score.getKey(), score.getValue())))
            .toList());
  }

  @Override
  public String table() {
    String where = windows() == 1 ? "after the end" : "at the end, %d times,".formatted(windows());
    String left =
        withoutScale() == 0
            ? ""
            : "%nMASE and MSIS leave out %,d of %,d: what is known of these repeats itself each season or is not longer.%n"
                .formatted(withoutScale(), parts.size());
    return "%,d series, %d values %s of each%n%n".formatted(series(), horizon, where)
        + means().text(methods())
        + left
        + (note.isEmpty() ? "" : System.lineSeparator() + note + System.lineSeparator());
  }
}
