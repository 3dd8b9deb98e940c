package dev.weir.dashboard.view;

import dev.weir.forecast.Classification;
import dev.weir.forecast.Explanation.Part;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Score;
import dev.weir.model.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The newest observations and issued forecasts of one series, in order of time. Not thread-safe:
 * its row guards it.
 */
public final class SeriesHistory {

  /** Observations kept, and forecasts of each mode. */
  public static final int KEPT = 2_000;

  private static final int OBJECT_BYTES = 16;
  private static final int ENTRY_BYTES = 100; // of a time and a value

  private final String series;
  private final TreeMap<Long, Value> values = new TreeMap<>(); // by time
  private final Map<Mode, Forecasts> modes = new EnumMap<>(Mode.class);
  private final ClassHistory classes = new ClassHistory();
  private long sequence; // grows with each news
  private boolean cut;

  public static final long UNKNOWN = Long.MIN_VALUE;

  /**
   * An observed value.
   *
   * @param news the sequence number that it came with
   */
  private record Value(double value, long news) {}

  /** What the first value of a forecast consists of. */
  public record Parts(String[] name, double[] amount) {}

  /**
   * A forecast as it was issued, with its narrowest interval and its widest one. The page's JSON
   * has the public fields.
   */
  public static final class Issued {
    public final long origin;
    public final Long issued; // when it was read; null if it was there before
    public final String model; // null without one
    public final Long version;
    public final Forecast.Status status;
    public final long[] time; // null while the spacing is not known
    public final Forecast.Steps steps;
    private Parts parts;
    long news;

    public Issued(Forecast forecast, String model, long issued) {
      this.origin = forecast.origin();
      this.issued = timeOrNull(issued);
      this.model = modelOrNull(model);
      this.version = versionOrNull(forecast.modelVersion());
      this.status = forecast.status();
      this.time = forecast.times();
      this.steps = forecast.steps();
      List<Part> of = forecast.explanation() == null ? null : forecast.explanation().parts();
      this.parts =
          of == null
              ? null
              : new Parts(
                  of.stream().map(Part::name).toArray(String[]::new),
                  of.stream().mapToDouble(Part::amount).toArray());
    }

    /** The narrowest interval, or null. */
    private Forecast.Interval narrow() {
      return steps.intervals().isEmpty() ? null : steps.intervals().get(0);
    }

    /** The widest of several intervals, or null. */
    private Forecast.Interval wide() {
      int count = steps.intervals().size();
      return count < 2 ? null : steps.intervals().get(count - 1);
    }

    public double[] getLower() {
      return narrow() == null ? null : narrow().lower();
    }

    public double[] getUpper() {
      return narrow() == null ? null : narrow().upper();
    }

    public double[] getWideLower() {
      return wide() == null ? null : wide().lower();
    }

    public double[] getWideUpper() {
      return wide() == null ? null : wide().upper();
    }

    /** Null if it is not explained. */
    public Parts getExplanation() {
      return parts;
    }

    /** Names are shared by forecasts with the same parts. */
    private void shareNames(Issued other) {
      if (parts != null && other.parts != null && Arrays.equals(parts.name, other.parts.name)) {
        parts = new Parts(other.parts.name, parts.amount);
      }
    }

    boolean isOfSameModel(Issued other) {
      return Objects.equals(version, other.version) && Objects.equals(model, other.model);
    }

    long bytes() {
      long times = time == null ? 0 : OBJECT_BYTES + 8L * time.length;
      long amounts = parts == null ? 0 : 3 * OBJECT_BYTES + 8L * parts.amount.length;
      return 200 + times + steps.bytes() + amounts;
    }
  }

  /** The forecasts of one mode, by origin. */
  private static final class Forecasts {
    private final TreeMap<Long, Issued> all = new TreeMap<>();
    private long bytes;
    private Score score;
    private long scoreNews;

    /** False when there is one of this origin: the first one counts, as for any consumer. */
    boolean add(Issued issued) {
      boolean isTooOld = all.size() == KEPT && issued.origin < all.firstKey();
      if (isTooOld || all.putIfAbsent(issued.origin, issued) != null) {
        return false;
      }
      Map.Entry<Long, Issued> before = all.lowerEntry(issued.origin);
      if (before != null) {
        issued.shareNames(before.getValue());
      }
      bytes += issued.bytes();
      if (all.size() > KEPT) {
        bytes -= all.pollFirstEntry().getValue().bytes();
      }
      return true;
    }
  }

  /** Oldest first. */
  public record Observations(long[] time, double[] value) {}

  /**
   * What was asked for, copied.
   *
   * @param oldest the first time that is kept; null without an observation
   */
  public record View(
      String series,
      long sequence,
      Observations observations,
      Map<Mode, ModeView> modes,
      List<Swap> swaps,
      ClassHistory.View classes,
      Long oldest,
      boolean isCut) {

    public boolean isEmpty() {
      return observations.time.length == 0
          && classes == null
          && modes.values().stream().allMatch(m -> m.forecasts().isEmpty() && m.score() == null);
    }
  }

