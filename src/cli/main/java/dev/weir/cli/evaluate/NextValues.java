package dev.weir.cli.evaluate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.Result;
import dev.weir.cli.console.Table;
import dev.weir.cli.grid.FutureRows;
import dev.weir.cli.grid.Grid;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.JointForecast;
import dev.weir.forecast.joint.Targets;
import dev.weir.kafka.wire.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Forecasts after the last values of series. */
final class NextValues implements Result {

  /**
   * A forecast that was made.
   *
   * @param series its name, without that of a target
   * @param target of several; null for one, and for a total
   * @param total null for none
   * @param grid of what is forecast, up to the value that the forecast was made at
   * @param region of all targets; null for none
   * @param first number of the first step: of a sum the number of its steps
   */
  record Made(
      String series,
      String target,
      JointForecast.Total total,
      Forecast forecast,
      Grid grid,
      Interval region,
      int first) {

    static Made of(Forecast forecast, Grid grid) {
      return new Made(forecast.series(), null, null, forecast, grid, null, 1);
    }

    /** Those of all targets, then those of the totals. */
    static List<Made> of(JointForecast all, Grid whole, Targets targets) {
      List<Made> made = new ArrayList<>();
      for (JointForecast.Target one : all.targets()) {
        Grid grid = whole.target(made.size(), targets.count());
        int rows = FutureRows.values(grid.rows());
        while (grid.isMissing(rows - 1)) {
          rows--;
        }
        Forecast forecast = one.forecast();
        made.add(
            new Made(all.series(), one.name(), null, forecast, grid.first(rows), one.region(), 1));
      }
      for (JointForecast.Total total : all.totals()) {
        int steps =
            targets.totals().stream()
                .filter(of -> of.name().equals(total.name()))
                .mapToInt(Targets.Total::steps)
                .sum();
        Forecast of = all.targets().get(0).forecast();
        made.add(new Made(all.series(), null, total, of, whole, null, Math.max(1, steps)));
      }
      return made;
    }

    Forecast.Steps steps() {
      return total == null ? forecast.steps() : total.steps();
    }

    int count() {
      return steps().value().length;
    }

    /** That of the target or the total; null for one target. */
    String name() {
      return total == null ? target : total.name();
    }
  }

  /**
   * One step of a forecast.
   *
   * @param times of all steps; null if nothing is known
   */
  private record Step(Made made, long[] times, int index) {

    int number() {
      return made.first + index;
    }

    String time() {
      return times == null ? null : Instant.ofEpochMilli(times[number() - 1]).toString();
    }

    /** Null while nothing is known of the errors. */
    Interval interval(int k) {
      return k < made.steps().intervals().size() ? made.steps().intervals().get(k) : null;
    }

    String within(Interval interval) {
      return interval == null
          ? null
          : "[%s, %s]"
              .formatted(
                  ForecastLines.number(interval.lower()[index]),
                  ForecastLines.number(interval.upper()[index]));
    }
  }

  private final Table<Step> table = new Table<>();
  private final List<Made> forecasts;
  private final List<Step> steps = new ArrayList<>(); // of all forecasts
  private final List<String> irregular = new ArrayList<>();

  /**
   * @param levels of the intervals
   * @param forecasts of all series
   * @param areSeveral whether a series has several targets
   */
  NextValues(List<Double> levels, List<Made> forecasts, boolean areSeveral) {
    this.forecasts = forecasts;
    for (Made made : forecasts) {
      long[] times = made.grid.next(made.forecast.values().length, made.forecast.times());
      for (int i = 0; i < made.count(); i++) {
        steps.add(new Step(made, times, i));
      }
      if (!made.grid.isRegular() && !irregular.contains(made.series)) {
        irregular.add(made.series);
      }
    }
    table
        .data("series", step -> step.made.series)
        .text("series", null, step -> Printable.line(step.made.series));
    if (areSeveral) {
      table.column("target", "target", null, step -> step.made.name());
    }
    table
        .column("step", "step", "%d", Step::number)
        .data("time", Step::time)
        .text(
            "time (UTC)",
            "%s",
            step -> step.times == null ? null : ForecastLines.minute(step.times[step.number() - 1]))
        .column("value", "value", "%.5g", step -> step.made.steps().value()[step.index])
        .column("mean", "mean", "%.5g", step -> step.made.steps().mean()[step.index]);
    EvaluationResult.forEach(
        levels, (k, percent) -> interval(percent + " % within", percent, step -> step.interval(k)));
    if (areSeveral && !levels.isEmpty()) {
      String percent = EvaluationResult.percent(levels.get(0));
      interval("region of " + percent + " %", "region_" + percent, step -> step.made.region);
    }
    table.column("status", "status", null, step -> step.made.forecast.status().name());
  }

  private void interval(String title, String key, Function<Step, Interval> of) {
    table
        .text(title, "%s", step -> step.within(of.apply(step)))
        .data(
            "lower_" + key,
            step -> of.apply(step) == null ? null : of.apply(step).lower()[step.index])
        .data(
            "upper_" + key,
            step -> of.apply(step) == null ? null : of.apply(step).upper()[step.index]);
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
    for (Made made : forecasts) {
      Forecast forecast = made.forecast;
      ObjectNode one = all.addObject();
      one.put("series", made.series);
      if (made.name() != null) {
        one.put(made.total == null ? "target" : "total", made.name());
      }
      one.put("origin", Instant.ofEpochMilli(made.grid.newest().time()).toString());
      one.put("mode", forecast.mode().label());
      one.put("learning_steps", forecast.learningSteps());
      one.put("status", forecast.status().name());
      ArrayNode each = one.putArray("steps");
      for (int i = 0; i < made.count(); i++) {
        ObjectNode step = each.addObject();
        step.put("time", steps.get(next++).time());
        step.put("value", made.steps().value()[i]);
        step.set("mean", Json.number(made.steps().mean()[i]));
        ArrayNode intervals = step.putArray("intervals");
        for (Interval interval : made.steps().intervals()) {
          put(intervals.addObject(), interval, i);
        }
        if (made.region != null) {
          put(step.putObject("region"), made.region, i);
        }
      }
    }
    return root.toString();
  }

  private static void put(ObjectNode node, Interval interval, int i) {
    node.put("level", interval.level());
    node.put("lower", interval.lower()[i]);
    node.put("upper", interval.upper()[i]);
  }

  @Override
  public String table() {
    return table.text(steps);
  }
}
