package dev.weir.job.options;

import dev.weir.kafka.RegistrySettings;
import dev.weir.option.Option;
import java.time.Duration;
import java.util.Map;

/** The options of a job file that say where the schemas of its topics are. */
public final class RegistryOptions {

  /** How values are written. */
  public enum Format {
    AVRO,
    AVRO_CONFLUENT
  }

  public static final Option<Format> FORMAT =
      Option.choice(
              "kafka.format",
              Format.class,
              Format.AVRO,
              "How observations, forecasts and scores are written: avro, plain; avro-confluent, behind"
                  + " the id of their schema in a registry.")
          .change(
              "not tested; records already on the topics keep their format, so name new topics");
  public static final Option<String> URL =
      new Option<>(
              "kafka.registry.url",
              Option.Type.VALUE,
              RegistrySettings.EXPECTED_URL + ", without a user",
              null,
              "Where the registry's Confluent-compatible API begins; user and password are set in"
                  + " kafka.properties or its file as basic.auth.user.info.",
              RegistrySettings::url)
          .needs(FORMAT, Format.AVRO_CONFLUENT);
  public static final Option<Duration> PATIENCE =
      Option.duration(
              "kafka.registry.patience",
              RegistrySettings.DEFAULT_PATIENCE,
              Duration.ZERO,
              "How long a record of an unknown schema, and all behind it, waits for a registry that"
                  + " does not answer, before it is a dead letter.")
          .needs(FORMAT, Format.AVRO_CONFLUENT);

  /** Whether records are behind the ids of their schemas in a registry. */
  public static boolean isRegistered(JobFile file) {
    return file.get(FORMAT) == Format.AVRO_CONFLUENT;
  }

  private RegistryOptions() {}

  /** The registry that the job file names; null when its topics are plain Avro. */
  public static RegistrySettings read(JobFile file, Map<String, String> clientProperties) {
    Format format = file.get(FORMAT);
    Duration patience = file.get(PATIENCE);
    if (format == Format.AVRO) {
      return null;
    }
    String url = file.require(URL);
    try {
      return RegistrySettings.of(url == null ? "" : url, clientProperties, patience);
    } catch (IllegalArgumentException e) {
      file.problem("kafka.properties", e.getMessage());
      return null;
    }
  }
}
