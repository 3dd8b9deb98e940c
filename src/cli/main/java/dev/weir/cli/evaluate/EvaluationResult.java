package dev.weir.cli.evaluate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.Result;
import dev.weir.cli.console.Table;
import dev.weir.forecast.Score.Method;
import dev.weir.kafka.wire.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What an evaluation has found.
 *
 * @param horizon steps of each forecast
 * @param levels of our intervals
 * @param series in the order of the input
 * @param note what a reader must know about the figures; empty for nothing
 */
public record EvaluationResult(int horizon, List<Double> levels, List<OfSeries> series, String note)
    implements Result {

  private static final String PROTOCOL = "PSF-1";

  /** Steps ahead that tables show, besides the last. */
  private static final List<Integer> STEPS =
      List.of(1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 36, 48, 72, 96, 168);

  private static final Set<String> NO_EXPERTS =
      Set.of(
          Evaluation.WEIR,
          Evaluation.WITHOUT_NETWORKS,
          Evaluation.WITHOUT_OUTSIDE,
          Evaluation.NAIVE,
          Evaluation.SEASONAL_NAIVE);

  /**
   * @param name of the series
   * @param m season of the scores
   * @param origins forecasts of each method
   * @param scale what turns a MASE into a mean absolute error
   * @param methods scores by method
   * @param sameSteps of each outside model, scores by method on the steps that it forecasts
   */
  record OfSeries(
      String name,
      int m,
      long origins,
      double scale,
      Map<String, SeriesScore> methods,
      Map<String, Map<String, SeriesScore>> sameSteps) {

    SeriesScore ours() {
      return methods.get(Evaluation.WEIR);
    }

    /** Null if the method was not tried. */
    Double relMae(String method) {
      return methods.containsKey(method) ? methods.get(method).relMae() : null;
    }

    /** Its error and name; null without experts. */
    private String bestExpertAlone() {
      return methods.keySet().stream()
          .filter(EvaluationResult::isExpert)
          .min(Comparator.comparingDouble(method -> methods.get(method).mase()))
          .map(method -> Table.cell("%.3f", relMae(method)) + " " + method)
          .orElse(null);
    }
  }

  static boolean isExpert(String method) {
    return !NO_EXPERTS.contains(method) && !isOutside(method);
  }

  private static boolean isOutside(String method) {
    return method.startsWith(Method.OUTSIDE);
  }

  Map<String, Double> geometricMeans() {
    Map<String, List<SeriesScore>> all = new LinkedHashMap<>();
    lines()
        .forEach(line -> all.computeIfAbsent(line.method, n -> new ArrayList<>()).add(line.score));
    Map<String, Double> means = new LinkedHashMap<>();
    all.forEach((method, scores) -> means.put(method, SeriesScore.geometricMeanRelMae(scores)));
    return means;
  }

  /** The same, the best method first; those without a mean last. */
  List<Map.Entry<String, Double>> ranking() {
    return geometricMeans().entrySet().stream().sorted(Map.Entry.comparingByValue()).toList();
  }

  /**
   * The geometric mean over all series of a method's error at each step ahead, over that of the
   * better naive method at all steps.
   */
  double[] errorsByStep(String method) {
    double[] means = new double[horizon];
    for (int i = 0; i < horizon; i++) {
      double sum = 0;
      int count = 0;
      for (OfSeries one : series) {
        SeriesScore score = one.methods().get(method);
        boolean isKnown = score != null && i < score.stepErrors().length; // may end before others
        double error = isKnown ? score.stepErrors()[i] * score.relMae() / score.mase() : 0;
        if (error > 0 && Double.isFinite(error)) { // as in the mean over all steps
          sum += Math.log(error);
          count++;
        }
      }
      means[i] = count == 0 ? Double.NaN : Math.exp(sum / count);
    }
    return means;
  }

  /** Errors on the steps that each outside model forecasts; no rows without any. */
  List<String> outside() {
    return series.stream().flatMap(one -> one.sameSteps.keySet().stream()).distinct().toList();
  }

  /** Of each outside model. */
  Table<String> sameSteps() {
    return new Table<String>()
        .text("on the steps that it forecasts", null, Printable::line)
        .text("relMAE", "%.3f", model -> onStepsOf(model, model))
        .text(Evaluation.WEIR, "%.3f", model -> onStepsOf(model, Evaluation.WEIR))
        .text("without them", "%.3f", model -> onStepsOf(model, Evaluation.WITHOUT_OUTSIDE));
  }

  private double onStepsOf(String model, String method) {
    return SeriesScore.geometricMeanRelMae(
        series.stream()
            .filter(one -> one.sameSteps.containsKey(model))
            .map(one -> one.sameSteps.get(model).get(method))
            .toList());
  }

  /** The mean over all series of the share of truths within our interval number k. */
  double meanCoverage(int k) {
    return series.stream()
        .mapToDouble(one -> one.ours().coverage()[k])
        .average()
        .orElse(Double.NaN);
  }

  private record Line(OfSeries series, String method, SeriesScore score) {

    double mae() {
      return score.mase() * series.scale();
    }
  }

  private Stream<Line> lines() {
    return series.stream()
        .flatMap(
            one ->
                one.methods().entrySet().stream()
                    .map(score -> new Line(one, score.getKey(), score.getValue())));
  }

  private Table<Line> figures(Table<Line> table) {
    table
        .data("mae", Line::mae)
        .data("mase", line -> line.score.mase())
        .data("smape", line -> line.score.smape())
        .data("rmsse", line -> line.score.rmsse())
        .data("rel_mae", line -> line.score.relMae());
    intervals(table, levels, Line::score);
    return levels.isEmpty()
        ? table
        : table
            .data("crps", line -> of(line.score, DistributionScore::crps))
            .data("pinball", line -> of(line.score, DistributionScore::meanPinball));
  }

  public static <R> void intervals(
      Table<R> table, List<Double> levels, Function<R, SeriesScore> score) {
    forEach(
        levels,
        (k, percent) ->
            table
                .data("coverage_" + percent, row -> at(score.apply(row).coverage(), k))
                .data("interval_score_" + percent, row -> at(score.apply(row).intervalScore(), k)));
  }

  private static Double at(double[] figures, int k) {
    return k < figures.length ? figures[k] : null;
  }

  /** Null without a distribution. */
  private static <T> T of(SeriesScore score, Function<DistributionScore, T> figure) {
    return score == null || score.distribution() == null
        ? null
        : figure.apply(score.distribution());
  }

  @Override
  public String json() {
    ObjectNode root = Json.object();
    root.put("protocol", PROTOCOL);
    root.put("horizon", horizon);
    ArrayNode all = root.putArray("series");
    Table<Line> figures = figures(new Table<>());
    for (OfSeries one : series) {
      ObjectNode node = all.addObject();
      node.put("series", one.name());
      node.put("m", one.m());
      node.put("origins", one.origins());
      ObjectNode methods = node.putObject("methods");
      one.methods()
          .forEach(
              (method, score) -> {
                ObjectNode of =
                    figures.json(methods.putObject(method), new Line(one, method, score));
                if (score.distribution() != null) {
                  put(of, score.distribution());
                }
              });
    }
    ObjectNode means = root.putObject("geometric_mean_rel_mae");
    geometricMeans().forEach((method, mean) -> means.set(method, Json.number(mean)));
    ObjectNode same = root.putObject("rel_mae_on_same_steps");
    for (String model : outside()) {
      ObjectNode of = same.putObject(model);
      for (String method : List.of(model, Evaluation.WEIR, Evaluation.WITHOUT_OUTSIDE)) {
        of.set(method, Json.number(onStepsOf(model, method)));
      }
    }
    return root.toString();
  }

  private static void put(ObjectNode figures, DistributionScore score) {
    for (int q = 0; q < score.taus().length; q++) {
      figures.set("pinball_" + percent(score.taus()[q]), Json.number(score.pinball()[q]));
    }
  }

  /** Takes the number of each level, and the level as a per cent number. */
  public static void forEach(List<Double> levels, BiConsumer<Integer, String> columns) {
    for (int k = 0; k < levels.size(); k++) {
      columns.accept(k, percent(levels.get(k)));
    }
  }

  /** The level as a per cent number for names: 80, 97.5. */
  String percent(int k) {
    return percent(levels.get(k));
  }

  public static String percent(double level) {
    return Double.toString(Math.round(level * 1e6) / 1e4).replaceFirst("\\.0$", "");
  }

  /** One row for each series and method. */
  @Override
  public String csv() {
    Table<Line> table =
        new Table<Line>()
            .data("series", line -> line.series.name())
            .data("m", line -> line.series.m())
            .data("origins", line -> line.series.origins())
            .data("method", Line::method);
    return figures(table).csv(lines().toList());
  }

  /** Our scores of each series, then relMAE of others. */
  Table<OfSeries> ofSeries() {
    Table<OfSeries> table =
        new Table<OfSeries>()
            .text("series", null, OfSeries::name)
            .text("m", "%d", OfSeries::m)
            .text("origins", "%d", OfSeries::origins)
            .text("MASE", "%.3f", one -> one.ours().mase())
            .text("sMAPE", "%.3f", one -> one.ours().smape())
            .text("RMSSE", "%.3f", one -> one.ours().rmsse())
            .text("relMAE", "%.3f", one -> one.ours().relMae());
    forEach(
        levels,
        (k, percent) ->
            table
                .text("in " + percent + " %", "%.1f", one -> 100 * one.ours().coverage()[k])
                .text("score", "%.3f", one -> one.ours().intervalScore()[k]));
    if (!levels.isEmpty()) {
      table
          .text("CRPS", "%.3f", one -> of(one.ours(), DistributionScore::crps))
          .text("pinball", "%.3f", one -> of(one.ours(), DistributionScore::meanPinball));
    }
    return table
        .text("no networks", "%.3f", one -> one.relMae(Evaluation.WITHOUT_NETWORKS))
        .text("naive", "%.3f", one -> one.relMae(Evaluation.NAIVE))
        .text("seasonal", "%.3f", one -> one.relMae(Evaluation.SEASONAL_NAIVE))
        .text("best expert alone", null, OfSeries::bestExpertAlone);
  }

  List<Integer> steps() {
    return IntStream.rangeClosed(1, horizon)
        .filter(step -> STEPS.contains(step) || step == horizon)
        .boxed()
        .toList();
  }

  @Override
  public String table() {
    StringBuilder table = new StringBuilder();
    table.append("%s, horizon %d, %d series%n%n".formatted(PROTOCOL, horizon, series.size()));
    table.append(ofSeries().text(series)).append("%ngeometric mean of relMAE%n".formatted());
    for (Map.Entry<String, Double> mean : ranking()) {
      String name = Printable.line(mean.getKey());
      table.append("  %-24s %s%n".formatted(name, Table.cell("%.3f", mean.getValue())));
    }
    if (!outside().isEmpty()) {
      table.append(System.lineSeparator()).append(sameSteps().text(outside()));
    }
    for (int k = 0; k < levels.size(); k++) {
      table.append(
          String.format(
              "%nmean coverage of the %s %% band: %.1f %%", percent(k), 100 * meanCoverage(k)));
    }
    table.append("%n%nrelMAE: mean error over that of the better naive method".formatted());
    table.append(
        levels.isEmpty()
            ? System.lineSeparator()
            : "; score: of the band before it (MSIS)%n".formatted());
    return note.isEmpty() ? table.toString() : table + note + System.lineSeparator();
  }
}
