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
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** The whole job as the page shows it, taken each second. */
public final class JobPage {

  private static final int RATE_SECONDS = 10; // forecasts come in bursts, by commits
  private static final int LATENCY_SECONDS = 30;

  /** Figures over more series than this take milliseconds: they get a tenth of a thread. */
  private static final int MANY_SERIES = 100_000;

  private static final int SHARE = 10;

  private final DashboardSettings settings;
  private final DashboardState state;
  private final Supplier<String> why;
  private final long started = System.currentTimeMillis();
  private final Deque<Point> points = new ArrayDeque<>(); // newest last
  private final Deque<Histogram> latencies = new ArrayDeque<>();
  private long lastRecord = started; // when an observation came
  private boolean waits;
  private long since = started; // when it began to wait, or to be live
  private JobSummary figures; // newest; null before the first
  private long figuresDue; // when they are gathered again
  private volatile URI flink;
  private volatile byte[] newest;
  private volatile long version;

  /** What had come until a second. */
  private record Point(long time, long observations, long forecasts) {}

  /**
   * @param why what the page waits for, as a sentence; null when it waits for nothing
   */
  public JobPage(DashboardSettings settings, DashboardState state, Supplier<String> why) {
    this.settings = settings;
    this.state = state;
    this.why = why;
    this.flink = settings.flink();
    takeSecond(started);
  }

  public void flink(URI page) {
    flink = page;
  }

  List<Threshold> thresholds(String series) {
    return settings.thresholds(series);
  }

  byte[] newest() {
    return newest;
  }

  /** Grows each second. */
  long version() {
    return version;
  }

  /** To be called each second. */
  public synchronized void takeSecond(long now) {
    if (figures == null || now >= figuresDue) {
      gather(now);
    }
    latencies.addLast(state.latencies.roll(now));
    if (latencies.size() > LATENCY_SECONDS) {
      latencies.removeFirst();
    }
    // not what is read back at the start
    Point point = new Point(now, state.liveObservations.sum(), state.liveForecasts.sum());
    if (!points.isEmpty() && point.observations > points.getLast().observations) {
      lastRecord = now;
    }
    points.addLast(point);
    if (points.size() > RATE_SECONDS + 1) {
      points.removeFirst();
    }
    String waiting = why.get();
    if (waits != (waiting != null)) {
      waits = waiting != null;
      since = now;
    }
    newest = json(now, waiting);
    version++;
  }

  private void gather(long now) {
    long started = System.nanoTime();
    figures = new JobSummary();
    state.series.addTo(figures);
    long millis = (System.nanoTime() - started) / 1_000_000;
    figuresDue = state.series.size() < MANY_SERIES ? now : now + SHARE * millis;
  }

  /** The page's contract; null and NaN are what is not known. */
  private record Job(
      @JsonUnwrapped Phase phase,
      @JsonUnwrapped Counts counts,
      @JsonUnwrapped Performance performance,
      List<DeadLetterSummary.Reason> deadLettersByReason,
      List<ModelList.Entry> models,
      IncidentList.Counts incidents) {}

  private record Phase(
      long now,
      long started,
      String state,
      long since,
      long lastRecord,
      String note,
      String why,
      List<String> topics,
      String deadLetterTopic,
      URI flink) {}

  private record Counts(
      int series,
      long observations,
      long forecasts,
      long scores,
      long deadLetters,
      long unreadable,
      long refused) {}

  private record Performance(
      Rates rates,
      Percentiles latencyMs,
      JobSummary.Skill skill,
      JobSummary.Skill newSkill,
      JobSummary.Coverage coverage,
      Map<Forecast.Status, Integer> status) {}

  private record Rates(double observationsPerSecond, double forecastsPerSecond) {
    static Rates of(Point first, Point last) {
      double seconds = (last.time - first.time) / 1e3; // 0 at first, and the rates are NaN
      return new Rates(
          (last.observations - first.observations) / seconds,
          (last.forecasts - first.forecasts) / seconds);
    }
  }

  private record Percentiles(double p50, double p99) {
    static Percentiles of(Histogram latency) {
      return new Percentiles(Latencies.percentile(latency, 50), Latencies.percentile(latency, 99));
    }
  }

  private byte[] json(long now, String waiting) {
    return PageJson.of(
        new Job(
            new Phase(
                now,
                started,
                waiting == null ? "LIVE" : "WAITING",
                since,
                lastRecord,
                settings.note(),
                waiting == null ? limit() : waiting,
                read(settings.topics()),
                settings.topics().deadLetters(),
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
                Rates.of(points.getFirst(), points.getLast()),
                Percentiles.of(Latencies.sum(latencies)),
                figures.learned(),
                figures.newborn(),
                figures.coverage(),
                figures.statuses()),
            state.tally.reasons(),
            state.models.entries(figures.issuers()),
            state.incidents == null ? null : state.incidents.counts()));
  }

  private static List<String> read(Topics topics) {
    List<String> read = new ArrayList<>(topics.shown());
    read.add(0, topics.observations().toString());
    read.addAll(List.of(topics.deadLetters(), topics.models()));
    return read;
  }

  private String limit() {
    return state.series.refused() == 0
        ? null
        : "Shows %,d series; there are more, and no room for them.".formatted(state.series.size());
  }
}
