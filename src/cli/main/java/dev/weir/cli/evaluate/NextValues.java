package dev.weir.cli.evaluate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Printable;
import dev.weir.cli.grid.Grid;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.kafka.wire.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Forecasts after the last values of series, and the ways to write them. */
final class NextValues {

  private final List<Double> levels;
  private final List<Forecast> forecasts;
  private final List<long[]> times = new ArrayList<>(); // by forecast; null where nothing is known
  private final List<Long> origins = new ArrayList<>(); // by forecast
  private final List<String> irregular = new ArrayList<>();

  /**
   * @param levels of the intervals
   * @param forecasts one for each series
   * @param series what they were made from
   */
  NextValues(List<Double> levels, List<Forecast> forecasts, Map<String, Grid> series) {
    this.levels = levels;
    this.forecasts = forecasts;
    for (Forecast forecast : forecasts) {
      Grid grid = series.get(forecast.series());
      times.add(grid.next(forecast.values().length, forecast.times()));
      origins.add(grid.newest().time());
      if (!grid.isRegular()) {
        irregular.add(forecast.series());
      }
    }
  }

  /** What a reader must know about the times, in one line; null for nothing. */
  String note() {
    if (irregular.isEmpty()) {
      return null;
    }
    return "times of %s are irregular: their steps are the median of the newest intervals apart"
        .formatted(
            irregular.size() == 1
                ? Printable.line(irregular.get(0))
                : "%,d series (%s and others)"
                    .formatted(irregular.size(), Printable.line(irregular.get(0))));
  }

  /** One row for each series and step. */
  String csv() {
    StringBuilder csv = new StringBuilder("series,step,time,value");
    for (double level : levels) {
      String percent = EvaluationResult.percent(level);
      csv.append(",lower_").append(percent).append(",upper_").append(percent);
    }
    csv.append(",status\n");
    for (int f = 0; f < forecasts.size(); f++) {
      Forecast forecast = forecasts.get(f);
      for (int i = 0; i < forecast.values().length; i++) {
        csv.append(EvaluationResult.quoted(forecast.series())).append(',').append(i + 1);
        csv.append(',').append(times.get(f) == null ? "" : Instant.ofEpochMilli(times.get(f)[i]));
        csv.append(',').append(forecast.values()[i]);
        for (int k = 0; k < levels.size(); k++) {
          Interval interval = interval(forecast, k);
          csv.append(',').append(interval == null ? "" : interval.lower()[i]);
          csv.append(',').append(interval == null ? "" : interval.upper()[i]);
        }
        csv.append(',').append(forecast.status()).append('\n');
      }
    }
    return csv.toString();
  }

  /** Null while nothing is known of the errors. */
  private static Interval interval(Forecast forecast, int k) {
    return k < forecast.intervals().size() ? forecast.intervals().get(k) : null;
  }

  String json() {
    ObjectNode root = Json.object();
    ArrayNode all = root.putArray("forecasts");
    for (int f = 0; f < forecasts.size(); f++) {
      Forecast forecast = forecasts.get(f);
      ObjectNode one = all.addObject();
      one.put("series", forecast.series());
      one.put("origin", Instant.ofEpochMilli(origins.get(f)).toString());
      one.put("mode", forecast.mode().label());
      one.put("learning_steps", forecast.learningSteps());
      one.put("status", forecast.status().name());
      ArrayNode steps = one.putArray("steps");
      for (int i = 0; i < forecast.values().length; i++) {
        ObjectNode step = steps.addObject();
        step.put(
            "time", times.get(f) == null ? null : Instant.ofEpochMilli(times.get(f)[i]).toString());
        step.put("value", forecast.values()[i]);
        ArrayNode intervals = step.putArray("intervals");
        for (Interval interval : forecast.intervals()) {
          ObjectNode node = intervals.addObject();
          node.put("level", interval.level());
          node.put("lower", interval.lower()[i]);
          node.put("upper", interval.upper()[i]);
        }
      }
    }
    return root.toString();
  }

  /** For people. */
  String table() {
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("series", "step", "time (UTC)", "value"));
    levels.forEach(level -> head.add(EvaluationResult.percent(level) + " % within"));
    head.add("status");
    rows.add(head);
    for (int f = 0; f < forecasts.size(); f++) {
      Forecast forecast = forecasts.get(f);
      for (int i = 0; i < forecast.values().length; i++) {
        List<String> row = new ArrayList<>();
        row.add(Printable.line(forecast.series()));
        row.add(Integer.toString(i + 1));
        row.add(times.get(f) == null ? "-" : ForecastLines.minute(times.get(f)[i]));
        row.add(ForecastLines.number(forecast.values()[i]));
        for (int k = 0; k < levels.size(); k++) {
          Interval interval = interval(forecast, k);
          row.add(
              interval == null
                  ? "-"
                  : "[%s, %s]"
                      .formatted(
                          ForecastLines.number(interval.lower()[i]),
                          ForecastLines.number(interval.upper()[i])));
        }
        row.add(forecast.status().name());
        rows.add(row);
      }
    }
    return EvaluationResult.aligned(rows);
  }
}
