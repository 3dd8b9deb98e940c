package dev.weir.cli;

import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.RegistrySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which brokers to talk to, and how. */
final class KafkaOptions {

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      defaultValue = "localhost:9092",
      description = "Brokers to start from (default: ${DEFAULT-VALUE}).")
  String bootstrapServers;

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
  private Path file;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /**
   * All client properties but the brokers; those given one by one win over the file's.
   *
   * @throws ParameterException when a secret is given one by one, in plain text
   * @throws IllegalStateException when a secret that is named is not there, or the brokers want TLS
   */
  Map<String, String> properties() throws IOException {
    Map<String, String> all = ClientProperties.withProviders(RegistrySettings.ofKafka(given()));
    ClientProperties.check(bootstrapServers, all);
    return all;
  }

  /** As they are given, those of a schema registry among them, nothing looked up. */
  Map<String, String> given() throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    if (file != null) {
      all.putAll(ClientProperties.read(file));
    }
    properties.forEach(
        (key, value) -> {
          if (ClientProperties.holdsSecret(key, value)) {
            throw new ParameterException(
                command.commandLine(),
                "%s: --kafka: %s: expected no secret on the command line, where others can read it; write %s instead of it, or use --kafka-properties FILE"
                    .formatted(command.qualifiedName(), key, ClientProperties.REFERENCES));
          }
          all.put(key, value);
        });
    return all;
  }

  /** As {@link #properties()}, with the brokers. */
  Map<String, Object> clientConfig() throws IOException {
    Map<String, Object> config = new LinkedHashMap<>(properties());
    config.put("bootstrap.servers", bootstrapServers);
    return config;
  }
}
