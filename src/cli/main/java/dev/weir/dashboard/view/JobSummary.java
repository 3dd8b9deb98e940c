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
    static final Coverage UNKNOWN = new Coverage(Double.NaN, Double.NaN);
  }

  void add(Forecast.Status status) {
    if (status != null) { // else scored, and its forecasts were not read
      statuses.merge(status, 1, Integer::sum);
    }
  }

  void addIssuer(String model, Long version) {
    Version issuer = new Version(model, version == null ? Forecast.NO_VERSION : version);
    if (issuers.size() < MAX_MODELS || issuers.containsKey(issuer)) {
      issuers.merge(issuer, 1, Integer::sum);
    }
  }

  void add(SeriesRow.Errors errors) {
    Means means = errors.scored() < LEARNED ? newborn : learned;
    means.naive.add(errors.relative());
    means.seasonalNaive.add(errors.relativeSeasonal());
    means.series += errors.scored() > 0 ? 1 : 0;
    if (Double.isFinite(errors.level())
        && Double.isFinite(errors.coverage())
        && errors.scored() > 0
        && (held.size() < MAX_MODELS || held.containsKey(errors.level()))) {
      Held sum = held.computeIfAbsent(errors.level(), l -> new Held());
      sum.held += errors.coverage() * errors.scored();
      sum.scored += errors.scored();
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
