package dev.weir.cli.tail;

import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Format;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.option.DeclaredOptions;
import dev.weir.cli.option.KafkaOptions;
import dev.weir.cli.option.RegistryOption;
import dev.weir.cli.option.TopicFollower;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Output;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.admin.TopicConsumer;
import dev.weir.kafka.codec.ClassificationCodec;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.kafka.wire.Decoder;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir tail}: shows forecasts, scores or classes as they arrive. */
@Command(
    name = "tail",
    description = "Shows the newest forecasts or classes, and then those that arrive.",
    footer = {
      "",
      "Examples: weir tail my-job.yaml",
      "          weir tail --series 'pump-.*' --format json | jq .steps",
      "          weir tail --since 2h --status FALLBACK,WARMUP",
      "          weir tail --scores --model demand@3 --limit 100",
      "          weir tail --why --series pump-1",
      "          weir tail --classes --series 'pump-.*'"
    })
public final class TailCommand implements Callable<Integer> {

  /** The topic of classes where no job file names one. */
  private static final String CLASSES = "classes";

  private static final int LAST = 10;
  private static final int MAX_LAST = 100_000;

  /** Offsets of each partition that the newest are looked for in, at first and at most. */
  private static final int FIRST_LOOK = 100;

  private static final int MAX_LOOK = 10_000;

  /** A partition whose records don't come holds up nobody for longer. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @Option(
      names = "--topic",
      defaultValue = DeclaredOptions.DEFAULT,
      descriptionKey = "topics.forecasts")
  private String topic;

  @Option(names = "--format", defaultValue = "text")
  private Format format;

  @Mixin private TailFilter filter;

  @Option(names = "--scores", description = "Scores as well.")
  private boolean scores;

  @Option(
      names = "--scores-topic",
      paramLabel = "TOPIC",
      defaultValue = DeclaredOptions.DEFAULT,
      descriptionKey = "topics.scores")
  private String scoresTopic;

  @Option(
      names = "--classes",
      description = "Classes in place of forecasts: --topic, or topics.classes of the job file.")
  private boolean classes;

  @Option(
      names = "--why",
      description =
          "What the first value of each forecast consists of, where the job has forecasts.explain:"
              + " true.")
  private boolean why;

  @Option(names = "--from-beginning", description = "Start with the oldest forecast.")
  private boolean fromBeginning;

  @Option(
      names = "--last",
      paramLabel = "N",
      description =
          "Start with the N newest that are there, by the time of their value (default: 10); 0"
              + " waits for new ones. Without --since and --from-beginning.")
  private Integer last;

  @Option(names = "--limit", paramLabel = "N", description = "Stop after so many lines.")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = "--uncommitted",
      description = "Also forecasts of open and aborted transactions: sooner, but some may repeat.")
  private boolean uncommitted;

  @Mixin private KafkaOptions.WithJob kafka;

  @Mixin private RegistryOption registry;

  private ClassificationCodec classifications; // not before the call: they load Avro
  private ForecastCodec forecasts;
  private ScoreCodec scoreCodec;
  private boolean missing; // whether it was reported that forecasts carry no explanation

  @Override
  public Integer call() throws Exception {
    UsageException.check(limit >= 1, "--limit", "at least 1", limit);
    UsageException.check(
        last == null || last >= 0 && last <= MAX_LAST && !fromBeginning && filter.since() == null,
        "--last",
        "0 to %d, without --since and --from-beginning".formatted(MAX_LAST),
        last);
    boolean isNamed = kafka.isGiven("--topic");
    topic = kafka.topic("--topic", topic, KafkaSettings.Topics::forecasts);
    if (kafka.job() != null && kafka.job().kafka().topics().ofClasses() != null) {
      KafkaSettings.Topics ofJob = kafka.job().kafka().topics();
      classes |= !ofJob.forecasting();
      topic = classes && !isNamed ? ofJob.ofClasses().classes() : topic;
    } else if (classes && !isNamed) {
      topic = CLASSES;
    }
    UsageException.check(!classes || !scores, "--scores", "forecasts as well", "--classes");
    UsageException.check(
        !why || !classes && format == Format.text,
        "--why",
        "forecasts as text",
        classes ? "--classes" : "--format json, which has the field explanation without it");
    scoresTopic = kafka.topic("--scores-topic", scoresTopic, KafkaSettings.Topics::scores);
    RegistrySettings schemas = registry.settings(kafka);
    KafkaClients clients =
        kafka
            .clients()
            .with(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                uncommitted ? "read_uncommitted" : "read_committed");
    List<String> topics = scores ? List.of(topic, scoresTopic) : List.of(topic);
    kafka.require("--topic names another", topic);
    if (scores) {
      kafka.require("--scores-topic names another", scoresTopic);
    }
    classifications = new ClassificationCodec();
    forecasts = new ForecastCodec(schemas);
    scoreCodec = new ScoreCodec(schemas);
    try (TopicConsumer consumer = new TopicConsumer(clients);
        TopicFollower arriving =
            new TopicFollower(kafka, uncommitted ? null : topic, "weir tail")) {
      List<TopicPartition> partitions =
          topics.stream().flatMap(name -> consumer.partitions(name).stream()).toList();
      long shown = 0;
      if (fromBeginning) {
        consumer.follow(consumer.begins(partitions));
      } else if (filter.since() != null) {
        // a record's timestamp is the time of its value, so none that is wanted comes before
        long since = Math.max(0, filter.since().toEpochMilli());
        consumer.follow(consumer.since(partitions, since));
      } else {
        Map<TopicPartition, Long> ends = consumer.ends(partitions);
        shown = showNewest(consumer, ends);
        consumer.follow(ends);
      }
      arriving.follow(consumer, limit - shown, record -> show(line(record, true)));
    }
    return 0;
  }

  /**
   * One to be shown.
   *
   * @param time of its record
   * @param isUnexplained whether it lacks an explanation that was asked for
   */
  private record Line(long time, String text, boolean isUnexplained) {}

