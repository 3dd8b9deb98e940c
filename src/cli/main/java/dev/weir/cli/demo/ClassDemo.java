package dev.weir.cli.demo;

import dev.weir.classify.LabelledWindows;
import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Format;
import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.cli.local.LocalCluster;
import dev.weir.cli.local.TemporaryFolder;
import dev.weir.cli.series.SampleData;
import dev.weir.forecast.Classification;
import dev.weir.forecast.Observation;
import dev.weir.job.ForecastJob;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.admin.TopicConsumer;
import dev.weir.kafka.codec.ClassificationCodec;
import dev.weir.kafka.codec.LabelCodec;
import dev.weir.kafka.codec.LabelCodec.Label;
import dev.weir.kafka.connector.ObservationProducer;
import dev.weir.kafka.wire.MalformedRecordException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * {@code weir demo --task classify}: machines produce one control chart after another, a job
 * classifies each chart, and its true class arrives two charts later. Everything it shows was read
 * back from the topic.
 */
final class ClassDemo {

  private static final int MACHINES = 6;
  private static final int LABEL_DELAY = 2; // charts
  private static final int HEAD_START = 5; // charts of each machine that are sent at once
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long STOP_MILLIS = 5_000;
  private static final Map<String, String> FLINK =
      Map.of("execution.checkpointing.interval", "250 ms");

  private final Duration duration; // null: no end
  private final Format format;
  private final double rate;
  private final LabelledWindows charts;
  private final int steps;
  private final long started = System.nanoTime();
  private final Map<String, String> truths = new HashMap<>(); // by series and end of the window
  private volatile long classified; // counted by one thread, and told by another at Ctrl-C
  private volatile long right; // the same

  /**
   * @param rate values a second of each machine
   */
  ClassDemo(Duration duration, Format format, double rate) throws IOException {
    this.duration = duration;
    this.format = format;
    this.rate = rate;
    this.charts = SampleData.controlCharts();
    this.steps = charts.steps(0);
  }

  int run() throws Exception {
    say("starting a Kafka broker and a Flink cluster in this process");
    Path data = TemporaryFolder.create("demo");
    Future<LocalCluster> starting = LocalCluster.startBeside(FLINK);
    try (EmbeddedBroker broker = EmbeddedBroker.start(data, EmbeddedBroker.freePort());
        LocalCluster cluster = starting.get()) {
      String servers = broker.bootstrapServers();
      JobSettings settings =
          JobSettings.builtin("classes-demo", Map.of("kafka.bootstrap-servers", servers));
      Topics topics = settings.kafka().topics();
      try (TopicAdmin admin = new TopicAdmin(KafkaClients.of(servers))) {
        admin.createMissing(topics, 1);
      }
      JobClient job = ForecastJob.submit(cluster.environment(), settings);
      say(
          "Kafka: %s   Flink's page: %s/#/job/running/%s/overview"
              .formatted(servers, cluster.webAddress(), job.getJobID()));
      Thread replay = new Thread(() -> replay(servers, topics), "replay");
      replay.setDaemon(true);
      replay.start();
      Thread summary = new Thread(this::summarize, "summary");
      Runtime.getRuntime().addShutdownHook(summary); // for Ctrl-C
      int exitCode = consume(servers, topics.ofClasses().classes(), job);
      if (!DemoCommand.isWithdrawn(summary)) {
        Thread.currentThread().join(); // Ctrl-C came first: this process ends without us
      }
      summarize();
      replay.interrupt();
      replay.join(STOP_MILLIS);
      job.cancel().get();
      return exitCode;
    } finally {
      FileUtils.deleteDirectoryQuietly(data.toFile());
    }
  }

