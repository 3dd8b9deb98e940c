package dev.weir.forecast;

import java.util.Arrays;
import java.util.Objects;

/**
 * One value of one series.
 *
 * @param series which series, 1 to {@value #MAX_SERIES_LENGTH} characters
 * @param time when it was observed, milliseconds since 1970 in UTC
 * @param value finite
 * @param features covariates observed with the value, all finite; must not be changed
 * @param label the true class of the window whose newest observation this is; null for none
 * @param ahead (steps, covariates) covariates known ahead of the times after it, row-major, of any
 *     number of steps; NaN for missing; must not be changed
 */
public record Observation(
    String series, long time, double value, double[] features, String label, double[] ahead) {

  public static final int MAX_SERIES_LENGTH = 1000;

  /** The features of an observation that has none. */
  public static final double[] NO_FEATURES = {};

  public Observation(String series, long time, double value) {
    this(series, time, value, NO_FEATURES);
  }

  /** One without covariates known ahead. */
  public Observation(String series, long time, double value, double[] features, String label) {
    this(series, time, value, features, label, NO_FEATURES);
  }

  /** One without a label. */
  public Observation(String series, long time, double value, double[] features) {
    this(series, time, value, features, null);
  }

  /** The same with so many numbers known ahead, at most. */
  public Observation knownAhead(int numbers) {
    return ahead.length <= numbers ? this : withAhead(Arrays.copyOf(ahead, numbers));
  }

  /** The same with other numbers known ahead. */
  public Observation withAhead(double[] covariates) {
    return new Observation(series, time, value, features, label, covariates);
  }

  /** Compares all fields; a producer's retry sends an equal observation again. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Observation o
        && time == o.time
        && Double.compare(value, o.value) == 0
        && series.equals(o.series)
        && Arrays.equals(features, o.features)
        && Objects.equals(label, o.label)
        && Arrays.equals(ahead, o.ahead);
  }

  @Override
  public int hashCode() {
    return 31 * series.hashCode() + Long.hashCode(time);
  }

  @Override
  public String toString() {
    return "Observation[%s %s = %s%s%s%s]"
        .formatted(
            series,
            java.time.Instant.ofEpochMilli(time),
            value,
            features.length == 0 ? "" : " " + Arrays.toString(features),
            label == null ? "" : " is " + label,
            ahead.length == 0 ? "" : " ahead " + Arrays.toString(ahead));
  }
}
