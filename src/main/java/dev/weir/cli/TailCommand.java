package dev.weir.cli;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Score;
import dev.weir.kafka.ForecastCodec;
import dev.weir.kafka.MalformedException;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.ScoreCodec;
import dev.weir.kafka.TopicAdmin;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir tail}: shows forecasts, and scores if wanted, as they arrive. */
@Command(
    name = "tail",
    description = "Shows forecasts as they arrive.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples: weir tail --series 'pump-.*' --format json | jq .steps",
      "          weir tail --since 2h --status FALLBACK,WARMUP",
      "          weir tail --scores --model demand@3 --limit 100"
    })
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

  @Mixin private TailFilter filter;

  @Option(names = "--scores", description = "Scores as well.")
  private boolean scores;

  @Option(
      names = "--scores-topic",
      paramLabel = "TOPIC",
      defaultValue = "scores",
      description = "Topic of the scores (default: ${DEFAULT-VALUE}).")
  private String scoresTopic;

  @Option(names = "--from-beginning", description = "Start with the oldest forecast.")
  private boolean fromBeginning;

  @Option(names = "--limit", paramLabel = "N", description = "Stop after so many lines.")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = "--uncommitted",
      description = "Also forecasts of open and aborted transactions: sooner, but some may repeat.")
  private boolean uncommitted;

  @Mixin private KafkaOptions kafka;

  @Mixin private RegistryOption registry;

  private ForecastCodec forecasts;
  private ScoreCodec scoreCodec;

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
    List<String> topics = scores ? List.of(topic, scoresTopic) : List.of(topic);
    try (TopicAdmin admin = new TopicAdmin(kafka.bootstrapServers, kafka.properties())) {
      List<String> missing = admin.missing(topics);
      if (!missing.isEmpty()) {
        System.err.printf(
            "weir tail: topic %s: expected on Kafka at %s, got no such topic; %s names another%n",
            missing.get(0),
            kafka.bootstrapServers,
            missing.get(0).equals(topic) ? "--topic" : "--scores-topic");
        return 1;
      }
    }
    forecasts = new ForecastCodec(schemas);
    scoreCodec = new ScoreCodec(schemas);
    try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        QuietTopic quiet =
            new QuietTopic(kafka, topic, line -> System.err.println("weir tail: " + line))) {
      List<TopicPartition> partitions =
          topics.stream()
              .flatMap(name -> consumer.partitionsFor(name).stream())
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      seek(consumer, partitions);
      for (long shown = 0; shown < limit && !System.out.checkError(); ) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        if (!uncommitted) {
          quiet.polled(records.isEmpty());
        }
        for (ConsumerRecord<byte[], byte[]> record : records) {
          if (shown < limit && show(record)) {
            shown++;
          }
        }
      }
    }
    return 0;
  }

  void seek(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
    if (fromBeginning) {
      consumer.seekToBeginning(partitions);
      return;
    }
    consumer.seekToEnd(partitions);
    if (filter.since() == null) {
      return;
    }
    // now, not with the first poll: a record that comes in between would be looked for in vain
    partitions.forEach(consumer::position);
    // a record's timestamp is the time of its value, so none that is wanted comes before the first
    long since = Math.max(0, filter.since().toEpochMilli());
    Map<TopicPartition, Long> times = new HashMap<>();
    partitions.forEach(partition -> times.put(partition, since));
    consumer
        .offsetsForTimes(times)
        .forEach(
            (partition, first) -> {
              if (first != null) {
                consumer.seek(partition, first.offset());
              }
            });
  }

  private boolean show(ConsumerRecord<byte[], byte[]> record) {
    try {
      if (record.value() == null) {
        throw new MalformedException("expected a value, got none");
      }
      String line;
      if (record.topic().equals(topic)) {
        Forecast forecast = forecasts.decode(record.value());
        line = filter.includes(forecast) ? line(forecast) : null;
      } else {
        Score score = scoreCodec.decode(record.value());
        line = filter.includes(score) ? line(score) : null;
      }
      if (line != null) {
        System.out.println(line);
      }
      return line != null;
    } catch (MalformedException e) {
      System.err.printf(
          "%s-%d@%d: %s; not one of ours, and passed over%n",
          record.topic(), record.partition(), record.offset(), Printable.line(e.getMessage()));
      return false;
    }
  }

  private String line(Forecast forecast) {
    return format == Format.json ? ForecastLines.json(forecast) : ForecastLines.text(forecast);
  }

  private String line(Score score) {
    return format == Format.json ? ScoreLines.json(score) : ScoreLines.text(score);
  }
}
