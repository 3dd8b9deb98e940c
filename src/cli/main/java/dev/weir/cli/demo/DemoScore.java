package dev.weir.cli.demo;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Score;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts together what was read of one moment from three topics, a forecast, the value that it starts
 * from and the score told when that value came; and holds forecasts of the next value against what
 * came, and beside them "the last value again". Uses what was read back from the topics, nothing
 * else, in whatever order the topics were read. Safe for several threads: Ctrl-C asks for the
 * summary while values still come.
 */
final class DemoScore {

  /** Of each series, of each topic; more than the longest sample has, however far behind it is. */
  static final int REMEMBERED = 12_000;

  private final Map<String, Series> all = new HashMap<>();

  /**
   * What became of a forecast's origin.
   *
   * @param told how the series did up to the origin; null when nothing was told of it, since no
   *     forecast was made before
   * @param truth the value at the origin
   * @param expected what the forecast before it said of that value; NaN when there was none
   * @param relative our mean error so far over that of repeating the last value; NaN at first
   */
  record Line(Forecast forecast, Score told, double truth, double expected, double relative) {}

  private static final class Series {
    final LinkedHashMap<Long, Double> truth = new LinkedHashMap<>();
    final Deque<Forecast> forecasts = new ArrayDeque<>(); // whose truth or score is not read yet
    final Deque<Score> scores = new ArrayDeque<>();
    long newestTruth = Long.MIN_VALUE;
    Forecast previous;
    int scored;
    double error;
    double lastValueError;

    void remember(Observation observation) {
      truth.put(observation.time(), observation.value());
      newestTruth = Math.max(newestTruth, observation.time());
      if (truth.size() > REMEMBERED) {
        truth.remove(truth.keySet().iterator().next());
      }
    }

    void queue(Forecast forecast) {
      if (forecasts.size() == REMEMBERED) {
        previous = null; // the next one is not right behind it
        forecasts.remove();
      }
      forecasts.add(forecast);
    }

    void queue(Score told) {
      if (scores.size() == REMEMBERED) {
        scores.remove();
      }
      scores.add(told);
    }

    void completeInto(List<Line> lines) {
      while (!forecasts.isEmpty()) {
        Forecast forecast = forecasts.peek();
        while (!scores.isEmpty() && scores.peek().time() < forecast.origin()) {
          scores.remove();
        }
        // both are ordered by time, so a later one shows that this one does not exist
        if (newestTruth < forecast.origin() || scores.isEmpty()) {
          return;
        }
        forecasts.remove();
        Double value = truth.get(forecast.origin());
        if (value == null) {
          previous = null; // so far behind that its value is forgotten
        } else {
          Score told = scores.peek().time() == forecast.origin() ? scores.remove() : null;
          lines.add(line(forecast, told, value));
        }
      }
    }

    private Line line(Forecast forecast, Score told, double value) {
      double expected = Double.NaN;
      if (previous != null && previous.status() == Forecast.Status.OK) {
        expected = previous.values()[0];
        double lastValue = truth.getOrDefault(previous.origin(), Double.NaN);
        if (!Double.isNaN(lastValue)) {
          scored++;
          error += Math.abs(value - expected);
          lastValueError += Math.abs(value - lastValue);
        }
      }
      previous = forecast;
      return new Line(forecast, told, value, expected, relative());
    }

    double relative() {
      return lastValueError > 0 ? error / lastValueError : Double.NaN;
    }
  }

  private Series series(String name) {
    return all.computeIfAbsent(name, n -> new Series());
  }

  synchronized void take(Observation observation) {
    series(observation.series()).remember(observation);
  }

  /** Takes a score of the mode whose forecasts it takes. */
  synchronized void take(Score told) {
    series(told.series()).queue(told);
  }

  synchronized void take(Forecast forecast) {
    series(forecast.series()).queue(forecast);
  }

  /** The forecasts completely read since the last call, oldest first. */
  synchronized List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    all.values().forEach(series -> series.completeInto(lines));
    return lines;
  }

  /** One line for each series, best first. */
  synchronized String summary() {
    StringBuilder text = new StringBuilder();
    all.entrySet().stream()
        .filter(entry -> entry.getValue().scored > 0)
        .sorted((a, b) -> Double.compare(a.getValue().relative(), b.getValue().relative()))
        .forEach(
            entry ->
                text.append(
                    "  %-20s %,6d values forecast, mean error %s times the last value's%n"
                        .formatted(
                            entry.getKey(),
                            entry.getValue().scored,
                            ratio(entry.getValue().relative()))));
    return text.toString();
  }

  static String ratio(double ratio) {
    return Double.isNaN(ratio) ? "-" : "%.2f".formatted(ratio);
  }
}
