package dev.weir.cli.demo;

import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Format;
import dev.weir.cli.dashboard.Browser;
import dev.weir.cli.dashboard.DashboardCommand;
import dev.weir.cli.series.SampleData;
import dev.weir.cli.series.SeriesCsv;
import dev.weir.dashboard.Dashboard;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Score;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.codec.DeadLetterCodec;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ObservationCodec;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.kafka.connector.ObservationProducer;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.model.Mode;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Forecasts of real series, with a page. */
final class ForecastDemo extends Demo {

  private static final long LINE_NANOS = 2_000_000_000L; // a series' next line; an eye can follow

  /** Values of each series that are sent at once: two days of an hourly one. */
  private static final int AT_ONCE = 48;

  /** Values of each series that are sent before the usual rate: two weeks of an hourly one. */
  private static final int HEAD_START = 336;

  /** Values of each series a second between the two, from the first forecast on. */
  private static final double HEAD_START_RATE = 50;

  private static final List<String> MODES = Arrays.stream(Mode.values()).map(Mode::label).toList();

  private static final int FIRST_PORT = DashboardCommand.PORT;
  private static final int LAST_PORT = FIRST_PORT + 9;

  private final Integer port;
  private final boolean opensBrowser;
  private final DemoScore score = new DemoScore();
  private final Map<String, DemoScore.Line> newest = new LinkedHashMap<>(); // not printed yet
  private final Map<String, Long> lastLines = new HashMap<>();
  private final CountDownLatch firstForecast = new CountDownLatch(1);
  private final ObservationCodec observationCodec = new ObservationCodec();
  private final ForecastCodec forecastCodec = new ForecastCodec();
  private final ScoreCodec scoreCodec = new ScoreCodec();
  private volatile long forecasts; // counted by one thread, read by another at Ctrl-C
  private volatile long deadLetters; // the same

  /**
   * @param port of the page; null for the first free one
   */
  ForecastDemo(Duration duration, Format format, double rate, Integer port, boolean opensBrowser) {
    super("demo", format, rate, duration, "forecast of ", MODES);
    this.port = port;
    this.opensBrowser = opensBrowser;
  }

  @Override
  Dashboard page(String bootstrapServers) throws IOException {
    String note =
        "This demo replays %d public series of past years: the first %d values of each in a few seconds, then %s a second."
            .formatted(
                SampleData.NAMES.size(),
                HEAD_START,
                rate == Math.rint(rate) ? Long.toString((long) rate) : Double.toString(rate));
    Dashboard page =
        open(new DashboardSettings(KafkaClients.of(bootstrapServers), topics).withNote(note));
    say("the page: " + page.address());
    if (opensBrowser) {
      Browser.open(page.address());
    }
    return page;
  }

  private Dashboard open(DashboardSettings settings) throws IOException {
    for (int next = FIRST_PORT; port == null && next <= LAST_PORT; next++) {
      try {
        return Dashboard.open(settings, next);
      } catch (BindException e) {
        // somebody else has it
      }
    }
    return Dashboard.open(settings, port == null ? 0 : port);
  }

  /**
   * Sends the sample round by round, one value of each series at a time: the first ones quickly, as
   * a history to begin with, the others at the rate asked for. A job that has just started is slow,
   * and a forecast is shown when the values sent before it have been read: so most of that history
   * waits for the first forecast.
   */
  @Override
  void replay(KafkaClients clients) throws IOException, InterruptedException {
    try (ObservationProducer producer =
        new ObservationProducer(clients, topics.observations().first())) {
      List<SeriesCsv> all =
          new ArrayList<>(); // read as they are sent: the first values need no more
      for (String name : SampleData.NAMES) {
        all.add(SampleData.open(name));
      }
      long feedStart = 0;
      for (int round = 1; !all.isEmpty(); round++) {
        for (Iterator<SeriesCsv> left = all.iterator(); left.hasNext(); ) {
          SeriesCsv series = left.next();
          Observation observation = series.next();
          if (observation == null) {
            series.close();
            left.remove();
          } else {
            producer.send(observation);
          }
        }
        if (round < AT_ONCE) {
          continue;
        }
        if (round == AT_ONCE) {
          firstForecast.await();
          feedStart = System.nanoTime();
        }
        long wait = feedStart + (long) (dueSeconds(round, rate) * 1e9) - System.nanoTime();
        if (wait > 0) {
          Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
        }
      }
      producer.flush();
      say("the sample is over; the page stays up until Ctrl-C");
    }
  }

