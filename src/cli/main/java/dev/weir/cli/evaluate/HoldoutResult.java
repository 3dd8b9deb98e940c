package dev.weir.cli.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.forecast.evaluation.Evaluation;
import dev.weir.forecast.evaluation.SeriesScore;
import dev.weir.kafka.wire.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Scores of forecasts of the values after each series' end, as means over the series, and the ways
 * to write them.
 *
 * @param horizon steps of each forecast
 * @param levels of our intervals
 * @param series in the order of the input
 * @param note what a reader must know about the figures; empty for nothing
 */
record HoldoutResult(int horizon, List<Double> levels, List<OfSeries> series, String note) {

  /** The level whose interval score M4 calls MSIS. */
  private static final double MSIS_LEVEL = 0.95;

  /**
   * @param name of the series
   * @param m season of the scores
   * @param methods scores by method
   */
  record OfSeries(String name, int m, Map<String, SeriesScore> methods) {}

  /** Means over the series of each figure of a method, by the figure's name. */
  Map<String, Double> means(String method) {
    List<SeriesScore> scores = series.stream().map(one -> one.methods().get(method)).toList();
    Map<String, Double> means = new LinkedHashMap<>();
    means.put("mase", mean(scores, SeriesScore::mase));
    means.put("smape", mean(scores, SeriesScore::smape));
    List<SeriesScore> withIntervals =
        scores.stream().filter(score -> score.distribution() != null).toList();
    if (!withIntervals.isEmpty()) {
      int msis = levels.indexOf(MSIS_LEVEL);
      if (msis >= 0) {
        means.put("msis", mean(withIntervals, score -> score.intervalScore()[msis]));
      }
      means.put("crps", mean(withIntervals, score -> score.distribution().crps()));
      means.put("pinball", mean(withIntervals, score -> score.distribution().meanPinball()));
      for (int k = 0; k < levels.size(); k++) {
        int of = k;
        means.put(
            "coverage_" + EvaluationResult.percent(levels.get(k)),
            mean(withIntervals, score -> score.coverage()[of]));
      }
    }
    return means;
  }

  private static double mean(List<SeriesScore> scores, ToDoubleFunction<SeriesScore> figure) {
    return scores.stream().mapToDouble(figure).average().orElse(Double.NaN);
  }

  /** Names of the methods, ours first. */
  private List<String> methods() {
    return List.copyOf(series.get(0).methods().keySet());
  }

  /** Our means, and an object with those of each other method. */
  String json() {
    ObjectNode root = Json.object();
    root.put("series", series.size());
    root.put("horizon", horizon);
    for (String method : methods()) {
      ObjectNode node = method.equals(Evaluation.WEIR) ? root : root.putObject(method);
      means(method).forEach((name, mean) -> node.set(name, Json.number(mean)));
    }
    return root.toString();
  }

  /** One row for each series and method. */
  String csv() {
    StringBuilder csv = new StringBuilder("series,mase_season,method,mase,smape");
    for (double level : levels) {
      String percent = EvaluationResult.percent(level);
      csv.append(",coverage_").append(percent).append(",interval_score_").append(percent);
    }
    csv.append('\n');
    for (OfSeries one : series) {
      one.methods()
          .forEach(
              (method, score) -> {
                csv.append(EvaluationResult.quoted(one.name())).append(',').append(one.m());
                csv.append(',').append(method).append(',').append(score.mase());
                csv.append(',').append(score.smape());
                for (int k = 0; k < levels.size(); k++) {
                  boolean has = k < score.coverage().length;
                  csv.append(',').append(has ? score.coverage()[k] : "");
                  csv.append(',').append(has ? score.intervalScore()[k] : "");
                }
                csv.append('\n');
              });
    }
    return csv.toString();
  }

  /** For people. */
  String table() {
    List<String> figures = List.copyOf(means(methods().get(0)).keySet());
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("mean over series"));
    figures.forEach(figure -> head.add(title(figure)));
    rows.add(head);
    for (String method : methods()) {
      Map<String, Double> means = means(method);
      List<String> row = new ArrayList<>(List.of(method));
      for (String figure : figures) {
        row.add(means.containsKey(figure) ? shown(figure, means.get(figure)) : "-");
      }
      rows.add(row);
    }
    return "%,d series, %d values after the end of each%n%n".formatted(series.size(), horizon)
        + EvaluationResult.aligned(rows)
        + (note.isEmpty() ? "" : System.lineSeparator() + note + System.lineSeparator());
  }

  private static String title(String figure) {
    return switch (figure) {
      case "mase" -> "MASE";
      case "smape" -> "sMAPE";
      case "msis" -> "MSIS";
      case "crps" -> "CRPS";
      case "pinball" -> "pinball";
      default -> "in " + figure.substring(figure.indexOf('_') + 1) + " %";
    };
  }

  private static String shown(String figure, double mean) {
    return figure.startsWith("coverage")
        ? String.format(Locale.ROOT, "%.1f", 100 * mean)
        : EvaluationResult.three(mean);
  }
}
