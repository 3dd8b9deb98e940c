package dev.weir.cli.option;

import dev.weir.cli.console.UsageException;
import dev.weir.kafka.RegistrySettings;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where the schemas of a topic's values are, for commands that read or write such topics. */
public final class RegistryOption {

  @Option(
      names = "--registry",
      paramLabel = "URL",
      description =
          "The schema registry of topics in avro-confluent, such as"
              + " http://localhost:8080/apis/ccompat/v7; user and password as for Kafka, as"
              + " basic.auth.user.info. By default values are plain Avro.")
  private String url;

  /** Whether a URL is given. */
  public boolean isGiven() {
    return url != null;
  }

  /** The URL as it is given; null for none. */
  public String url() {
    return url;
  }

  /**
   * The registry, of the job file when no URL is given, or null when values are plain Avro.
   *
   * @throws UsageException if the URL or a property of the registry is invalid
   */
  public RegistrySettings settings(KafkaOptions kafka) throws IOException {
    if (url == null) {
      return kafka.job() == null ? null : kafka.job().kafka().registry();
    }
    try {
      Map<String, String> properties = kafka.given();
      return RegistrySettings.of(
          RegistrySettings.url(url), properties, RegistrySettings.DEFAULT_PATIENCE);
    } catch (IllegalArgumentException e) { // its text is not shown: it may hold a password
      throw new UsageException("--registry: " + e.getMessage());
    }
  }
}
