package dev.weir.core;

import dev.weir.forecast.Explanation;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A forecast of the next values of one series: for each step a value, and intervals around it once
 * a first forecast has met its truth. Steps are counted from 1. Immutable and thread-safe.
 *
 * <pre>{@code
 * next.value(1); // of the next value
 * next.lower(0.8, 1); // 80 % of the truth are meant to be between this
 * next.upper(0.8, 1); // and this
 * next.quantile(0.9, 1); // the same as upper(0.8, 1)
 * }</pre>
 */
public final class Forecast {

  /** How far a forecast can be trusted. */
  public enum Status {
    /** The window of the newest values is not full yet. */
    WARMUP,
    /** The forecast of the mixture, or of the model where nothing is learned. */
    OK,
    /** The last value, repeated: the model gave no finite number. */
    FALLBACK
  }

  private final dev.weir.forecast.Forecast forecast;
  private final List<Incident> incidents;

  Forecast(dev.weir.forecast.Forecast forecast, List<Incident> incidents) {
    this.forecast = forecast;
    this.incidents = List.copyOf(incidents);
  }

  /** Name of the series. */
  public String series() {
    return forecast.series();
  }

  /** Time of the newest value that it is made of. */
  public Instant origin() {
    return Instant.ofEpochMilli(forecast.origin());
  }

  /** How many values are forecast. */
  public int horizon() {
    return forecast.values().length;
  }

  /**
   * When a step is due; null while the series has one value and no interval is given.
   *
   * @param step 1 to {@link #horizon}
   */
  public Instant time(int step) {
    check(step);
    return forecast.times() == null ? null : Instant.ofEpochMilli(forecast.times()[step - 1]);
  }

  /**
   * The forecast of a step, which is its median.
   *
   * @param step 1 to {@link #horizon}
   */
  public double value(int step) {
    check(step);
    return forecast.values()[step - 1];
  }

  /** The forecasts of all steps, nearest first; a copy. */
  public double[] values() {
    return forecast.values().clone();
  }

  /** Shares of the truth that the intervals are meant to contain, ascending; empty at first. */
  public List<Double> levels() {
    return forecast.intervals().stream().map(dev.weir.forecast.Forecast.Interval::level).toList();
  }

  /**
   * The lower end of an interval.
   *
   * @param level one of {@link #levels}
   * @param step 1 to {@link #horizon}
   */
  public double lower(double level, int step) {
    check(step);
    return interval(level).lower()[step - 1];
  }

  /** The upper end of an interval, as {@link #lower}. */
  public double upper(double level, int step) {
    check(step);
    return interval(level).upper()[step - 1];
  }

  /**
   * A quantile of a step: its forecast for 0.5, else the end of an interval, such as the lower one
   * of level 0.8 for 0.1.
   *
   * @param probability of a smaller value; 0.5, or (1 - level) / 2 or (1 + level) / 2
   * @throws IllegalArgumentException for another probability
   */
  public double quantile(double probability, int step) {
    check(step);
    if (probability == 0.5) {
      return forecast.values()[step - 1];
    }
    for (dev.weir.forecast.Forecast.Interval interval : forecast.intervals()) {
      if (Math.abs(Math.abs(2 * probability - 1) - interval.level()) < 1e-9) {
        return (probability < 0.5 ? interval.lower() : interval.upper())[step - 1];
      }
    }
    throw new IllegalArgumentException(
        "probability: expected 0.5 or an end of an interval of %s, got %s"
            .formatted(levels(), probability));
  }

  private dev.weir.forecast.Forecast.Interval interval(double level) {
    for (dev.weir.forecast.Forecast.Interval interval : forecast.intervals()) {
      if (interval.level() == level) {
        return interval;
      }
    }
    throw new IllegalArgumentException(
        "level: expected one of %s, got %s".formatted(levels(), level));
  }

  private void check(int step) {
    if (step < 1 || step > horizon()) {
      throw new IllegalArgumentException(
          "step: expected 1 to %d, got %d".formatted(horizon(), step));
    }
  }

  /** Name of the model in the forecast; empty where no model of a file takes part. */
  public String model() {
    return forecast.model();
  }

  /** Version of that model; -1 where none takes part. */
  public long modelVersion() {
    return forecast.modelVersion();
  }

  /** Values of the series that were learned so far. */
  public long learned() {
    return forecast.learningSteps();
  }

  public Status status() {
    return switch (forecast.status()) {
      case WARMUP -> Status.WARMUP;
      case OK -> Status.OK;
      case FALLBACK -> Status.FALLBACK;
    };
  }

  /** Numbers of covariates known ahead that the forecast needed and did not know. */
  public int covariatesMissing() {
    return forecast.covariatesMissing();
  }

  /**
   * What the forecast of step 1 consists of, by the names of the parts: level, season, recent,
   * analogs, networks, other, {@code features[0]}, {@code ahead[0]} and so on. Their sum is the
   * forecast. Empty without {@link ForecasterBuilder#explain}, and in a forecast that is made
   * again: that of {@link Series#forecast}, and that of an observation which came before.
   */
  public Map<String, Double> explanation() {
    Map<String, Double> parts = new LinkedHashMap<>();
    if (forecast.explanation() != null) {
      for (Explanation.Part part : forecast.explanation().parts()) {
        parts.put(part.name(), part.amount());
      }
    }
    return parts;
  }

  /** What became of incidents at the newest value; empty without {@link Alarms}. */
  public List<Incident> incidents() {
    return incidents;
  }

  /** Whether both say the same, bit for bit. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Forecast f
        && forecast.equals(f.forecast)
        && incidents.equals(f.incidents);
  }

  @Override
  public int hashCode() {
    return forecast.hashCode();
  }

  @Override
  public String toString() {
    return forecast.toString();
  }
}
