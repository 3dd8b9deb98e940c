package dev.weir.dashboard.view;

import dev.weir.forecast.Incident;
import dev.weir.kafka.codec.FeedbackRecord.Dismissal;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The newest incidents of a job, each as its newest record says. Keeps the newest 1,000 closed ones
 * and the newest 10,000 open ones by their start; about 800 bytes each. Thread-safe.
 */
public final class IncidentList {

  public static final int MAX_CLOSED = 1_000;
  public static final int MAX_OPEN = 10_000;

  private static final int MAX_ID = 60;

  private static final Comparator<Incident> OLDEST_FIRST =
      Comparator.comparingLong(Incident::start).thenComparing(incident -> incident.id());

  /** Whether an incident is open. */
  public enum State {
    open,
    closed
  }

  /** The least severity that is listed. */
  public enum From {
    low,
    medium,
    high
  }

  /**
   * What is asked for.
   *
   * @param series only this one; empty for all
   * @param search only series that contain it, in any case; empty for all
   * @param state null for both
   * @param severity null for each
   */
  public record Query(String series, String search, State state, From severity, int limit) {
    private boolean matches(Incident incident) {
      return (series.isEmpty() || incident.series().equals(series))
          && incident.series().toLowerCase(Locale.ROOT).contains(search.toLowerCase(Locale.ROOT))
          && (state == null || incident.isOpen() == (state == State.open))
          && (severity == null || incident.severity().ordinal() >= severity.ordinal());
    }
  }

  /**
   * The newest of the incidents that match, newest first.
   *
   * @param total how many match
   */
  public record Page(int total, Counts kept, List<Item> items) {}

  /** An incident with the names of {@code incident.avsc}; NaN and null for what it has not. */
  public record Item(
      String series,
      String id,
      boolean open,
      long start,
      long end,
      long values,
      long worstTime,
      double worstValue,
      double expected,
      double surprise,
      String reason,
      String severity,
      Warning threshold,
      String dismissedBy,
      Long dismissedAt) {

    private static Item of(Incident incident, Dismissal dismissed) {
      Incident.Worst worst = incident.worst();
      return new Item(
          incident.series(),
          incident.id(),
          incident.isOpen(),
          incident.start(),
          incident.end(),
          incident.values(),
          worst.time(),
          worst.value(),
          worst.expected(),
          worst.surprise(),
          incident.reason().label(),
          incident.severity().label(),
          incident.warning() == null ? null : Warning.of(incident.warning()),
          dismissed == null ? null : dismissed.by(),
          dismissed == null ? null : dismissed.time());
    }
  }

  /** A limit ahead. */
  public record Warning(
      double limit,
      String direction,
      int within,
      double probability,
      Long crossingTime,
      String outcome) {

    private static Warning of(Incident.Warning warning) {
      return new Warning(
          warning.limit(),
          warning.direction(),
          warning.within(),
          warning.probability(),
          warning.crossing(),
          warning.outcome() == null ? null : warning.outcome().label());
    }
  }

  /**
   * What is kept.
   *
   * @param open open incidents
   * @param bySeverity how many of them
   * @param dropped open incidents that were dropped, since there were too many
   * @param version grows with each change
   */
  public record Counts(
      int open, Map<String, Integer> bySeverity, int closed, long dropped, long version) {}

  private final Map<String, Incident> byId = new HashMap<>();
  private final TreeSet<Incident> open = new TreeSet<>(OLDEST_FIRST);
  private final TreeSet<Incident> closed = new TreeSet<>(OLDEST_FIRST);
  private final Map<String, Dismissal> dismissals = new LinkedHashMap<>(); // newest last
  private long dropped;
  private long version;

  /** Takes a record; false if it is not one that a job writes. */
  synchronized boolean add(Incident incident) {
    if (!isReadable(incident)) {
      return false;
    }
    remove(byId.get(incident.id()));
    byId.put(incident.id(), incident);
    (incident.isOpen() ? open : closed).add(incident);
    if (closed.size() > MAX_CLOSED) {
      remove(closed.first());
    }
    if (open.size() > MAX_OPEN) {
      remove(open.first());
      dropped++;
    }
    version++;
    return true;
  }

  /** Takes what somebody said of an incident, the first of several. */
  synchronized void dismiss(Dismissal said) {
    if (said.id().length() <= MAX_ID && dismissals.putIfAbsent(said.id(), said) == null) {
      version++;
      if (dismissals.size() > MAX_OPEN) {
        dismissals.remove(dismissals.keySet().iterator().next());
      }
    }
  }

  private void remove(Incident incident) {
    if (incident != null) {
      byId.remove(incident.id());
      (incident.isOpen() ? open : closed).remove(incident);
    }
  }

  /** Whether it is as short as those of a job, and all of it can be shown. */
  private static boolean isReadable(Incident incident) {
    Incident.Warning warning = incident.warning();
    return DashboardState.isSeries(incident.series())
        && !incident.id().isEmpty()
        && incident.id().length() <= MAX_ID
        && incident.model().length() <= DashboardState.MAX_MODEL_LENGTH
        && incident.worst().surprise() >= 0
        && Double.isFinite(incident.worst().surprise())
        && Double.isFinite(incident.worst().value())
        && incident.newest().size() <= Incident.NEWEST
        && (warning == null
            || Double.isFinite(warning.limit())
                && warning.probability() >= 0
                && warning.probability() <= 1);
  }

  public synchronized Counts counts() {
    Map<String, Integer> bySeverity = new TreeMap<>();
    open.forEach(incident -> bySeverity.merge(incident.severity().label(), 1, Integer::sum));
    return new Counts(open.size(), bySeverity, closed.size(), dropped, version);
  }

  public synchronized Page page(Query query) {
    List<Incident> found =
        Stream.concat(open.stream(), closed.stream())
            .filter(query::matches)
            .sorted(OLDEST_FIRST.reversed())
            .toList();
    return new Page(
        found.size(),
        counts(),
        found.stream()
            .limit(query.limit())
            .map(incident -> Item.of(incident, dismissals.get(incident.id())))
            .toList());
  }
}
