package dev.weir.job;

import dev.weir.job.options.JobFileException;
import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.codec.RegistrySubjects;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.HelpFormatter;
import org.apache.commons.cli.MissingOptionException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import org.apache.flink.client.program.ProgramParametrizationException;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The job of {@code flink run}: reads the job file, prepares the topics, submits the pipeline. */
public final class ForecastJob {

  private static final Logger LOG = LoggerFactory.getLogger(ForecastJob.class);

  /** Forecasts become visible with the checkpoint, so there must be some. */
  static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

  /** What a task that is cancelled may take beyond the patience of its Kafka clients. */
  private static final Duration CANCELLATION = Duration.ofMinutes(3);

  private static final Duration BUFFER_TIMEOUT = Duration.ofMillis(5);

  /**
   * Fixed for a job's life, since it is part of each savepoint: room for 720 tasks, evenly for
   * many.
   */
  private static final int MAX_PARALLELISM = 720;

  /** Of RocksDB: without it each of its files is searched for a series that is not cached. */
  private static final ConfigOption<Boolean> BLOOM_FILTER =
      ConfigOptions.key("state.backend.rocksdb.use-bloom-filter").booleanType().noDefaultValue();

  /** Of RocksDB: by default Snappy, which takes twice the CPU for numbers. */
  private static final ConfigOption<String> COMPRESSION =
      ConfigOptions.key("state.backend.rocksdb.compression.per.level")
          .stringType()
          .noDefaultValue();

  /** The options of {@code flink run}, with the parser of Flink's own command line. */
  private static final Options OPTIONS =
      new Options()
          .addOption(option("job", "FILE", "The job file, YAML."))
          .addOption(option("set", "KEY=VALUE", "Overrides one option of the job file."))
          .addOption(
              option(
                  "savepoints",
                  "DIR",
                  "Where a bounded job leaves its savepoint (default: as the cluster has it)."))
          .addOption(option("dry-run", null, "Checks the job file and stops."))
          .addOption(option("force", null, "Starts the job even if one of its name runs."))
          .addOption(option("help", null, "Shows this."));

  private ForecastJob() {}

  public static void main(String[] args) throws Exception {
    try {
      CommandLine line = new DefaultParser(false).parse(OPTIONS, args);
      if (line.hasOption("help")) {
        throw new ProgramParametrizationException(usage());
      }
      if (!line.hasOption("job")) {
        throw new MissingOptionException("Missing required option: --job=FILE");
      }
      if (!line.getArgList().isEmpty()) {
        throw new UnrecognizedOptionException("Unrecognized argument: " + line.getArgs()[0]);
      }
      run(line);
    } catch (ParseException e) {
      throw new ProgramParametrizationException(
          ClientProperties.masked(e.getMessage()) + "\n" + usage());
    } catch (JobFileException | IllegalStateException e) {
      throw new ProgramParametrizationException(ClientProperties.masked(e.getMessage()));
    }
  }

  private static Option option(String name, String value, String description) {
    return Option.builder()
        .longOpt(name)
        .hasArg(value != null)
        .argName(value)
        .desc(description)
        .build();
  }

  private static String usage() {
    StringWriter text = new StringWriter();
    HelpFormatter help = new HelpFormatter();
    help.setOptionComparator(null);
    help.printHelp(
        new PrintWriter(text),
        80,
        "weir-job.jar --job=FILE",
        "Forecasts the series of a Kafka topic.",
        OPTIONS,
        2,
        4,
        "");
    return text.toString();
  }

  private static Map<String, String> overrides(CommandLine line) throws ParseException {
    Map<String, String> overrides = new LinkedHashMap<>();
    for (String each : Objects.requireNonNullElse(line.getOptionValues("set"), new String[0])) {
      int end = each.indexOf('=');
      if (end < 1) {
        throw new ParseException("--set: expected KEY=VALUE, got " + each);
      }
      overrides.put(each.substring(0, end), each.substring(end + 1));
    }
    return overrides;
  }

  private static void run(CommandLine line) throws Exception {
    Path job = Path.of(line.getOptionValue("job"));
    JobSettings settings = JobSettings.read(job, overrides(line));
    if (line.hasOption("dry-run")) {
      System.out.println(job + ": valid");
      return;
    }
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    if (!line.hasOption("force")) {
      DuplicateJobCheck.check(settings.name(), env.getConfiguration());
    }
    submit(env, settings);
  }

  /** Prepares the topics and submits the job to the environment's cluster. */
  public static JobClient submit(StreamExecutionEnvironment env, JobSettings settings)
      throws Exception {
    return execute(env, prepareTopics(settings));
  }

