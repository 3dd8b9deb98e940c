package dev.weir.stream;

import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.model.Mode;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What a task counts and measures, in the group {@code weir}: one metric for each thing counted and
 * each of the few names that it is counted by, never one for a series. docs/metrics.md says what
 * each is. Counters start at 0 with the task, also when its state is restored.
 *
 * <p>What needs a clock is measured for a sample of the forecasts: each one while there are few,
 * one of {@value #SELDOM} while there are many. Reading the clock takes 25 ns.
 */
final class ForecastMetrics {

  /** A histogram tells of so many, the newest ones. */
  static final int SAMPLES = 1024;

  private static final int SELDOM = 63; // odd, so that series in turns are sampled in turns
  private static final long BUSY_NANOS = 20_000_000L; // samples need not be closer than this

  final Counter observations;
  final Counter duplicates;
  final Counter corrections;
  final Counter gaps;
  final Counter missing;
  final Counter scores;
  final Counter incidents;
  final Counter skippedUpdates;
  final Counter restarts;
  final Counter expired;
  final Counter resumed;
  final Counter rejectedModels;
  final Counter missingCovariates;
  private final Counter[] deadLetters = new Counter[Reason.values().length];
  private final Counter[] forecasts = new Counter[Status.values().length];
  private final Histogram eventLatency;
  private final Histogram recordLatency;
  private final MetricGroup group;

  private volatile double stateBytes = Double.NaN; // written by the task only
  private final Set<String> open = new HashSet<>(); // series with an open incident
  private volatile int openIncidents; // as many; written by the task only
  private int everySo = 1;
  private int untilSample = 1;
  private long lastSampleNanos;

  ForecastMetrics(MetricGroup group) {
    this.group = group;
    observations = group.counter("observations");
    duplicates = group.counter("duplicates");
    corrections = group.counter("corrections");
    gaps = group.counter("gaps");
    missing = group.counter("missingObservations");
    scores = group.counter("scores");
    incidents = group.counter("incidents");
    skippedUpdates = group.counter("skippedUpdates");
    restarts = group.counter("learningRestarts");
    expired = group.counter("expired");
    resumed = group.counter("resumed");
    rejectedModels = group.counter("rejectedModels");
    missingCovariates = group.counter("missingCovariates");
    for (Reason reason : Reason.values()) {
      deadLetters[reason.ordinal()] =
          group.addGroup("reason", reason.name()).counter("deadLetters");
    }
    for (Status status : Status.values()) {
      forecasts[status.ordinal()] = group.addGroup("status", status.name()).counter("forecasts");
    }
    eventLatency =
        group.histogram("eventLatencyMillis", new DescriptiveStatisticsHistogram(SAMPLES));
    recordLatency =
        group.histogram("recordLatencyMillis", new DescriptiveStatisticsHistogram(SAMPLES));
    group.gauge("stateBytesPerSeries", () -> stateBytes);
    group.gauge("openIncidents", () -> openIncidents);
  }

  /**
   * The metrics of one mode.
   *
   * @param learning null when nothing is learned
   */
  ModeMetrics mode(Mode mode, Learning learning) {
    return new ModeMetrics(group.addGroup("mode", mode.label()), learning);
  }

  /** Late observations. */
  Counter late() {
    return deadLetters[Reason.LATE.ordinal()];
  }

  void deadLetter(Reason reason) {
    deadLetters[reason.ordinal()].inc();
  }

  void forecast(Status status) {
    forecasts[status.ordinal()].inc();
  }

  /** Records that an incident of a series is open, which may be repeated, or closed. */
  void incident(String series, boolean isOpen) {
    if (isOpen ? open.add(series) : open.remove(series)) {
      openIncidents = open.size();
    }
  }

  /** Whether the forecasts of the current window are sampled; call once per window. */
  boolean isSampled() {
    return --untilSample == 0;
  }

  /**
   * Takes in a window that is in the sample, when its last forecast has been handed on.
   *
   * @param origin event time of the newest value
   * @param recordTime Kafka's timestamp of the record that brought it; negative: not known
   * @param bytes of the series' state
   */
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
