package dev.weir.forecast.alarm;

import java.io.Serializable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Which series are a group, and when it is unusual. Immutable.
 *
 * @param series matches the members' whole names; what its first capturing group matches is the
 *     group's name, so that one pattern makes many groups
 * @param name of the group; null if the pattern says it
 * @param surprise sum of the members' surprises from which an incident is opened
 */
public record GroupSettings(Pattern series, String name, double surprise) implements Serializable {

  public static final double DEFAULT_SURPRISE = 4;

  /**
   * The name of the group of a member.
   *
   * @param member the match of its name
   */
  public String groupOf(MatchResult member) {
    return name == null ? member.group(1) : name;
  }
}
