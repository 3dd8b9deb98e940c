package dev.weir.forecast;

import java.util.List;
import java.util.Set;

/**
 * Why a forecast of the next value is what it is: named amounts in the unit of the series, whose
 * sum is the forecast. {@code docs/learning.md} defines each.
 *
 * <pre>
 * 41.2 = level 38.0 + season 2.5 + recent 0.4 + ahead[0] 0.6 + networks -0.3
 * </pre>
 *
 * @param value the forecast of the next value, step 1
 * @param parts the level first; added up in this order they give the value to within rounding. A
 *     part that is zero is left out, but the level and the covariates are always there
 */
public record Explanation(double value, List<Part> parts) {

  /** The level of the series lately, from which all other parts are distances. */
  public static final String LEVEL = "level";

  /** Values of a season and a week ago. */
  public static final String SEASON = "season";

  /** The newest values. */
  public static final String RECENT = "recent";

  /** What followed the moments of the past that looked like the newest values. */
  public static final String ANALOGS = "analogs";

  /** Recurrent networks. */
  public static final String NETWORKS = "networks";

  /** The correction on a holiday or a day beside one. */
  public static final String HOLIDAYS = "holidays";

  /** What models outside of Weir say of it. */
  public static final String OUTSIDE = "outside-models";

  /**
   * What belongs to no other part: limits, bounds, corrections of a constant size, and rounding.
   */
  public static final String OTHER = "other";

  /** Names that no covariate has. */
  public static final Set<String> RESERVED =
      Set.of(LEVEL, SEASON, RECENT, ANALOGS, NETWORKS, HOLIDAYS, OUTSIDE, OTHER);

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
