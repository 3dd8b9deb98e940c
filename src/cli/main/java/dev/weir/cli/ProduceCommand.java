package dev.weir.cli;

import dev.weir.cli.console.UsageException;
import dev.weir.cli.option.KafkaOptions;
import dev.weir.cli.option.RegistryOption;
import dev.weir.cli.series.KnownAhead;
import dev.weir.cli.series.SampleData;
import dev.weir.cli.series.SeriesColumns;
import dev.weir.cli.series.SeriesCsv;
import dev.weir.cli.series.SeriesFiles;
import dev.weir.forecast.Observation;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.connector.ObservationProducer;
import dev.weir.kafka.mapping.ObservationMapping;
import dev.weir.option.Numbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import org.apache.kafka.common.config.TopicConfig;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir produce}: replays observations into a topic. */
@Command(
    name = "produce",
    description = "Replays a CSV into a Kafka topic.",
    footer = {
      "",
      "The CSV's header is series_id,timestamp,value[,feature...]; times are ISO 8601, in UTC where"
          + " they say no offset.",
      "Examples: weir produce --input demand.csv --topic observations --speed 3600",
      "          weir produce my-job.yaml --input demand.csv"
    })
final class ProduceCommand implements Callable<Integer> {

  private static final long PROGRESS_NANOS = 2_000_000_000L;

  @ArgGroup(multiplicity = "1")
  private Source source;

  private static final class Source {
    @Option(names = "--input", paramLabel = "CSV", description = "The file to replay.")
    private Path input;

    @Option(names = "--sample", description = "Replay the real series that come with Weir.")
    private boolean sample;
  }

  @Mixin private SeriesColumns.Options csv;

  @Option(
      names = "--ahead-steps",
      paramLabel = "N",
      description =
          "How many rows ahead the covariates of --columns ahead= are known (default: as far as the"
              + " job file forecasts).")
  private Integer aheadSteps;

  /** How observations are written. */
  enum Format {
    avro,
    json
  }

  @Option(
      names = "--format",
      description =
          "avro: Weir's own records; json: objects with series, time, value, feature_1, ...,"
              + " ahead_1, ... and label (default: json where the job file has"
              + " observations.format).")
  private Format format;

  @Option(
      names = "--topic",
      defaultValue = "observations",
      description = "Topic to send to, the first of several (default: ${DEFAULT-VALUE}).")
  private String topic;

  @Option(
      names = "--speed",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "How many times faster than the observations' own clock; 0, the default: no waiting.")
  private double speed;

  @Option(
      names = "--partitions",
      defaultValue = "1",
      description = "Partitions of the topic if it has to be created (default: ${DEFAULT-VALUE}).")
  private int partitions;

  @Mixin private KafkaOptions.WithJob kafka;

  @Mixin private RegistryOption registry;

  private SeriesColumns columns;
  private ObservationProducer producer;
  private long started;
  private long sent;
  private long lastProgress;

  @Override
  public Integer call() throws Exception {
    UsageException.check(speed >= 0 && Double.isFinite(speed), "--speed", "0 or more", speed);
    columns = csv.columns();
    if (kafka.job() != null
        && kafka.job().kafka().topics().observations().pattern() != null
        && !kafka.isGiven("--topic")) {
      throw new UsageException(
          "--topic: expected one of the %s, got none"
              .formatted(kafka.job().kafka().topics().observations().described()));
    }
    topic = kafka.topic("--topic", topic, topics -> topics.observations().first());
    RegistrySettings schemas = registry.settings(kafka);
    UsageException.check(
        schemas == null || !columns.hasLabels(),
        "--columns",
        "no label with a schema registry",
        "one");
    ObservationMapping mapping = kafka.mapping();
    if (format == null && mapping != null && !mapping.format().name().equals("json")) {
      throw new UsageException(
          "--format: expected one, since the job file has observations.format: %s, got none"
              .formatted(mapping.format().name()));
    }
    boolean isJson = format == null ? mapping != null : format == Format.json;
    UsageException.check(
        !isJson || schemas == null, "--format", "avro with a schema registry", "json");
    checkAhead();
    // opened before anything is made on the broker, and once, since it may be a pipe
    try (SeriesCsv file = source.sample ? null : open(source.input)) {
      return produce(file, schemas, isJson);
    }
  }

