package dev.weir.stream;

import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.learn.LatestScores;
import dev.weir.forecast.learn.RecentErrors;
import dev.weir.forecast.learn.RecentErrors.Baseline;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
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

  /** Usual errors that one counts as at most. */
  private static final double LARGEST_ERROR = 100;

  private final MetricGroup group;
  private final Histogram forecastNanos;
  private final RecentErrors errors = new RecentErrors();
  private Counter learningSteps; // null as the next, when nothing is learned
  private Counter[] truths; // by level
  private Counter[] held;
  private OutsideErrors[] outside; // by model

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
      outside =
          learning.learner().outside().names().stream()
              .map(name -> new OutsideErrors(group.addGroup("outside", name)))
              .toArray(OutsideErrors[]::new);
    }
  }

  /** Errors of an outside model and ours, over all series of the task, about 1,000 values deep. */
  private static final class OutsideErrors {

    private static final double NEWEST = 0.001;

    private final Counter values;
    private double errors;
    private double ours;

    OutsideErrors(MetricGroup group) {
      values = group.counter("values");
      group.gauge("relativeError", () -> errors / ours);
    }

    void add(double error, double ofOurs) {
      if (!Double.isNaN(error)) {
        values.inc();
        errors += NEWEST * (Math.min(error, LARGEST_ERROR) - errors);
        ours += NEWEST * (Math.min(ofOurs, LARGEST_ERROR) - ours);
      }
    }
  }

  private void learning(List<Double> levels, boolean scores) {
    learningSteps = group.counter("learningSteps");
    truths = new Counter[levels.size()];
    held = new Counter[levels.size()];
    for (int k = 0; k < levels.size(); k++) {
      double level = levels.get(k);
      MetricGroup interval = group.addGroup("interval", Integer.toString(k + 1));
      interval.gauge("level", () -> level);
      truths[k] = interval.counter("truths");
      held[k] = interval.counter("held");
    }
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
    for (int k = 0; k < held.length; k++) {
      truths[k].inc(scored.steps());
      held[k].inc(scored.held(k));
    }
    errors.add(series, scored);
    for (int m = 0; m < outside.length; m++) {
      outside[m].add(scored.outsideError(m), scored.oursOfOutside(m));
    }
  }

  /** A window was learned from and forecast in so much time. */
  void took(long nanos) {
    forecastNanos.update(nanos);
  }
}
