package dev.weir.forecast.learn;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * Models outside of Weir whose forecasts take part: in the order of their columns among the numbers
 * known ahead of an observation, after the covariates. A model has one column, its forecast, or
 * with quantiles also the lower and the upper end of the interval of each level, ascending; with
 * ages the last one says how old the forecast is, seconds.
 *
 * @param names of the models, 1 to {@value #MAX_NAME} characters each; empty where the observations
 *     of a series name its own
 * @param quantiles whether quantiles come with their forecasts
 * @param ages whether it is known how old they are
 * @param slots how many models a series may have where it names them; else 0
 */
public record OutsideModels(List<String> names, boolean quantiles, boolean ages, int slots)
    implements Serializable {

  /** Models that take part, at most. */
  public static final int MAX = 16;

  /** Characters of a name, at most. */
  public static final int MAX_NAME = 64;

  public static final OutsideModels NONE = new OutsideModels(List.of(), false);

  /**
   * @throws IllegalArgumentException with one line
   */
  public OutsideModels {
    names = List.copyOf(names);
    boolean hasSome = slots > 0 || !names.isEmpty();
    quantiles &= hasSome;
    ages &= hasSome;
    int most = slots > 0 ? Math.min(slots, MAX) : MAX;
    int count = Math.max(slots, names.size());
    if (count > most) {
      throw new IllegalArgumentException(
          "outside models: expected at most %d, got %d".formatted(most, count));
    }
    slots = names.isEmpty() ? slots : 0;
    if (new HashSet<>(names).size() < names.size()) {
      throw new IllegalArgumentException("outside models: expected each once, got " + names);
    }
    for (String name : names) {
      if (!isName(name)) {
        throw new IllegalArgumentException(
            "outside models: expected names of 1 to %d printable characters, got '%s'"
                .formatted(MAX_NAME, name));
      }
    }
  }

  /** Without ages. */
  public OutsideModels(List<String> names, boolean quantiles) {
    this(names, quantiles, false, 0);
  }

  /** Whether a model may have this name. */
  public static boolean isName(String name) {
    return !name.isBlank()
        && name.length() <= MAX_NAME
        && name.chars().noneMatch(Character::isISOControl);
  }

  /** How many there are, at most. */
  public int count() {
    return Math.max(slots, names.size());
  }

  /**
   * The name of a model, by its number from 0.
   *
   * @param ofSeries the names that the observations of a series say; null where these settings do
   */
  public String name(int model, List<String> ofSeries) {
    return ofSeries == null ? names.get(model) : ofSeries.get(model);
  }

  /** The same, with names where these settings have none. */
  public OutsideModels named(List<String> wanted) {
    return names.isEmpty() ? new OutsideModels(wanted, quantiles, ages, slots) : this;
  }

  /** Saved states contain the hash of this text. */
  @Override
  public String toString() {
    return "OutsideModels[%s, quantiles=%s, ages=%s]"
        .formatted(slots > 0 ? "slots=" + slots : "names=" + names, quantiles, ages);
  }

  /** Levels of the quantiles behind the columns after the forecast, in their order. */
  public static List<Double> quantileLevels(List<Double> levels) {
    return levels.stream().flatMap(level -> Stream.of((1 - level) / 2, (1 + level) / 2)).toList();
  }

  /**
   * Columns of one model, without its age.
   *
   * @param levels of the intervals
   */
  public int columnsOfEach(int levels) {
    return quantiles ? 1 + 2 * levels : 1;
  }

  /** Columns of all models. */
  public int columns(int levels) {
    return count() * (columnsOfEach(levels) + (ages ? 1 : 0));
  }
}
