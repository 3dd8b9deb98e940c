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
 * @param names of the models, 1 to {@value #MAX_NAME} characters each
 * @param quantiles whether quantiles come with their forecasts
 * @param ages whether it is known how old they are
 */
public record OutsideModels(List<String> names, boolean quantiles, boolean ages)
    implements Serializable {

  private static final long serialVersionUID = 1L;

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
    quantiles &= !names.isEmpty();
    ages &= !names.isEmpty();
    if (names.size() > MAX) {
      throw new IllegalArgumentException(
          "outside models: expected at most %d, got %d".formatted(MAX, names.size()));
    }
    if (new HashSet<>(names).size() < names.size()) {
      throw new IllegalArgumentException("outside models: expected each once, got " + names);
    }
    for (String name : names) {
      if (!isName(name)) {
        throw new IllegalArgumentException(
            "outside models: expected names of 1 to %d characters, got '%s'"
                .formatted(MAX_NAME, name));
      }
    }
  }

  /** Without ages. */
  public OutsideModels(List<String> names, boolean quantiles) {
    this(names, quantiles, false);
  }

  /** Whether a model may have this name. */
  public static boolean isName(String name) {
    return !name.isBlank() && name.length() <= MAX_NAME;
  }

  /** How many there are. */
  public int count() {
    return names.size();
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
