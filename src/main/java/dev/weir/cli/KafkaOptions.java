package dev.weir.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.Option;

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
      description = "A property of the Kafka client. Not for secrets: use a file.")
  private final Map<String, String> properties = new LinkedHashMap<>();

  @Option(
      names = "--kafka-properties",
      paramLabel = "FILE",
      description = "Properties of the Kafka client, such as security.protocol.")
  private Path file;

  /** All client properties but the brokers; those given one by one win over the file's. */
  Map<String, String> properties() throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    if (file != null) {
      Properties read = new Properties();
      try (Reader reader = Files.newBufferedReader(file)) {
        read.load(reader);
      }
      read.forEach((key, value) -> all.put((String) key, (String) value));
    }
    all.putAll(properties);
    return all;
  }

  /** As {@link #properties()}, with the brokers. */
  Map<String, Object> clientConfig() throws IOException {
    Map<String, Object> config = new LinkedHashMap<>(properties());
    config.put("bootstrap.servers", bootstrapServers);
    return config;
  }
}
