package dev.weir.dashboard;

import dev.weir.forecast.Forecast;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The whole job as the page shows it, taken each second. */
final class JobPage {

  private static final int SECONDS = 600; // of history
  private static final int RATE_SECONDS = 10; // forecasts come in bursts, by commits
  private static final int LATENCY_SECONDS = 30;

  private final DashboardSettings settings;
  private final JobState state;
  private final Supplier<String> why;
  private final long started = System.currentTimeMillis();
  private final Deque<Point> history = new ArrayDeque<>(); // newest last
  private final Deque<int[]> latencies = new ArrayDeque<>();
  private long observationsBefore;
  private long forecastsBefore;
  private boolean waits;
  private long since = started; // when it began to wait, or to be live
  private int kinds; // of what a person waits for, that were there when it was told last
  private volatile URI flink;
  private volatile byte[] whole;
  private volatile byte[] newest;
  private volatile long version;

  /** One second. */
  private record Point(
      long time,
      double observations,
      double forecasts,
      double p50,
      double p99,
      double skillNaive,
      double skillSeasonalNaive,
      double coverage) {}

  /**
   * @param why what the page waits for, as a sentence; null when it waits for nothing
   */
  JobPage(DashboardSettings settings, JobState state, Supplier<String> why) {
    this.settings = settings;
    this.state = state;
    this.why = why;
    this.flink = settings.flink();
    takeSecond();
  }

  void flink(URI page) {
    flink = page;
  }

  /** All of it. */
  byte[] whole() {
    return whole;
  }

  /** The same with the newest second only. */
  byte[] newest() {
    return newest;
  }

  /** Grows each second, and with what comes first of its kind. */
  long version() {
    return version;
  }

  /** To be called each second. */
  void takeSecond() {
    takeSecond(System.currentTimeMillis());
  }

  synchronized void takeSecond(long now) {
    JobFigures figures = new JobFigures();
    state.series.addTo(figures);
    int[] latency = state.latencies.roll();
    latencies.addLast(latency);
    if (latencies.size() > LATENCY_SECONDS) {
      latencies.removeFirst();
    }
    long observations = state.liveObservations.sum(); // not what is read back at the start
    long forecasts = state.liveForecasts.sum();
    double seconds =
        history.isEmpty() ? 1 : Math.max(0.001, (now - history.getLast().time()) / 1e3);
    history.addLast(
        new Point(
            now,
            (observations - observationsBefore) / seconds,
            (forecasts - forecastsBefore) / seconds,
            Latencies.quantile(latency, 0.5),
            Latencies.quantile(latency, 0.99),
            figures.skillOverNaive(),
            figures.skillOverSeasonalNaive(),
            figures.coverage().held()));
    observationsBefore = observations;
    forecastsBefore = forecasts;
    if (history.size() > SECONDS) {
      history.removeFirst();
    }
    tell(now, figures);
  }

  /**
   * Tells at once of the first series and of the first forecast, which a person waits for, without
   * a second of history. To be called often.
   */
  synchronized void takeFirst() {
    if (kinds() > kinds) {
      JobFigures figures = new JobFigures();
      state.series.addTo(figures);
      tell(System.currentTimeMillis(), figures);
    }
  }

  private int kinds() {
    return (state.series.size() > 0 ? 1 : 0) + (state.forecasts.sum() > 0 ? 1 : 0);
  }

  private void tell(long now, JobFigures figures) {
    kinds = kinds();
    String waiting = why.get();
    if (waits != (waiting != null)) {
      waits = waiting != null;
      since = now;
    }
    whole = Json.object(json -> write(json, now, waiting, figures, List.copyOf(history)));
    newest = Json.object(json -> write(json, now, waiting, figures, List.of(history.getLast())));
    version++;
  }

