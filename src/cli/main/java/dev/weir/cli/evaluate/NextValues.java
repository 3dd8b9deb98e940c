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
import java.util.stream.IntStream;

/** Forecasts after the last values of series. */
final class NextValues implements Result {

  /**
   * A forecast that was made.
   *
   * @param grid of the series
   * @param times of all steps; null if nothing is known
   */
  private record Made(Forecast forecast, Grid grid, long[] times) {

    List<Step> steps() {
      return IntStream.range(0, forecast.values().length).mapToObj(i -> new Step(this, i)).toList();
    }
  }

  private record Step(Made made, int index) {

    String time() {
      return made.times == null ? null : Instant.ofEpochMilli(made.times[index]).toString();
    }

    String minute() {
      return made.times == null ? null : ForecastLines.minute(made.times[index]);
    }

    /** Null while nothing is known of the errors. */
    Double lower(int k) {
      return isKnown(k) ? made.forecast.intervals().get(k).lower()[index] : null;
    }

    Double upper(int k) {
      return isKnown(k) ? made.forecast.intervals().get(k).upper()[index] : null;
    }

    private boolean isKnown(int k) {
      return k < made.forecast.intervals().size();
    }

    String within(int k) {
      return isKnown(k)
          ? "[%s, %s]".formatted(ForecastLines.number(lower(k)), ForecastLines.number(upper(k)))
          : null;
    }
  }

  private final Table<Step> table = new Table<>();
  private final List<Made> all = new ArrayList<>();

  /**
   * @param levels of the intervals
   */
  NextValues(List<Double> levels) {
    table
        .data("series", step -> step.made.forecast.series())
        .text("series", null, step -> Printable.line(step.made.forecast.series()))
        .column("step", "step", "%d", step -> step.index + 1)
        .data("time", Step::time)
        .text("time (UTC)", "%s", Step::minute)
        .column("value", "value", "%.5g", step -> step.made.forecast.steps().value()[step.index])
        .column("mean", "mean", "%.5g", step -> step.made.forecast.steps().mean()[step.index]);
    EvaluationResult.forEach(
        levels,
        (k, percent) ->
            table
                .text(percent + " % within", "%s", step -> step.within(k))
                .data("lower_" + percent, step -> step.lower(k))
                .data("upper_" + percent, step -> step.upper(k)));
    table.column("status", "status", null, step -> step.made.forecast.status().name());
  }

  void add(Forecast forecast, Grid grid) {
    all.add(new Made(forecast, grid, grid.next(forecast.values().length, forecast.times())));
  }

  /** What a reader must know about the times, in one line; null for nothing. */
  String note() {
    List<String> irregular =
        all.stream().map(Made::grid).filter(grid -> !grid.isRegular()).map(Grid::series).toList();
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

  private List<Step> steps() {
    return all.stream().flatMap(made -> made.steps().stream()).toList();
  }

  @Override
  public String csv() {
    return table.csv(steps());
  }

  @Override
  public String json() {
    ObjectNode root = Json.object();
    ArrayNode forecasts = root.putArray("forecasts");
    for (Made made : all) {
      Forecast forecast = made.forecast;
      ObjectNode one = forecasts.addObject();
      one.put("series", forecast.series());
      one.put("origin", Instant.ofEpochMilli(made.grid.newest().time()).toString());
      one.put("mode", forecast.mode().label());
      one.put("learning_steps", forecast.learningSteps());
      one.put("status", forecast.status().name());
      ArrayNode each = one.putArray("steps");
      for (Step of : made.steps()) {
        ObjectNode step = each.addObject();
        step.put("time", of.time());
        step.put("value", forecast.steps().value()[of.index]);
        step.set("mean", Json.number(forecast.steps().mean()[of.index]));
        ArrayNode intervals = step.putArray("intervals");
        for (Interval interval : forecast.intervals()) {
          ObjectNode node = intervals.addObject().put("level", interval.level());
          node.put("lower", interval.lower()[of.index]).put("upper", interval.upper()[of.index]);
        }
      }
    }
    return root.toString();
  }

  @Override
  public String table() {
    return table.text(steps());
  }
}
