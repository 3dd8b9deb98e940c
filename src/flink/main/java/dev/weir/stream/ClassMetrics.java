package dev.weir.stream;

import dev.weir.classify.series.ClassContext.Counted;
import dev.weir.forecast.Classification.Status;
import dev.weir.forecast.DeadLetter.Reason;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What a task that classifies counts and measures, in the group {@code weir}. docs/metrics.md says
 * what each is. Counters start at 0 with the task, also when its state is restored.
 */
final class ClassMetrics {

  /** Labels that the running figures are of, about. */
  private static final double NEWEST = 1_000;

  final Counter observations;
  final Counter labels;
  final Counter rightLabels;
  final Counter rejectedModels;
  private final Counter[] counted = new Counter[Counted.values().length];
  private final Counter[] classifications = new Counter[Status.values().length];
  private final Counter[] deadLetters = new Counter[Reason.values().length];
  private final Histogram delay;

  // written by the task only
  private volatile double accuracy = Double.NaN;
  private volatile double logLoss = Double.NaN;

  /**
   * @param isAlone whether no other operator of the job counts the observations
   */
  ClassMetrics(MetricGroup group, boolean isAlone) {
    MetricGroup counts = isAlone ? group : group.addGroup("classify");
    observations = counts.counter("observations");
    labels = group.counter("labels");
    rightLabels = group.counter("rightLabels");
    rejectedModels = counts.counter("rejectedModels");
    counter(counts, Counted.DUPLICATE);
    counter(counts, Counted.EXPIRED);
    counter(counts, Counted.RESUMED);
    counter(group, Counted.REPEATED_LABEL);
    counter(group, Counted.CONTRADICTING_LABEL);
    counter(group, Counted.UNKNOWN_SERIES_LABEL);
    counter(group, Counted.UNUSED_LABEL);
    counter(group, Counted.UNLABELLED);
    for (Status status : Status.values()) {
      classifications[status.ordinal()] =
          group.addGroup("status", status.name()).counter("classifications");
    }
    for (Reason reason : Reason.values()) {
      deadLetters[reason.ordinal()] =
          group.addGroup("reason", reason.name()).counter("deadLetters");
    }
    delay = group.histogram("labelDelayMillis", new DescriptiveStatisticsHistogram(1024));
    group.gauge("accuracy", () -> accuracy);
    group.gauge("logLoss", () -> logLoss);
  }

  private void counter(MetricGroup group, Counted what) {
    counted[what.ordinal()] = group.counter(what.metric());
  }

  void count(Counted what) {
    counted[what.ordinal()].inc();
  }

  void classification(Status status) {
    classifications[status.ordinal()].inc();
  }

  /** Late observations. */
  Counter late() {
    return deadLetters[Reason.LATE.ordinal()];
  }

  void deadLetter(Reason reason) {
    deadLetters[reason.ordinal()].inc();
  }

  void labelled(boolean isRight, double loss, long delayMillis) {
    labels.inc();
    if (isRight) {
      rightLabels.inc();
    }
    double share = 1 / Math.min(NEWEST, labels.getCount());
    accuracy = mean(accuracy, isRight ? 1 : 0, share);
    logLoss = mean(logLoss, loss, share);
    if (delayMillis >= 0) {
      delay.update(delayMillis);
    }
  }

  private static double mean(double before, double value, double share) {
    return Double.isNaN(before) ? value : before + share * (value - before);
  }
}
