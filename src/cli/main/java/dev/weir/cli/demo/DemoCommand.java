package dev.weir.cli.demo;

import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Format;
import dev.weir.cli.dashboard.Browser;
import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.cli.local.LocalCluster;
import dev.weir.cli.local.TemporaryFolder;
import dev.weir.cli.option.DurationConverter;
import dev.weir.cli.series.SampleData;
import dev.weir.cli.series.SeriesCsv;
import dev.weir.dashboard.Dashboard;
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
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code weir demo}: a broker, a cluster, the forecasting job and its page in one JVM, on real
 * series. Everything it shows was read back from the topics.
 */
@Command(
    name = "demo",
    description =
        "Shows live forecasts of real series: broker, cluster, job and page in one process.",
    footer = {
      "",
      "Examples: weir demo --duration 60s --no-browser --format json | jq .steps",
      "          weir demo --task classify"
    })
public final class DemoCommand implements Callable<Integer> {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final long LINE_NANOS = 2_000_000_000L; // a series' next line; an eye can follow

  /** Values of each series that are sent at once: two days of an hourly one. */
  private static final int AT_ONCE = 48;

  /** Values of each series that are sent before the usual rate: two weeks of an hourly one. */
  private static final int HEAD_START = 336;

  /** Values of each series a second between the two, from the first forecast on. */
  private static final double HEAD_START_RATE = 50;

  private static final long STOP_MILLIS = 5_000;

