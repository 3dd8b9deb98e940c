package dev.weir.cli.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Html;
import dev.weir.cli.console.Printable;
import dev.weir.cli.grid.Grid;
import dev.weir.dashboard.http.UplotFile;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.option.Numbers;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The newest values of series and the forecasts after them, as one HTML file. */
final class ForecastPage {

  /** Series that are drawn; a browser takes seconds for more. */
  static final int CHARTS = 50;

  private static final int HISTORY = 200;
  private static final int MAX_HISTORY = 1_500;
  private static final long DAY = 86_400_000L;

  private ForecastPage() {}

  /**
   * @param forecasts one for each series, at its newest value
   * @param file before the names of series, which are shown without it
   */
  static String of(List<Forecast> forecasts, Map<String, Grid> series, String file) {
    StringBuilder page = Html.page("Weir: forecast", UplotFile.STYLE.text());
    int drawn = Math.min(CHARTS, forecasts.size());
    Html.dim(
        page,
        "%s series%s, the least certain first: by the width of its intervals, of its values' range."
            .formatted(
                drawn < forecasts.size() ? drawn + " of %,d".formatted(forecasts.size()) : drawn,
                drawn < forecasts.size() ? "; the others are not drawn" : ""));
    page.append("<p class=\"key\">");
    EvaluationPage.key(page, "truth", "", "values");
    EvaluationPage.key(page, "ours", "", "forecast");
    List<Interval> most = List.of();
    for (Forecast forecast : forecasts) {
      most = forecast.intervals().size() > most.size() ? forecast.intervals() : most;
    }
    for (int k = 0; k < most.size(); k++) { // drawn over the wider ones
      String percent = EvaluationResult.percent(most.get(k).level());
      String wash = "wash over" + (most.size() - 1 - k);
      EvaluationPage.key(page, "band", wash, "its " + percent + " % interval");
    }
    page.append("</p>\n");
    forecasts.stream()
        .sorted(Comparator.comparingDouble(f -> -width(f, series.get(f.series()))))
        .limit(drawn)
        .forEach(
            forecast -> {
              String name = forecast.series();
              name = name.startsWith(file + "/") ? name.substring(file.length() + 1) : name;
              chart(page, Printable.line(name), forecast, series.get(forecast.series()));
            });
    return EvaluationPage.end(page);
  }

  /** Of the widest interval, on average over the steps, of the range of the newest values. */
  private static double width(Forecast forecast, Grid grid) {
    if (forecast.intervals().isEmpty()) {
      return 0; // nothing is known yet
    }
    Interval widest = forecast.intervals().get(forecast.intervals().size() - 1);
    double[] shown = grid.first(grid.newestRow() + 1).truth(first(forecast, grid));
    double range = EvaluationPage.max(shown) - EvaluationPage.min(shown);
    return (Arrays.stream(widest.upper()).sum() - Arrays.stream(widest.lower()).sum())
        / (widest.upper().length * Math.max(range, 1e-9));
  }

  /** The first row that is drawn: a week before the newest value, or a year where days are rows. */
  private static int first(Forecast forecast, Grid grid) {
    int newest = grid.newestRow();
    long end = grid.newest().time();
    int first = Math.max(0, newest + 1 - Math.max(HISTORY, 2 * forecast.values().length));
    long step = (end - grid.rows().get(first).time()) / Math.max(1, newest - first);
    long cycle = step < DAY * 9 / 10 ? 7 * DAY : 366 * DAY;
    while (first > Math.max(0, newest + 1 - MAX_HISTORY)
        && grid.rows().get(first - 1).time() >= end - cycle) {
      first--;
    }
    return first;
  }

  private static void chart(StringBuilder page, String name, Forecast forecast, Grid grid) {
    int steps = forecast.values().length;
    int newest = grid.newestRow();
    int first = first(forecast, grid);
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
    page.append("<h3>").append(Html.escaped(name)).append("</h3>\n");
    Html.dim(
        page,
        "%s after %s, %s"
            .formatted(
                Numbers.counted(steps, "step"),
                ForecastLines.minute(grid.newest().time()) + " UTC",
                forecast.status()));
    EvaluationPage.plot(page, "Values and forecast of " + name, chart);
  }

  private static void after(double[] line, double newest, double[] steps) {
    line[line.length - steps.length - 1] = newest;
    System.arraycopy(steps, 0, line, line.length - steps.length, steps.length);
  }
}
