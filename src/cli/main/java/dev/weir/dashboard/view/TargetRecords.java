package dev.weir.dashboard.view;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Forecast.Steps;
import dev.weir.forecast.JointForecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
import dev.weir.forecast.joint.Targets;
import dev.weir.forecast.joint.Targets.Term;
import dev.weir.forecast.joint.Targets.Total;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Splits records of several targets into those of one value each, as which the page shows targets
 * and totals. Immutable.
 *
 * @param targets of the job; {@link Targets#ONE} if unknown
 */
public record TargetRecords(Targets targets) {

  /**
   * A forecast of one value.
   *
   * @param region of all targets; null without one
   * @param together what the targets and totals that are forecast with it are called; empty for one
   *     target
   */
  public record Part(Forecast forecast, Interval region, List<String> together) {

    /** Of one target. */
    public Part(Forecast forecast) {
      this(forecast, null, List.of());
    }
  }

  /** The observed values of each target and total; the observation itself of one target. */
  List<Observation> split(Observation all) {
    if (!targets.areSeveral()) {
      return List.of(all);
    }
    List<Observation> parts = new ArrayList<>();
    for (int k = 0; k < targets.count(); k++) {
      add(parts, all, targets.names().get(k), value(all, k));
    }
    for (Total total : targets.totals()) {
      double sum = 0;
      for (Term term : total.terms()) {
        sum += (term.isMinus() ? -1 : 1) * value(all, term.target());
      }
      add(parts, all, total.name(), total.steps() == 0 ? sum : Double.NaN);
    }
    return parts;
  }

  private static double value(Observation all, int target) {
    return target == 0 ? all.value() : all.features()[target - 1];
  }

  private static void add(List<Observation> parts, Observation all, String name, double value) {
    if (!Double.isNaN(value)) {
      parts.add(new Observation(JointForecast.nameOf(all.series(), name), all.time(), value));
    }
  }

  /** The forecasts of each target and total; the forecast itself of one target. */
  public List<Part> split(Output record) {
    if (record instanceof Forecast forecast) {
      return List.of(new Part(forecast));
    }
    JointForecast all = (JointForecast) record;
    Stream<String> named = // some may be missing in the record
        targets.areSeveral()
            ? targets.names().stream()
            : all.targets().stream().map(JointForecast.Target::name);
    Stream<String> totals =
        targets.totals().isEmpty()
            ? all.totals().stream().map(JointForecast.Total::name)
            : targets.totals().stream().map(Total::name);
    List<String> together =
        Stream.concat(named, totals).map(name -> JointForecast.nameOf(all.series(), name)).toList();
    List<Part> parts = new ArrayList<>();
    for (JointForecast.Target target : all.targets()) {
      parts.add(new Part(target.forecast(), target.region(), together));
    }
    for (JointForecast.Total total : all.totals()) {
      Forecast of = all.targets().get(0).forecast();
      parts.add(new Part(total(of, all.series(), total), null, together));
    }
    return parts;
  }

  private Forecast total(Forecast of, String series, JointForecast.Total total) {
    Steps steps = total.steps();
    int last =
        targets.totals().stream()
            .filter(one -> one.name().equals(total.name()))
            .mapToInt(Total::steps)
            .sum(); // of a sum of steps
    long[] times = of.times();
    boolean isSum = steps.value().length == 1 && last > 0 && times != null && last <= times.length;
    return new Forecast(
        JointForecast.nameOf(series, total.name()),
        of.origin(),
        of.windowStart(),
        of.seqLen(),
        of.mode(),
        isSum
            ? new long[] {times[last - 1]}
            : times == null || times.length != steps.value().length ? null : times,
        steps,
        of.model(),
        of.modelVersion(),
        of.learningSteps(),
        of.status(),
        of.covariatesMissing(),
        null);
  }
}
