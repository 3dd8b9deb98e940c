package dev.weir.dashboard.view;

import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Warning;
import dev.weir.forecast.alarm.AlarmDetector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The newest incidents of a job, each as its newest record says. Keeps the newest 1,000 closed ones
 * and the newest 10,000 open ones by their start; about 800 bytes each. Thread-safe.
 */
public final class IncidentList {

  public static final int MAX_CLOSED = 1_000;
  public static final int MAX_OPEN = 10_000;

  private static final int BARS = 60;
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
   * @param from the first start that is listed, milliseconds since 1970
   * @param to the last one
   */
  public record Query(
      String series,
      String search,
      State state,
      From severity,
      long from,
      long to,
      int offset,
      int limit) {}

  /**
   * A part of the incidents that match, newest first.
   *
   * @param total how many match
   */
  public record Page(int total, int offset, Counts kept, Bars bars, List<Incident> items) {}

  /**
   * How many incidents that match start in each part of the time from the first to the last one.
   *
   * @param from start of the first part, milliseconds since 1970
   * @param width of a part, milliseconds
   */
  public record Bars(long from, long width, int[] count) {
    private static Bars of(List<Incident> newestFirst) {
      if (newestFirst.isEmpty()) {
        return new Bars(0, 1, new int[0]);
      }
      long from = newestFirst.get(newestFirst.size() - 1).start();
      double span = (double) newestFirst.get(0).start() - from; // of any two times
      long width = (long) (span / BARS) + 1;
      int[] count = new int[(int) (span / width) + 1];
      newestFirst.forEach(item -> count[(int) (((double) item.start() - from) / width)]++);
      return new Bars(from, width, count);
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
  private long dropped;
  private long version;
  private List<Incident> sorted; // newest first; null after a change

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
    sorted = null;
    version++;
    return true;
  }

  private void remove(Incident incident) {
    if (incident != null) {
      byId.remove(incident.id());
      (incident.isOpen() ? open : closed).remove(incident);
    }
  }

  /** Whether it is as short as those of a job, and all of it can be shown. */
  private static boolean isReadable(Incident incident) {
    Warning warning = incident.warning();
    return DashboardState.isSeries(incident.series())
        && !incident.id().isEmpty()
        && incident.id().length() <= MAX_ID
        && incident.model().length() <= DashboardState.MAX_MODEL_LENGTH
        && incident.worst().surprise() >= 0
        && incident.worst().surprise() <= AlarmDetector.MAX_SURPRISE
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

  /** The part of the incidents that a query asks for. */
  public Page page(Query query) {
    Counts counts = counts();
    String search = query.search().toLowerCase(Locale.ROOT);
    List<Incident> found =
        newestFirst().stream()
            .filter(item -> query.series().isEmpty() || item.series().equals(query.series()))
            .filter(item -> item.series().toLowerCase(Locale.ROOT).contains(search))
            .filter(item -> item.start() >= query.from() && item.start() <= query.to())
            .filter(item -> query.state() == null || item.isOpen() == (query.state() == State.open))
            .filter(
                item ->
                    query.severity() == null
                        || item.severity().ordinal() >= query.severity().ordinal())
            .toList();
    int from = Math.min(query.offset(), found.size());
    int to = Math.min(found.size(), from + query.limit());
    return new Page(found.size(), query.offset(), counts, Bars.of(found), found.subList(from, to));
  }

  private synchronized List<Incident> newestFirst() {
    if (sorted == null) {
      List<Incident> all = new ArrayList<>(open);
      all.addAll(closed);
      all.sort(OLDEST_FIRST.reversed());
      sorted = List.copyOf(all);
    }
    return sorted;
  }
}
