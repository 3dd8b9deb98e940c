package dev.weir.forecast;

import java.util.Arrays;
import java.util.List;

/**
 * The class of one window of one series.
 *
 * @param series which series
 * @param windowStart time of the window's oldest observation, milliseconds since 1970 in UTC
 * @param windowEnd time of its newest observation
 * @param steps observations in the window
 * @param label the most probable class; empty while there are no classes
 * @param classes the classes so far
 * @param probabilities of each of those classes
 * @param model name of the model; empty without a model
 * @param modelVersion its version; -1 without a model
 * @param labels windows of the series whose label has come so far
 * @param accuracy share of them that were classified correctly; NaN without labels
 * @param logLoss mean logarithmic loss of them; NaN without labels
 * @param status the basis of the classification
 */
public record Classification(
    String series,
    long windowStart,
    long windowEnd,
    int steps,
    String label,
    List<String> classes,
    double[] probabilities,
    String model,
    long modelVersion,
    long labels,
    double accuracy,
    double logLoss,
    Status status)
    implements Output {

  /** The basis of a classification. The names are in topics and metrics and never change. */
  public enum Status {
    /** A full window. */
    OK,
    /** The window is not full yet. */
    WARMUP,
    /** The job's model has not come yet. */
    FALLBACK,
    /** There are no classes: neither a model nor a label has come yet. */
    UNKNOWN
  }

  public Classification {
    classes = List.copyOf(classes);
  }

  /** The probability of the class; NaN while there are no classes. */
  public double probability() {
    int index = classes.indexOf(label);
    return index < 0 ? Double.NaN : probabilities[index];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Classification c
        && windowStart == c.windowStart
        && windowEnd == c.windowEnd
        && steps == c.steps
        && modelVersion == c.modelVersion
        && labels == c.labels
        && Double.compare(accuracy, c.accuracy) == 0
        && Double.compare(logLoss, c.logLoss) == 0
        && status == c.status
        && series.equals(c.series)
        && label.equals(c.label)
        && classes.equals(c.classes)
        && model.equals(c.model)
        && Arrays.equals(probabilities, c.probabilities);
  }

  @Override
  public int hashCode() {
    return 31 * series.hashCode() + Long.hashCode(windowEnd);
  }

  @Override
  public String toString() {
    return "Classification[%s %s to %s: %s %s, %s]"
        .formatted(
            series,
            java.time.Instant.ofEpochMilli(windowStart),
            java.time.Instant.ofEpochMilli(windowEnd),
            label,
            probability(),
            status);
  }
}
