package dev.weir.forecast.expert;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.Explanation.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Adds up what a forecast of the next value consists of beside the level. Reused for each forecast;
 * not thread-safe.
 */
public final class ForecastParts {

  /** The parts beside the level and the covariates. */
  public enum Kind {
    SEASON(Explanation.SEASON),
    RECENT(Explanation.RECENT),
    ANALOGS(Explanation.ANALOGS),
    NETWORKS(Explanation.NETWORKS),
    HOLIDAYS(Explanation.HOLIDAYS),
    OUTSIDE(Explanation.OUTSIDE),
    OTHER(Explanation.OTHER);

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  private static final Kind[] KINDS = Kind.values();

  private final double[] amounts; // (kinds + covariates)
  private double level;
  private double made;

  /**
   * @param covariates how many there are, observed ones first
   */
  public ForecastParts(int covariates) {
    this.amounts = new double[KINDS.length + covariates];
  }

  /**
   * Starts with no parts.
   *
   * @param level of the series
   * @param made the forecast that the level and the parts are to give
   */
  public ForecastParts start(double level, double made) {
    Arrays.fill(amounts, 0);
    this.level = level;
    this.made = made;
    return this;
  }

  /** The level, from which the parts are distances. */
  public double level() {
    return level;
  }

  /** The forecast to explain. */
  public double made() {
    return made;
  }

  public void add(Kind kind, double amount) {
    amounts[kind.ordinal()] += amount;
  }

  public void addCovariate(int k, double amount) {
    amounts[KINDS.length + k] += amount;
  }

  /** Adds what is missing from the forecast to one kind. */
  public void addRest(Kind kind) {
    add(kind, made - level - sum());
  }

  /** Adds another's parts, times a weight. */
  public void add(ForecastParts other, double weight) {
    for (int i = 0; i < amounts.length; i++) {
      amounts[i] += weight * other.amounts[i];
    }
  }

  /** Multiplies all parts. */
  public void scale(double factor) {
    for (int i = 0; i < amounts.length; i++) {
      amounts[i] *= factor;
    }
  }

  private double sum() {
    double sum = 0;
    for (double amount : amounts) {
      sum += amount;
    }
    return sum;
  }

  /**
   * The parts by name; what is missing from the forecast, or unknown because a part is not a finite
   * number, is in {@link Explanation#OTHER}.
   *
   * @param covariates their names
   */
  public Explanation explanation(List<String> covariates) {
    if (!Double.isFinite(level + sum())) {
      Arrays.fill(amounts, 0);
      level = Double.isFinite(level) ? level : 0;
    }
    List<Part> parts = new ArrayList<>(KINDS.length + 1 + covariates.size());
    parts.add(new Part(Explanation.LEVEL, level));
    addTo(parts, Kind.SEASON);
    addTo(parts, Kind.RECENT);
    for (int k = 0; k < covariates.size(); k++) {
      parts.add(new Part(covariates.get(k), amounts[KINDS.length + k]));
    }
    addTo(parts, Kind.ANALOGS);
    addTo(parts, Kind.NETWORKS);
    addTo(parts, Kind.HOLIDAYS);
    addTo(parts, Kind.OUTSIDE);
    double sum = 0;
    for (Part part : parts) {
      sum += part.amount();
    }
    if (made != sum) { // as the last one it makes the sum right to the last digit
      parts.add(new Part(Explanation.OTHER, made - sum));
    }
    return new Explanation(made, parts);
  }

  private void addTo(List<Part> parts, Kind kind) {
    if (amounts[kind.ordinal()] != 0) {
      parts.add(new Part(kind.label, amounts[kind.ordinal()]));
    }
  }
}
