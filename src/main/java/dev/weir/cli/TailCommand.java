package dev.weir.cli;

import dev.weir.forecast.Forecast;
import dev.weir.kafka.ForecastCodec;
import dev.weir.kafka.MalformedException;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.TopicAdmin;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir tail}: shows forecasts as they arrive. */
@Command(
    name = "tail",
    description = "Shows forecasts as they arrive.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {"", "Example: weir tail --series 'pump-.*' --format json | jq .steps"})
final class TailCommand implements Callable<Integer> {

  private static final Duration POLL = Duration.ofMillis(250);
  private static final String API_TIMEOUT_MILLIS = "15000";

  @Option(
      names = "--topic",
      defaultValue = "forecasts",
      description = "Topic of the forecasts (default: ${DEFAULT-VALUE}).")
  private String topic;

  @Option(
      names = "--format",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Format format;

  @Option(names = "--series", paramLabel = "REGEX", description = "Only series that match.")
  private Pattern series;

  @Option(names = "--from-beginning", description = "Start with the oldest forecast.")
  private boolean fromBeginning;

  @Option(names = "--limit", paramLabel = "N", description = "Stop after so many forecasts.")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = "--uncommitted",
      description = "Also forecasts of open and aborted transactions: sooner, but some may repeat.")
  private boolean uncommitted;

  @Mixin private KafkaOptions kafka;

  @Mixin private RegistryOption registry;

  @Override
  public Integer call() throws Exception {
    if (limit < 1) {
      System.err.println("weir tail: --limit: expected at least 1, got " + limit);
      return 2;
    }
    RegistrySettings schemas = registry.settings(kafka);
    Map<String, Object> config = new HashMap<>(kafka.clientConfig());
    config.put(
        ConsumerConfig.ISOLATION_LEVEL_CONFIG, uncommitted ? "read_uncommitted" : "read_committed");
    config.putIfAbsent(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, API_TIMEOUT_MILLIS);
    try (TopicAdmin admin = new TopicAdmin(kafka.bootstrapServers, kafka.properties())) {
      if (!admin.missing(List.of(topic)).isEmpty()) {
        System.err.printf(
            "weir tail: topic %s: expected on Kafka at %s, got no such topic%n",
            topic, kafka.bootstrapServers);
        return 1;
      }
    }
    ForecastCodec codec = new ForecastCodec(schemas);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      if (fromBeginning) {
        consumer.seekToBeginning(partitions);
      } else {
        consumer.seekToEnd(partitions);
      }
      for (long shown = 0; shown < limit && !System.out.checkError(); ) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (shown < limit && show(codec, record)) {
            shown++;
          }
        }
      }
    }
    return 0;
  }

  private boolean show(ForecastCodec codec, ConsumerRecord<byte[], byte[]> record) {
    try {
      Forecast forecast = codec.decode(record.value());
      if (series != null && !series.matcher(forecast.series()).matches()) {
        return false;
      }
      System.out.println(
          format == Format.json ? ForecastLines.json(forecast) : ForecastLines.text(forecast));
      return true;
    } catch (MalformedException e) {
      System.err.printf(
          "%s-%d@%d: %s%n", record.topic(), record.partition(), record.offset(), e.getMessage());
      return false;
    }
  }
}
