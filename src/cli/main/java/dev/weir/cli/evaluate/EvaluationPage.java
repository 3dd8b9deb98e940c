package dev.weir.cli.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Html;
import dev.weir.cli.console.Table;
import dev.weir.cli.evaluate.Evaluation.Trial;
import dev.weir.dashboard.http.UplotFile;
import dev.weir.kafka.wire.Json;
import dev.weir.option.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An evaluation as one HTML file that needs nothing else. */
public final class EvaluationPage {

  private static final int CHARTS = 6;

  private EvaluationPage() {}

  /**
   * @param entries the series with our forecasts, in the order of the result
   */
  static String of(EvaluationResult result, List<TrialForecasts> entries) {
    StringBuilder page = Html.page("Weir: evaluation", UplotFile.STYLE.text());
    Html.dim(
        page,
        "%,d series, %s of %s, protocol PSF-1. relMAE is the mean error over that of the better naive method: below 1 is better."
            .formatted(
                result.series().size(),
                Numbers.counted(
                    result.series().stream().mapToLong(EvaluationResult.OfSeries::origins).sum(),
                    "forecast"),
                Numbers.counted(result.horizon(), "step")));
    if (!result.note().isEmpty()) {
      Html.dim(page, result.note());
    }
    methods(page, result);
    steps(page, result);
    page.append("<h2>Each series</h2>\n<div class=\"wide left\"><table>\n");
    Html.rows(page, result.ofSeries(), result.series());
    page.append("</table></div>\n<h2>Truth and forecast</h2>\n");
    List<TrialForecasts> shown = entries.subList(0, Math.min(CHARTS, entries.size()));
    Html.dim(
        page,
        "%s: each value with %s."
            .formatted(
                shown.size() < entries.size()
                    ? "The last values of the first %d series".formatted(shown.size())
                    : "The last values",
                entries.get(0).trial.isEach()
                    ? "the forecast that was made %s before it"
                        .formatted(Numbers.counted(result.horizon(), "value"))
                    : "its newest forecast"));
    page.append("<p class=\"key\">");
    key(page, "truth", "", "truth");
    key(page, "ours", "", "forecast");
    if (!result.levels().isEmpty()) {
      key(page, "band", "wash", "its " + result.percent(0) + " % interval");
    }
    page.append("</p>\n");
    shown.forEach(entry -> seriesChart(page, entry));
    return end(page);
  }

  /** The page with the scripts that draw its charts. */
  static String end(StringBuilder page) {
    page.append("<script>\n").append(UplotFile.SCRIPT.text()).append(Html.resource("report.js"));
    return page.append("</script>\n</body>\n</html>\n").toString();
  }

  static void key(StringBuilder page, String colour, String style, String text) {
    page.append("<span><i class=\"").append(style).append("\" style=\"--c: var(--");
    page.append(colour).append(")\"></i>").append(Html.escaped(text)).append("</span> ");
  }

  private static void methods(StringBuilder page, EvaluationResult result) {
    page.append("<h2>Error of each method</h2>\n");
    Html.dim(page, "Geometric mean of relMAE over all series, the best method first.");
    Map<String, Double> means = new LinkedHashMap<>();
    result.ranking().forEach(mean -> means.put(mean.getKey(), mean.getValue()));
    bars(page, means, Evaluation.WEIR);
    if (!result.outside().isEmpty()) {
      page.append("<table>\n");
      Html.rows(page, result.sameSteps(), result.outside());
      page.append("</table>\n");
    }
  }

  /**
   * Adds a table of figures with bars.
   *
   * @param best whose bar has our colour
   */
  public static void bars(StringBuilder page, Map<String, Double> figures, String best) {
    page.append("<table>\n");
    double worst = figures.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    figures.forEach(
        (name, figure) -> {
          page.append(name.equals(best) ? "<tr class=\"best\"><td>" : "<tr><td>");
          page.append(Html.escaped(name)).append("</td><td>").append(Table.cell("%.3f", figure));
          page.append("</td><td class=\"bar\"><i style=\"width: ");
          page.append(Math.round(worst > 0 ? 100 * figure / worst : 0));
          page.append("%\"></i></td></tr>\n");
        });
    page.append("</table>\n");
  }

