package dev.weir.dashboard.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.dashboard.view.DashboardState;
import dev.weir.dashboard.view.DeadLetterSummary;
import dev.weir.dashboard.view.IncidentList;
import dev.weir.dashboard.view.JobSummary;
import dev.weir.dashboard.view.Latencies;
import dev.weir.dashboard.view.ModelList;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.alarm.Threshold;
import dev.weir.kafka.KafkaSettings.Topics;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** The whole job as the page shows it, taken each second. */
public final class JobPage {

  private static final int SECONDS = 600; // of history
  private static final int RATE_SECONDS = 10; // forecasts come in bursts, by commits
  private static final int LATENCY_SECONDS = 30;

  /** Figures over more series than this take milliseconds: they get a tenth of a thread. */
  private static final int MANY_SERIES = 100_000;

  private static final int SHARE = 10;

  private final DashboardSettings settings;
  private final DashboardState state;
  private final Supplier<String> why;
  private final long started = System.currentTimeMillis();
  private final Deque<Point> history = new ArrayDeque<>(); // newest last
  private final Deque<Histogram> latencies = new ArrayDeque<>();
  private long observationsBefore;
  private long forecastsBefore;
  private boolean waits;
  private long since = started; // when it began to wait, or to be live
  private int kinds; // of what a person waits for, that were there when it was told last
  private JobSummary figures; // newest; null before the first
  private long figuresDue; // when they are gathered again
  private volatile URI flink;
  private volatile byte[] whole;
  private volatile byte[] newest;
  private volatile long version;

  /** What a second has of the whole job, by its name in the page's JSON. */
  private enum Figure {
    observations_per_second,
    forecasts_per_second,
    latency_p50_ms,
    latency_p99_ms,
    skill_naive,
    skill_seasonal_naive,
    coverage
  }

  /**
   * One second.
   *
   * @param values of each figure, in their order
   */
  private record Point(long time, double... values) {
    double of(Figure figure) {
      return values[figure.ordinal()];
    }
  }

  /**
   * @param why what the page waits for, as a sentence; null when it waits for nothing
   */
  public JobPage(DashboardSettings settings, DashboardState state, Supplier<String> why) {
    this.settings = settings;
    this.state = state;
    this.why = why;
    this.flink = settings.flink();
    takeSecond();
  }

  public void flink(URI page) {
    flink = page;
  }

  List<Threshold> thresholds(String series) {
    return settings.thresholds(series);
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
  public void takeSecond() {
    takeSecond(System.currentTimeMillis());
  }

  public synchronized void takeSecond(long now) {
    if (figures == null || now >= figuresDue) {
      gather(now);
    }
    Histogram latency = state.latencies.roll();
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
            Latencies.percentile(latency, 50),
            Latencies.percentile(latency, 99),
            figures.learned().naive(),
            figures.learned().seasonalNaive(),
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
  public synchronized void takeFirst() {
    if (kinds() > kinds) {
      long now = System.currentTimeMillis();
      gather(now);
      tell(now, figures);
    }
  }

  private void gather(long now) {
    long started = System.nanoTime();
    figures = new JobSummary();
    state.series.addTo(figures);
    long millis = (System.nanoTime() - started) / 1_000_000;
    figuresDue = state.series.size() < MANY_SERIES ? now : now + SHARE * millis;
  }

  private int kinds() {
    return (state.series.size() > 0 ? 1 : 0) + (state.forecasts.sum() > 0 ? 1 : 0);
  }

  private void tell(long now, JobSummary figures) {
    kinds = kinds();
    String waiting = why.get();
    if (waits != (waiting != null)) {
      waits = waiting != null;
      since = now;
    }
    whole = json(now, waiting, figures, List.copyOf(history));
    newest = json(now, waiting, figures, List.of(history.getLast()));
    version++;
  }

  /** The page's contract; null and NaN are what is not known. */
  private record Job(
      @JsonUnwrapped Phase phase,
      @JsonUnwrapped Counts counts,
      @JsonUnwrapped Performance performance,
      Map<String, Object> history,
      List<DeadLetterSummary.Reason> deadLettersByReason,
      List<ModelList.Entry> models,
      IncidentList.Counts incidents) {}

  private record Phase(
      long now,
      long started,
      String state,
      long since,
      String note,
      String why,
      Topics topics,
      URI flink) {}

  private record Counts(
      int series,
      long observations,
      long forecasts,
      long scores,
      long deadLetters,
      long unreadable,
      long refused) {}

  private record Rates(double observationsPerSecond, double forecastsPerSecond) {}

  private record Percentiles(double p50, double p99) {}

  private record Performance(
      Rates rates,
      Percentiles latencyMs,
      JobSummary.Skill skill,
      JobSummary.Skill newSkill,
      JobSummary.Coverage coverage,
      Map<Forecast.Status, Integer> status) {}

  private byte[] json(long now, String waiting, JobSummary figures, List<Point> points) {
    Histogram latency = Latencies.sum(latencies);
    return PageJson.of(
        new Job(
            new Phase(
                now,
                started,
                waiting == null ? "LIVE" : "WAITING",
                since,
                settings.note(),
                waiting == null ? limit() : waiting,
                settings.topics(),
                flink),
            new Counts(
                state.series.size(),
                state.observations.sum(),
                state.forecasts.sum(),
                state.scores.sum(),
                state.deadLetters.sum(),
                state.unreadable.sum() + state.damaged.sum(),
                state.series.refused()),
            new Performance(
                new Rates(mean(Figure.observations_per_second), mean(Figure.forecasts_per_second)),
                new Percentiles(
                    Latencies.percentile(latency, 50), Latencies.percentile(latency, 99)),
                figures.learned(),
                figures.newborn(),
                figures.coverage(),
                figures.statuses()),
            history(points),
            state.tally.reasons(),
            state.models.entries(figures.issuers()),
            state.incidents == null ? null : state.incidents.counts()));
  }

  /** One number of each second, oldest first. */
  private static Map<String, Object> history(List<Point> points) {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("time", points.stream().mapToLong(Point::time).toArray());
    for (Figure figure : Figure.values()) {
      columns.put(figure.name(), points.stream().mapToDouble(p -> p.of(figure)).toArray());
    }
    return columns;
  }

  private String limit() {
    return state.series.refused() == 0
        ? null
        : "Shows %,d series; there are more, and no room for them: serve the page with a higher --max-series."
            .formatted(state.series.size());
  }

  private double mean(Figure figure) {
    return history.stream()
        .skip(Math.max(0, history.size() - RATE_SECONDS))
        .mapToDouble(point -> point.of(figure))
        .average()
        .orElse(Double.NaN);
  }
}
