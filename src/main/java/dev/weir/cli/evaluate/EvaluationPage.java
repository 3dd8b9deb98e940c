package dev.weir.cli.evaluate;

import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.evaluate.ChartAxis.Tick;
import dev.weir.forecast.evaluation.Evaluation;
import dev.weir.forecast.evaluation.Evaluation.Trial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** An evaluation as one HTML file that needs nothing else. */
final class EvaluationPage {

  private static final int CHARTS = 6;

  /** Steps ahead that the table shows, besides the last. */
  private static final List<Integer> STEPS =
      List.of(1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 36, 48, 72, 96, 168);

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1c2430; --dim: #5b6675; --page: #fff;
        --rule: #e3e7ed; --truth: #1c2430; --ours: #0b6bcb; --band: #0b6bcb2e;
        --second: #c2410c; --third: #15803d; --fourth: #7c3aed; }
      @media (prefers-color-scheme: dark) {
        :root { --ink: #e6eaf0; --dim: #98a2b3; --page: #12161c; --rule: #2b333f;
          --truth: #e6eaf0; --ours: #5cb0ff; --band: #5cb0ff40;
          --second: #fb923c; --third: #4ade80; --fourth: #c4b5fd; } }
      body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
        margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
      h1 { margin-bottom: .2rem; } h2 { margin-top: 2.2rem; } h3 { margin-bottom: .2rem; }
      .wide { overflow-x: auto; }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
      th, td { padding: .2rem .6rem; border-bottom: 1px solid var(--rule); text-align: right;
        white-space: nowrap; }
      th:first-child, td:first-child, .left th:last-child, .left td:last-child { text-align: left; }
      th, .dim { color: var(--dim); font-weight: 500; }
      .best td { font-weight: 600; }
      .bar { width: 16rem; }
      .bar i { display: block; height: .7rem; background: var(--dim); opacity: .55; }
      .best .bar i { background: var(--ours); opacity: 1; }
      .key span { margin-right: 1.2rem; white-space: nowrap; }
      .key i { display: inline-block; width: 1.4rem; height: .22rem; margin-right: .4rem;
        vertical-align: middle; background: var(--c); }
      .key .wash { height: .8rem; }
      svg { width: 100%; max-width: 68rem; height: auto; display: block; }
      svg text { font: 11px system-ui, sans-serif; fill: var(--dim);
        font-variant-numeric: tabular-nums; }
      .grid { stroke: var(--rule); } .axis { stroke: var(--dim); }
      polyline { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
      .truth { stroke: var(--truth); stroke-width: 1.1; } .ours { stroke: var(--ours); }
      .second { stroke: var(--second); } .third { stroke: var(--third); }
      .fourth { stroke: var(--fourth); stroke-dasharray: 5 3; } .band { fill: var(--band); }
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
    dim(
        page,
        "%,d series, %,d forecasts of %d steps, protocol PSF-1. relMAE is the mean error over that of the better naive method: below 1 is better."
            .formatted(
                result.series().size(),
                result.series().stream().mapToLong(EvaluationResult.OfSeries::origins).sum(),
                result.horizon()));
    if (!result.note().isEmpty()) {
      dim(page, result.note());
    }
    methods(page, result);
    steps(page, result);
    page.append("<h2>Each series</h2>\n<div class=\"wide left\"><table>\n");
    row(page, "th", result.columns());
    result.series().forEach(one -> row(page, "td", result.row(one)));
    page.append("</table></div>\n<h2>Truth and forecast</h2>\n");
    List<PipelineEvaluation.Entry> shown = entries.subList(0, Math.min(CHARTS, entries.size()));
    dim(
        page,
        "%s: each value with the forecast that was made %d %s before it."
            .formatted(
                shown.size() < entries.size()
                    ? "The last values of the first %d series".formatted(shown.size())
                    : "The last values",
                result.horizon(),
                result.horizon() == 1 ? "value" : "values"));
    page.append("<p class=\"key\">");
    key(page, "truth", "", "truth");
    key(page, "ours", "", "forecast");
    if (!result.levels().isEmpty()) {
      key(page, "band", "wash", "its " + result.percent(0) + " % interval");
    }
    page.append("</p>\n");
    for (int i = 0; i < shown.size(); i++) {
      chart(page, i, shown.get(i), result.horizon());
    }
    return page.append("</body>\n</html>\n").toString();
  }

  private static void dim(StringBuilder page, String text) {
    page.append("<p class=\"dim\">").append(escaped(text)).append("</p>\n");
  }

  private static void key(StringBuilder page, String colour, String style, String text) {
    page.append("<span><i class=\"").append(style).append("\" style=\"--c: var(--");
    page.append(colour).append(")\"></i>").append(escaped(text)).append("</span> ");
  }

  /** The best one first. */
  private static void methods(StringBuilder page, EvaluationResult result) {
    page.append("<h2>Error of each method</h2>\n");
    dim(page, "Geometric mean of relMAE over all series, the best method first.");
    page.append("<table>\n");
    double worst = 0;
    for (Map.Entry<String, Double> mean : result.ranking()) {
      worst = mean.getValue() > worst ? mean.getValue() : worst;
    }
    for (Map.Entry<String, Double> mean : result.ranking()) {
      boolean ours = mean.getKey().equals(Evaluation.WEIR);
      page.append(ours ? "<tr class=\"best\"><td>" : "<tr><td>").append(escaped(mean.getKey()));
      page.append("</td><td>").append(EvaluationResult.three(mean.getValue()));
      page.append("</td><td class=\"bar\"><i style=\"width: ");
      page.append(Math.round(worst > 0 ? 100 * mean.getValue() / worst : 0));
      page.append("%\"></i></td></tr>\n");
    }
    page.append("</table>\n");
  }

  private static void steps(StringBuilder page, EvaluationResult result) {
    page.append("<h2>Error by step ahead</h2>\n");
    dim(
        page,
        "Geometric mean over all series of the mean error at each step, over that of the better naive method at all steps.");
    List<String> ranked = result.ranking().stream().map(Map.Entry::getKey).toList();
    if (result.horizon() > 1) {
      List<String> drawn = new ArrayList<>(List.of(Evaluation.WEIR));
      ranked.stream().filter(EvaluationPage::isExpert).limit(1).forEach(drawn::add);
      drawn.addAll(List.of(Evaluation.NAIVE, Evaluation.SEASONAL_NAIVE));
      drawn.retainAll(ranked);
      stepChart(page, result, drawn);
    }
    List<Integer> steps = new ArrayList<>(STEPS);
    steps.removeIf(step -> step >= result.horizon());
    steps.add(result.horizon());
    page.append("<div class=\"wide\"><table>\n");
    List<String> head = new ArrayList<>(List.of("steps ahead"));
    steps.forEach(step -> head.add(step.toString()));
    row(page, "th", head);
    for (String method : ranked) {
      double[] errors = result.errorsByStep(method);
      List<String> row = new ArrayList<>(List.of(method));
      steps.forEach(step -> row.add(EvaluationResult.three(errors[step - 1])));
      row(page, "td", row);
    }
    page.append("</table></div>\n");
  }

  private static boolean isExpert(String method) {
    return !List.of(
            Evaluation.WEIR,
            Evaluation.WITHOUT_NETWORKS,
            Evaluation.NAIVE,
            Evaluation.SEASONAL_NAIVE)
        .contains(method);
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
      String alone = isExpert(drawn.get(i)) ? " (best expert alone)" : "";
      key(page, styles.get(i), "", drawn.get(i) + alone);
    }
    page.append("</p>\n");
    List<Tick> ticks =
        ChartAxis.ofNumbers(1, result.horizon()).stream()
            .filter(tick -> tick.at() == Math.rint(tick.at()))
            .toList();
    ReportChart chart = new ReportChart(x, 0, high).axes(ticks, "steps ahead", "error / naive");
    for (int i = drawn.size() - 1; i >= 0; i--) { // ours on top
      chart.line(styles.get(i), result.errorsByStep(drawn.get(i)));
    }
    page.append(chart.svg("steps", "Error by step ahead"));
  }

  private static void row(StringBuilder page, String cell, List<String> fields) {
    page.append("<tr>");
    for (String field : fields) {
      page.append('<').append(cell).append('>').append(escaped(field));
      page.append("</").append(cell).append('>');
    }
    page.append("</tr>\n");
  }

  private static void chart(
      StringBuilder page, int number, PipelineEvaluation.Entry entry, int horizon) {
    Trial trial = entry.trial;
    int n = entry.ends.length;
    double[] truth = new double[n];
    double[] times = new double[n];
    for (int j = 0; j < n; j++) {
      int t = entry.firstChartOrigin() + j + horizon;
      truth[j] = trial.value(t);
      times[j] = entry.observations.get(t - 1).time();
    }
    double low = Math.min(min(truth), min(entry.ends));
    double high = Math.max(max(truth), max(entry.ends));
    boolean band = Double.isFinite(entry.lower[n - 1]);
    if (band) { // as far as it does not flatten the rest
      double room = Math.max(high - low, 1e-9) / 2;
      low = Math.max(low - room, Math.min(low, min(entry.lower)));
      high = Math.min(high + room, Math.max(high, max(entry.upper)));
    }
    long from = (long) times[0];
    long to = (long) times[n - 1];
    page.append("<h3>").append(escaped(trial.series())).append("</h3>\n");
    dim(page, "%s to %s UTC".formatted(ForecastLines.minute(from), ForecastLines.minute(to)));
    ReportChart chart =
        new ReportChart(times, low, high).axes(ChartAxis.ofTimes(from, to), "time, UTC", "value");
    if (band) {
      chart.band("band", entry.lower, entry.upper);
    }
    chart.line("truth", truth).line("ours", entry.ends);
    page.append(chart.svg("series" + number, "Truth and forecast of " + trial.series()));
  }

  private static double min(double[] values) {
    return Arrays.stream(values).filter(Double::isFinite).min().orElse(0);
  }

  private static double max(double[] values) {
    return Arrays.stream(values).filter(Double::isFinite).max().orElse(0);
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