  private void createTopic() throws Exception {
    try (TopicAdmin admin = new TopicAdmin(kafka.clients())) {
      // records are as old as the CSV says, so the usual week would delete them at the next check
      admin.create(topic, partitions, Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1"));
    }
    started = System.nanoTime();
  }

  private int done(String what) {
    System.err.printf(
        "%s sent to %s in %.1f s%n",
        Numbers.counted(sent, what), topic, (System.nanoTime() - started) / 1e9);
    return 0;
  }

  private void checkAhead() throws IOException {
    int ahead = source.sample ? 0 : columns.ahead().size();
    if (ahead == 0) {
      UsageException.check(
          aheadSteps == null, "--ahead-steps", "--columns ahead=... as well", null);
      return;
    }
    if (kafka.job() != null) {
      int ofJob = kafka.job().forecast().covariatesAhead();
      UsageException.check(
          ofJob == ahead,
          "--columns ahead",
          "%d, as window.features-ahead of the job says".formatted(Math.max(0, ofJob)),
          ahead);
      aheadSteps = aheadSteps == null ? kafka.job().forecast().ahead() / ahead : aheadSteps;
    }
    UsageException.check(
        aheadSteps != null,
        "--ahead-steps",
        "it with --columns ahead=..., or a job file",
        "neither");
    UsageException.checkRange("--ahead-steps", aheadSteps, 1, KnownAhead.MAX_STEPS);
  }

  private int produce(SeriesCsv file, RegistrySettings schemas, boolean isJson) throws Exception {
    createTopic();
    try (ObservationProducer p =
        new ObservationProducer(kafka.clients(), topic, schemas, isJson, columns.ahead().size())) {
      producer = p;
      if (source.sample) {
        replaySample();
      } else {
        replay(file);
      }
      producer.flush();
    }
    return done("observation");
  }

  /** A file is read once before, so that nothing of it is sent if a line is wrong. */
  private SeriesCsv open(Path input) throws IOException {
    if (Files.isDirectory(input)) {
      throw new IOException(input + ": expected a CSV file, got a folder");
    }
    boolean isInOrder = true; // of all series: event time is theirs
    if (Files.isRegularFile(input)) {
      long before = Long.MIN_VALUE;
      try (SeriesCsv all = SeriesCsv.open(input, columns)) {
        for (Observation o = all.next(); o != null; o = all.next()) {
          isInOrder &= before <= o.time();
          before = o.time();
        }
      }
    }
    SeriesCsv file = SeriesCsv.open(input, columns);
    if (!isInOrder) {
      System.err.println("sorted by time, which the file is not");
      file.sort();
    }
    return file;
  }

  /** Streams the file on the clock of its first row. */
  private void replay(SeriesCsv file) throws IOException, InterruptedException {
    KnownAhead rows = new KnownAhead(file, aheadSteps == null ? 0 : aheadSteps);
    Observation first = null;
    for (Observation o = rows.next(); o != null; o = rows.next()) {
      first = first == null ? o : first;
      send(o, o.time() - first.time());
    }
    SeriesFiles.say(source.input, file, null);
  }

  private void send(Observation observation, long millis) throws IOException, InterruptedException {
    pace(millis);
    producer.send(observation);
    count("observation");
  }

  private void pace(long millis) throws InterruptedException {
    if (speed > 0) {
      waitUntil(started + (long) (millis / speed * 1e6));
    }
  }

  private void count(String what) {
    sent++;
    long now = System.nanoTime();
    if (now - lastProgress > PROGRESS_NANOS) {
      lastProgress = now;
      System.err.printf("%s sent%n", Numbers.counted(sent, what));
    }
  }

  private static void waitUntil(long nanos) throws InterruptedException {
    long millis = (nanos - System.nanoTime()) / 1_000_000;
    if (millis > 0) {
      Thread.sleep(millis);
    }
  }

  private record Cursor(List<Observation> series, int index) {
    Observation observation() {
      return series.get(index);
    }

    long millisIntoSeries() {
      return observation().time() - series.get(0).time();
    }
  }

  /** The series of the sample began in different years: each starts now. */
  private void replaySample() throws IOException, InterruptedException {
    PriorityQueue<Cursor> queue =
        new PriorityQueue<>(Comparator.comparingLong(Cursor::millisIntoSeries));
    for (String name : SampleData.NAMES) {
      queue.add(new Cursor(SampleData.series(name), 0));
    }
    while (!queue.isEmpty()) {
      Cursor cursor = queue.poll();
      send(cursor.observation(), cursor.millisIntoSeries());
      if (cursor.index + 1 < cursor.series.size()) {
        queue.add(new Cursor(cursor.series, cursor.index + 1));
      }
    }
  }
}
