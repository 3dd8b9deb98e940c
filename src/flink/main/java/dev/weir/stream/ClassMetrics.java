package dev.weir.stream;

import dev.weir.classify.ClassResult.Labelled;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** What a task that classifies counts and measures, in the group {@code weir}. */
final class ClassMetrics {

  /** Labels that the running figures are of, about. */
  private static final double NEWEST = 1_000;

  private final Counter labels;
  private final Counter rightLabels;
  private final Histogram delay;

  // written by the task only
  private volatile double accuracy = Double.NaN;
  private volatile double logLoss = Double.NaN;

  ClassMetrics(MetricGroup group) {
    labels = group.counter("labels");
    rightLabels = group.counter("rightLabels");
    delay = group.histogram("labelDelayMillis", new DescriptiveStatisticsHistogram(1024));
    group.gauge("accuracy", () -> accuracy);
    group.gauge("logLoss", () -> logLoss);
  }

  void labelled(Labelled label) {
    labels.inc();
    rightLabels.inc(label.isRight() ? 1 : 0);
    double share = 1 / Math.min(NEWEST, labels.getCount());
    accuracy = mean(accuracy, label.isRight() ? 1 : 0, share);
    logLoss = mean(logLoss, label.logLoss(), share);
    if (label.delay() >= 0) {
      delay.update(label.delay());
    }
  }

  private static double mean(double before, double value, double share) {
    return Double.isNaN(before) ? value : before + share * (value - before);
  }
}