  private static void steps(StringBuilder page, EvaluationResult result) {
    page.append("<h2>Error by step ahead</h2>\n");
    Html.dim(
        page,
        "Geometric mean over all series of the mean error at each step, over that of the better"
            + " naive method at all steps.");
    List<String> ranked = result.ranking().stream().map(Map.Entry::getKey).toList();
    if (result.horizon() > 1) {
      List<String> drawn = new ArrayList<>(List.of(Evaluation.WEIR));
      ranked.stream().filter(EvaluationResult::isExpert).limit(1).forEach(drawn::add);
      drawn.addAll(List.of(Evaluation.NAIVE, Evaluation.SEASONAL_NAIVE));
      drawn.retainAll(ranked);
      stepChart(page, result, drawn);
    }
    Table<String> table = new Table<String>().text("steps ahead", null, method -> method);
    for (int step : result.steps()) {
      table.text(Integer.toString(step), "%.3f", method -> result.errorsByStep(method)[step - 1]);
    }
    page.append("<div class=\"wide\"><table>\n");
    Html.rows(page, table, ranked);
    page.append("</table></div>\n");
  }

  private static void stepChart(StringBuilder page, EvaluationResult result, List<String> drawn) {
    List<String> styles = List.of("ours", "third", "second", "fourth");
    double[] x = new double[result.horizon()];
    Arrays.setAll(x, i -> i + 1);
    double high = 0;
    page.append("<p class=\"key\">");
    for (int i = 0; i < drawn.size(); i++) {
      double[] errors = result.errorsByStep(drawn.get(i));
      high = Math.max(high, Arrays.stream(errors).filter(Double::isFinite).max().orElse(0));
      String alone = EvaluationResult.isExpert(drawn.get(i)) ? " (best expert alone)" : "";
      key(page, styles.get(i), "", drawn.get(i) + alone);
    }
    page.append("</p>\n");
    ObjectNode chart = chart(x, 0, high, "steps ahead", "error / naive");
    for (int i = drawn.size() - 1; i >= 0; i--) { // ours on top
      line(chart, styles.get(i), result.errorsByStep(drawn.get(i)));
    }
    plot(page, "Error by step ahead", chart);
  }

  private static void seriesChart(StringBuilder page, TrialForecasts entry) {
    Trial trial = entry.trial;
    int n = entry.values.length;
    double[] truth = new double[n];
    double[] times = new double[n];
    for (int j = 0; j < n; j++) {
      int t = entry.firstValue() + j;
      truth[j] = trial.truth(t);
      times[j] = entry.grid.rows().get(t - 1).time() / 1e3;
    }
    double low = Math.min(min(truth), min(entry.values));
    double high = Math.max(max(truth), max(entry.values));
    boolean band = Arrays.stream(entry.lower).anyMatch(Double::isFinite);
    if (band) { // as far as it does not flatten the rest
      double room = Math.max(high - low, 1e-9) / 2;
      low = Math.max(low - room, Math.min(low, min(entry.lower)));
      high = Math.min(high + room, Math.max(high, max(entry.upper)));
    }
    page.append("<h3>").append(Html.escaped(trial.series())).append("</h3>\n");
    Html.dim(
        page,
        "%s to %s UTC"
            .formatted(
                ForecastLines.minute(Math.round(1e3 * times[0])),
                ForecastLines.minute(Math.round(1e3 * times[n - 1]))));
    ObjectNode chart = chart(times, low, high, "time, UTC", "value").put("time", true);
    if (band) {
      line(chart, "band", entry.lower);
      line(chart, "band", entry.upper);
    }
    line(chart, "truth", truth);
    line(chart, "ours", entry.values);
    plot(page, "Truth and forecast of " + trial.series(), chart);
  }

  /** A chart for report.js, without lines yet. */
  static ObjectNode chart(double[] x, double low, double high, String horizontal, String vertical) {
    double margin = high > low ? 0.04 * (high - low) : Math.max(1e-9, Math.abs(low) / 10);
    ObjectNode chart = Json.object();
    chart.set("range", Json.numbers(low - margin, high + margin));
    chart.putArray("labels").add(horizontal).add(vertical);
    chart.set("x", Json.numbers(x));
    chart.putArray("lines");
    return chart;
  }

  /** Adds a line; each two lines named band enclose an interval. */
  static void line(ObjectNode chart, String name, double[] values) {
    chart.withArray("lines").addObject().put("name", name).set("values", Json.numbers(values));
  }

  static void plot(StringBuilder page, String label, ObjectNode chart) {
    page.append("<div class=\"plot\" role=\"img\" aria-label=\"").append(Html.escaped(label));
    page.append("\" data-chart=\"").append(Html.escaped(chart.toString())).append("\"></div>\n");
  }

  static double min(double[] values) {
    return Arrays.stream(values).filter(Double::isFinite).min().orElse(0);
  }

  static double max(double[] values) {
    return Arrays.stream(values).filter(Double::isFinite).max().orElse(0);
  }
}