  /** Sends all charts round by round, one of each machine at a time, again and again. */
  private void replay(String servers, Topics topics) {
    KafkaClients clients = KafkaClients.of(servers);
    LabelCodec codec = new LabelCodec();
    try (ObservationProducer producer =
            new ObservationProducer(clients, topics.observations().first());
        Producer<byte[], byte[]> labels = clients.producer()) {
      double step = 1_000 / rate; // milliseconds between two values of a machine
      double first = System.currentTimeMillis() - HEAD_START * steps * step;
      for (int chart = 0; ; chart++) {
        for (int t = 0; t < steps; t++) {
          long time = (long) (first + ((double) chart * steps + t) * step);
          long wait = time - System.currentTimeMillis();
          if (wait > 0) {
            Thread.sleep(wait);
          }
          for (int machine = 0; machine < MACHINES; machine++) {
            float value = charts.windows()[place(chart, machine)][t];
            producer.send(new Observation(name(machine), time, value));
          }
        }
        for (int machine = 0; machine < MACHINES; machine++) {
          long end = (long) (first + ((double) chart * steps + steps - 1) * step);
          putTruth(name(machine), end, truth(chart, machine));
          int late = chart - LABEL_DELAY;
          if (late >= 0) {
            long time = (long) (first + ((double) late * steps + steps - 1) * step);
            byte[] label = codec.encode(new Label(name(machine), time, truth(late, machine)));
            byte[] key = name(machine).getBytes(StandardCharsets.UTF_8);
            labels.send(new ProducerRecord<>(topics.ofClasses().labels(), key, label));
          }
        }
      }
    } catch (IOException e) {
      say(e.getMessage());
    } catch (InterruptedException | InterruptException e) {
      Thread.currentThread().interrupt(); // the demo is over
    }
  }

  private static String name(int machine) {
    return "machine-" + (machine + 1);
  }

  /** Neighbours in the file are of one class: the charts are taken in steps. */
  private int place(int chart, int machine) {
    return (int)
        (((long) chart * MACHINES + machine) * 61 % charts.size()); // 61 and 300 are coprime
  }

  private String truth(int chart, int machine) {
    return charts.classes().get(charts.labels()[place(chart, machine)]);
  }

  private synchronized void putTruth(String series, long end, String truth) {
    truths.put(series + " " + end, truth);
  }

  private synchronized String takeTruth(Classification said) {
    return truths.remove(said.series() + " " + said.windowEnd());
  }

  private int consume(String servers, String topic, JobClient job) throws Exception {
    ClassificationCodec codec = new ClassificationCodec();
    try (TopicConsumer consumer = new TopicConsumer(KafkaClients.of(servers))) {
      consumer.follow(Map.of(new TopicPartition(topic, 0), 0L));
      while (!isOver()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          try {
            show(codec.decode(record.value()));
          } catch (MalformedRecordException e) {
            say("%s@%d: %s".formatted(topic, record.offset(), e.getMessage()));
          }
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
    if (classified == 0) {
      say("expected a class by now, got none; WEIR_JAVA_OPTS=-Dweir.log.level=INFO shows more");
      return 1;
    }
    return 0;
  }

  /** Not before there is a class, for which it waits a while longer. */
  private boolean isOver() {
    if (duration == null) {
      return false;
    }
    Duration running = Duration.ofNanos(System.nanoTime() - started);
    return running.compareTo(classified > 0 ? duration : duration.plus(DemoDeadline.PATIENCE)) >= 0;
  }

  private void show(Classification said) {
    if (++classified == 1) { // by this thread only
      say("first class after %.1f s".formatted((System.nanoTime() - started) / 1e9));
    }
    String truth = takeTruth(said);
    boolean isRight = said.label().equals(truth);
    right += isRight ? 1 : 0;
    if (format == Format.json) {
      System.out.println(ForecastLines.json(said));
      return;
    }
    System.out.println(
        String.format(
            Locale.ROOT,
            "%-10s %s  %-12s %.3f  %s",
            said.series(),
            ForecastLines.minute(said.windowEnd()),
            said.label(),
            said.probability(),
            isRight ? "right" : "WRONG: it was " + truth));
  }

  private void summarize() {
    System.out.flush();
    say(
        String.format(
            Locale.ROOT,
            "%,d charts classified in %.0f s, %.1f %% rightly; their labels came %d charts later",
            classified,
            (System.nanoTime() - started) / 1e9,
            100.0 * right / Math.max(1, classified),
            LABEL_DELAY));
  }

  private static void say(String line) {
    System.err.println("weir demo: " + line);
  }
}
