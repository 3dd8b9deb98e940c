package dev.weir.cli.option;

import dev.weir.cli.console.CommandFailure;
import dev.weir.cli.console.UsageException;
import dev.weir.job.JobSettings;
import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.mapping.ObservationMapping;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Which brokers to talk to, and how: as a job file says, if one is given; an option wins over it. A
 * command with parameters of its own takes the job file behind them and hands it to {@link #use},
 * since a mixin's parameters come first.
 */
public class KafkaOptions {

  public static final String JOB = "JOB.yaml";
  public static final String JOB_DESCRIPTION =
      "The job file: brokers, client properties, topics and registry are read from it; an option"
          + " wins over it.";

  /** Of a command whose only parameter is the job file. */
  public static final class WithJob extends KafkaOptions {
    @Parameters(arity = "0..1", paramLabel = JOB, description = JOB_DESCRIPTION)
    private void job(Path file) {
      use(file);
    }
  }

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides one option of the job file.")
  private final Map<String, String> overrides = new LinkedHashMap<>();

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      defaultValue = "localhost:9092",
      descriptionKey = "kafka.bootstrap-servers")
  private String bootstrapServers;

  @Option(
      names = "--kafka",
      paramLabel = "KEY=VALUE",
      description =
          "A property of the Kafka client. A secret is refused here: name it, as in"
              + " password=\"$${env:NAME}\", or use a file.")
  private final Map<String, String> properties = new LinkedHashMap<>();

  @Option(
      names = "--kafka-properties",
      paramLabel = "FILE",
      description = "Properties of the Kafka client, such as security.protocol.")
  private Path propertiesFile;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private Path file;
  private JobSettings job; // null until it is read

  /** Takes a job file; null for none. */
  public final void use(Path jobFile) {
    file = jobFile;
  }

  /** What the job file says, read once; null when none is given. */
  public JobSettings job() throws IOException {
    if (file == null) {
      UsageException.check(overrides.isEmpty(), "--set", JOB + " before it", "no job file");
      return null;
    }
    if (job == null) {
      job = JobSettings.read(file, overrides);
    }
    return job;
  }

  /** What the job's observations are that are not our own records; null: they are. */
  public ObservationMapping mapping() throws IOException {
    return job() == null ? null : job().kafka().source().mapping();
  }

  /** Whether an option is given on the command line, where it overrides the job file. */
  public boolean isGiven(String option) {
    return command.commandLine().getParseResult().hasMatchedOption(option);
  }

  /** The brokers to start from. */
  public String bootstrapServers() throws IOException {
    return job() == null || isGiven("--bootstrap-servers")
        ? bootstrapServers
        : job().kafka().bootstrapServers();
  }

  /**
   * The name of a topic.
   *
   * @param option the option that names it
   * @param value the option's value, or its default
   * @param ofJob which topic of the job it is
   */
  public String topic(String option, String value, Function<Topics, String> ofJob)
      throws IOException {
    return job() == null || isGiven(option) ? value : ofJob.apply(job().kafka().topics());
  }

  /**
   * All client properties but the brokers; those given one by one win over the file's, and these
   * over the job file's.
   *
   * @throws ParameterException when a secret is given one by one, in plain text
   * @throws IllegalStateException when a secret that is named is not there, or the brokers want TLS
   */
  public Map<String, String> properties() throws IOException {
    return properties(Map.of());
  }

  /** As {@link #properties()}, with defaults of the command. */
  public Map<String, String> properties(Map<String, String> defaults) throws IOException {
    Map<String, String> all = new LinkedHashMap<>(defaults);
    all.putAll(ClientProperties.withProviders(RegistrySettings.ofKafka(given())));
    ClientProperties.check(bootstrapServers(), all);
    return all;
  }

  /** As they are given, those of a schema registry among them, nothing looked up. */
  Map<String, String> given() throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    if (job() != null) {
      RegistrySettings registry = job().kafka().registry();
      all.putAll(registry == null ? Map.of() : registry.properties());
      all.putAll(job().kafka().properties());
    }
    if (propertiesFile != null) {
      UsageException.checkFile("--kafka-properties", "a file of properties", propertiesFile);
      all.putAll(ClientProperties.read(propertiesFile));
    }
    properties.forEach(
        (key, value) -> {
          if (ClientProperties.holdsSecret(key, value)) {
            throw new UsageException(
                "--kafka: %s: expected no secret on the command line, where others can read it; write %s instead of it, or use --kafka-properties FILE"
                    .formatted(key, ClientProperties.REFERENCES));
          }
          all.put(key, value);
        });
    return all;
  }

  /** Opens clients of the brokers, with {@link #properties()}. */
  public KafkaClients clients() throws IOException {
    return KafkaClients.of(bootstrapServers(), properties());
  }

  /**
   * Fails if one of these topics does not exist.
   *
   * @param hint what to do then
   */
  public void require(String hint, String... topics) throws IOException {
    try (TopicAdmin admin = new TopicAdmin(clients())) {
      for (String missing : admin.missing(List.of(topics))) {
        throw new CommandFailure(
            "topic %s: expected on Kafka at %s, got no such topic; %s",
            missing, bootstrapServers(), hint);
      }
    }
  }

  /** The same; each request fails after this time unless an option says otherwise. */
  public KafkaClients clients(Duration patience) throws IOException {
    Map<String, String> all = properties(KafkaClients.limits(patience));
    return KafkaClients.of(bootstrapServers(), all);
  }
}
