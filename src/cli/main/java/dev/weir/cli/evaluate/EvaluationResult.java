package dev.weir.cli.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.forecast.evaluation.DistributionScore;
import dev.weir.forecast.evaluation.ErrorsByAge;
import dev.weir.forecast.evaluation.Evaluation;
import dev.weir.forecast.evaluation.SeriesScore;
import dev.weir.kafka.wire.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * What an evaluation has found, and its ways to be written.
 *
 * @param horizon steps of each forecast
 * @param levels of our intervals
 * @param series in the order of the input
 * @param byAge errors of the pipelines by the number of values seen, one for each series, by
 *     method; empty where they are not wanted
 * @param note what a reader must know about the figures; empty for nothing
 */
record EvaluationResult(
    int horizon,
    List<Double> levels,
    List<OfSeries> series,
    Map<String, List<ErrorsByAge>> byAge,
    String note) {

  private static final String PROTOCOL = "PSF-1";

  /**
   * @param name of the series
   * @param m season of the scores
   * @param origins forecasts of each method
   * @param scale what turns a MASE into a mean absolute error
   * @param methods scores by method
   */
  record OfSeries(
      String name, int m, long origins, double scale, Map<String, SeriesScore> methods) {

    /** The best expert alone; null without experts. */
    String bestExpert() {
      String best = null;
      for (String method : methods.keySet()) {
        boolean isExpert =
            !method.equals(Evaluation.WEIR)
                && !method.equals(Evaluation.WITHOUT_NETWORKS)
                && !method.equals(Evaluation.NAIVE)
                && !method.equals(Evaluation.SEASONAL_NAIVE);
        if (isExpert && (best == null || methods.get(method).mase() < methods.get(best).mase())) {
          best = method;
        }
      }
      return best;
    }
  }

  /** The geometric mean of relMAE over all series, by method. */
  Map<String, Double> geometricMeans() {
    Map<String, List<SeriesScore>> all = new LinkedHashMap<>();
    for (OfSeries one : series) {
      one.methods()
          .forEach(
              (method, score) -> all.computeIfAbsent(method, name -> new ArrayList<>()).add(score));
    }
    Map<String, Double> means = new LinkedHashMap<>();
    all.forEach((method, scores) -> means.put(method, SeriesScore.geometricMeanRelMae(scores)));
    return means;
  }

  /** The same, the best method first; those without a mean last. */
  List<Map.Entry<String, Double>> ranking() {
    return geometricMeans().entrySet().stream().sorted(Map.Entry.comparingByValue()).toList();
  }

  /** The geometric mean of relMAE over all series with forecasts in a group. */
  private double relMaeByAge(String method, int group) {
    return byAge.get(method).stream()
        .mapToDouble(errors -> errors.relMae(group))
        .filter(error -> error > 0)
        .map(Math::log)
        .average()
        .stream()
        .map(Math::exp)
        .findFirst()
        .orElse(Double.NaN);
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
        double error = score == null ? 0 : score.stepErrors()[i] * score.relMae() / score.mase();
        if (error > 0 && Double.isFinite(error)) { // as in the mean over all steps
          sum += Math.log(error);
          count++;
        }
      }
      means[i] = count == 0 ? Double.NaN : Math.exp(sum / count);
    }
    return means;
  }

  /** The mean over all series of the share of truths within our interval number k. */
  double meanCoverage(int k) {
    return series.stream()
        .mapToDouble(one -> one.methods().get(Evaluation.WEIR).coverage()[k])
        .average()
        .orElse(Double.NaN);
  }

  String json() {
    ObjectNode root = Json.object();
    root.put("protocol", PROTOCOL);
    root.put("horizon", horizon);
    var all = root.putArray("series");
    for (OfSeries one : series) {
      ObjectNode node = all.addObject();
      node.put("series", one.name());
      node.put("m", one.m());
      node.put("origins", one.origins());
      ObjectNode methods = node.putObject("methods");
      one.methods()
          .forEach(
              (method, score) -> {
                ObjectNode figures = methods.putObject(method);
                put(figures, "mae", score.mase() * one.scale());
                put(figures, "mase", score.mase());
                put(figures, "smape", score.smape());
                put(figures, "rmsse", score.rmsse());
                put(figures, "rel_mae", score.relMae());
                for (int k = 0; k < score.coverage().length; k++) {
                  put(figures, "coverage_" + percent(k), score.coverage()[k]);
                  put(figures, "interval_score_" + percent(k), score.intervalScore()[k]);
                }
                if (score.distribution() != null) {
                  put(figures, score.distribution());
                }
              });
    }
    ObjectNode means = root.putObject("geometric_mean_rel_mae");
    geometricMeans().forEach((method, mean) -> put(means, method, mean));
    if (!byAge.isEmpty()) {
      ObjectNode ages = root.putObject("geometric_mean_rel_mae_by_age");
      for (String method : byAge.keySet()) {
        ObjectNode groups = ages.putObject(method);
        for (int g = 0; g < ErrorsByAge.groups(); g++) {
          put(groups, ErrorsByAge.name(g), relMaeByAge(method, g));
        }
      }
    }
    return root.toString();
  }

  /** Proper scores of the distribution, and those of each step ahead. */
  private void put(ObjectNode figures, DistributionScore score) {
    put(figures, "crps", score.crps());
    put(figures, "pinball", score.meanPinball());
    for (int q = 0; q < score.taus().length; q++) {
      put(figures, "pinball_" + percent(score.taus()[q]), score.pinball()[q]);
    }
    put(figures, "crps_by_step", score.crpsByStep());
    put(figures, "pinball_by_step", score.pinballByStep());
    for (int k = 0; k < score.intervalScoreByStep().length; k++) {
      String key = "interval_score_" + percent(k) + "_by_step";
      put(figures, key, score.intervalScoreByStep()[k]);
    }
  }

  private static void put(ObjectNode node, String key, double[] values) {
    node.set(key, Json.numbers(values));
  }

  private static void put(ObjectNode node, String key, double value) {
    node.set(key, Json.number(value));
  }

  /** The level as a per cent number for names: 80, 97.5. */
  String percent(int k) {
    return percent(levels.get(k));
  }

  static String percent(double level) {
    return Double.toString(Math.round(level * 1e6) / 1e4).replaceFirst("\\.0$", "");
  }

  /** One row for each series and method. */
  String csv() {
    StringBuilder csv = new StringBuilder("series,m,origins,method,mae,mase,smape,rmsse,rel_mae");
    for (int k = 0; k < levels.size(); k++) {
      csv.append(",coverage_").append(percent(k)).append(",interval_score_").append(percent(k));
    }
    csv.append(levels.isEmpty() ? "\n" : ",crps,pinball\n");
    for (OfSeries one : series) {
      one.methods()
          .forEach(
              (method, score) -> {
                csv.append(quoted(one.name())).append(',').append(one.m());
                csv.append(',').append(one.origins()).append(',').append(method);
                double mae = score.mase() * one.scale();
                for (double figure :
                    List.of(mae, score.mase(), score.smape(), score.rmsse(), score.relMae())) {
                  csv.append(',').append(field(figure));
                }
                for (int k = 0; k < levels.size(); k++) {
                  boolean has = k < score.coverage().length;
                  csv.append(',').append(has ? field(score.coverage()[k]) : "");
                  csv.append(',').append(has ? field(score.intervalScore()[k]) : "");
                }
                if (!levels.isEmpty()) {
                  DistributionScore of = score.distribution();
                  csv.append(',').append(of == null ? "" : field(of.crps()));
                  csv.append(',').append(of == null ? "" : field(of.meanPinball()));
                }
                csv.append('\n');
              });
    }
    return csv.toString();
  }

  private static String field(double figure) {
    return Double.isFinite(figure) ? Double.toString(figure) : "";
  }

  /** A text as a field of RFC 4180. */
  static String quoted(String name) {
    boolean plain = name.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  /** Heads of the columns of {@link #row}. */
  List<String> columns() {
    List<String> columns = new ArrayList<>(List.of("series", "m", "origins"));
    columns.addAll(List.of("MASE", "sMAPE", "RMSSE", "relMAE"));
    for (int k = 0; k < levels.size(); k++) {
      columns.addAll(List.of("in " + percent(k) + " %", "score"));
    }
    if (!levels.isEmpty()) {
      columns.addAll(List.of("CRPS", "pinball"));
    }
    columns.addAll(List.of("no networks", "naive", "seasonal", "best expert alone"));
    return columns;
  }

  /** Our scores of a series, then relMAE of others. */
  List<String> row(OfSeries one) {
    Map<String, SeriesScore> methods = one.methods();
    SeriesScore ours = methods.get(Evaluation.WEIR);
    List<String> row =
        new ArrayList<>(
            List.of(one.name(), Integer.toString(one.m()), Long.toString(one.origins())));
    row.addAll(
        List.of(
            three(ours.mase()), three(ours.smape()), three(ours.rmsse()), three(ours.relMae())));
    for (int k = 0; k < ours.coverage().length; k++) {
      row.add(String.format(Locale.ROOT, "%.1f", 100 * ours.coverage()[k]));
      row.add(three(ours.intervalScore()[k]));
    }
    if (ours.distribution() != null) {
      row.add(three(ours.distribution().crps()));
      row.add(three(ours.distribution().meanPinball()));
    }
    for (String method :
        List.of(Evaluation.WITHOUT_NETWORKS, Evaluation.NAIVE, Evaluation.SEASONAL_NAIVE)) {
      row.add(methods.containsKey(method) ? three(methods.get(method).relMae()) : "-");
    }
    String best = one.bestExpert();
    row.add(best == null ? "-" : three(methods.get(best).relMae()) + " " + best);
    return row;
  }

  private List<List<String>> rowsByAge() {
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of(""));
    head.addAll(byAge.keySet());
    rows.add(head);
    for (int g = 0; g < ErrorsByAge.groups(); g++) {
      List<String> row = new ArrayList<>(List.of("  " + ErrorsByAge.name(g)));
      for (String method : byAge.keySet()) {
        row.add(three(relMaeByAge(method, g)));
      }
      rows.add(row);
    }
    return rows;
  }

  /** Means over all series of our scores at some steps. */
  private List<List<String>> rowsByStep() {
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("  step", "CRPS", "pinball"));
    for (int k = 0; k < levels.size(); k++) {
      head.add("score " + percent(k) + " %");
    }
    head.add("");
    rows.add(head);
    for (int step = 1; step <= horizon; step++) {
      if (!EvaluationPage.STEPS.contains(step) && step != horizon) {
        continue;
      }
      int i = step - 1;
      List<String> row = new ArrayList<>(List.of("  " + step));
      row.add(three(meanOf(score -> score.crpsByStep()[i])));
      row.add(three(meanOf(score -> score.pinballByStep()[i])));
      for (int k = 0; k < levels.size(); k++) {
        int level = k;
        row.add(three(meanOf(score -> score.intervalScoreByStep()[level][i])));
      }
      row.add("");
      rows.add(row);
    }
    return rows;
  }

  private double meanOf(ToDoubleFunction<DistributionScore> figure) {
    return series.stream()
        .map(one -> one.methods().get(Evaluation.WEIR).distribution())
        .filter(Objects::nonNull)
        .mapToDouble(figure)
        .average()
        .orElse(Double.NaN);
  }

  static String three(double figure) {
    return Double.isFinite(figure) ? String.format(Locale.ROOT, "%.3f", figure) : "-";
  }

  /** For people. */
  String table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(columns());
    series.forEach(one -> rows.add(row(one)));
    StringBuilder table = new StringBuilder();
    table.append("%s, horizon %d, %d series%n%n".formatted(PROTOCOL, horizon, series.size()));
    table.append(aligned(rows));
    table.append("%ngeometric mean of relMAE%n".formatted());
    for (Map.Entry<String, Double> mean : ranking()) {
      table.append("  %-24s %s%n".formatted(mean.getKey(), three(mean.getValue())));
    }
    if (!byAge.isEmpty()) {
      table.append("%nby values seen%n".formatted()).append(aligned(rowsByAge()));
    }
    if (!levels.isEmpty()) {
      table.append("%nmean by step ahead%n".formatted()).append(aligned(rowsByStep()));
    }
    double[] coverage = new double[levels.size()];
    Arrays.setAll(coverage, this::meanCoverage);
    for (int k = 0; k < coverage.length; k++) {
      table.append(
          String.format(
              Locale.ROOT,
              "%nmean coverage of the %s %% band: %.1f %%",
              percent(k),
              100 * coverage[k]));
    }
    table.append("%n%nrelMAE: mean error over that of the better naive method".formatted());
    table.append(
        levels.isEmpty()
            ? System.lineSeparator()
            : "; score: of the band before it (MSIS)%n".formatted());
    return note.isEmpty() ? table.toString() : table + note + System.lineSeparator();
  }

  /** Rows as lines; the first and the last column flush left, the others right. */
  static String aligned(List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        boolean left = i == 0 || i == widths.length - 1;
        String padding = " ".repeat(widths[i] - row.get(i).length());
        line.append(left ? row.get(i) + padding : padding + row.get(i)).append("  ");
      }
      table.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return table.toString();
  }
}
