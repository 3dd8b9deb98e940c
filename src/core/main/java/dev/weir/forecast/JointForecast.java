package dev.weir.forecast;

import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Forecast.Steps;
import dev.weir.model.Mode;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Forecasts of all targets of one series that were made at one time. (series, origin, mode) names
 * it.
 *
 * @param series which series
 * @param origin time of the newest observation, milliseconds since 1970 in UTC
 * @param mode which outputs of the network they are made of
 * @param targets in the order of the settings; one whose newest value is missing is left out, since
 *     its forecast of before still holds
 * @param totals sums and differences, in the order of the settings; those of a target that is left
 *     out are left out, too
 */
public record JointForecast(
    String series, long origin, Mode mode, List<Target> targets, List<Total> totals)
    implements Output {

  /**
   * The forecast of one target.
   *
   * @param name of the target
   * @param forecast its series is {@link #nameOf} the target
   * @param region where it is meant to be while all targets are in theirs: the level is the share
   *     of times at which all are, at each step; null while nothing is known of the errors
   */
  public record Target(String name, Forecast forecast, Interval region) {}

  /**
   * A sum or difference of targets, or of one target's steps.
   *
   * @param name from the settings
   * @param steps of each step, or one number for the sum of several steps
   */
  public record Total(String name, Steps steps) {}

  /** Matches a name that {@link #nameOf} gave; its group is the series. */
  public static final Pattern OF_TARGET = Pattern.compile("(.+)/[^/]+", Pattern.DOTALL);

  /**
   * The forecast of a target; null if it is left out.
   *
   * @param target its name
   */
  public Forecast forecast(String target) {
    Target found = target(target);
    return found == null ? null : found.forecast;
  }

  /** As {@link Target#region}; also null for a target that is left out. */
  public Interval region(String target) {
    Target found = target(target);
    return found == null ? null : found.region;
  }

  private Target target(String name) {
    return targets.stream().filter(target -> target.name.equals(name)).findFirst().orElse(null);
  }

  /**
   * A sum or difference; null if it is left out.
   *
   * @param name of it
   */
  public Steps total(String name) {
    return totals.stream()
        .filter(total -> total.name.equals(name))
        .map(Total::steps)
        .findFirst()
        .orElse(null);
  }

  /** What one target of a series is called where records are of one value each. */
  public static String nameOf(String series, String target) {
    return series + "/" + target;
  }
}
