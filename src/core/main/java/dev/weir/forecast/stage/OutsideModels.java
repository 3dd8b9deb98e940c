package dev.weir.forecast.stage;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;

/**
 * Models outside of Weir whose forecasts take part: in the order of their columns among the numbers
 * known ahead of an observation, after the covariates.
 *
 * @param names of the models, 1 to {@value #MAX_NAME} characters each
 */
public record OutsideModels(List<String> names) implements Serializable {

  /** Models that take part, at most. */
  public static final int MAX = 16;

  /** Characters of a name, at most. */
  public static final int MAX_NAME = 64;

  public static final OutsideModels NONE = new OutsideModels(List.of());

  /**
   * @throws IllegalArgumentException with one line
   */
  public OutsideModels {
    names = List.copyOf(names);
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
            "outside models: expected names of 1 to %d printable characters, got '%s'"
                .formatted(MAX_NAME, name));
      }
    }
  }

  /** Whether a model may have this name. */
  public static boolean isName(String name) {
    return !name.isBlank()
        && name.length() <= MAX_NAME
        && name.chars().noneMatch(Character::isISOControl);
  }

  /** How many there are. */
  public int count() {
    return names.size();
  }

  /** Saved states contain the hash of this text. */
  @Override
  public String toString() {
    return "OutsideModels" + names;
  }
}
