package dev.weir.dashboard.view;

import dev.weir.forecast.Incident.Severity;
import dev.weir.forecast.Observation;
import dev.weir.kafka.avro.IncidentMember;
import dev.weir.kafka.avro.IncidentThreshold;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The newest incidents of a job, each as its newest record says. Keeps the newest 1,000 closed ones
 * and the newest 10,000 open ones by their start; about 360 bytes each. Thread-safe.
 */
public final class IncidentList {

  public static final int MAX_CLOSED = 1_000;
  public static final int MAX_OPEN = 10_000;

  private static final int BARS = 60;
  private static final int MAX_WORD = 60; // an id, an event or a reason
  private static final int MAX_MEMBERS = 12;
  private static final String CLOSED = "CLOSED";
  private static final Set<String> DIRECTIONS = Set.of("above", "below");

  private static final Comparator<Item> OLDEST_FIRST =
      Comparator.comparingLong(Item::start).thenComparing(Item::id);

  /**
   * An incident, with the names of {@code incident.avsc}. Reasons and events of later versions are
   * shown as they are.
   *
   * @param open whether no record has closed it
   * @param expected NaN without a forecast
   * @param error NaN without a forecast
   * @param threshold null for another reason
   * @param members none for another reason than a group
   */
  public record Item(
      String series,
      String id,
      boolean open,
      String event,
      long time,
      long start,
      long end,
      long values,
      String reason,
      String severity,
      double surprise,
      long worstTime,
      double worstValue,
      double expected,
      double error,
      String model,
      long modelVersion,
      Threshold threshold,
      List<Member> members) {}

  /**
   * What is foretold.
   *
   * @param direction above or below
   * @param crossingTime null if it is not known
   * @param outcome null while it is open
   */
  public record Threshold(
      double limit,
      String direction,
      int within,
      double probability,
      Long crossingTime,
      String outcome) {}

  /** A series of a group. */
  public record Member(String series, double surprise) {}

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
  public record Page(int total, int offset, Counts kept, Bars bars, List<Item> items) {}

  /**
   * How many incidents that match start in each part of the time from the first to the last one.
   *
   * @param from start of the first part, milliseconds since 1970
   * @param width of a part, milliseconds
   */
  public record Bars(long from, long width, int[] count) {
    private static Bars of(List<Item> newestFirst) {
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

  private final Map<String, Item> byId = new HashMap<>();
  private final TreeSet<Item> open = new TreeSet<>(OLDEST_FIRST);
  private final TreeSet<Item> closed = new TreeSet<>(OLDEST_FIRST);
  private final Map<String, Integer> bySeverity = new TreeMap<>(); // of open ones
  private long dropped;
  private long version;
  private List<Item> sorted; // newest first; null after a change

  /** Takes a record; false if it is not one that a job writes. */
  synchronized boolean add(dev.weir.kafka.avro.Incident told) {
    Item item = item(told);
    if (item == null) {
      return false;
    }
    remove(byId.get(item.id()));
    byId.put(item.id(), item);
    (item.open() ? open : closed).add(item);
    count(item, 1);
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

  private void remove(Item item) {
    if (item != null) {
      byId.remove(item.id());
      (item.open() ? open : closed).remove(item);
      count(item, -1);
    }
  }

  private void count(Item item, int more) {
    if (item.open()) {
      bySeverity.merge(
          item.severity(), more, (a, b) -> a + b == 0 ? null : a + b); // none: not named
    }
  }

  private static Item item(dev.weir.kafka.avro.Incident told) {
    String series = told.getSeries();
    for (String word : List.of(told.getId(), told.getEvent(), told.getReason())) {
      if (word.isEmpty() || word.length() > MAX_WORD) {
        return null;
      }
    }
    if (!isSeries(series)
        || !isSurprise(told.getSurprise())
        || !Double.isFinite(told.getWorstValue())
        || !isReadable(told.getThreshold())
        || !isReadable(told.getMembers())) {
      return null;
    }
    Severity severity;
    try {
      severity = Severity.ofLabel(told.getSeverity());
    } catch (IllegalArgumentException e) {
      return null;
    }
    return new Item(
        series,
        told.getId(),
        !told.getEvent().equals(CLOSED),
        told.getEvent().intern(),
        told.getTime().toEpochMilli(),
        told.getStart().toEpochMilli(),
        told.getEnd().toEpochMilli(),
        told.getValues(),
        told.getReason().intern(),
        severity.label(),
        told.getSurprise(),
        told.getWorstTime().toEpochMilli(),
        told.getWorstValue(),
        told.getExpected() == null ? Double.NaN : told.getExpected(),
        told.getError() == null ? Double.NaN : told.getError(),
        DashboardState.model(told.getModel()),
        told.getModelVersion(),
        threshold(told.getThreshold()),
        told.getMembers().stream().map(m -> new Member(m.getSeries(), m.getSurprise())).toList());
  }

  private static boolean isSeries(String name) {
    return !name.isEmpty() && name.length() <= Observation.MAX_SERIES_LENGTH;
  }

  /** A group's is a sum, with no bound. */
  private static boolean isSurprise(double surprise) {
    return surprise >= 0 && surprise < Double.POSITIVE_INFINITY;
  }

  private static boolean isReadable(IncidentThreshold told) {
    return told == null
        || DIRECTIONS.contains(told.getDirection())
            && Double.isFinite(told.getLimit())
            && told.getProbability() >= 0
            && told.getProbability() <= 1
            && (told.getOutcome() == null || told.getOutcome().length() <= MAX_WORD);
  }

  private static boolean isReadable(List<IncidentMember> members) {
    return members.size() <= MAX_MEMBERS
        && members.stream().allMatch(m -> isSeries(m.getSeries()) && isSurprise(m.getSurprise()));
  }

  private static Threshold threshold(IncidentThreshold told) {
    return told == null
        ? null
        : new Threshold(
            told.getLimit(),
            told.getDirection().intern(),
            told.getWithin(),
            told.getProbability(),
            told.getCrossingTime() == null ? null : told.getCrossingTime().toEpochMilli(),
            told.getOutcome() == null ? null : told.getOutcome().intern());
  }

  public synchronized Counts counts() {
    return new Counts(open.size(), new TreeMap<>(bySeverity), closed.size(), dropped, version);
  }

  /** The part of the incidents that a query asks for. */
  public Page page(Query query) {
    Counts counts = counts();
    String search = query.search().toLowerCase(Locale.ROOT);
    List<Item> found =
        newestFirst().stream()
            .filter(item -> query.series().isEmpty() || item.series().equals(query.series()))
            .filter(item -> item.series().toLowerCase(Locale.ROOT).contains(search))
            .filter(item -> item.start() >= query.from() && item.start() <= query.to())
            .filter(item -> query.state() == null || item.open() == (query.state() == State.open))
            .filter(
                item ->
                    query.severity() == null
                        || From.valueOf(item.severity()).compareTo(query.severity()) >= 0)
            .toList();
    int from = Math.min(query.offset(), found.size());
    int to = Math.min(found.size(), from + query.limit());
    return new Page(found.size(), query.offset(), counts, Bars.of(found), found.subList(from, to));
  }

  private synchronized List<Item> newestFirst() {
    if (sorted == null) {
      List<Item> all = new ArrayList<>(open);
      all.addAll(closed);
      all.sort(OLDEST_FIRST.reversed());
      sorted = List.copyOf(all);
    }
    return sorted;
  }
}
