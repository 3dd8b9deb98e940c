package dev.weir.cli;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Holds forecasts of the next value against what came, and beside them "the last value again". Uses
 * what was read back from the topics, nothing else. Safe for several threads: Ctrl-C asks for the
 * summary while values still come.
 */
final class DemoScore {

  private static final int REMEMBERED = 1000;

  private static final class Series {
    final LinkedHashMap<Long, Double> truth = new LinkedHashMap<>();
    Forecast previous;
    int scored;
    double error;
    double lastValueError;

    void remember(Observation observation) {
      truth.put(observation.time(), observation.value());
      if (truth.size() > REMEMBERED) {
        truth.remove(truth.keySet().iterator().next());
      }
    }
  }

  private final Map<String, Series> all = new HashMap<>();

  /**
   * What became of a forecast's origin.
   *
   * @param truth the value at the origin; NaN when it has not been read yet
   * @param expected what the forecast before it said of that value; NaN when there was none
   * @param relative our mean error so far over that of repeating the last value; NaN at first
   */
  record Line(double truth, double expected, double relative) {}

  synchronized void observe(Observation observation) {
    all.computeIfAbsent(observation.series(), s -> new Series()).remember(observation);
  }

  synchronized Line score(Forecast forecast) {
    Series series = all.computeIfAbsent(forecast.series(), s -> new Series());
    double truth = series.truth.getOrDefault(forecast.origin(), Double.NaN);
    Forecast previous = series.previous;
    series.previous = forecast;
    double expected = Double.NaN;
    if (previous != null && previous.status() == Forecast.Status.OK) {
      expected = previous.values()[0];
      double lastValue = series.truth.getOrDefault(previous.origin(), Double.NaN);
      if (!Double.isNaN(truth) && !Double.isNaN(lastValue)) {
        series.scored++;
        series.error += Math.abs(truth - expected);
        series.lastValueError += Math.abs(truth - lastValue);
      }
    }
    return new Line(truth, expected, relative(series));
  }

  private static double relative(Series series) {
    return series.lastValueError > 0 ? series.error / series.lastValueError : Double.NaN;
  }

  /** One line for each series, best first. */
  synchronized String summary() {
    StringBuilder text = new StringBuilder();
    all.entrySet().stream()
        .filter(entry -> entry.getValue().scored > 0)
        .sorted((a, b) -> Double.compare(relative(a.getValue()), relative(b.getValue())))
        .forEach(
            entry ->
                text.append(
                    "  %-20s %,6d values forecast, mean error %s times the last value's%n"
                        .formatted(
                            entry.getKey(),
                            entry.getValue().scored,
                            ratio(relative(entry.getValue())))));
    return text.toString();
  }

  static String ratio(double ratio) {
    return Double.isNaN(ratio) ? "-" : "%.2f".formatted(ratio);
  }
}
