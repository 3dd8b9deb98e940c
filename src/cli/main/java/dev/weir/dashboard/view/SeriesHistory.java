package dev.weir.dashboard.view;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.weir.forecast.Classification;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Score;
import dev.weir.model.Mode;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The newest observations and issued forecasts of one series, in order of time. Not thread-safe:
 * its row guards it.
 */
public final class SeriesHistory {

  /** Observations kept, and forecasts of each mode. */
  public static final int KEPT = 1_000;

  private static final int ENTRY_BYTES = 100; // of a time and a value

  private final String series;
  private final TreeMap<Long, Value> values = new TreeMap<>(); // by time
  private final Map<Mode, Forecasts> modes = new EnumMap<>(Mode.class);
  private final ClassHistory classes = new ClassHistory();
  private boolean cut;

  /** Grows with each news; beyond that of one that was kept before. */
  private long sequence = System.currentTimeMillis() * 1_000;

  /**
   * An observed value.
   *
   * @param news the sequence number that it came with
   */
  private record Value(double value, long news) {}

  /**
   * A forecast.
   *
   * @param issued when it was read; null if it was there before
   */
  public record Issued(@JsonUnwrapped Forecast forecast, Long issued, @JsonIgnore long news) {

    private long bytes() {
      long bytes = 400 + forecast.steps().bytes();
      bytes += forecast.times() == null ? 0 : 8L * forecast.times().length;
      bytes += 2L * (forecast.series().length() + forecast.model().length());
      return bytes
          + (forecast.explanation() == null ? 0 : 100L * forecast.explanation().parts().size());
    }
  }

  /** The forecasts of one mode, by origin. */
  private static final class Forecasts {
    private final TreeMap<Long, Issued> all = new TreeMap<>();
    private long bytes;
    private Score score;
    private long scoreNews;
  }

  /** Oldest first. */
  public record Observations(long[] time, double[] value) {}

  /**
   * What was asked for, copied.
   *
   * @param cut whether there were more values than are kept
   */
  public record View(
      String series,
      long sequence,
      Observations observations,
      Map<Mode, ModeView> modes,
      ClassHistory.View classes,
      boolean cut) {}

  /**
   * @param forecasts oldest first
   * @param score the newest; null without one
   */
  public record ModeView(List<Issued> forecasts, Score score) {}

  SeriesHistory(String series) {
    this.series = series;
  }

  void observe(long time, double value) {
    Value known = values.get(time);
    if (known != null && known.value == value
        || values.size() == KEPT && time < values.firstKey()) {
      return;
    }
    values.put(time, new Value(value, ++sequence)); // or a correction
    if (values.size() > KEPT) {
      cut = true;
      values.pollFirstEntry();
    }
  }

  /** The first one of an origin counts, as for any consumer. */
  void issue(Forecast forecast, Long issued) {
    Forecasts mode = forecasts(forecast.mode());
    long origin = forecast.origin();
    if (mode.all.containsKey(origin) || mode.all.size() == KEPT && origin < mode.all.firstKey()) {
      return;
    }
    Issued added = new Issued(forecast, issued, ++sequence);
    mode.all.put(origin, added);
    mode.bytes += added.bytes();
    if (mode.all.size() > KEPT) {
      mode.bytes -= mode.all.pollFirstEntry().getValue().bytes();
    }
  }

  void score(Score score) {
    Forecasts mode = forecasts(score.mode());
    if (mode.score == null || score.time() >= mode.score.time()) {
      mode.score = score;
      mode.scoreNews = ++sequence;
    }
  }

  void classify(Classification said) {
    if (classes.add(said, sequence + 1)) {
      sequence++;
    }
  }

  void label(long time, String label) {
    classes.label(time, label, ++sequence);
  }

  private Forecasts forecasts(Mode mode) {
    return modes.computeIfAbsent(mode, any -> new Forecasts());
  }

  long sequence() {
    return sequence;
  }

  long bytes() {
    long bytes = 200 + (long) ENTRY_BYTES * values.size() + classes.bytes();
    for (Forecasts forecasts : modes.values()) {
      bytes += 100 + forecasts.bytes + (forecasts.score == null ? 0 : bytes(forecasts.score));
    }
    return bytes;
  }

  private static long bytes(Score score) {
    long bytes = 150 + 100L * score.methods().size();
    Score.Distribution distribution = score.distribution();
    if (distribution != null) {
      long lists = 2 + distribution.quantiles().size() + distribution.intervals().size();
      bytes += 100 + lists * (80 + 24L * distribution.steps().size());
    }
    return bytes;
  }

  /** What was learned after a sequence number; 0 for all. */
  View view(long after) {
    List<Map.Entry<Long, Value>> shown =
        values.entrySet().stream().filter(entry -> entry.getValue().news > after).toList();
    Map<Mode, ModeView> views = new EnumMap<>(Mode.class);
    modes.forEach(
        (mode, forecasts) ->
            views.put(
                mode,
                new ModeView(
                    forecasts.all.values().stream().filter(one -> one.news > after).toList(),
                    forecasts.scoreNews > after ? forecasts.score : null)));
    return new View(
        series,
        sequence,
        new Observations(
            shown.stream().mapToLong(Map.Entry::getKey).toArray(),
            shown.stream().mapToDouble(entry -> entry.getValue().value).toArray()),
        views,
        classes.view(after),
        cut);
  }
}
