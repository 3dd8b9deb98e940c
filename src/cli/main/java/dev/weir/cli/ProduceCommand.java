package dev.weir.cli;

import dev.weir.cli.option.KafkaOptions;
import dev.weir.cli.option.RegistryOption;
import dev.weir.cli.series.KnownAhead;
import dev.weir.cli.series.OutsideFile;
import dev.weir.cli.series.SampleData;
import dev.weir.cli.series.SeriesColumns;
import dev.weir.cli.series.SeriesCsv;
import dev.weir.cli.series.SeriesFiles;
import dev.weir.forecast.Observation;
import dev.weir.kafka.OutsideTopic;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.avro.OutsideForecast;
import dev.weir.kafka.connector.ObservationProducer;
import dev.weir.kafka.connector.OutsideProducer;
import dev.weir.kafka.mapping.ObservationMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
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
      "          weir produce my-job.yaml --input demand.csv",
      "          weir produce my-job.yaml --outside forecasts.csv"
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

    @Option(
        names = "--outside",
        paramLabel = "CSV",
        description =
            "What outside models forecast, as weir evaluate --outside reads it, with a column"
                + " series_id, in the order in which it was made.")
    private Path outside;
  }

  @Mixin private SeriesColumns.ReplayOptions csv;

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
          "avro: Weir's own records; json: objects with series, time, value or the targets by name,"
              + " feature_1, ..., ahead_1, ..., label and ends_window (default: json where the job file has observations.format).")
  private Format format;

  @Option(
      names = "--topic",
      defaultValue = "observations",
      description =
          "Topic to send to, the first of several (default: ${DEFAULT-VALUE}; with --outside, the"
              + " job's topics.outside).")
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
    if (!(speed >= 0) || Double.isInfinite(speed)) {
      System.err.println("weir produce: --speed: expected 0 or more, got " + speed);
      return 2;
    }
    columns = csv.columns();
    if (source.outside != null) {
      return produceOutside();
    }
    if (kafka.job() != null
        && kafka.job().kafka().topics().observations().pattern() != null
        && !kafka.isGiven("--topic")) {
      System.err.printf(
          "weir produce: --topic: expected one of the %s, got none%n",
          kafka.job().kafka().topics().observations().described());
      return 2;
    }
    topic = kafka.topic("--topic", topic, topics -> topics.observations().first());
    RegistrySettings schemas = registry.settings(kafka);
    if (schemas != null && columns.isOfWindows()) {
      System.err.println(
          "weir produce: --columns: expected no label and no end with a schema registry, got one");
      return 2;
    }
    ObservationMapping mapping = kafka.mapping();
    if (format == null && mapping != null && !mapping.format().name().equals("json")) {
      System.err.printf(
          "weir produce: --format: expected one, since the job file has observations.format: %s,"
              + " got none%n",
          mapping.format().name());
      return 2;
    }
    boolean isJson = format == null ? mapping != null : format == Format.json;
    if (isJson && schemas != null) {
      System.err.println("weir produce: --format: expected avro with a schema registry, got json");
      return 2;
    }
    String problem = targetsProblem(isJson);
    problem = problem == null ? aheadProblem() : problem;
    if (problem != null) {
      System.err.println("weir produce: " + problem);
      return 2;
    }
    // opened before anything is made on the broker, and once, since it may be a pipe
    try (SeriesCsv file = source.sample ? null : open(source.input)) {
      return produce(file, schemas, isJson);
    }
  }

  private int produceOutside() throws Exception {
    OutsideTopic ofJob = kafka.job() == null ? null : kafka.job().kafka().topics().outside();
    String problem = null;
    if (!columns.areDefault() || aheadSteps != null) {
      problem = "--columns and --ahead-steps: expected none with --outside, got one";
    } else if (ofJob == null && !kafka.isGiven("--topic")) {
      problem = "--topic: expected it, or a job file with topics.outside, got neither";
    } else if (ofJob != null && ofJob.mapping() != null) {
      problem = "--outside: expected a job file without outside.format, got one with it";
    }
    if (problem != null) {
      System.err.println("weir produce: " + problem);
      return 2;
    }
    topic = kafka.isGiven("--topic") ? topic : ofJob.name();
    // with a registry the job reads Avro of registered schemas, and JSON
    boolean isJson = format == Format.json || registry.settings(kafka) != null;
    Iterator<OutsideForecast> all = OutsideRecords.of(OutsideFile.read(source.outside)).iterator();
    createTopic();
    try (OutsideProducer to = new OutsideProducer(kafka.clients(), topic, isJson)) {
      long first = -1;
      while (all.hasNext()) {
        OutsideForecast next = all.next();
        long made = next.getMade().toEpochMilli();
        first = first < 0 ? made : first;
        pace(made - first);
        to.send(next);
        count("outside forecasts");
      }
      to.flush();
    }
    return done("outside forecasts");
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
        "%,d %s sent to %s in %.1f s%n", sent, what, topic, (System.nanoTime() - started) / 1e9);
    return 0;
  }

  /** Takes the job's targets as columns where none are named; what is wrong with them, or null. */
  private String targetsProblem(boolean isJson) throws IOException {
    List<String> ofJob =
        kafka.job() == null ? List.of() : kafka.job().forecast().inputs().targets().names();
    boolean areSame = new HashSet<>(ofJob).equals(new HashSet<>(columns.targets()));
    if (!ofJob.isEmpty() && !source.sample && (areSame || !columns.hasValues())) {
      columns = columns.withTargets(ofJob); // in their order
    }
    int targets = columns.targets().size();
    if (kafka.job() != null && targets != ofJob.size()) {
      return "--columns targets: expected %d, as targets of the job says, got %d"
          .formatted(ofJob.size(), targets);
    }
    if (targets > 0 && columns.isOfWindows()) {
      return "--columns: expected no label and no end with targets, got one";
    }
    return columns.targets().stream()
        .filter(target -> isJson && ObservationProducer.isFieldOfJson(target))
        .map("targets: expected names that no other field of the JSON has, got "::concat)
        .findFirst()
        .orElse(null);
  }

  /** What is wrong with the covariates known ahead, in one line; null if nothing is. */
  private String aheadProblem() throws IOException {
    int ahead = source.sample ? 0 : columns.ahead().size();
    if (ahead == 0) {
      return aheadSteps == null
          ? null
          : "--ahead-steps: expected --columns ahead=... as well, got none";
    }
    if (kafka.job() != null && kafka.job().forecast().covariatesAhead() != ahead) {
      return "--columns ahead: expected %d, as window.features-ahead of the job says, got %d"
          .formatted(Math.max(0, kafka.job().forecast().covariatesAhead()), ahead);
    }
    if (aheadSteps == null && kafka.job() == null) {
      return "--ahead-steps: expected it with --columns ahead=..., or a job file, got neither";
    }
    if (aheadSteps == null) {
      aheadSteps = kafka.job().forecast().ahead() / ahead;
    }
    return aheadSteps >= 1 && aheadSteps <= KnownAhead.MAX_STEPS
        ? null
        : "--ahead-steps: expected 1 to %d, got %d".formatted(KnownAhead.MAX_STEPS, aheadSteps);
  }

  private int produce(SeriesCsv file, RegistrySettings schemas, boolean isJson) throws Exception {
    createTopic();
    try (ObservationProducer p =
        new ObservationProducer(
            kafka.clients(), topic, schemas, isJson, columns.ahead().size(), columns.targets())) {
      producer = p;
      if (source.sample) {
        replaySample();
      } else {
        replay(file);
      }
      producer.flush();
    }
    return done("observations");
  }

  private SeriesCsv open(Path input) throws IOException {
    if (Files.isDirectory(input)) {
      throw new IOException(input + ": expected a CSV file, got a folder");
    }
    return SeriesCsv.open(input, columns);
  }

  /** Streams the file in its own order; each series runs on its own clock. */
  private void replay(SeriesCsv file) throws IOException, InterruptedException {
    Map<String, Long> firstTimes = new HashMap<>();
    KnownAhead rows = new KnownAhead(file, aheadSteps == null ? 0 : aheadSteps);
    for (Observation o = rows.next(); o != null; o = rows.next()) {
      Long first = firstTimes.putIfAbsent(o.series(), o.time());
      send(o, first == null ? 0 : o.time() - first);
    }
    SeriesFiles.say(source.input, file, null);
  }

  private void send(Observation observation, long millisIntoSeries)
      throws IOException, InterruptedException {
    pace(millisIntoSeries);
    producer.send(observation);
    count("observations");
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
      System.err.printf("%,d %s sent%n", sent, what);
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
