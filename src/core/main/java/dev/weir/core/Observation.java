package dev.weir.core;

import java.time.Instant;
import java.util.Arrays;

/**
 * One value of a series. Immutable and thread-safe: arrays are copied.
 *
 * <pre>{@code
 * new Observation(Instant.parse("2026-01-01T00:00:00Z"), 16);
 * new Observation(record.timestamp(), 16).features(21.5).ahead(22.0, 23.5); // a temperature, and the next two
 * new Observation(record.timestamp(), 16).outside(lear, dnn); // what two models forecast of the next steps
 * }</pre>
 *
 * @param time when it was observed, milliseconds since 1970 in UTC; 1970 to 9999
 * @param value finite
 * @param features covariates observed with the value, all finite, as many as {@link
 *     ForecasterBuilder#features} says
 * @param ahead covariates known ahead, of the times after this one: all of the next time, then all
 *     of the one after it, and so on, for any number of times; NaN for a missing one
 * @param outside forecasts of the {@linkplain ForecasterBuilder#outside outside models} made at
 *     this time: an array for each model in their order, the next time first. An array may have any
 *     length; NaN and infinity count as missing. Empty for none at all
 */
public record Observation(
    long time, double value, double[] features, double[] ahead, double[][] outside) {

  /** The last valid time: the end of the year 9999. */
  static final long MAX_TIME = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

  private static final double[] NONE = {};

  /**
   * @throws IllegalArgumentException with one line if the time is not from 1970 to 9999 or a number
   *     is not finite
   */
  public Observation {
    checked(time);
    features = copy("features", features);
    ahead = copy("ahead", ahead);
    outside = copy(outside);
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
      if (Double.isInfinite(ahead[i])) { // NaN: missing
        throw new IllegalArgumentException(
            "ahead[%d]: expected a finite number or NaN, got %s".formatted(i, ahead[i]));
      }
    }
  }

  private static double[] copy(String name, double[] given) {
    return Checks.given(name, given).length == 0 ? NONE : given.clone();
  }

  private static double[][] copy(double[][] given) {
    double[][] copies = Checks.given("outside", given).clone();
    Arrays.setAll(copies, i -> copy("outside", given[i]));
    return copies;
  }

  private static void checkTime(boolean isSound, Object got) {
    Checks.check(isSound, "time", "1970 to 9999", got);
  }

  /**
   * @throws IllegalArgumentException as the constructor
   */
  static long checked(long time) {
    if (time < 0 || time > MAX_TIME) {
      checkTime(false, Instant.ofEpochMilli(time));
    }
    return time;
  }

  /**
   * Milliseconds since 1970.
   *
   * @throws IllegalArgumentException as the constructor
   */
  private static long millis(Instant time) {
    Checks.given("time", time);
    checkTime(!time.isBefore(Instant.EPOCH) && !time.isAfter(Instant.ofEpochMilli(MAX_TIME)), time);
    return time.toEpochMilli();
  }

  /** As the engines take it, without forecasts of outside models. Shares the arrays. */
  dev.weir.forecast.Observation of(String series) {
    return of(series, ahead);
  }

  private dev.weir.forecast.Observation of(String series, double[] columns) {
    return new dev.weir.forecast.Observation(series, time, value, features, null, columns);
  }

  /**
   * As the engines take it, with the forecasts of outside models.
   *
   * @param covariates known ahead
   * @param columns of the outside models
   * @param horizon steps that are read of them
   * @throws IllegalArgumentException if it has another number of arrays
   */
  dev.weir.forecast.Observation of(String series, int covariates, int columns, int horizon) {
    if (outside.length != columns && outside.length != 0) {
      throw new IllegalArgumentException(
          "outside: expected %d arrays, got %d".formatted(columns, outside.length));
    }
    if (columns == 0) {
      return of(series);
    }
    int width = covariates + columns;
    int steps = covariates == 0 ? 0 : ahead.length / covariates;
    if (steps * covariates != ahead.length) {
      throw new IllegalArgumentException(
          "ahead: expected %d for each step, got %d".formatted(covariates, ahead.length));
    }
    double[] merged = new double[Math.max(steps, horizon) * width];
    Arrays.fill(merged, Double.NaN);
    for (int k = 0; k < steps; k++) {
      System.arraycopy(ahead, k * covariates, merged, k * width, covariates);
    }
    for (int c = 0; c < outside.length; c++) {
      for (int k = 0; k < Math.min(horizon, outside[c].length); k++) {
        double forecast = outside[c][k];
        merged[k * width + covariates + c] = Double.isFinite(forecast) ? forecast : Double.NaN;
      }
    }
    return of(series, merged);
  }

  /** Without forecasts of outside models. */
  public Observation(long time, double value, double[] features, double[] ahead) {
    this(time, value, features, ahead, new double[0][]);
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
    this(millis(time), value);
  }

  /** The same with covariates observed with the value. */
  public Observation features(double... observed) {
    return new Observation(time, value, observed, ahead, outside);
  }

  /** The same with covariates of the times after it, as {@link #ahead()} orders them. */
  public Observation ahead(double... covariates) {
    return new Observation(time, value, features, covariates, outside);
  }

  /** The same with forecasts of outside models, as {@link #outside()} orders them. */
  public Observation outside(double[]... forecasts) {
    return new Observation(time, value, features, ahead, forecasts);
  }

  /** A copy. */
  @Override
  public double[] features() {
    return copy("features", features);
  }

  /** A copy. */
  @Override
  public double[] ahead() {
    return copy("ahead", ahead);
  }

  /** A copy. */
  @Override
  public double[][] outside() {
    return copy(outside);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Observation o
        && time == o.time
        && Double.compare(value, o.value) == 0
        && Arrays.equals(features, o.features)
        && Arrays.equals(ahead, o.ahead)
        && Arrays.deepEquals(outside, o.outside);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(time) + Double.hashCode(value);
  }

  @Override
  public String toString() {
    return "Observation[%s = %s%s%s%s]"
        .formatted(
            Instant.ofEpochMilli(time),
            value,
            features.length == 0 ? "" : " " + Arrays.toString(features),
            ahead.length == 0 ? "" : " ahead " + Arrays.toString(ahead),
            outside.length == 0 ? "" : " outside " + Arrays.deepToString(outside));
  }
}
