package dev.weir.dashboard.view;

import dev.weir.forecast.Classification;
import dev.weir.forecast.Explanation.Part;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Score;
import dev.weir.model.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The newest observations and issued forecasts of one series, in order of time. Not thread-safe:
 * its row guards it.
 */
public final class SeriesHistory {

  /** Observations kept, and forecasts of each mode. */
  public static final int KEPT = 2_000;

  private static final int FIRST = 32;
  private static final int OBJECT_BYTES = 16;

  private final String series;
  private long[] times = new long[FIRST];
  private double[] values = new double[FIRST];
  private long[] news = new long[FIRST]; // the sequence number that each came with
  private int size;
  private final Map<Mode, Forecasts> modes = new EnumMap<>(Mode.class);
  private final ClassHistory classes = new ClassHistory();
  private long sequence; // grows with each news
  private boolean cut;

  public static final long UNKNOWN = Long.MIN_VALUE;

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
      return 136 + times + steps.bytes() + amounts;
    }
  }

  /** The forecasts of one mode, by origin. */
  private static final class Forecasts {
    private Issued[] all = new Issued[FIRST];
    private int size;
    private long bytes;
    private Score score;
    private long scoreNews;

    /** False when there is one of this origin: the first one counts, as for any consumer. */
    boolean add(Issued issued) {
      int at = size;
      while (at > 0 && all[at - 1].origin > issued.origin) {
        at--;
      }
      if (at > 0 && all[at - 1].origin == issued.origin) {
        return false;
      }
      if (size == all.length) {
        if (size == 2 * KEPT) {
          if (at < size - KEPT) {
            return false; // older than what is kept
          }
          for (int i = 0; i < size - KEPT; i++) {
            bytes -= all[i].bytes();
          }
          System.arraycopy(all, size - KEPT, all, 0, KEPT);
          Arrays.fill(all, KEPT, size, null);
          at -= size - KEPT;
          size = KEPT;
        } else {
          all = Arrays.copyOf(all, Math.min(2 * KEPT, 2 * size));
        }
      }
      System.arraycopy(all, at, all, at + 1, size - at);
      if (at > 0) {
        issued.shareNames(all[at - 1]);
      }
      all[at] = issued;
      size++;
      bytes += issued.bytes();
      return true;
    }
  }

  /** What was asked for, copied. */
  public record View(
      String series,
      long sequence,
      long[] times,
      double[] values,
      Map<Mode, ModeView> modes,
      List<Swap> swaps,
      ClassHistory.View classes,
      long oldest,
      boolean isCut) {

    public boolean isEmpty() {
      return times.length == 0
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
    int at = size;
    while (at > 0 && times[at - 1] > time) {
      at--;
    }
    if (at > 0 && times[at - 1] == time) {
      if (Double.compare(values[at - 1], value) != 0) { // a correction
        values[at - 1] = value;
        news[at - 1] = ++sequence;
      }
      return;
    }
    if (size == times.length) {
      if (size == 2 * KEPT) {
        cut = true;
        if (at < size - KEPT) {
          return; // older than what is kept
        }
        at -= size - KEPT;
        dropOldest();
      } else {
        int capacity = Math.min(2 * KEPT, 2 * size);
        times = Arrays.copyOf(times, capacity);
        values = Arrays.copyOf(values, capacity);
        news = Arrays.copyOf(news, capacity);
      }
    }
    System.arraycopy(times, at, times, at + 1, size - at);
    System.arraycopy(values, at, values, at + 1, size - at);
    System.arraycopy(news, at, news, at + 1, size - at);
    times[at] = time;
    values[at] = value;
    news[at] = ++sequence;
    size++;
  }

  private void dropOldest() {
    System.arraycopy(times, size - KEPT, times, 0, KEPT);
    System.arraycopy(values, size - KEPT, values, 0, KEPT);
    System.arraycopy(news, size - KEPT, news, 0, KEPT);
    size = KEPT;
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
    long[] ownTimes = Arrays.copyOf(times, size);
    double[] ownValues = Arrays.copyOf(values, size);
    for (int i = 0; i < other.size; i++) {
      observe(other.times[i], other.values[i]);
    }
    for (int i = 0; i < ownTimes.length; i++) { // what came since is newer than what was found
      observe(ownTimes[i], ownValues[i]);
    }
    other.modes.forEach(
        (mode, forecasts) -> {
          for (int i = 0; i < forecasts.size; i++) {
            add(mode, forecasts.all[i]);
          }
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
    long bytes = 200 + 24L * times.length + classes.bytes();
    for (Forecasts forecasts : modes.values()) {
      bytes += 100 + 4L * forecasts.all.length + forecasts.bytes;
      if (forecasts.score != null) {
        bytes += 150 + 60L * forecasts.score.methods().size();
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
    int end = size;
    while (end > 0 && times[end - 1] > before) {
      end--;
    }
    int first = Math.max(0, Math.max(size - KEPT, end - limit));
    int count = 0;
    long[] viewTimes = new long[end > first ? end - first : 0];
    double[] viewValues = new double[viewTimes.length];
    for (int i = first; i < end; i++) {
      if (news[i] > after) {
        viewTimes[count] = times[i];
        viewValues[count++] = values[i];
      }
    }
    // those of the observations shown; all without observations
    long from = end > first ? times[first] : Long.MIN_VALUE;
    Map<Mode, ModeView> views = new EnumMap<>(Mode.class);
    List<Swap> swaps = new ArrayList<>();
    modes.forEach(
        (mode, forecasts) -> {
          List<Issued> issued = new ArrayList<>();
          double level = Double.NaN;
          double wideLevel = Double.NaN;
          for (int i = Math.max(0, forecasts.size - KEPT); i < forecasts.size; i++) {
            Issued one = forecasts.all[i];
            level = one.narrow() == null ? level : one.narrow().level();
            wideLevel = one.wide() == null ? wideLevel : one.wide().level();
            if (one.origin < from || one.origin > before || one.news <= after) {
              continue;
            }
            issued.add(one);
            if (i > 0 && !one.isOfSameModel(forecasts.all[i - 1])) {
              swaps.add(new Swap(one.origin, mode, one.model, one.version));
            }
          }
          Score score = forecasts.scoreNews > after ? forecasts.score : null;
          views.put(mode, new ModeView(level, wideLevel, issued, score));
        });
    long oldest = size == 0 ? Long.MIN_VALUE : times[Math.max(0, size - KEPT)];
    return new View(
        series,
        sequence,
        Arrays.copyOf(viewTimes, count),
        Arrays.copyOf(viewValues, count),
        views,
        swaps,
        classes.view(from, before, after),
        oldest,
        cut);
  }
}
