package dev.weir.forecast;

import java.util.Arrays;

/**
 * One value of one series.
 *
 * @param series which series, 1 to {@value #MAX_SERIES_LENGTH} characters
 * @param time when it was observed, milliseconds since 1970 in UTC
 * @param value finite
 * @param features covariates observed with the value, all finite; nobody may write into the array
 */
public record Observation(String series, long time, double value, double[] features) {

  public static final int MAX_SERIES_LENGTH = 1000;

  /** The features of an observation that has none. */
  public static final double[] NO_FEATURES = {};

  public Observation(String series, long time, double value) {
    this(series, time, value, NO_FEATURES);
  }

  /** Whether both say the same; a producer's retry sends the same observation twice. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Observation o
        && time == o.time
        && Double.compare(value, o.value) == 0
        && series.equals(o.series)
        && Arrays.equals(features, o.features);
  }

  @Override
  public int hashCode() {
    return 31 * series.hashCode() + Long.hashCode(time);
  }

  @Override
  public String toString() {
    return "Observation[%s %s = %s%s]"
        .formatted(
            series,
            java.time.Instant.ofEpochMilli(time),
            value,
            features.length == 0 ? "" : " " + Arrays.toString(features));
  }
}