  /** Seconds from the first forecast until the value after this one, counted from 1, is due. */
  static double dueSeconds(int round, double rate) {
    int quick = Math.min(round, HEAD_START) - AT_ONCE;
    int usual = Math.max(0, round - HEAD_START);
    return quick / Math.max(rate, HEAD_START_RATE) + usual / rate;
  }

  @Override
  List<String> outputs() {
    return List.of(
        topics.observations().first(), topics.scores(), topics.forecasts(), topics.deadLetters());
  }

  @Override
  void take(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
    if (record.topic().equals(topics.observations().first())) {
      score.take(observationCodec.decode(record.value(), record.headers()));
    } else if (record.topic().equals(topics.scores())) {
      Score told = scoreCodec.decode(record.value());
      if (told.mode() == Mode.MANY_TO_ONE) {
        score.take(told);
      }
    } else if (record.topic().equals(topics.forecasts())) {
      show(forecastCodec.decode(record.value()));
    } else {
      deadLetters++; // by this thread only
      DeadLetter letter = DeadLetterCodec.read(record);
      say("dead letter: %s %s".formatted(letter.reason(), letter.message()));
    }
  }

  private void show(Forecast forecast) {
    forecasts++; // by this thread only
    if (isFirst("forecast")) {
      firstForecast.countDown();
      if (format == Format.text) {
        System.out.printf(
            "%-20s %-16s %9s %9s | %-38s | %5s %5s  %s%n",
            "series",
            "time",
            "truth",
            "expected",
            "next values [80 % within]",
            "rel",
            "MASE",
            "who says so");
      }
    }
    if (forecast.mode() == Mode.MANY_TO_ONE) {
      score.take(forecast);
    }
    if (format == Format.json) {
      System.out.println(ForecastLines.json(forecast));
    }
    // As text one line for each value is enough to follow, with the nearest steps of many-to-one.
    if (format == Format.json || forecast.mode() != Mode.MANY_TO_ONE) {
      end.shown(forecast.mode().label());
    }
  }

  /** Of each series the newest line, once its last one has been there long enough to be read. */
  @Override
  void show() {
    score.lines().forEach(line -> newest.put(line.forecast().series(), line));
    if (format == Format.json) {
      return;
    }
    long now = System.nanoTime();
    newest
        .values()
        .removeIf(
            line -> {
              String series = line.forecast().series();
              if (now - lastLines.getOrDefault(series, now - LINE_NANOS) < LINE_NANOS) {
                return false;
              }
              lastLines.put(series, now);
              print(line);
              return true;
            });
  }

  private void print(DemoScore.Line line) {
    Forecast forecast = line.forecast();
    Score told = line.told();
    System.out.printf(
        "%-20s %s %9s %9s | %-38s | %5s %5s  %s%n",
        forecast.series(),
        ForecastLines.minute(forecast.origin()),
        ForecastLines.number(line.truth()),
        known(line.expected()),
        next(forecast),
        DemoScore.ratio(line.relative()),
        told == null ? "-" : DemoScore.ratio(told.mase()),
        told == null ? ForecastLines.source(forecast) : shares(told));
    end.shown(forecast.mode().label());
  }

  private static String next(Forecast forecast) {
    StringBuilder next = new StringBuilder();
    for (int i = 0; i < forecast.values().length; i++) {
      next.append(ForecastLines.number(forecast.values()[i])).append(' ');
      if (i == 0 && !forecast.intervals().isEmpty()) {
        Forecast.Interval interval = forecast.intervals().get(0);
        next.append(
            "[%s, %s] "
                .formatted(
                    ForecastLines.number(interval.lower()[0]),
                    ForecastLines.number(interval.upper()[0])));
      }
    }
    return next.toString();
  }

  private static String shares(Score told) {
    return told.methods().stream()
        .filter(method -> method.share() >= 0.1)
        .sorted((a, b) -> Double.compare(b.share(), a.share()))
        .limit(3)
        .map(
            method ->
                "%s %.0f%%"
                    .formatted(method.name().replaceFirst("^expert:", ""), 100 * method.share()))
        .collect(Collectors.joining(", "));
  }

  private static String known(double value) {
    return Double.isNaN(value) ? "-" : ForecastLines.number(value);
  }

  @Override
  String summary() {
    return "%,d forecasts, %,d dead letters in %.0f s%n%s"
        .formatted(forecasts, deadLetters, seconds(), score.summary());
  }
}
