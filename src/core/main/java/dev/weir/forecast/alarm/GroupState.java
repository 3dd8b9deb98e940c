package dev.weir.forecast.alarm;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What is known of a group: surprises that wait for event time, and the incident while one is open.
 * Mutable, not thread-safe.
 */
public final class GroupState {

  /** A member's part in a sum. */
  public record Part(String series, double value, double surprise) {}

  /** Values of one interval; the members by name, so that their order does not count. */
  static final class Waiting {
    long end; // last millisecond of the interval
    long spacing;
    double enough; // for an incident
    final TreeMap<String, Part> members = new TreeMap<>();
  }

  static final long NEVER = Long.MIN_VALUE;

  final TreeMap<Long, Waiting> waiting = new TreeMap<>(); // by the interval's begin
  long judged = NEVER; // begin of the newest interval that was judged
  long silentUntil = NEVER; // no incident is opened before
  GroupIncident incident; // null if absent
  int surprises; // that wait

  /** The open incident; null if absent. */
  public GroupIncident incident() {
    return incident;
  }

  /** When something is to be done next, in event time; null for never. */
  public Long next() {
    Long due = waiting.isEmpty() ? null : (Long) waiting.firstEntry().getValue().end;
    if (incident != null && (due == null || incident.closes < due)) {
      due = incident.closes;
    }
    return due;
  }

  /** Until when the state counts, if nothing more comes. */
  public long silentUntil() {
    return silentUntil;
  }

  /** A copy that shares nothing. */
  public GroupState copy() {
    GroupState copy = new GroupState();
    waiting.forEach(
        (begin, each) -> {
          Waiting other = new Waiting();
          other.end = each.end;
          other.spacing = each.spacing;
          other.enough = each.enough;
          other.members.putAll(each.members);
          copy.waiting.put(begin, other);
        });
    copy.surprises = surprises;
    copy.judged = judged;
    copy.silentUntil = silentUntil;
    copy.incident = incident == null ? null : incident.copy();
    return copy;
  }

  /** An incident of a group. */
  public static final class GroupIncident {
    final long start;
    long end;
    long values = 1; // intervals with a large sum, from start to end
    long closes; // if nothing else happens
    long worstTime;
    double sum; // the largest
    List<Part> worst = new ArrayList<>(); // its members, the most surprising first
    int severity; // that was reported

    GroupIncident(long start) {
      this.start = start;
      this.end = start;
    }

    GroupIncident copy() {
      GroupIncident copy = new GroupIncident(start);
      copy.end = end;
      copy.values = values;
      copy.closes = closes;
      copy.worstTime = worstTime;
      copy.sum = sum;
      copy.worst = new ArrayList<>(worst);
      copy.severity = severity;
      return copy;
    }

    /** Begin of the first interval with a sum that is large enough. */
    public long start() {
      return start;
    }

    /** Begin of the last one so far. */
    public long end() {
      return end;
    }

    /** How many there were. */
    public long values() {
      return values;
    }

    /** When it is closed if nothing else happens. */
    public long closes() {
      return closes;
    }

    /** Begin of the interval with the largest sum. */
    public long worstTime() {
      return worstTime;
    }

    /** The largest sum. */
    public double sum() {
      return sum;
    }

    /** Its members, the most surprising first; at most {@link GroupTracker#PARTS}. */
    public List<Part> worst() {
      return worst;
    }
  }
}