  /** As {@link #submit(StreamExecutionEnvironment, JobSettings)}, with another middle. */
  public static JobClient submit(
      StreamExecutionEnvironment env, JobSettings settings, ForecastPipeline.Middle middle)
      throws Exception {
    return execute(env, prepareTopics(settings), middle);
  }

  /** Submits a job whose topics are prepared. */
  static JobClient execute(StreamExecutionEnvironment env, JobSettings prepared) throws Exception {
    return execute(
        env,
        prepared,
        (observations, models) ->
            ForecastPipeline.build(observations, models, prepared.forecast()));
  }

  private static JobClient execute(
      StreamExecutionEnvironment env, JobSettings prepared, ForecastPipeline.Middle middle)
      throws Exception {
    env.configure(defaults(env.getConfiguration(), prepared.kafka().delivery().timeout()));
    ForecastPipeline.build(env, prepared, middle);
    return env.executeAsync(prepared.name());
  }

  /** What a forecasting job needs from Flink, where the cluster's configuration is silent. */
  static Configuration defaults(ReadableConfig given, Duration patience) {
    Configuration defaults = new Configuration();
    defaults.set(PipelineOptions.GENERIC_TYPES, false);
    defaults.set(PipelineOptions.OBJECT_REUSE, true);
    unlessGiven(given, defaults, PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM);
    unlessGiven(given, defaults, CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
    unlessGiven(given, defaults, ExecutionOptions.BUFFER_TIMEOUT, BUFFER_TIMEOUT);
    // a task that is cancelled while its broker is away waits for it to abort its transaction;
    // after three minutes Flink would end the TaskManager for it
    unlessGiven(
        given, defaults, TaskManagerOptions.TASK_CANCELLATION_TIMEOUT, patience.plus(CANCELLATION));
    unlessGiven(given, defaults, BLOOM_FILTER, true);
    unlessGiven(given, defaults, COMPRESSION, "LZ4_COMPRESSION");
    return defaults;
  }

  private static <T> void unlessGiven(
      ReadableConfig given, Configuration defaults, ConfigOption<T> option, T value) {
    if (given.getOptional(option).isEmpty()) {
      LOG.info("{} is not configured: taking {}", option.key(), value);
      defaults.set(option, value);
    }
  }

  /**
   * Sees to it that the topics are there before the job starts, and finds out how long a dead
   * letter may be and which offsets are to be read.
   */
  static JobSettings prepareTopics(JobSettings settings) {
    KafkaSettings kafka = settings.kafka();
    ClientProperties.check(kafka.bootstrapServers(), kafka.properties());
    try (TopicAdmin admin = new TopicAdmin(kafka.clients())) {
      KafkaSettings.Topics topics = admin.found(kafka.topics());
      kafka = kafka.withTopics(topics);
      List<String> observations = topics.observations().names();
      List<String> missing = admin.missing(topics.all());
      if (observations.isEmpty() || missing.stream().anyMatch(observations::contains)) {
        throw new IllegalStateException(
            "%s: expected on Kafka at %s, got no such topic%s; create it or set topics.%s"
                .formatted(
                    topics.observations().described(),
                    kafka.bootstrapServers(),
                    observations.size() > 1
                        ? " as " + missing.stream().filter(observations::contains).toList()
                        : "",
                    topics.observations().pattern() == null ? "observations" : "pattern"));
      }
      if (!missing.isEmpty() && !settings.createTopics()) {
        throw new IllegalStateException(
            "topics %s: expected on Kafka at %s, got no such topics; create them or set topics.create-missing"
                .formatted(missing, kafka.bootstrapServers()));
      }
      if (!missing.isEmpty()) {
        admin.createMissing(
            topics,
            observations.stream().mapToInt(admin::partitions).max().orElseThrow(),
            RecordSizes.forecastBytes(settings));
        LOG.info("created topics {}", missing);
      }
      int partitions = admin.partitions(topics.models());
      if (partitions != 1) {
        throw new IllegalStateException(
            "topic %s: expected one partition, so that versions keep their order, got %d; name another in topics.models"
                .formatted(topics.models(), partitions));
      }
      admin.checkRights(kafka);
      kafka = RegistrySubjects.register(kafka);
      int maxBytes = admin.maxValueBytes(topics.deadLetters());
      Map<String, Integer> records = admin.maxRecordBytes(topics.ofSeries());
      String tooLarge = RecordSizes.problem(settings, records.get(topics.forecasts()));
      if (tooLarge != null) {
        throw new IllegalStateException(
            "topic %s: expected %s".formatted(topics.forecasts(), tooLarge));
      }
      return new JobSettings(
          settings.name(),
          kafka.measured(maxBytes, records),
          settings.forecast(),
          settings.covariates(),
          settings.outside(),
          settings.classify(),
          settings.idleTimeout(),
          settings.createTopics());
    }
  }
}
