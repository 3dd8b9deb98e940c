package dev.weir.forecast.joint;

import dev.weir.model.NetworkTargets;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * The targets of each series, where it has several: the first is an observation's value, the others
 * are the first of its features.
 *
 * @param names in the order in which observations have them; none for one target without a name
 * @param totals that are forecast with them
 */
public record Targets(List<String> names, List<Total> totals) implements Serializable {

  /** How many targets a series has at most. */
  public static final int MAX = NetworkTargets.MAX;

  /** What names of targets and totals are made of. */
  public static final String NAMES = NetworkTargets.NAMES;

  /** One target without a name. */
  public static final Targets ONE = new Targets(List.of(), List.of());

  public Targets {
    names = List.copyOf(names);
    totals = List.copyOf(totals);
    if (names.size() == 1
        || names.size() > MAX
        || new HashSet<>(names).size() < names.size()
        || !names.stream().allMatch(Targets::isName)) {
      throw new IllegalArgumentException(
          "targets: expected 2 to %d different names, got %s".formatted(MAX, names));
    }
  }

  /** Whether a target or a total may be called like this: nothing that parts of a text mean. */
  public static boolean isName(String name) {
    return NetworkTargets.isName(name);
  }

  /**
   * A total of these targets.
   *
   * @param of names of targets, with a minus in front of one that is subtracted
   * @param steps as in {@link Total}
   * @throws IllegalArgumentException with one line if there can't be such a total
   */
  public Total total(String name, List<String> of, int steps) {
    if (!isName(name)) {
      throw new IllegalArgumentException("name: expected %s, got %s".formatted(NAMES, name));
    }
    if (of.isEmpty() || steps < 0 || of.size() == 1 && steps < 2) {
      throw new IllegalArgumentException(
          "%s: expected several targets or several steps, got %s over %d"
              .formatted(name, of, Math.max(1, steps)));
    }
    List<Term> terms = new ArrayList<>();
    for (String term : of) {
      boolean isMinus = term.startsWith("-");
      int target = names.indexOf(isMinus ? term.substring(1) : term);
      if (target < 0 || terms.stream().anyMatch(known -> known.target == target)) {
        throw new IllegalArgumentException(
            "%s: expected each of %s at most once, got %s".formatted(name, names, of));
      }
      terms.add(new Term(target, isMinus));
    }
    return new Total(name, terms, steps);
  }

  /**
   * A sum or difference.
   *
   * @param name of it
   * @param terms what is added up
   * @param steps 0: of each step by itself; else the sum of so many steps from the first on
   */
  public record Total(String name, List<Term> terms, int steps) implements Serializable {

    public Total {
      terms = List.copyOf(terms);
    }
  }

  /**
   * A part of a total.
   *
   * @param target its number from 0
   * @param isMinus whether it is subtracted
   */
  public record Term(int target, boolean isMinus) implements Serializable {}

  /** How many targets a series has. */
  public int count() {
    return Math.max(1, names.size());
  }

  /** Whether there are several. */
  public boolean areSeveral() {
    return !names.isEmpty();
  }
}
