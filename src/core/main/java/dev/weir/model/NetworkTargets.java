package dev.weir.model;

import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The targets that a network forecasts together. Of each step of a window it reads first one value
 * of each, in this order, then everything else. Its answers are, step by step, one for each target:
 * those of a many-to-one network are {@code fc(h).view(horizon, targets)}.
 *
 * @param count 1 to {@link #MAX}
 * @param names of the targets; none for a single one, or where the model does not say
 */
public record NetworkTargets(int count, List<String> names) {

  /** How many targets there are at most. */
  public static final int MAX = 32;

  /** What the names of targets are made of. */
  public static final String NAMES = "1 to 100 letters, digits, spaces, dots and _";

  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}_. ]{1,100}");

  /** A single one. */
  public static final NetworkTargets ONE = new NetworkTargets(1, List.of());

  public NetworkTargets {
    names = List.copyOf(names);
    boolean areNames =
        names.size() == count
            && count > 1
            && new HashSet<>(names).size() == count
            && names.stream().allMatch(NetworkTargets::isName);
    if (count < 1 || count > MAX || !names.isEmpty() && !areNames) {
      throw new IllegalArgumentException(
          "targets: expected a number from 1 to %d, or 2 to %d different names, got %s"
              .formatted(MAX, MAX, names.isEmpty() ? count : Safetensors.quoted(label(names))));
    }
  }

  /** With these names; none for a single one. */
  public static NetworkTargets of(List<String> names) {
    return names.isEmpty() ? ONE : new NetworkTargets(names.size(), names);
  }

  /** From {@link #label}. */
  public static NetworkTargets ofLabel(String label) {
    return label.matches("[0-9]{1,9}")
        ? new NetworkTargets(Integer.parseInt(label), List.of())
        : of(List.of(label.split(",", -1)));
  }

  /** Whether a target may be called like this. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Whether there are several. */
  public boolean areSeveral() {
    return count > 1;
  }

  /** Whether a network of these forecasts those that are asked for. */
  public boolean fit(List<String> wanted) {
    return count == Math.max(1, wanted.size()) && (names.isEmpty() || names.equals(wanted));
  }

  /** As in weight files: the names joined by commas, else the number. */
  public String label() {
    return names.isEmpty() ? Integer.toString(count) : label(names);
  }

  private static String label(List<String> names) {
    return String.join(",", names);
  }
}