  /** Forecasts are shown when committed, so the demo commits for each value at its usual rate. */
  private static final Map<String, String> FLINK =
      Map.of("execution.checkpointing.interval", "250 ms");

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "Stop after so long, such as 60s, but not before a forecast of each mode came, for which it waits two minutes more and then ends with exit code 1; by default at Ctrl-C.")
  private Duration duration;

  @Option(
      names = "--format",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES}; json: each forecast as an object on a line.")
  private Format format;

  @Option(
      names = "--task",
      defaultValue = "forecast",
      description =
          "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}); classify: control charts of six"
              + " machines, whose classes come two charts later; without a page.")
  private Task task;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Values a second of each series (default: 4, with --task classify 60).")
  private Double rateOption;

  @Option(names = "--no-browser", description = "Do not open the page in a browser.")
  private boolean noBrowser;

  @Option(
      names = "--port",
      description = "Port of the page (default: the first free one of 8090 to 8099).")
  private Integer port;

  enum Task {
    forecast,
    classify
  }

  private double rate;
  private final DemoScore score = new DemoScore();
  private final Map<String, DemoScore.Line> newest = new LinkedHashMap<>(); // not printed yet
  private final Map<String, Long> lastLines = new HashMap<>();
  private final CountDownLatch firstForecast = new CountDownLatch(1);
  private ObservationCodec observationCodec; // not before the call: they load Avro
  private ForecastCodec forecastCodec;
  private ScoreCodec scoreCodec;
  private Topics topics;
  private DemoDeadline end;
  private long started;
  private volatile long forecasts; // counted by one thread, and told by another at Ctrl-C
  private volatile long deadLetters; // the same

  @Override
  public Integer call() throws Exception {
    rate = rateOption != null ? rateOption : task == Task.classify ? 60 : 4;
    if (!(rate > 0 && rate <= 10_000)) {
      System.err.println("weir demo: --rate: expected above 0 to 10000, got " + rate);
      return 2;
    }
    if (port != null && (port < 0 || port > 65_535)) {
      System.err.println("weir demo: --port: expected 0 (any free one) to 65535, got " + port);
      return 2;
    }
    if (task == Task.classify) {
      if (port != null) {
        System.err.println(
            "weir demo: --port: expected none with --task classify, which has no page, got "
                + port);
        return 2;
      }
      return new ClassDemo(duration, format, rate).run();
    }
    started = System.nanoTime();
    end = new DemoDeadline(duration);
    observationCodec = new ObservationCodec();
    forecastCodec = new ForecastCodec();
    scoreCodec = new ScoreCodec();
    say("starting a Kafka broker and a Flink cluster in this process");
    Path data = TemporaryFolder.create("demo");
    int brokerPort = EmbeddedBroker.freePort();
    // the page first: it says what it waits for, and a port that is taken ends the demo at once
    try (Dashboard page = DemoPage.open("localhost:" + brokerPort, port, note())) {
      say("the page: " + page.address());
      if (!noBrowser) {
        Browser.open(page.address());
      }
      Future<LocalCluster> starting = LocalCluster.startBeside(FLINK);
      try (EmbeddedBroker broker =
          EmbeddedBroker.start(data, brokerPort, EmbeddedBroker.CREATES_TOPICS)) {
        Thread replay = replay(broker, page);
        try (LocalCluster cluster = starting.get()) {
          return show(broker, cluster, page, replay);
        }
      }
    } finally {
      FileUtils.deleteDirectoryQuietly(data.toFile());
    }
  }

  private String note() {
    return "This demo replays %d public series of past years: the first %d values of each in a few seconds, then %s a second."
        .formatted(
            SampleData.NAMES.size(),
            HEAD_START,
            rate == Math.rint(rate) ? Long.toString((long) rate) : Double.toString(rate));
  }

  private Thread replay(EmbeddedBroker broker, Dashboard page) {
    topics = DemoPage.TOPICS;
    try (TopicAdmin admin = new TopicAdmin(KafkaClients.of(broker.bootstrapServers()))) {
      admin.createMissing(topics, 1);
    }
    page.read();
    Thread replay = new Thread(() -> replay(broker.bootstrapServers()), "replay");
    replay.setDaemon(true);
    replay.start();
    return replay;
  }

  private int show(EmbeddedBroker broker, LocalCluster cluster, Dashboard page, Thread replay)
      throws Exception {
    JobSettings settings =
        JobSettings.builtin("demo", Map.of("kafka.bootstrap-servers", broker.bootstrapServers()));
    JobClient job = ForecastJob.submit(cluster.environment(), settings);
    URI flink = URI.create(cluster.webAddress() + "/#/job/running/" + job.getJobID() + "/overview");
    page.showFlink(flink);
    say("Kafka: " + broker.bootstrapServers() + "   Flink's page: " + flink);
    Thread summary = new Thread(this::summarize, "summary");
    Runtime.getRuntime().addShutdownHook(summary); // for Ctrl-C
    int exitCode = consume(broker.bootstrapServers(), job);
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
  static boolean isWithdrawn(Thread hook) {
    try {
      return Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /**
   * Sends the sample round by round, one value of each series at a time: the first ones quickly, as
   * a history to begin with, the others at the rate asked for. A job that has just started is slow,
   * and a forecast is shown when the values sent before it have been read: so most of that history
   * waits for the first forecast.
   */
  private void replay(String bootstrapServers) {
    try (ObservationProducer producer =
        new ObservationProducer(KafkaClients.of(bootstrapServers), topics.observations().first())) {
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
    } catch (IOException e) {
      say(e.getMessage());
    } catch (InterruptedException | InterruptException e) {
      Thread.currentThread().interrupt(); // the demo is over
    }
  }

  /** Seconds from the first forecast until the value after this one, counted from 1, is due. */
  static double dueSeconds(int round, double rate) {
    int quick = Math.min(round, HEAD_START) - AT_ONCE;
    int usual = Math.max(0, round - HEAD_START);
    return quick / Math.max(rate, HEAD_START_RATE) + usual / rate;
  }

  private int consume(String bootstrapServers, JobClient job) throws Exception {
    try (TopicConsumer consumer = new TopicConsumer(KafkaClients.of(bootstrapServers))) {
      Map<TopicPartition, Long> places = new HashMap<>();
      for (String topic :
          List.of(
              topics.observations().first(),
              topics.scores(),
              topics.forecasts(),
              topics.deadLetters())) {
        places.put(new TopicPartition(topic, 0), 0L);
      }
      consumer.follow(places);
      boolean waiting = false;
      while (!end.isOver(running())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          take(record);
        }
        score.lines().forEach(line -> newest.put(line.forecast().series(), line));
        if (format == Format.text) {
          printNewest();
        }
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
          "expected a forecast of each mode within %d s, got none of %s; WEIR_JAVA_OPTS=-Dweir.log.level=INFO shows what it waits for"
              .formatted(running().toSeconds(), end.missing()));
      return 1;
    }
    return 0;
  }

  private Duration running() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    try {
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
    } catch (MalformedRecordException e) {
      say(
          "%s-%d@%d: %s"
              .formatted(record.topic(), record.partition(), record.offset(), e.getMessage()));
    }
  }

  private void show(Forecast forecast) {
    if (++forecasts == 1) { // by this thread only
      firstForecast.countDown();
      say("first forecast after %.1f s".formatted((System.nanoTime() - started) / 1e9));
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
      end.shown(forecast.mode());
    }
  }

  /**
   * Of each series the newest line, when its last one has been there for long enough to be read.
   */
  private void printNewest() {
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
    end.shown(forecast.mode());
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
        .collect(java.util.stream.Collectors.joining(", "));
  }

  private static String known(double value) {
    return Double.isNaN(value) ? "-" : ForecastLines.number(value);
  }

  private void summarize() {
    System.out.flush();
    say(
        "%,d forecasts, %,d dead letters in %.0f s%n%s"
            .formatted(
                forecasts, deadLetters, (System.nanoTime() - started) / 1e9, score.summary()));
  }

  private static void say(String line) {
    System.err.println("weir demo: " + line);
  }
}
