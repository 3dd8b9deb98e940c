package dev.weir.forecast.candidate;

import java.util.ArrayList;
import java.util.List;

/**
 * The kinds of forecasts that a {@link CandidateNetwork} tells apart: experts by their names, all
 * other experts as one, and the {@link CheapCandidates}. The order is that of the weights in a
 * model, so it may only grow at its end.
 */
public final class CandidateKinds {

  /** Experts of any other name. */
  public static final String OTHER = "other";

  /** All, in the order of a model's weights. */
  public static final List<String> NAMES = names();

  /** Experts whose errors a network reads at each value; the base's stand for a missing one. */
  static final List<String> SHOWN =
      List.of("rls-ar", "analogs", "log-rls", "seasonal-median", "seasonal-profile");

  /** The running median that it reads at each value; the base stands for a missing one. */
  static final String MEDIAN = "median-25";

  private CandidateKinds() {}

  private static List<String> names() {
    List<String> names =
        new ArrayList<>(
            List.of(
                "naive",
                "weekly-naive",
                "rls-ar",
                "seasonal-profile",
                "log-rls",
                "median-7",
                "median-25",
                "seasonal-median",
                "analogs",
                "analogs-wide",
                "analogs-of-deviations",
                OTHER));
    names.addAll(CheapCandidates.NAMES);
    names.add("trend");
    return List.copyOf(names);
  }

  /**
   * Places of experts and, behind them, of the cheap candidates among a model's names.
   *
   * @param names of the model, for which {@link #problemWith} is null
   */
  static int[] of(List<String> experts, List<String> names) {
    List<String> all = new ArrayList<>(experts);
    all.addAll(CheapCandidates.NAMES);
    int other = names.indexOf(OTHER);
    return all.stream().mapToInt(names::indexOf).map(kind -> kind < 0 ? other : kind).toArray();
  }

  /** Why a model with these names can't be used, in one line; null when it can. */
  public static String problemWith(List<String> names) {
    List<String> needed = new ArrayList<>(CheapCandidates.NAMES);
    needed.add(OTHER);
    return names.containsAll(needed)
        ? null
        : "candidates: expected at least %s, got %s".formatted(needed, names);
  }
}