  /**
   * @param level of the narrowest interval; NaN without an interval
   * @param wideLevel of the widest one; NaN if there is no second one
   * @param score the newest one, or null
   */
  public record ModeView(double level, double wideLevel, List<Issued> forecasts, Score score) {}

  /** From this origin on another model, or another version of it; null for no model. */
  public record Swap(long time, Mode mode, String model, Long version) {}

  /** A time, or null if unknown. */
  public static Long timeOrNull(long time) {
    return time == UNKNOWN ? null : time;
  }

  public static String modelOrNull(String model) {
    return model.isEmpty() ? null : model;
  }

  public static Long versionOrNull(long version) {
    return version == Forecast.NO_VERSION ? null : version;
  }

  public SeriesHistory(String series) {
    this(series, 0);
  }

  /**
   * @param sequence the number that its news are numbered after
   */
  public SeriesHistory(String series, long sequence) {
    this.series = series;
    this.sequence = sequence;
  }

  public void observe(long time, double value) {
    Value known = values.get(time);
    if (known != null && Double.compare(known.value, value) == 0) {
      return;
    }
    values.put(time, new Value(value, ++sequence)); // or a correction
    if (values.size() > KEPT) {
      cut = true;
      values.pollFirstEntry();
    }
  }

  /**
   * @param issued when it was read; {@link #UNKNOWN} if it was there before
   */
  public void issue(Forecast forecast, String model, long issued) {
    add(forecast.mode(), new Issued(forecast, model, issued));
  }

  private void add(Mode mode, Issued issued) {
    if (forecasts(mode).add(issued)) {
      issued.news = ++sequence;
    }
  }

  public void score(Score score) {
    Forecasts mode = forecasts(score.mode());
    if (mode.score == null || score.time() >= mode.score.time()) {
      mode.score = score;
      mode.scoreNews = ++sequence;
    }
  }

  public void classify(Classification said) {
    if (classes.add(said, sequence + 1)) {
      sequence++;
    }
  }

  public void label(long time, String label) {
    classes.label(time, label, ++sequence);
  }

  private Forecasts forecasts(Mode mode) {
    return modes.computeIfAbsent(mode, m -> new Forecasts());
  }

  /** Adds what another one knows and this one does not. */
  void merge(SeriesHistory other) {
    other.values.forEach(
        (time, found) -> {
          if (!values.containsKey(time)) { // what came since is newer than what was found
            observe(time, found.value);
          }
        });
    other.modes.forEach(
        (mode, forecasts) -> {
          forecasts.all.values().forEach(issued -> add(mode, issued));
          if (forecasts.score != null) {
            score(forecasts.score);
          }
        });
    cut |= other.cut;
  }

  long sequence() {
    return sequence;
  }

  long bytes() {
    long bytes = 200 + (long) ENTRY_BYTES * values.size() + classes.bytes();
    for (Forecasts forecasts : modes.values()) {
      bytes += 100 + forecasts.bytes;
      if (forecasts.score != null) {
        bytes += 150 + 100L * forecasts.score.methods().size();
        Score.Distribution distribution = forecasts.score.distribution();
        bytes += distribution == null ? 0 : bytes(distribution);
      }
    }
    return bytes;
  }

  private static long bytes(Score.Distribution scores) {
    long lists = 2 + scores.quantiles().size() + scores.intervals().size();
    return 100 + lists * (80 + 24L * scores.steps().size());
  }

  public View view(long before, int limit, long after) {
    List<Map.Entry<Long, Value>> shown =
        new ArrayList<>(
            values.headMap(before, true).descendingMap().entrySet().stream().limit(limit).toList());
    Collections.reverse(shown);
    // those of the observations shown; all without observations
    long from = shown.isEmpty() ? Long.MIN_VALUE : shown.get(0).getKey();
    shown.removeIf(entry -> entry.getValue().news <= after);
    Map<Mode, ModeView> views = new EnumMap<>(Mode.class);
    List<Swap> swaps = new ArrayList<>();
    modes.forEach(
        (mode, forecasts) -> {
          List<Issued> issued = new ArrayList<>();
          double level = Double.NaN;
          double wideLevel = Double.NaN;
          Issued last = null;
          for (Issued one : forecasts.all.values()) {
            level = one.narrow() == null ? level : one.narrow().level();
            wideLevel = one.wide() == null ? wideLevel : one.wide().level();
            if (one.origin >= from && one.origin <= before && one.news > after) {
              issued.add(one);
              if (last != null && !one.isOfSameModel(last)) {
                swaps.add(new Swap(one.origin, mode, one.model, one.version));
              }
            }
            last = one;
          }
          Score score = forecasts.scoreNews > after ? forecasts.score : null;
          views.put(mode, new ModeView(level, wideLevel, issued, score));
        });
    return new View(
        series,
        sequence,
        new Observations(
            shown.stream().mapToLong(Map.Entry::getKey).toArray(),
            shown.stream().mapToDouble(entry -> entry.getValue().value).toArray()),
        views,
        swaps,
        classes.view(from, before, after),
        values.isEmpty() ? null : values.firstKey(),
        cut);
  }
}
