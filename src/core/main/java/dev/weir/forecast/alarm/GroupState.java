package dev.weir.forecast.alarm;

import dev.weir.forecast.StateFields;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What is known of a group: surprises that wait for event time, and the incident while one is open.
 * Mutable, not thread-safe.
 */
public final class GroupState {

  /** A member's part in a sum. */
  public record Part(String series, double value, double surprise) {

    private static final int MAX_NAME = 1 << 16;
    private static final Part BLANK = new Part("", 0, 0);

    private static void list(String name, List<Part> parts, StateFields fields) throws IOException {
      fields.list(name, parts, MAX_PARTS, BLANK, Part::fields);
    }

    private Part fields(StateFields fields) throws IOException {
      Part part =
          new Part(
              fields.text("series", series, MAX_NAME),
              fields.number("value", value),
              fields.number("surprise", surprise));
      if (fields.reads()
          && (part.series == null
              || !Double.isFinite(part.value)
              || !Double.isFinite(part.surprise))) {
        throw new IOException("group: expected a surprise, got " + part.surprise);
      }
      return part;
    }
  }

  /** Values of one interval; the members by name, so that their order does not count. */
  static final class Waiting {
    long end; // last millisecond of the interval
    long spacing;
    double enough; // for an incident
    final TreeMap<String, Part> members = new TreeMap<>();
  }

  static final long NEVER = Long.MIN_VALUE;

  private static final int MAX_PARTS = 2 * GroupTracker.MAX_WAITING;

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

  /**
   * Declares the fields.
   *
   * @throws IOException if what is read is no such state
   */
  public GroupState fields(StateFields fields) throws IOException {
    judged = fields.number("newest interval judged", judged);
    silentUntil = fields.number("silent until", silentUntil);
    List<Long> begins = new ArrayList<>(waiting.keySet());
    fields.list("intervals that wait", begins, MAX_PARTS, 0L, this::interval);
    incident =
        fields.optional("incident", incident, () -> new GroupIncident(0), GroupIncident::fields);
    return this;
  }

  private Long interval(Long from, StateFields fields) throws IOException {
    long begin = fields.number("begin", from);
    Waiting interval = fields.reads() ? new Waiting() : waiting.get(begin);
    interval.end = fields.number("end", interval.end);
    interval.spacing = fields.number("spacing", interval.spacing);
    interval.enough = fields.number("sum for an incident", interval.enough);
    List<Part> members = new ArrayList<>(interval.members.values());
    Part.list("members", members, fields);
    if (fields.reads()) {
      members.forEach(part -> interval.members.put(part.series(), part));
      surprises += interval.members.size();
      waiting.put(begin, interval);
    }
    return begin;
  }

  /** An incident of a group. */
  public static final class GroupIncident {
    long start;
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

    private GroupIncident fields(StateFields fields) throws IOException {
      start = fields.number("start", start);
      end = fields.number("end", end);
      values = fields.number("intervals", values);
      closes = fields.number("closes", closes);
      worstTime = fields.number("interval with the largest sum", worstTime);
      sum = fields.number("largest sum", sum);
      severity = fields.number("severity", severity);
      Part.list("its members", worst, fields);
      if (fields.reads() && (!(sum > 0) || values < 1 || start > end)) {
        throw new IOException("group: expected an incident, got other numbers");
      }
      return this;
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