  /** Prints it; false for null. */
  private boolean show(Line line) {
    if (line == null) {
      return false;
    }
    System.out.println(line.text);
    if (line.isUnexplained && !missing) {
      missing = true;
      System.err.println("weir tail: --why: " + ExplanationLines.MISSING);
    }
    return true;
  }

  /**
   * Shows the newest of all partitions together, oldest first.
   *
   * @return how many lines
   */
  private long showNewest(TopicConsumer consumer, Map<TopicPartition, Long> ends) {
    int wanted = (int) Math.min(limit, last == null ? LAST : last);
    Map<TopicPartition, Long> begins = consumer.begins(ends.keySet());
    PriorityQueue<Line> newest = new PriorityQueue<>(Comparator.comparingLong(Line::time));
    int longest = Math.max(MAX_LOOK, 3 * wanted);
    boolean all = wanted == 0;
    // offsets are not records: marks of transactions and what the filter leaves out are among them
    for (int look = Math.max(FIRST_LOOK, 3 * wanted); !all; look = Math.min(2 * look, longest)) {
      newest.clear();
      Map<TopicPartition, Integer> found = new HashMap<>();
      long reached = look;
      Map<TopicPartition, Long> from = new HashMap<>();
      ends.forEach(
          (partition, end) -> from.put(partition, Math.max(begins.get(partition), end - reached)));
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      consumer.read(
          from,
          ends,
          () -> System.nanoTime() - deadline >= 0,
          record -> {
            Line line = line(record, false);
            if (line != null) {
              found.merge(new TopicPartition(record.topic(), record.partition()), 1, Integer::sum);
              newest.add(line);
              if (newest.size() > wanted) {
                newest.poll();
              }
            }
          });
      all =
          look == longest
              || ends.keySet().stream()
                  .allMatch(
                      p ->
                          found.getOrDefault(p, 0) >= wanted
                              || ends.get(p) - reached <= begins.get(p));
    }
    long shown = newest.size();
    while (!newest.isEmpty()) {
      show(newest.poll());
    }
    return shown;
  }

  /**
   * A record's line; null when it is not wanted or none of ours.
   *
   * @param telling whether a record that is not a forecast of ours is reported
   */
  private Line line(ConsumerRecord<byte[], byte[]> record, boolean telling) {
    Decoder<? extends Output> decoder =
        !record.topic().equals(topic)
            ? scoreCodec::decode
            : classes ? classifications::decode : forecasts::decode;
    Output said = TopicFollower.decoded(record, decoder, telling);
    if (said == null || !filter.includes(said)) {
      return null;
    }
    String line = format == Format.json ? ForecastLines.json(said) : ForecastLines.text(said);
    if (!why || !(said instanceof Forecast forecast)) {
      return new Line(record.timestamp(), line, false);
    }
    boolean isUnexplained = forecast.explanation() == null;
    String parts = isUnexplained ? "" : ExplanationLines.text(forecast.explanation());
    return new Line(record.timestamp(), line + parts, isUnexplained);
  }
}
