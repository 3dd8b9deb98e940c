package dev.weir.cli;

import dev.weir.forecast.Evaluation.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An evaluation as one HTML file that needs nothing else. */
final class EvaluationPage {

  private static final int CHARTS = 6;
  private static final int WIDTH = 800;
  private static final int HEIGHT = 200;
  private static final int MARGIN = 6;

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1c2430; --dim: #667085; --page: #fff;
        --rule: #d9dee6; --truth: #1c2430; --ours: #0b6bcb; --band: #0b6bcb33; }
      @media (prefers-color-scheme: dark) {
        :root { --ink: #e6eaf0; --dim: #98a2b3; --page: #12161c; --rule: #2b333f;
          --truth: #e6eaf0; --ours: #5cb0ff; --band: #5cb0ff40; } }
      body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
        margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
      .wide { overflow-x: auto; }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
      th, td { padding: .2rem .6rem; border-bottom: 1px solid var(--rule); text-align: right;
        white-space: nowrap; }
      th:first-child, td:first-child, th:last-child, td:last-child { text-align: left; }
      th, .dim { color: var(--dim); font-weight: 500; }
      svg { width: 100%; height: auto; border-bottom: 1px solid var(--rule); }
      .truth { fill: none; stroke: var(--truth); stroke-width: 1.2; }
      .ours { fill: none; stroke: var(--ours); stroke-width: 1.6; }
      .band { fill: var(--band); }
      """;

  private EvaluationPage() {}

  /**
   * @param entries the series with our forecasts, in the order of the result
   */
  static String of(EvaluationResult result, List<PipelineEvaluation.Entry> entries) {
    StringBuilder page = new StringBuilder("<!doctype html>\n<html lang=\"en\">\n<head>\n");
    page.append("<meta charset=\"utf-8\">\n<title>Weir: evaluation</title>\n");
    page.append("<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n");
    page.append(STYLE).append("</style>\n</head>\n<body>\n<h1>Weir: evaluation</h1>\n");
    page.append(
        "<p class=\"dim\">Protocol PSF-1, horizon %d, %d series. relMAE: mean error over that of the better naive method.</p>\n"
            .formatted(result.horizon(), result.series().size()));
    if (!result.note().isEmpty()) {
      page.append("<p class=\"dim\">").append(escaped(result.note())).append("</p>\n");
    }
    page.append("<h2>Geometric mean of relMAE</h2>\n<table>\n");
    for (Map.Entry<String, Double> mean : result.geometricMeans().entrySet()) {
      row(page, "td", List.of(mean.getKey(), EvaluationResult.three(mean.getValue())));
    }
    page.append("</table>\n<h2>Each series</h2>\n<div class=\"wide\"><table>\n");
    row(page, "th", result.columns());
    result.series().forEach(one -> row(page, "td", result.row(one)));
    page.append("</table></div>\n<h2>Truth and forecast</h2>\n");
    page.append(
        "<p class=\"dim\">The last origins: each value (dark or light line) with the forecast made %d values before it (blue) and its %s&nbsp;%% band.</p>\n"
            .formatted(result.horizon(), result.percent(0)));
    for (PipelineEvaluation.Entry entry : entries.subList(0, Math.min(CHARTS, entries.size()))) {
      chart(page, entry, result.horizon());
    }
    return page.append("</body>\n</html>\n").toString();
  }

  private static void row(StringBuilder page, String cell, List<String> fields) {
    page.append("<tr>");
    for (String field : fields) {
      page.append('<').append(cell).append('>').append(escaped(field));
      page.append("</").append(cell).append('>');
    }
    page.append("</tr>\n");
  }

  private static void chart(StringBuilder page, PipelineEvaluation.Entry entry, int horizon) {
    Trial trial = entry.trial;
    int n = entry.ends.length;
    double[] truth = new double[n];
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < n; j++) {
      truth[j] = trial.value(entry.firstChartOrigin() + j + horizon);
      low = Math.min(low, Math.min(truth[j], Math.min(entry.ends[j], entry.lower[j])));
      high = Math.max(high, Math.max(truth[j], Math.max(entry.ends[j], entry.upper[j])));
    }
    String name = escaped(trial.series());
    page.append("<h3>").append(name).append("</h3>\n<svg viewBox=\"0 0 ");
    page.append(WIDTH).append(' ').append(HEIGHT).append("\" role=\"img\" aria-label=\"");
    page.append("Truth and forecast of ").append(name).append("\">\n");
    List<String> band = new ArrayList<>();
    for (int j = 0; j < n; j++) {
      band.add(point(j, n, entry.upper[j], low, high));
    }
    for (int j = n - 1; j >= 0; j--) {
      band.add(point(j, n, entry.lower[j], low, high));
    }
    shape(page, "polygon", "band", band);
    shape(page, "polyline", "truth", line(truth, low, high));
    shape(page, "polyline", "ours", line(entry.ends, low, high));
    page.append("</svg>\n<p class=\"dim\">from ").append(ForecastLines.number(low));
    page.append(" to ").append(ForecastLines.number(high)).append("</p>\n");
  }

  private static List<String> line(double[] values, double low, double high) {
    List<String> points = new ArrayList<>();
    for (int j = 0; j < values.length; j++) {
      points.add(point(j, values.length, values[j], low, high));
    }
    return points;
  }

  private static String point(int j, int n, double value, double low, double high) {
    double x = MARGIN + (WIDTH - 2.0 * MARGIN) * j / Math.max(1, n - 1);
    double share = high > low ? value / (high - low) - low / (high - low) : 0.5;
    double y = HEIGHT - MARGIN - (HEIGHT - 2.0 * MARGIN) * share;
    return String.format(Locale.ROOT, "%.1f,%.1f", x, y);
  }

  private static void shape(StringBuilder page, String tag, String style, List<String> points) {
    page.append('<').append(tag).append(" class=\"").append(style).append("\" points=\"");
    page.append(String.join(" ", points)).append("\"/>\n");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
