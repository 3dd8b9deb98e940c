package dev.weir.dashboard.view;

import dev.weir.forecast.Forecast;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** Figures of the whole job at one moment, gathered series by series. */
public final class JobSummary {

  /** Values that a series was scored on before it counts as learned. */
  static final int LEARNED = 200;

  private static final int MAX_MODELS = 1_000;

  private final Map<Forecast.Status, Integer> statuses = new EnumMap<>(Forecast.Status.class);
  private final Map<Version, Integer> issuers = new HashMap<>();
  private final Means learned = new Means();
  private final Means newborn = new Means();
  private final Map<Double, Held> held = new HashMap<>(); // by level

  public JobSummary() {
    for (Forecast.Status status : Forecast.Status.values()) {
      statuses.put(status, 0);
    }
  }

  record Version(String model, long version) {}

  /**
   * How much better than naive methods series are forecast.
   *
   * @param naive 1 - geometric mean of (our mean absolute error / that of the last value); NaN
   *     while unknown
   * @param seasonalNaive the same beside the last season
   * @param series that have an error
   */
  public record Skill(double naive, double seasonalNaive, int series) {}

  private static final class Means {
    private final Mean naive = new Mean();
    private final Mean seasonalNaive = new Mean();
    private int series;

    Skill skill() {
      return new Skill(naive.skill(), seasonalNaive.skill(), series);
    }
  }

  private static final class Mean {
    private double logs;
    private int count;

    void add(double ratio) {
      if (ratio > 0 && ratio < Double.POSITIVE_INFINITY) {
        logs += Math.log(ratio);
        count++;
      }
    }

    double skill() {
      return count == 0 ? Double.NaN : 1 - Math.exp(logs / count);
    }
  }

  /** A mean, each series as often as it was scored. */
  private static final class Held {
    private double held;
    private double scored;
  }

  /**
   * @param level share of the truth that the intervals are meant to hold; NaN while unknown
   * @param held share that they did hold
   */
  public record Coverage(double level, double held) {
    private static final Coverage UNKNOWN = new Coverage(Double.NaN, Double.NaN);
  }

  /**
   * Adds a series.
   *
   * @param status null if it is scored, and its forecasts were not read
   */
  void add(Forecast.Status status, SeriesRow.Errors errors) {
    if (status != null) {
      statuses.merge(status, 1, Integer::sum);
    }
    if (errors.scored() == 0) {
      return;
    }
    Means means = errors.scored() < LEARNED ? newborn : learned;
    means.naive.add(errors.relative());
    means.seasonalNaive.add(errors.relativeSeasonal());
    means.series++;
    if (Double.isFinite(errors.level())
        && Double.isFinite(errors.coverage())
        && (held.size() < MAX_MODELS || held.containsKey(errors.level()))) {
      Held sum = held.computeIfAbsent(errors.level(), any -> new Held());
      sum.held += errors.coverage() * errors.scored();
      sum.scored += errors.scored();
    }
  }

  /**
   * Adds a series' newest forecast of a mode.
   *
   * @param issuer null without a model
   */
  void addIssuer(Version issuer) {
    if (issuer != null && (issuers.size() < MAX_MODELS || issuers.containsKey(issuer))) {
      issuers.merge(issuer, 1, Integer::sum);
    }
  }

  /** How many series have each status, 0 among them. */
  public Map<Forecast.Status, Integer> statuses() {
    return statuses;
  }

  public Map<Version, Integer> issuers() {
    return issuers;
  }

  /** Of series that were scored often enough. */
  public Skill learned() {
    return learned.skill();
  }

  /** Of series with fewer scored values, whose errors say little yet. */
  public Skill newborn() {
    return newborn.skill();
  }

  /** Of the level that was scored most. */
  public Coverage coverage() {
    return held.entrySet().stream()
        .max((a, b) -> Double.compare(a.getValue().scored, b.getValue().scored))
        .map(e -> new Coverage(e.getKey(), e.getValue().held / e.getValue().scored))
        .orElse(Coverage.UNKNOWN);
  }
}
