package dev.weir.forecast;

import java.util.List;
import java.util.Set;

/**
 * The parts of a forecast of the next value: named amounts in the unit of the series, whose sum is
 * the forecast. {@code docs/learning.md} defines each.
 *
 * <pre>
 * 41.2 = level 38.0 + expert:analogs 2.5 + expert:rls-ar 0.4 + ahead[0] 0.6 + network -0.3
 * </pre>
 *
 * @param value the forecast of the next value, step 1
 * @param parts the level, the experts, the covariates, the stages after them; added up in this
 *     order they give the value to within rounding. Parts of zero are left out, except the level
 *     and the covariates
 */
public record Explanation(double value, List<Part> parts) {

  /** The level of the series lately. */
  public static final String LEVEL = "level";

  /**
   * Prefix of an expert's part: the distance of its forecast from the level, without the part of
   * the covariates, times its weight.
   */
  public static final String EXPERT = Score.Method.EXPERT;

  /** Correction by the regression on the experts' forecasts. */
  public static final String STACK = "stack";

  /** Correction by the network that combines candidates. */
  public static final String NETWORK = "network";

  /** Correction after a shift of the level. */
  public static final String SHIFT = "shift";

  /** The correction on a holiday, and on the days before and after it. */
  public static final String HOLIDAYS = "holidays";

  /** Correction by models outside of Weir. */
  public static final String OUTSIDE = "outside-models";

  /** The rest: bounds, a repeated outlier, rounding. */
  public static final String OTHER = "other";

  private static final Set<String> OWN =
      Set.of(LEVEL, STACK, NETWORK, SHIFT, HOLIDAYS, OUTSIDE, OTHER);

  /** Whether a name belongs to a part other than a covariate. */
  public static boolean isReserved(String name) {
    return OWN.contains(name) || name.startsWith(EXPERT);
  }

  /**
   * One part.
   *
   * @param name one of the constants, or that of a covariate
   * @param amount in the unit of the series; finite
   */
  public record Part(String name, double amount) {}

  public Explanation {
    parts = List.copyOf(parts);
  }
}
