package dev.weir.cli.evaluate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.Result;
import dev.weir.cli.console.Table;
import dev.weir.cli.grid.Grid;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.kafka.wire.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Forecasts after the last values of series. */
final class NextValues implements Result {

  /**
   * One step of a forecast.
   *
   * @param times of all steps; null if nothing is known
   */
  private record Step(Forecast forecast, long[] times, int index) {

    String time() {
      return times == null ? null : Instant.ofEpochMilli(times[index]).toString();
    }

    /** Null while nothing is known of the errors. */
    Interval interval(int k) {
      return k < forecast.intervals().size() ? forecast.intervals().get(k) : null;
    }

    String within(int k) {
      Interval interval = interval(k);
      return interval == null
          ? null
          : "[%s, %s]"
              .formatted(
                  ForecastLines.number(interval.lower()[index]),
                  ForecastLines.number(interval.upper()[index]));
    }
  }

  private final Table<Step> table = new Table<>();
  private final List<Forecast> forecasts;
  private final List<Step> steps = new ArrayList<>(); // of all forecasts
  private final List<Long> origins = new ArrayList<>(); // by forecast
  private final List<String> irregular = new ArrayList<>();

  /**
   * @param levels of the intervals
   * @param forecasts one for each series
   * @param series what they were made from
   */
  NextValues(List<Double> levels, List<Forecast> forecasts, Map<String, Grid> series) {
    this.forecasts = forecasts;
    for (Forecast forecast : forecasts) {
      Grid grid = series.get(forecast.series());
      long[] times = grid.next(forecast.values().length, forecast.times());
      for (int i = 0; i < forecast.values().length; i++) {
        steps.add(new Step(forecast, times, i));
      }
      origins.add(grid.newest().time());
      if (!grid.isRegular()) {
        irregular.add(forecast.series());
      }
    }
    table
        .data("series", step -> step.forecast.series())
        .text("series", null, step -> Printable.line(step.forecast.series()))
        .column("step", "step", "%d", step -> step.index + 1)
        .data("time", Step::time)
        .text(
            "time (UTC)",
            "%s",
            step -> step.times == null ? null : ForecastLines.minute(step.times[step.index]))
        .column("value", "value", "%.5g", step -> step.forecast.values()[step.index])
        .column("mean", "mean", "%.5g", step -> step.forecast.steps().mean()[step.index]);
    for (int k = 0; k < levels.size(); k++) {
      int level = k;
      String percent = EvaluationResult.percent(levels.get(k));
      table
          .text(percent + " % within", "%s", step -> step.within(level))
          .data(
              "lower_" + percent,
              step ->
                  step.interval(level) == null ? null : step.interval(level).lower()[step.index])
          .data(
              "upper_" + percent,
              step ->
                  step.interval(level) == null ? null : step.interval(level).upper()[step.index]);
    }
    table.column("status", "status", null, step -> step.forecast.status().name());
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

  @Override
  public String csv() {
    return table.csv(steps);
  }

  @Override
  public String json() {
    ObjectNode root = Json.object();
    ArrayNode all = root.putArray("forecasts");
    int next = 0;
    for (int f = 0; f < forecasts.size(); f++) {
      Forecast forecast = forecasts.get(f);
      ObjectNode one = all.addObject();
      one.put("series", forecast.series());
      one.put("origin", Instant.ofEpochMilli(origins.get(f)).toString());
      one.put("mode", forecast.mode().label());
      one.put("learning_steps", forecast.learningSteps());
      one.put("status", forecast.status().name());
      ArrayNode each = one.putArray("steps");
      for (int i = 0; i < forecast.values().length; i++) {
        ObjectNode step = each.addObject();
        step.put("time", steps.get(next++).time());
        step.put("value", forecast.values()[i]);
        step.set("mean", Json.number(forecast.steps().mean()[i]));
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

  @Override
  public String table() {
    return table.text(steps);
  }
}
