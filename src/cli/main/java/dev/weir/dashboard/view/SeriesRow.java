package dev.weir.dashboard.view;

import dev.weir.forecast.Classification;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Score;
import dev.weir.model.Mode;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What is kept of each series, however many there are: its newest values and how its forecasts do.
 * Less than a kilobyte with a name of up to 100 characters. Thread-safe.
 */
public final class SeriesRow {

  static final int SPARKLINE = 32;

  private final String name;
  private final double[] newest = new double[SPARKLINE]; // a ring
  private int count; // of values that came, in order of time
  private long time = Long.MIN_VALUE;
  private final Map<Mode, ModeRow> modes = new EnumMap<>(Mode.class);
  private SeriesHistory history; // null while none is kept
  private volatile long seen;

  // of the most direct mode, which the list is sorted by
  private volatile Forecast.Status status; // null before the first forecast
  private volatile double relative = Double.NaN;

  /** What is kept of the forecasts of one mode. */
  private static final class ModeRow {
    long origin = Long.MIN_VALUE; // of the newest
    Forecast.Status status;
    JobSummary.Version issuer; // null without a model
    Errors errors = Errors.NONE;
  }

  /**
   * Errors by the newest score, each NaN if it is not known.
   *
   * @param relative the error divided by that of the last value
   * @param relativeSeasonal the same of the last season
   */
  record Errors(
      long time,
      long scored,
      double relative,
      double relativeSeasonal,
      double level,
      double coverage) {

    private static final Errors NONE =
        new Errors(Long.MIN_VALUE, 0, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

    private static Errors of(Score score) {
      return new Errors(
          score.time(),
          score.scored(),
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

  /** A line of the list; null and NaN for what is not known. */
  public record Item(
      String series,
      Forecast.Status status,
      double value,
      double relative,
      double relativeSeasonal,
      double[] sparkline) {}

  SeriesRow(String name) {
    this.name = name;
  }

  public String name() {
    return name;
  }

  Forecast.Status status() {
    return status;
  }

  /** The error relative to that of the last season, or of the last value; NaN if not known. */
  double relative() {
    return relative;
  }

  /** When its newest record was read, milliseconds since 1970. */
  long seen() {
    return seen;
  }

  /** Each of these says how many bytes its history has grown by. */
  synchronized long observe(Observation observation, long now) {
    if (observation.time() >= time) {
      if (observation.time() > time || count == 0) {
        count++;
      } // else a correction
      newest[(count - 1) % SPARKLINE] = observation.value();
      time = observation.time();
    }
    return change(now, kept -> kept.observe(observation.time(), observation.value()));
  }

  /**
   * @param live whether it came since the start
   */
  synchronized long issue(Forecast forecast, long now, boolean live) {
    ModeRow mode = modes.computeIfAbsent(forecast.mode(), any -> new ModeRow());
    if (forecast.origin() >= mode.origin) {
      mode.origin = forecast.origin();
      mode.status = forecast.status();
      mode.issuer =
          forecast.model().isEmpty()
              ? null
              : new JobSummary.Version(
                  DashboardState.model(forecast.model()), forecast.modelVersion());
      list();
    }
    return change(now, kept -> kept.issue(forecast, live ? now : null));
  }

  synchronized long score(Score score, long now) {
    ModeRow mode = modes.computeIfAbsent(score.mode(), any -> new ModeRow());
    if (score.time() >= mode.errors.time) {
      mode.errors = Errors.of(score);
      list();
    }
    return change(now, kept -> kept.score(score));
  }

  synchronized long classify(Classification said, long now) {
    return change(now, kept -> kept.classify(said));
  }

  synchronized long label(long time, String label, long now) {
    return change(now, kept -> kept.label(time, label));
  }

  private long change(long now, Consumer<SeriesHistory> update) {
    seen = now;
    if (history == null) {
      return 0;
    }
    long bytes = history.bytes();
    update.accept(history);
    return history.bytes() - bytes;
  }

  private ModeRow first() {
    return modes.isEmpty() ? new ModeRow() : modes.values().iterator().next();
  }

  private void list() {
    ModeRow row = first();
    status = row.status;
    relative =
        Double.isNaN(row.errors.relativeSeasonal)
            ? row.errors.relative
            : row.errors.relativeSeasonal;
  }

  synchronized void addTo(JobSummary figures) {
    if (!modes.isEmpty()) {
      ModeRow row = first();
      figures.add(row.status, row.errors);
      modes.values().forEach(each -> figures.addIssuer(each.issuer));
    }
  }

  synchronized Item item() {
    int filled = Math.min(count, SPARKLINE);
    double[] sparkline = new double[filled];
    for (int i = 0; i < filled; i++) {
      sparkline[i] = newest[(count - filled + i) % SPARKLINE];
    }
    Errors errors = first().errors;
    return new Item(
        name,
        status,
        filled == 0 ? Double.NaN : sparkline[filled - 1],
        errors.relative,
        errors.relativeSeasonal,
        sparkline);
  }

  /** Begins to keep its history; says what that takes, 0 when it was kept before. */
  synchronized long keep() {
    if (history != null) {
      return 0;
    }
    history = new SeriesHistory(name);
    return history.bytes();
  }

  /** Ends to keep it; says what that gives back. */
  synchronized long forget() {
    long bytes = history == null ? 0 : history.bytes();
    history = null;
    return bytes;
  }

  /**
   * What is known of it, or null when no history is kept.
   *
   * @param after only what was learned after this sequence number; 0 for all
   */
  public synchronized SeriesHistory.View view(long after) {
    return history == null ? null : history.view(after);
  }

  /** Grows with each news; 0 when no history is kept. */
  public synchronized long sequence() {
    return history == null ? 0 : history.sequence();
  }
}
