package dev.weir.stream;

import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.learn.LatestScores;
import dev.weir.forecast.learn.LatestScores.Outside;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.OutsideModels;
import dev.weir.forecast.learn.RecentErrors;
import dev.weir.forecast.learn.RecentErrors.Baseline;
import java.util.HashMap;
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

  private static final Outside[] FIGURES = Outside.values();

  /** Usual errors that one counts as at most. */
  private static final double LARGEST_ERROR = 100;

  private final MetricGroup group;
  private final Histogram forecastNanos;
  private final RecentErrors errors = new RecentErrors();
  private Counter learningSteps; // null as the next, when nothing is learned
  private Intervals intervals;
  private OutsideScores[] outside; // by model of the settings
  private final Map<String, OutsideScores> ofSeries = new HashMap<>(); // by name, of others
  private final Learning learning;

  /**
   * @param group the mode's
   * @param learning null when nothing is learned
   */
  ModeMetrics(MetricGroup group, Learning learning) {
    this.group = group;
    this.learning = learning;
    this.forecastNanos =
        group.histogram(
            "forecastNanos", new DescriptiveStatisticsHistogram(ForecastMetrics.SAMPLES));
    if (learning != null) {
      learning(learning.learner().levels(), learning.scoresEvery() > 0);
      outside =
          learning.learner().outside().names().stream()
              .map(name -> new OutsideScores(group.addGroup("outside", name), learning))
              .toArray(OutsideScores[]::new);
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

  /** Scores of an outside model and ours, over all series of the task, about 1,000 values deep. */
  private static final class OutsideScores {

    private static final double NEWEST = 0.001;

    private final Counter values;
    private final double[] sums = new double[Outside.values().length];
    private final double[] weights = new double[sums.length];
    private final Intervals intervals; // null without quantiles

    OutsideScores(MetricGroup group, Learning learning) {
      LearnerSettings learner = learning.learner();
      values = group.counter("values");
      group.gauge("relativeError", () -> mean(Outside.ERROR) / mean(Outside.OUR_ERROR));
      if (learning.scoresEvery() > 0) {
        group.gauge("relativeCrps", () -> mean(Outside.CRPS) / mean(Outside.OUR_CRPS));
      }
      group.gauge("share", () -> mean(Outside.SHARE));
      if (learner.outside().ages()) {
        group.gauge("delaySeconds", () -> mean(Outside.AGE));
      }
      intervals = learner.outside().quantiles() ? new Intervals(group, learner.levels()) : null;
    }

    private double mean(Outside figure) {
      return sums[figure.ordinal()] / weights[figure.ordinal()];
    }

    void add(LatestScores scored, int model) {
      for (Outside figure : FIGURES) {
        double value = scored.outside(model, figure);
        if (!Double.isNaN(value)) {
          int f = figure.ordinal();
          double bounded = figure == Outside.AGE ? value : Math.min(value, LARGEST_ERROR);
          sums[f] += NEWEST * (bounded - sums[f]);
          weights[f] += NEWEST * (1 - weights[f]);
        }
      }
      if (!Double.isNaN(scored.outside(model, Outside.ERROR))) {
        values.inc();
      }
      if (intervals != null) {
        intervals.add(scored.outsideTruths(model), k -> scored.outsideHeld(model, k));
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

  /**
   * A series has learned from its newest value.
   *
   * @param models names of its outside models; null where the settings name them
   */
  void learned(String series, LatestScores scored, List<String> models) {
    learningSteps.inc();
    intervals.add(scored.steps(), scored::held);
    errors.add(series, scored);
    int named = models == null ? outside.length : models.size();
    for (int m = 0; m < Math.min(named, learning.learner().outside().count()); m++) {
      OutsideScores scores = models == null ? outside[m] : outside(models.get(m));
      if (scores != null) {
        scores.add(scored, m);
      }
    }
  }

  /** Those of a model that a series names; null beyond the first names. */
  private OutsideScores outside(String name) {
    OutsideScores scores = ofSeries.get(name);
    if (scores == null && ofSeries.size() < OutsideModels.MAX) {
      scores = new OutsideScores(group.addGroup("outside", name), learning);
      ofSeries.put(name, scores);
    }
    return scores;
  }

  /** A window was learned from and forecast in so much time. */
  void took(long nanos) {
    forecastNanos.update(nanos);
  }
}
