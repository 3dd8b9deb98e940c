package dev.weir.cli.evaluate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.Html;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.Table;
import java.util.List;
import java.util.Map;

/**
 * How well the targets of one series were forecast together.
 *
 * @param levels of the intervals; that of the region is the first
 * @param count targets
 * @param mase mean over the targets
 * @param alone the same of each target without the others
 * @param relative geometric mean of the targets' error over that of each alone
 * @param inRegion share of steps at which all targets were in the region; NaN without one
 * @param totals scores by name; their MASE is the mean absolute error
 */
record TargetsResult(
    String series,
    List<Double> levels,
    int count,
    double mase,
    double alone,
    double relative,
    double inRegion,
    Map<String, SeriesScore> totals) {

  private record TotalRow(String series, String name, SeriesScore score) {}

  private static Table<TargetsResult> table(List<Double> levels) {
    Table<TargetsResult> table =
        new Table<TargetsResult>()
            .text("targets of", null, one -> Printable.line(one.series))
            .data("series", TargetsResult::series)
            .column("number", "targets", "%d", TargetsResult::count)
            .column("MASE", "mase", "%.3f", TargetsResult::mase)
            .column("each alone", "mase_alone", "%.3f", TargetsResult::alone)
            .column("error / alone", "rel_alone", "%.3f", TargetsResult::relative);
    return levels.isEmpty()
        ? table
        : table
            .data("region_level", one -> levels.get(0))
            .data("region_coverage", TargetsResult::inRegion)
            .text(
                "all in region of " + EvaluationResult.percent(levels.get(0)) + " %",
                "%.1f",
                one -> 100 * one.inRegion);
  }

  private static Table<TotalRow> totals(List<Double> levels) {
    Table<TotalRow> table =
        new Table<TotalRow>()
            .text("total of", null, row -> Printable.line(row.series))
            .column("total", "total", null, TotalRow::name)
            .column("MAE", "mae", "%.5g", row -> row.score.mase())
            .column("relMAE", "rel_mae", "%.3f", row -> row.score.relMae());
    EvaluationResult.forEach(
        levels,
        (k, percent) ->
            table.text("in " + percent + " %", "%.1f", row -> 100 * row.score.coverage()[k]));
    EvaluationResult.intervals(table, levels, TotalRow::score);
    return table;
  }

  private static List<TotalRow> rows(List<TargetsResult> all) {
    return all.stream()
        .flatMap(
            one ->
                one.totals.entrySet().stream()
                    .map(total -> new TotalRow(one.series, total.getKey(), total.getValue())))
        .toList();
  }

  /** Aligned lines; empty for no series with several targets. */
  static String text(List<TargetsResult> all) {
    if (all.isEmpty()) {
      return "";
    }
    List<Double> levels = all.get(0).levels;
    String text = System.lineSeparator() + table(levels).text(all);
    List<TotalRow> rows = rows(all);
    return rows.isEmpty() ? text : text + System.lineSeparator() + totals(levels).text(rows);
  }

  /** Adds an array of objects; nothing for no series with several targets. */
  static void json(ObjectNode root, List<TargetsResult> all) {
    ArrayNode together = all.isEmpty() ? null : root.putArray("targets");
    for (TargetsResult one : all) {
      ObjectNode node = table(one.levels).json(together.addObject(), one);
      totals(one.levels).json(node.putArray("totals"), rows(List.of(one)));
    }
  }

  static void html(StringBuilder page, List<TargetsResult> all) {
    if (all.isEmpty()) {
      return;
    }
    page.append("<h2>Targets together</h2>\n");
    Html.dim(
        page,
        "Error / alone is the geometric mean over the targets of the error over that of each target"
            + " forecast without the others: below 1 the targets help each other.");
    page.append("<div class=\"wide left\"><table>\n");
    Html.rows(page, table(all.get(0).levels), all);
    page.append("</table>\n<table>\n");
    Html.rows(page, totals(all.get(0).levels), rows(all));
    page.append("</table></div>\n");
  }
}
