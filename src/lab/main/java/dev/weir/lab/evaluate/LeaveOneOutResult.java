package dev.weir.lab.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.Result;
import dev.weir.cli.console.Table;
import dev.weir.cli.evaluate.EvaluationResult;
import dev.weir.cli.evaluate.SeriesScore;
import dev.weir.kafka.wire.Json;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What the absence of parts of the learner costs.
 *
 * @param levels of the intervals
 * @param rows for each set of series and horizon that of the whole learner, then the others
 */
record LeaveOneOutResult(List<Double> levels, List<Row> rows) implements Result {

  /**
   * A series.
   *
   * @param cpu time for each value, microseconds
   * @param bytes of its state
   */
  record Of(SeriesScore score, double cpu, int bytes) {

    private double error() {
      return score.relMae();
    }

    /** The geometric mean over levels. */
    private double intervalScore() {
      return Math.exp(average(DoubleStream.of(score.intervalScore()).map(Math::log)));
    }
  }

  /**
   * A variant on a set of series.
   *
   * @param without what is left out; empty for nothing
   * @param all by series
   * @param whole the same of the whole learner
   */
  record Row(String set, int horizon, String without, List<Of> all, List<Of> whole) {

    private double relMae() {
      return SeriesScore.geometricMeanRelMae(all.stream().map(Of::score).toList());
    }

    private DoubleStream figures(ToDoubleFunction<Of> figure) {
      return all.stream().mapToDouble(figure);
    }

    /** Logarithms of a figure relative to the whole learner's; without series where one is 0. */
    private DoubleStream changes(ToDoubleFunction<Of> figure) {
      return IntStream.range(0, all.size())
          .mapToDouble(i -> figure.applyAsDouble(all.get(i)) / figure.applyAsDouble(whole.get(i)))
          .map(Math::log)
          .filter(Double::isFinite);
    }

    private double percent(ToDoubleFunction<Of> figure) {
      return 100 * Math.expm1(average(changes(figure)));
    }

    /** That of the change of the error, over series. */
    private double standardError() {
      double mean = average(changes(Of::error));
      double variance = average(changes(Of::error).map(x -> (x - mean) * (x - mean)));
      return 100 * Math.sqrt(variance / (changes(Of::error).count() - 1));
    }
  }

  private static double average(DoubleStream numbers) {
    return numbers.average().orElse(Double.NaN);
  }

  private static double median(DoubleStream numbers) {
    double[] sorted = numbers.sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  private Table<Row> columns() {
    Table<Row> table =
        new Table<Row>()
            .column("set", "set", null, Row::set)
            .column("h", "horizon", "%d", Row::horizon)
            .column("series", "series", "%d", row -> row.all.size())
            .column("without", "without", null, Row::without)
            .column("relMAE", "rel_mae", "%.5f", Row::relMae)
            .column("%", "error_change", "%+.2f", row -> row.percent(Of::error))
            .column("+-", "standard_error", "%.2f", Row::standardError)
            .column("score %", "score_change", "%+.2f", row -> row.percent(Of::intervalScore));
    for (int k = 0; k < levels.size(); k++) {
      int level = k;
      String percent = EvaluationResult.percent(levels.get(k));
      ToDoubleFunction<Of> coverage = of -> of.score.coverage()[level];
      table.column(
          "in " + percent + " %",
          "coverage_" + percent,
          "%.4f",
          row -> average(row.figures(coverage)));
    }
    return table // medians, since a few series may be disturbed
        .column("CPU", "cpu_ratio", "%.3f", row -> Math.exp(median(row.changes(Of::cpu))))
        .column("us", "cpu", "%.1f", row -> median(row.figures(Of::cpu)))
        .column("bytes", "bytes", "%.0f", row -> average(row.figures(Of::bytes)));
  }

  @Override
  public String table() {
    return columns().text(rows);
  }

  @Override
  public String json() {
    ObjectNode root = Json.object();
    columns().json(root.putArray("variants"), rows);
    return root.toString();
  }

  @Override
  public String csv() {
    return columns().csv(rows);
  }
}
