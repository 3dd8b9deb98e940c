package dev.weir.forecast.alarm;

import dev.weir.forecast.alarm.GroupState.GroupIncident;
import dev.weir.forecast.alarm.GroupState.Part;
import dev.weir.forecast.alarm.GroupState.Waiting;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Joins the surprises of a group's members and makes incidents of them. The sum of an interval is
 *
 * <pre>
 * P = sum over members of max(0, surprise - 1)
 * </pre>
 *
 * <p>An incident is opened at a sum that is large enough, but not within {@link #SILENCE} values
 * after the last one was; sums that are as large continue it, and it is closed after some values
 * without one. An interval is judged when event time has passed it, so the order in which members'
 * values come does not count. A value that comes after that is left out.
 *
 * <p>A flyweight: what is known of a group is in its {@link GroupState}. Not thread-safe.
 */
public final class GroupTracker {

  /** What became of an incident. */
  public enum Change {
    OPENED,
    /** It has become more severe. */
    WORSE,
    CLOSED
  }

  /** A surprise that each member may have. */
  public static final double EXPECTED = 1;

  /** Values of a member before its surprises count. */
  public static final int BEGINNING = 100;

  /** Values after the start of an incident in which no other is opened. */
  static final int SILENCE = 50;

  /** Members that an incident names at most. */
  public static final int PARTS = 12;

  /** Surprises of a group that wait at most; beyond, the oldest interval is judged early. */
  static final int MAX_WAITING = 10_000;

  private static final double[] SEVERITIES = {6, 10}; // sums: medium, high

  private final int quiet;
  private GroupIncident newest;

  /**
   * @param quiet values without a sum that is large enough that close an incident
   */
  public GroupTracker(int quiet) {
    this.quiet = quiet;
  }

  /**
   * Takes in a surprise, which waits until its interval is over.
   *
   * @return false for one whose interval was judged before
   */
  public boolean add(GroupState state, MemberSurprise surprise) {
    long begin = surprise.begin();
    if (begin <= state.judged) {
      return false;
    }
    Waiting interval = state.waiting.computeIfAbsent(begin, b -> new Waiting());
    interval.end = surprise.end();
    interval.enough = Math.max(interval.enough, surprise.enough());
    interval.spacing = Math.max(interval.spacing, surprise.spacing());
    Part part = new Part(surprise.series(), surprise.value(), surprise.surprise());
    int before = interval.members.size();
    interval.members.merge(
        part.series(), part, (one, two) -> two.surprise() > one.surprise() ? two : one);
    state.surprises += interval.members.size() - before;
    return true;
  }

  /** Whether {@link #next} is due without waiting for event time. */
  public boolean isFull(GroupState state) {
    return state.surprises > MAX_WAITING;
  }

  /**
   * Does what is due first: judges an interval, or closes the incident. To be called again while
   * something is due.
   *
   * @return what became of the {@link #newest} incident; null for nothing
   */
  public Change next(GroupState state) {
    Map.Entry<Long, Waiting> first = state.waiting.firstEntry();
    GroupIncident open = state.incident;
    newest = open;
    if (open != null && (first == null || open.closes < first.getValue().end)) {
      state.incident = null;
      return Change.CLOSED;
    }
    state.waiting.pollFirstEntry();
    state.surprises -= first.getValue().members.size();
    state.judged = first.getKey();
    return judge(state, first.getKey(), first.getValue());
  }

  private Change judge(GroupState state, long begin, Waiting interval) {
    double sum = 0;
    for (Part part : interval.members.values()) {
      sum += part.surprise() - EXPECTED;
    }
    GroupIncident incident = state.incident;
    if (sum < interval.enough || incident == null && begin < state.silentUntil) {
      return null;
    }
    if (incident == null) {
      incident = new GroupIncident(begin);
      state.incident = incident;
      state.silentUntil = later(begin, SILENCE, interval.spacing);
    } else {
      incident.values++;
      incident.end = begin;
    }
    incident.closes = later(interval.end, quiet, interval.spacing);
    if (sum > incident.sum) {
      incident.sum = sum;
      incident.worstTime = begin;
      incident.worst = worst(interval);
    }
    newest = incident;
    int severity = severity(incident.sum);
    boolean isFirst = incident.start == begin;
    boolean isWorse = severity > incident.severity;
    incident.severity = severity;
    return isFirst ? Change.OPENED : isWorse ? Change.WORSE : null;
  }

  private static long later(long time, int values, long spacing) {
    return time + values * Math.max(1, spacing);
  }

  private static List<Part> worst(Waiting interval) {
    List<Part> parts = new ArrayList<>(interval.members.values());
    parts.sort(Comparator.comparingDouble(Part::surprise).reversed()); // stable: then by name
    return new ArrayList<>(parts.subList(0, Math.min(PARTS, parts.size())));
  }

  /** 0 for low, 1 for medium, from a sum of 6, 2 for high, from 10. */
  public static int severity(double sum) {
    int severity = 0;
    while (severity < SEVERITIES.length && sum >= SEVERITIES[severity]) {
      severity++;
    }
    return severity;
  }

  /** The incident that the last change is of. */
  public GroupIncident newest() {
    return newest;
  }
}
