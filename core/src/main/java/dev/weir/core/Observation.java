package dev.weir.core;

import java.time.Instant;
import java.util.Arrays;

/**
 * One value of a series. Immutable as long as nobody writes into its arrays; thread-safe.
 *
 * <pre>{@code
 * new Observation(Instant.parse("2026-01-01T00:00:00Z"), 16);
 * new Observation(record.timestamp(), 16).with(21.5).ahead(22.0, 23.5); // a temperature, and the next two
 * }</pre>
 *
 * @param time when it was observed, milliseconds since 1970 in UTC; at least 0
 * @param value finite
 * @param features covariates observed with the value, all finite, as many as {@link
 *     ForecasterBuilder#features} says
 * @param ahead covariates known ahead, of the times after this one: all of the next time, then all
 *     of the one after it, and so on, for as many times as they are known; NaN for one that is not
 */
public record Observation(long time, double value, double[] features, double[] ahead) {

  private static final double[] NONE = {};

  /**
   * @throws IllegalArgumentException with one line if the time is before 1970 or a number is not
   *     finite
   */
  public Observation {
    if (time < 0) {
      throw new IllegalArgumentException(
          "time: expected 1970 or later, got " + Instant.ofEpochMilli(time));
    }
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("value: expected a finite number, got " + value);
    }
    for (int i = 0; i < features.length; i++) {
      if (!Double.isFinite(features[i])) {
        throw new IllegalArgumentException(
            "features[%d]: expected a finite number, got %s".formatted(i, features[i]));
      }
    }
    for (int i = 0; i < ahead.length; i++) {
      if (Double.isInfinite(ahead[i])) { // NaN: not known
        throw new IllegalArgumentException(
            "ahead[%d]: expected a finite number or NaN, got %s".formatted(i, ahead[i]));
      }
    }
  }

  /**
   * Without covariates.
   *
   * @param time milliseconds since 1970 in UTC
   */
  public Observation(long time, double value) {
    this(time, value, NONE, NONE);
  }

  /** Without covariates. */
  public Observation(Instant time, double value) {
    this(time.toEpochMilli(), value);
  }

  /** The same with covariates observed with the value. */
  public Observation with(double... observed) {
    return new Observation(time, value, observed, ahead);
  }

  /** The same with covariates of the times after it, as {@link #ahead()} orders them. */
  public Observation ahead(double... known) {
    return new Observation(time, value, features, known);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Observation o
        && time == o.time
        && Double.compare(value, o.value) == 0
        && Arrays.equals(features, o.features)
        && Arrays.equals(ahead, o.ahead);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(time) + Double.hashCode(value);
  }

  @Override
  public String toString() {
    return "Observation[%s = %s%s%s]"
        .formatted(
            Instant.ofEpochMilli(time),
            value,
            features.length == 0 ? "" : " " + Arrays.toString(features),
            ahead.length == 0 ? "" : " ahead " + Arrays.toString(ahead));
  }
}
