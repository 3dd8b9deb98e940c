package dev.weir.job;

import dev.weir.forecast.shared.SharedSettings;
import dev.weir.job.options.JobFileException;
import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.SourceOffsets;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.kafka.admin.ModelVersions;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.admin.TopicOffsets;
import dev.weir.kafka.codec.RegistrySubjects;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.client.program.ProgramParametrizationException;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The job of {@code flink run}: reads the job file, prepares the topics, submits the pipeline. */
@Command(
    name = "weir-job.jar",
    description = "Forecasts the series of a Kafka topic.",
    sortOptions = false)
public final class ForecastJob {

  private static final Logger LOG = LoggerFactory.getLogger(ForecastJob.class);

  /** Forecasts become visible with the checkpoint, so there must be some. */
  static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

  /** What a task that is cancelled may take beyond the patience of its Kafka clients. */
  /** A learned version is as long as the first one, but for what is said of its training. */
  private static final int LEARNED_METADATA_BYTES = 2048;

  private static final Duration CANCELLATION = Duration.ofMinutes(3);

  private static final Duration BUFFER_TIMEOUT = Duration.ofMillis(5);

  /**
   * Fixed for a job's life, since it is part of each savepoint: room for 720 tasks, evenly for
   * many.
   */
  private static final int MAX_PARALLELISM = 720;

  @Option(
      names = "--job",
      required = true,
      paramLabel = "FILE",
      description = "The job file, YAML.")
  private Path job;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides one option of the job file.")
  private final Map<String, String> overrides = new LinkedHashMap<>();

  @Option(
      names = "--savepoints",
      paramLabel = "DIR",
      description = "Where a bounded job leaves its savepoint (default: as the cluster has it).")
  private String savepoints;

  @Option(names = "--dry-run", description = "Checks the job file and stops.")
  private boolean dryRun;

  @Option(names = "--force", description = "Starts the job even if it seems to run already.")
  private boolean force;

  @Option(names = "--help", usageHelp = true, description = "Shows this.")
  private boolean help;

  private ForecastJob() {}

  public static void main(String[] args) throws Exception {
    ForecastJob command = new ForecastJob();
    CommandLine commandLine = new CommandLine(command);
    try {
      commandLine.parseArgs(args);
      if (command.help) {
        throw new ProgramParametrizationException(commandLine.getUsageMessage());
      }
      command.run();
    } catch (ParameterException e) {
      throw new ProgramParametrizationException(
          ClientProperties.masked(e.getMessage()) + "\n" + commandLine.getUsageMessage());
    } catch (JobFileException | IllegalStateException e) {
      throw new ProgramParametrizationException(ClientProperties.masked(e.getMessage()));
    }
  }

  private void run() throws Exception {
    JobSettings settings = JobSettings.read(job, overrides);
    if (dryRun) {
      System.out.println(job + ": as it should be");
      return;
    }
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    if (!force) {
      DuplicateJobCheck.check(
          settings,
          env.getConfiguration(),
          line -> System.err.println("%s: %s".formatted(settings.name(), line)));
    }
    if (settings.kafka().span().isBounded()) {
      try (BoundedJobRunner run = BoundedJobRunner.submit(env, settings)) {
        System.out.println("history is through, savepoint: " + run.stopAtEnd(savepoints));
      }
      return;
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
            ForecastPipeline.build(observations, models, prepared.forecast(), prepared.shared()));
  }

  private static JobClient execute(
      StreamExecutionEnvironment env, JobSettings prepared, ForecastPipeline.Middle middle)
      throws Exception {
    env.configure(defaults(env.getConfiguration(), prepared.kafka().transactionTimeout()));
    ForecastPipeline.build(env, prepared, middle);
    return env.executeAsync(prepared.name());
  }

  /** With the versions that there are, once the models are known to fit into their topic. */
  private static List<SharedSettings> withVersions(
      List<SharedSettings> shared, KafkaSettings kafka, TopicAdmin admin) {
    if (shared.isEmpty()) {
      return shared;
    }
    String topic = kafka.topics().models();
    int room = admin.maxValueBytes(topic);
    ModelVersions versions =
        new ModelTopic(kafka.bootstrapServers(), kafka.properties(), topic).versions();
    List<SharedSettings> known = new ArrayList<>();
    for (SharedSettings each : shared) {
      byte[] initial = each.initialModel();
      int needed = initial == null ? 0 : initial.length + LEARNED_METADATA_BYTES;
      if (needed > room) {
        throw new IllegalStateException(
            "topic %s: expected room for %,d bytes, which versions of %s take, got max.message.bytes for %,d"
                .formatted(topic, needed, each.model(), room));
      }
      known.add(each.withNewestVersion(versions.newest(each.model())));
    }
    return known;
  }

  /** What a forecasting job needs from Flink, where the cluster's configuration is silent. */
  static Configuration defaults(ReadableConfig given, Duration patience) {
    Configuration defaults = new Configuration();
    defaults.set(PipelineOptions.GENERIC_TYPES, false);
    defaults.set(PipelineOptions.OBJECT_REUSE, true);
    if (given.getOptional(PipelineOptions.MAX_PARALLELISM).isEmpty()) {
      defaults.set(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM);
    }
    if (given.getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL).isEmpty()) {
      LOG.info("no checkpoint interval is configured: taking {}", CHECKPOINT_INTERVAL);
      defaults.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
    }
    if (given.getOptional(ExecutionOptions.BUFFER_TIMEOUT).isEmpty()) {
      defaults.set(ExecutionOptions.BUFFER_TIMEOUT, BUFFER_TIMEOUT);
    }
    if (given.getOptional(TaskManagerOptions.TASK_CANCELLATION_TIMEOUT).isEmpty()) {
      // a task that is cancelled while its broker is away waits for it to abort its transaction;
      // after three minutes Flink would end the TaskManager for it
      defaults.set(TaskManagerOptions.TASK_CANCELLATION_TIMEOUT, patience.plus(CANCELLATION));
    }
    return defaults;
  }

  /**
   * Sees to it that the topics are there before the job starts, and finds out how long a dead
   * letter may be and which offsets are to be read.
   */
  static JobSettings prepareTopics(JobSettings settings) {
    KafkaSettings kafka = settings.kafka();
    ClientProperties.check(kafka.bootstrapServers(), kafka.properties());
    try (TopicAdmin admin = new TopicAdmin(kafka.bootstrapServers(), kafka.properties())) {
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
            topics, observations.stream().mapToInt(admin::partitions).max().orElseThrow());
        LOG.info("created topics {}", missing);
      }
      int partitions = admin.partitions(topics.models());
      if (partitions != 1) {
        throw new IllegalStateException(
            "topic %s: expected one partition, so that versions keep their order, got %d; name another in topics.models"
                .formatted(topics.models(), partitions));
      }
      admin.checkRights(kafka, !settings.shared().isEmpty());
      List<SharedSettings> shared = withVersions(settings.shared(), kafka, admin);
      kafka = RegistrySubjects.register(kafka);
      int maxBytes = admin.maxValueBytes(topics.deadLetters());
      SourceOffsets offsets = new TopicOffsets(admin, kafka).resolve(kafka.span());
      if (offsets.starts() != null) {
        LOG.info("reads {} from {} to {}", topics.observations(), offsets.starts(), offsets.ends());
      }
      return new JobSettings(
          settings.name(),
          kafka.measured(offsets, maxBytes),
          settings.forecast(),
          settings.covariates(),
          shared,
          settings.classify(),
          settings.idleTimeout(),
          settings.createTopics());
    }
  }
}
