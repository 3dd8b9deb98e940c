package dev.weir.stream;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.forecast.engine.ForecastResult;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What a task that forecasts counts and measures, in the group {@code weir}: one metric for each
 * thing counted and each of the few names that it is counted by, never one for a series.
 *
 * <p>What needs a clock is measured for a sample of the forecasts: each one while there are few,
 * one of {@value #SELDOM} while there are many. Reading the clock takes 25 ns.
 */
final class ForecastMetrics {

  /** A histogram tells of so many, the newest ones. */
  static final int SAMPLES = 1024;

  private static final int SELDOM = 63; // odd, so that series in turns are sampled in turns
  private static final long BUSY_NANOS = 20_000_000L; // samples need not be closer than this

  private final Counter scores;
  private final Counter incidents;
  private final Counter missingCovariates;
  private final ModeMetrics[] modes; // as in the settings
  private final Histogram eventLatency;
  private final Histogram recordLatency;
  private volatile double stateBytes = Double.NaN; // written by the task only
  private final Set<String> open = new HashSet<>(); // series with an open incident
  private volatile int openIncidents; // as many; written by the task only
  private int everySo = 1;
  private int untilSample = 1;
  private long lastSampleNanos;

  ForecastMetrics(MetricGroup group, List<ModeSettings> settings) {
    scores = group.counter("scores");
    incidents = group.counter("incidents");
    missingCovariates = group.counter("missingCovariates");
    eventLatency =
        group.histogram("eventLatencyMillis", new DescriptiveStatisticsHistogram(SAMPLES));
    recordLatency =
        group.histogram("recordLatencyMillis", new DescriptiveStatisticsHistogram(SAMPLES));
    group.gauge("stateBytesPerSeries", () -> stateBytes);
    group.gauge("openIncidents", () -> openIncidents);
    modes = new ModeMetrics[settings.size()];
    for (int i = 0; i < modes.length; i++) {
      ModeSettings mode = settings.get(i);
      modes[i] = new ModeMetrics(group.addGroup("mode", mode.mode().label()), mode.learning());
    }
  }

  ModeMetrics mode(int number) {
    return modes[number];
  }

  void sent(Output output) {
    if (output instanceof Forecast forecast) {
      missingCovariates.inc(forecast.covariatesMissing());
    } else if (output instanceof Score) {
      scores.inc();
    } else if (output instanceof Incident incident && incident.event() == Event.OPENED) {
      incidents.inc();
    }
  }

  /** Whether the next forecasts are sampled. */
  boolean isNextSampled() {
    return untilSample == 1;
  }

  /**
   * Takes in a result that has been sent.
   *
   * @param recordTime Kafka's timestamp of the record that brought its newest value; negative: not
   *     known
   */
  void sent(String series, ForecastResult result, long recordTime) {
    if (result.isOpen() != null) {
      incident(series, result.isOpen());
    }
    boolean isSampled = result.isDue() && isSampled();
    for (int i = 0; i < modes.length; i++) {
      if (result.scored(i) != null) {
        modes[i].learned(series, result.scored(i));
      }
      if (isSampled) {
        modes[i].took(result.nanos(i));
      }
    }
    if (isSampled) {
      sampled(result.window().origin(), recordTime, result.bytes());
    }
  }

  /** Records that an incident of a series is open, which may be repeated, or closed. */
  private void incident(String series, boolean isOpen) {
    if (isOpen ? open.add(series) : open.remove(series)) {
      openIncidents = open.size();
    }
  }

  /** Whether the forecasts of a window are sampled; called once for each window. */
  boolean isSampled() {
    return --untilSample == 0;
  }

  /** A window that is in the sample has been forecast, and its forecasts handed on. */
  void sampled(long origin, long recordTime, long bytes) {
    long nanos = System.nanoTime();
    everySo =
        nanos - lastSampleNanos < BUSY_NANOS
            ? Math.min(SELDOM, 2 * everySo + 1)
            : Math.max(1, everySo / 2);
    lastSampleNanos = nanos;
    untilSample = everySo;
    long now = System.currentTimeMillis();
    eventLatency.update(now - origin);
    if (recordTime >= 0) {
      recordLatency.update(now - recordTime);
    }
    stateBytes = Double.isNaN(stateBytes) ? bytes : stateBytes + (bytes - stateBytes) / SAMPLES;
  }
}
