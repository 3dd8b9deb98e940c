package dev.weir.stream;

import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.learn.LatestScores;
import dev.weir.forecast.learn.RecentErrors;
import dev.weir.forecast.learn.RecentErrors.Baseline;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What a task counts and measures of the forecasts of one mode, in the group {@code mode.<mode>};
 * docs/metrics.md says what each is.
 */
final class ModeMetrics {

  private static final Map<String, Double> QUANTILES =
      new TreeMap<>(Map.of("p10", 0.1, "p50", 0.5, "p90", 0.9));

  private final MetricGroup group;
  private final Histogram forecastNanos;
  private final RecentErrors errors = new RecentErrors();
  private Counter learningSteps; // null as the next, when nothing is learned
  private Intervals intervals;

  /**
   * @param group the mode's
   * @param learning null when nothing is learned
   */
  ModeMetrics(MetricGroup group, Learning learning) {
    this.group = group;
    this.forecastNanos =
        group.histogram(
            "forecastNanos", new DescriptiveStatisticsHistogram(ForecastMetrics.SAMPLES));
    if (learning != null) {
      learning(learning.learner().levels(), learning.scoresEvery() > 0);
    }
  }

  /** Truths of intervals, and those that they held, by level. */
  private static final class Intervals {

    private final Counter[] truths;
    private final Counter[] held;

    Intervals(MetricGroup group, List<Double> levels) {
      truths = new Counter[levels.size()];
      held = new Counter[levels.size()];
      for (int k = 0; k < levels.size(); k++) {
        double level = levels.get(k);
        MetricGroup interval = group.addGroup("interval", Integer.toString(k + 1));
        interval.gauge("level", () -> level);
        truths[k] = interval.counter("truths");
        held[k] = interval.counter("held");
      }
    }

    void add(long all, IntToLongFunction ofThese) {
      for (int k = 0; k < held.length; k++) {
        truths[k].inc(all);
        held[k].inc(ofThese.applyAsLong(k));
      }
    }
  }

  private void learning(List<Double> levels, boolean scores) {
    learningSteps = group.counter("learningSteps");
    intervals = new Intervals(group, levels);
    group.gauge("comparedSeries", errors::series);
    for (Baseline baseline : Baseline.values()) {
      String name = baseline.name().toLowerCase(Locale.ROOT);
      MetricGroup of = group.addGroup("baseline", name);
      QUANTILES.forEach(
          (quantile, share) -> {
            MetricGroup at = of.addGroup("quantile", quantile);
            at.gauge("relativeError", () -> errors.quantile(baseline, share));
            if (scores) {
              at.gauge("relativeCrps", () -> errors.crpsQuantile(baseline, share));
            }
          });
    }
  }

  /**
   * Tells of the active model.
   *
   * @param version -1 without a model
   * @param ageSeconds NaN when nobody knows
   */
  void model(Gauge<Long> version, Gauge<Double> ageSeconds) {
    group.gauge("modelVersion", version);
    group.gauge("modelAgeSeconds", ageSeconds);
  }

  /** A series has learned from its newest value. */
  void learned(String series, LatestScores scored) {
    learningSteps.inc();
    intervals.add(scored.steps(), scored::held);
    errors.add(series, scored);
  }

  /** A window was learned from and forecast in so much time. */
  void took(long nanos) {
    forecastNanos.update(nanos);
  }
}
