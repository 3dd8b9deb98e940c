package dev.weir.dashboard.view;

import dev.weir.forecast.Classification;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Score;
import dev.weir.model.Mode;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * What is kept of each series, however many there are: its newest values and how its forecasts do.
 * Less than a kilobyte with a name of up to 100 characters. All methods synchronize on the row, for
 * nanoseconds each, so that a page that looks at all rows does not hold up those who fill them.
 */
public final class SeriesRow {

  static final int SPARKLINE = 32;

  private static final int NOWHERE = -1;
  private static final Mode[] MODES = Mode.values();

  private final String name;
  private final RowBlock block; // where the list's columns are; null: in no list
  private final int place; // in that block
  private double[] newest = new double[8]; // a ring once it is SPARKLINE long; in order of time
  private int next;
  private int filled;
  private long time = SeriesHistory.UNKNOWN;
  private String topic = ""; // of the observation that was read last
  private int observations = NOWHERE; // the partition that it was last seen on, by topic
  private int forecasts = NOWHERE;
  private int scores = NOWHERE;
  private final ModeRow[] modes = new ModeRow[MODES.length];
  private SeriesHistory history; // null while none is kept
  private long sequence; // of the history that was kept before

  /** What is kept of one of its forecasts. */
  private static final class ModeRow {
    Issuer issuer = Issuer.NONE;
    Errors errors = Errors.NONE;
  }

  /**
   * What the newest forecast says of itself.
   *
   * @param status null before the first one
   * @param model null without one
   * @param version null without a model
   */
  public record Issuer(long origin, Forecast.Status status, String model, Long version) {
    private static final Issuer NONE = new Issuer(Long.MIN_VALUE, null, null, null);
  }

  /**
   * Errors by the newest score, each NaN if it is not known.
   *
   * @param relative the error divided by that of the last value
   * @param relativeSeasonal the same of the last season
   */
  public record Errors(
      long time,
      long scored,
      double mae,
      double mase,
      double relative,
      double relativeSeasonal,
      double level,
      double coverage) {

    private static final Errors NONE =
        new Errors(
            Long.MIN_VALUE,
            0,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN);

    private static Errors of(Score score) {
      return new Errors(
          score.time(),
          score.scored(),
          score.mae(),
          score.mase(),
          ratio(score, "naive"),
          ratio(score, "seasonal_naive"),
          score.level(),
          score.coverage());
    }

    private static double ratio(Score score, String method) {
      return score.methods().stream()
          .filter(other -> other.name().equals(method) && other.mae() > 0)
          .mapToDouble(other -> score.mae() / other.mae())
          .findFirst()
          .orElse(Double.NaN);
    }
  }

  /**
   * A line of the list; null for what is not known. Errors are those of the forecast with the most
   * direct mode.
   */
  public record Item(
      String series,
      List<Mode> modes,
      Issuer issuer,
      Long time,
      double value,
      Errors errors,
      double[] sparkline) {}

  /**
   * Where a series was last seen: a partition of each topic, or -1.
   *
   * @param topic of its observations
   */
  public record Places(String topic, int observations, int forecasts, int scores) {}

  public SeriesRow(String name) {
    this(name, null, 0);
  }

  SeriesRow(String name, RowBlock block, int place) {
    this.name = name;
    this.block = block;
    this.place = place;
  }

  public String name() {
    return name;
  }

  /**
   * Each of these three says how many bytes its history has grown by.
   *
   * @param topic where it was read
   * @param partition where it was read
   * @param now when, milliseconds since 1970
   */
  public synchronized long observe(Observation observation, String topic, int partition, long now) {
    this.topic = topic;
    observations = partition;
    seen(now);
    if (observation.time() > time) {
      push(observation.value());
      time = observation.time();
    } else if (observation.time() == time) { // a correction
      newest[(next + newest.length - 1) % newest.length] = observation.value();
    }
    return change(kept -> kept.observe(observation.time(), observation.value()));
  }

  private void push(double value) {
    if (filled == newest.length && filled < SPARKLINE) { // not yet a ring, so next is its length
      newest = Arrays.copyOf(newest, SPARKLINE);
      next = filled;
    }
    newest[next] = value;
    next = (next + 1) % newest.length;
    filled = Math.min(filled + 1, newest.length);
  }

