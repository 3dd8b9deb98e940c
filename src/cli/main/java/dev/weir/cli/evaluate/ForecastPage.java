package dev.weir.cli.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Html;
import dev.weir.cli.console.Printable;
import dev.weir.cli.grid.Grid;
import dev.weir.dashboard.http.UplotFile;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The newest values of series and the forecasts after them, as one HTML file. */
final class ForecastPage {

  /** Series that are drawn; a browser takes seconds for more. */
  static final int CHARTS = 50;

  private static final int HISTORY = 200;

  private ForecastPage() {}

  /**
   * @param forecasts one for each series, at its newest value
   */
  static String of(List<Forecast> forecasts, Map<String, Grid> series) {
    StringBuilder page = Html.page("Weir: forecast", UplotFile.STYLE.text());
    int drawn = Math.min(CHARTS, forecasts.size());
    Html.dim(
        page,
        drawn < forecasts.size()
            ? "The first %d of %,d series; the others are not drawn."
                .formatted(drawn, forecasts.size())
            : "%d series.".formatted(drawn));
    page.append("<p class=\"key\">");
    EvaluationPage.key(page, "truth", "", "values");
    EvaluationPage.key(page, "ours", "", "forecast");
    List<Interval> most = List.of();
    for (Forecast forecast : forecasts) {
      most = forecast.intervals().size() > most.size() ? forecast.intervals() : most;
    }
    for (Interval interval : most) {
      String percent = EvaluationResult.percent(interval.level());
      String darker = interval == most.get(0) && most.size() > 1 ? ", darker" : "";
      EvaluationPage.key(page, "band", "wash", "its " + percent + " % interval" + darker);
    }
    page.append("</p>\n");
    for (Forecast forecast : forecasts.subList(0, drawn)) {
      chart(page, forecast, series.get(forecast.series()));
    }
    return EvaluationPage.end(page);
  }

  private static void chart(StringBuilder page, Forecast forecast, Grid grid) {
    int steps = forecast.values().length;
    int newest = grid.newestRow();
    int first = Math.max(0, newest + 1 - Math.max(HISTORY, 2 * steps));
    int known = newest + 1 - first;
    long[] times = grid.next(steps, forecast.times());
    double[] x = new double[known + steps];
    double[] values = new double[x.length];
    double[] ours = new double[x.length];
    Arrays.fill(values, Double.NaN);
    Arrays.fill(ours, Double.NaN);
    for (int i = 0; i < x.length; i++) {
      long time =
          i < known ? grid.rows().get(first + i).time() : times == null ? 0 : times[i - known];
      x[i] = times == null ? i : time / 1e3;
    }
    System.arraycopy(grid.truth(first), 0, values, 0, known);
    after(ours, values[known - 1], forecast.values());
    double low = Math.min(EvaluationPage.min(values), EvaluationPage.min(ours));
    double high = Math.max(EvaluationPage.max(values), EvaluationPage.max(ours));
    double room = Math.max(high - low, 1e-9) / 2; // for intervals, which must not flatten the rest
    double lowest = low;
    double highest = high;
    for (Interval interval : forecast.intervals()) {
      lowest = Math.min(lowest, EvaluationPage.min(interval.lower()));
      highest = Math.max(highest, EvaluationPage.max(interval.upper()));
    }
    ObjectNode chart =
        EvaluationPage.chart(
            x,
            Math.max(low - room, lowest),
            Math.min(high + room, highest),
            times == null ? "values" : "time, UTC",
            "value");
    chart.put("time", times != null);
    for (int k = forecast.intervals().size() - 1; k >= 0; k--) { // the widest at the back
      for (double[] ends :
          List.of(forecast.intervals().get(k).lower(), forecast.intervals().get(k).upper())) {
        double[] line = new double[x.length];
        Arrays.fill(line, Double.NaN);
        after(line, values[known - 1], ends);
        EvaluationPage.line(chart, "band", line);
      }
    }
    EvaluationPage.line(chart, "ours", ours);
    EvaluationPage.line(chart, "truth", values);
    String name = Printable.line(forecast.series());
    page.append("<h3>").append(Html.escaped(name)).append("</h3>\n");
    Html.dim(
        page,
        "%d %s after %s, %s"
            .formatted(
                steps,
                steps == 1 ? "step" : "steps",
                ForecastLines.minute(grid.newest().time()) + " UTC",
                forecast.status()));
    EvaluationPage.plot(page, "Values and forecast of " + name, chart);
  }

  private static void after(double[] line, double newest, double[] steps) {
    line[line.length - steps.length - 1] = newest;
    System.arraycopy(steps, 0, line, line.length - steps.length, steps.length);
  }
}
