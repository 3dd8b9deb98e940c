package dev.weir.cli.demo;

import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Format;
import dev.weir.cli.dashboard.Browser;
import dev.weir.cli.dashboard.DashboardCommand;
import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.cli.local.LocalCluster;
import dev.weir.cli.local.TemporaryFolder;
import dev.weir.cli.series.SampleData;
import dev.weir.cli.series.SeriesCsv;
import dev.weir.dashboard.Dashboard;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Score;
import dev.weir.job.ForecastJob;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.admin.TopicConsumer;
import dev.weir.kafka.codec.DeadLetterCodec;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ObservationCodec;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.kafka.connector.ObservationProducer;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.model.Mode;
import dev.weir.option.Numbers;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * A broker, a cluster and a job in this process, a thread that sends values of real series, and a
 * page. Everything that is shown was read back from the topics.
 */
final class Demo {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final long STOP_MILLIS = 5_000;

  /** Outputs are shown when committed, so a demo commits for each value at its usual rate. */
  private static final Map<String, String> FLINK =
      Map.of("execution.checkpointing.interval", "250 ms");

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

  private final Format format;
  private final double rate;
  private final DemoDeadline end;
  private final long started = System.nanoTime();
  private Topics topics; // of the job
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
   * @param duration null for a demo without an end
   * @param rate values a second of each series
   * @param port of the page; null for the first free one
   */
  Demo(Duration duration, Format format, double rate, Integer port, boolean opensBrowser) {
    this.format = format;
    this.rate = rate;
    this.end = new DemoDeadline(duration, MODES);
    this.port = port;
    this.opensBrowser = opensBrowser;
  }

  int run() throws Exception {
    say("starting a Kafka broker and a Flink cluster in this process");
    Path data = TemporaryFolder.create("demo");
    int port = EmbeddedBroker.freePort();
    KafkaClients clients = KafkaClients.of("localhost:" + port);
    JobSettings settings =
        JobSettings.builtin("demo", Map.of("kafka.bootstrap-servers", "localhost:" + port));
    topics = settings.kafka().topics();
    // the page first: it says what it waits for, and a port that is taken ends the demo at once
    try (Dashboard page = page("localhost:" + port)) {
      Future<LocalCluster> starting = LocalCluster.startBeside(FLINK);
      try (EmbeddedBroker broker = EmbeddedBroker.start(data, port, EmbeddedBroker.CREATES_TOPICS);
          TopicAdmin admin = new TopicAdmin(clients)) {
        admin.createMissing(topics, 1, 0);
        page.read();
        Thread replay = new Thread(() -> send(clients), "replay");
        replay.setDaemon(true);
        replay.start();
        try (LocalCluster cluster = starting.get()) {
          JobClient job = ForecastJob.submit(cluster.environment(), settings);
          URI flink =
              URI.create(cluster.webAddress() + "/#/job/running/" + job.getJobID() + "/overview");
          say("Kafka: " + broker.bootstrapServers() + "   Flink's page: " + flink);
          page.showFlink(flink);
          return show(clients, job, page, replay);
        }
      }
    } finally {
      FileUtils.deleteDirectoryQuietly(data.toFile());
    }
  }

  private int show(KafkaClients clients, JobClient job, Dashboard page, Thread replay)
      throws Exception {
    Thread summary = new Thread(this::summarize, "summary");
    Runtime.getRuntime().addShutdownHook(summary); // for Ctrl-C
    int exitCode = consume(clients, job);
    if (!isWithdrawn(summary)) {
      Thread.currentThread().join(); // Ctrl-C came first: this process ends without us
    }
    summarize();
    page.close(); // first what reads and feeds, then what works, then what holds: none complains
    replay.interrupt();
    replay.join(STOP_MILLIS);
    job.cancel().get();
    return exitCode;
  }

  /** False when the process is ending already, and the hook runs. */
  private static boolean isWithdrawn(Thread hook) {
    try {
      return Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private void send(KafkaClients clients) {
    try {
      replay(clients);
    } catch (IOException e) {
      say(e.getMessage());
    } catch (InterruptedException | InterruptException e) {
      Thread.currentThread().interrupt(); // the demo is over
    }
  }

  private int consume(KafkaClients clients, JobClient job) throws Exception {
    try (TopicConsumer consumer = new TopicConsumer(clients)) {
      Map<TopicPartition, Long> places = new HashMap<>();
      outputs().forEach(topic -> places.put(new TopicPartition(topic, 0), 0L));
      consumer.follow(places);
      boolean waiting = false;
      while (!end.isOver(running())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          try {
            take(record);
          } catch (MalformedRecordException e) {
            say(
                "%s-%d@%d: %s"
                    .formatted(
                        record.topic(), record.partition(), record.offset(), e.getMessage()));
          }
        }
        show();
        if (!waiting && end.isOverdue(running())) {
          waiting = true;
          say(
              "no forecast of %s yet; going on until there is one, for at most %d s"
                  .formatted(end.missing(), DemoDeadline.PATIENCE.toSeconds()));
        }
        if (System.out.checkError()) { // the reader of our output went away
          return 0;
        }
        if (job.getJobStatus().get().isGloballyTerminalState()) {
          say("the job ended; its log above says why");
          return 1;
        }
      }
    }
    if (!end.isComplete()) {
      say(
          "expected output within %d s, got no forecast of %s; WEIR_JAVA_OPTS=-Dweir.log.level=INFO shows what it waits for"
              .formatted(running().toSeconds(), end.missing()));
      return 1;
    }
    return 0;
  }

  private Duration running() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  private double seconds() {
    return running().toNanos() / 1e9;
  }

  private void summarize() {
    System.out.flush();
    say(summary());
  }

  private static void say(String line) {
    System.err.println("weir demo: " + line);
  }

  private Dashboard page(String bootstrapServers) throws IOException {
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
  private void replay(KafkaClients clients) throws IOException, InterruptedException {
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

  private List<String> outputs() {
    return List.of(
        topics.observations().first(), topics.scores(), topics.forecasts(), topics.deadLetters());
  }

  private void take(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
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
    if (forecasts == 1) {
      say("first forecast after %.1f s".formatted(seconds()));
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
  private void show() {
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

  private String summary() {
    return "%s, %s in %.0f s%n%s"
        .formatted(
            Numbers.counted(forecasts, "forecast"),
            Numbers.counted(deadLetters, "dead letter"),
            seconds(),
            score.summary());
  }
}