  /**
   * @param model the forecast's model, a string that rows share
   * @param live whether it came since the start
   */
  public synchronized long issue(
      Forecast forecast, String model, int partition, long now, boolean live) {
    forecasts = partition;
    seen(now);
    ModeRow mode = mode(forecast.mode());
    if (forecast.origin() >= mode.issuer.origin) {
      mode.issuer =
          new Issuer(
              forecast.origin(),
              forecast.status(),
              SeriesHistory.modelOrNull(model),
              SeriesHistory.versionOrNull(forecast.modelVersion()));
      list();
    }
    return change(kept -> kept.issue(forecast, model, live ? now : SeriesHistory.UNKNOWN));
  }

  public synchronized long classify(Classification said, long now) {
    seen(now);
    return change(kept -> kept.classify(said));
  }

  public synchronized long label(long time, String label, long now) {
    seen(now);
    return change(kept -> kept.label(time, label));
  }

  public synchronized long score(Score score, int partition, long now) {
    scores = partition;
    seen(now);
    ModeRow mode = mode(score.mode());
    if (score.time() >= mode.errors.time) {
      mode.errors = Errors.of(score);
      list();
    }
    return change(kept -> kept.score(score));
  }

  /** Changes the history, if one is kept; returns by how many bytes it has grown. */
  private long change(Consumer<SeriesHistory> update) {
    if (history == null) {
      return 0;
    }
    long bytes = history.bytes();
    update.accept(history);
    return history.bytes() - bytes;
  }

  private ModeRow mode(Mode mode) {
    ModeRow row = modes[mode.ordinal()];
    if (row == null) {
      row = modes[mode.ordinal()] = new ModeRow();
    }
    return row;
  }

  private ModeRow first() {
    for (ModeRow row : modes) {
      if (row != null) {
        return row;
      }
    }
    return null;
  }

  /**
   * When its newest record was read.
   *
   * @param now milliseconds since 1970
   */
  private void seen(long now) {
    if (block != null) {
      block.seen[place] = now;
    }
  }

  /** Tells the list's columns what it is filtered and sorted by. */
  private void list() {
    if (block == null) {
      return;
    }
    ModeRow row = first();
    Forecast.Status status = row.issuer.status;
    block.status[place] = status == null ? RowBlock.NO_STATUS : (byte) status.ordinal();
    block.toNaive[place] = row.errors.relative;
    block.toSeasonalNaive[place] = row.errors.relativeSeasonal;
  }

  synchronized void addTo(JobSummary figures) {
    ModeRow row = first();
    if (row == null) {
      return;
    }
    figures.add(row.issuer.status);
    for (ModeRow each : modes) {
      if (each != null && each.issuer.model != null) {
        figures.addIssuer(each.issuer.model, each.issuer.version);
      }
    }
    figures.add(row.errors);
  }

  synchronized Item item() {
    ModeRow row = first() == null ? new ModeRow() : first();
    double[] sparkline = new double[filled];
    for (int i = 0; i < filled; i++) {
      sparkline[i] = newest[(next + newest.length - filled + i) % newest.length];
    }
    return new Item(
        name,
        Arrays.stream(MODES).filter(mode -> modes[mode.ordinal()] != null).toList(),
        row.issuer,
        SeriesHistory.timeOrNull(time),
        filled == 0 ? Double.NaN : sparkline[filled - 1],
        row.errors,
        sparkline);
  }

  public synchronized Places places() {
    return new Places(topic, observations, forecasts, scores);
  }

  /** Begins to keep its history; says what that takes, 0 when it was kept before. */
  synchronized long keep() {
    if (history != null) {
      return 0;
    }
    // beyond those of one that was kept before, or by a server before this one
    history = new SeriesHistory(name, Math.max(sequence, System.currentTimeMillis() * 1_000));
    return history.bytes();
  }

  /** Ends to keep it; says what that gives back. */
  synchronized long forget() {
    if (history == null) {
      return 0;
    }
    long bytes = history.bytes();
    sequence = history.sequence();
    history = null;
    return bytes;
  }

  synchronized boolean isKept() {
    return history != null;
  }

  /** Puts what a look back found beside what came since; says how much that takes. */
  public synchronized long complete(SeriesHistory older) {
    return change(kept -> kept.merge(older));
  }

  /**
   * What is known of it, or null when no history is kept.
   *
   * @param before the newest time wanted
   * @param limit how many observations at most
   * @param after only what was learned after this sequence number; 0 for all
   */
  public synchronized SeriesHistory.View view(long before, int limit, long after) {
    return history == null ? null : history.view(before, limit, after);
  }

  /** Grows with each news; 0 when no history is kept. */
  public synchronized long sequence() {
    return history == null ? 0 : history.sequence();
  }
}