  private void write(Json json, long now, String waiting, JobFigures figures, List<Point> points)
      throws IOException {
    json.number("now", now);
    json.number("started", started);
    json.text("state", waiting == null ? "LIVE" : "WAITING");
    json.number("since", since);
    json.text("note", settings.note());
    json.text("why", waiting == null ? limit() : waiting);
    json.object(
        "topics",
        topics -> {
          topics.text("observations", settings.topics().observations());
          topics.text("forecasts", settings.topics().forecasts());
          topics.text("scores", settings.topics().scores());
          topics.text("dead_letters", settings.topics().deadLetters());
          topics.text("models", settings.topics().models());
        });
    json.text("flink", flink == null ? null : flink.toString());
    json.number("series", (long) state.series.size());
    json.number("observations", state.observations.sum());
    json.number("forecasts", state.forecasts.sum());
    json.number("scores", state.scores.sum());
    json.number("dead_letters", state.deadLetters.sum());
    json.number("unreadable", state.unreadable.sum() + state.damaged.sum());
    json.number("refused", state.series.refused());
    json.object(
        "rates",
        rates -> {
          rates.number("observations_per_second", mean(Point::observations));
          rates.number("forecasts_per_second", mean(Point::forecasts));
        });
    json.object(
        "latency_ms",
        latency -> {
          int[] samples = latencies.stream().flatMapToInt(Arrays::stream).sorted().toArray();
          latency.number("p50", Latencies.quantile(samples, 0.5));
          latency.number("p99", Latencies.quantile(samples, 0.99));
        });
    json.object(
        "skill",
        skill -> {
          skill.number("naive", figures.skillOverNaive());
          skill.number("seasonal_naive", figures.skillOverSeasonalNaive());
        });
    json.object(
        "coverage",
        coverage -> {
          coverage.number("level", figures.coverage().level());
          coverage.number("held", figures.coverage().held());
        });
    json.object(
        "status",
        status -> {
          for (Forecast.Status one : Forecast.Status.values()) {
            status.number(one.name(), (long) figures.series(one));
          }
        });
    json.object("history", all -> history(all, points));
    json.array("dead_letters_by_reason", this::deadLetters);
    json.array("models", all -> models(all, figures));
  }

  private String limit() {
    return state.series.refused() == 0
        ? null
        : "Shows %,d series; there are more, and no room for them: serve the page with a higher --max-series."
            .formatted(state.series.size());
  }

  private double mean(ToDoubleFunction<Point> value) {
    return history.stream()
        .skip(Math.max(0, history.size() - RATE_SECONDS))
        .mapToDouble(value)
        .average()
        .orElse(Double.NaN);
  }

  private static void history(Json json, List<Point> points) throws IOException {
    json.numbers("time", points.stream().mapToLong(Point::time).toArray());
    column(json, "observations_per_second", points, Point::observations);
    column(json, "forecasts_per_second", points, Point::forecasts);
    column(json, "latency_p50_ms", points, Point::p50);
    column(json, "latency_p99_ms", points, Point::p99);
    column(json, "skill_naive", points, Point::skillNaive);
    column(json, "skill_seasonal_naive", points, Point::skillSeasonalNaive);
    column(json, "coverage", points, Point::coverage);
  }

  private static void column(
      Json json, String name, List<Point> points, ToDoubleFunction<Point> value)
      throws IOException {
    json.numbers(name, points.stream().mapToDouble(value).toArray());
  }

  private void deadLetters(Json json) throws IOException {
    for (Tally.Reason reason : state.tally.reasons()) {
      Tally.Example example = reason.example();
      json.item(
          item -> {
            item.text("reason", reason.reason());
            item.number("count", reason.count());
            item.number("last", reason.last());
            item.object(
                "example",
                one -> {
                  one.text("message", example.message());
                  one.text("topic", example.topic());
                  one.number("partition", (long) example.partition());
                  one.number("offset", example.offset());
                  one.text("key", example.key());
                  one.text("value", example.value());
                });
          });
    }
  }

  private void models(Json json, JobFigures figures) throws IOException {
    for (ModelList.Entry model : state.models.entries(figures.issuers())) {
      json.item(
          item -> {
            item.text("name", model.name());
            item.number("version", model.version());
            time(item, "created", model.created());
            time(item, "published", model.published());
            item.number("series", (long) model.series());
            item.flag("newest", model.newest());
          });
    }
  }

  private static void time(Json json, String name, long time) throws IOException {
    if (time == ModelList.UNKNOWN) {
      json.none(name);
    } else {
      json.number(name, time);
    }
  }
}
