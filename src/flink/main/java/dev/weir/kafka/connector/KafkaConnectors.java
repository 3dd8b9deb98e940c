package dev.weir.kafka.connector;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.kafka.CovariateTopic;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.ObservationTopics;
import dev.weir.kafka.OutsideTopic;
import dev.weir.kafka.SourcePosition;
import dev.weir.kafka.codec.FeedbackDeserializer;
import dev.weir.kafka.codec.LabelDeserializer;
import dev.weir.kafka.codec.ModelDeserializer;
import dev.weir.kafka.codec.ObservationDeserializer;
import dev.weir.kafka.codec.OutputRecords;
import dev.weir.kafka.covariate.CovariateDeserializer;
import dev.weir.kafka.covariate.OutsideDeserializer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.enumerator.subscriber.KafkaSubscriber;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The sources and the one sink of a forecasting job on Kafka. */
public final class KafkaConnectors {

  /**
   * Fetching waits no longer than this for more: a forecast is wanted soon after its observation.
   */
  private static final String FETCH_WAIT_MILLIS = "50";

  /**
   * New partitions are looked for this often: they hold back event time only once they are known.
   */
  private static final String DISCOVERY_MILLIS = "1000";

  /**
   * A client that finds no broker ends up trying no more often than this. Kafka's own limit of a
   * second makes each client warn several hundred times while a broker is away for a few minutes.
   */
  private static final String RECONNECT_MILLIS = "10000";

  /**
   * Clients keep the addresses that they know. Kafka's default, to start again from the bootstrap
   * servers, is tried and logged thirty times a second by each client while no broker is there. A
   * job whose brokers all come back elsewhere restarts when its patience ends, and finds them then.
   */
  private static final String RECOVERY = "none";

  /** Kafka's defaults, below which no patience goes. */
  private static final Duration API_TIMEOUT = Duration.ofMinutes(1);

  private static final Duration DELIVERY_TIMEOUT = Duration.ofMinutes(2);

  /** Room in a producer's request beyond the longest value: key, headers, framing. */
  private static final int REQUEST_SLACK = 1 << 20;

  // ends of the names of consumer groups
  private static final String LABELS = "labels";
  private static final String FEEDBACK = "alarms-feedback";
  private static final String COVARIATES = "covariates";
  private static final String OUTSIDE = "outside";
  private static final String MODELS = "models";

  private final KafkaSettings settings;

  public KafkaConnectors(KafkaSettings settings) {
    this.settings = settings;
  }

  /**
   * From the group's committed offsets, or the beginning without committed offsets; or what the job
   * file wants to have read.
   *
   * @param ahead covariates known ahead that an observation may have
   * @param idleTimeout a partition without an observation for so long, and without unread records,
   *     no longer holds back event time
   * @param outOfOrderness how long values wait for earlier ones; zero: they are used in the order
   *     in which they are read, and partitions that are added wait for the older ones
   */
  public Source<InputEvent, ?, ?> observations(
      TypeInformation<InputEvent> type, int ahead, Duration idleTimeout, Duration outOfOrderness) {
    boolean inOrder = outOfOrderness.isZero();
    ObservationTopics topics = settings.topics().observations();
    Properties consumer = consumerProperties(settings.group());
    return source(
        consumer,
        topics.pattern() == null
            ? new ExistingTopics(topics.names())
            : KafkaSubscriber.getTopicPatternSubscriber(Pattern.compile(topics.pattern())),
        offsets(settings.source().span().start()),
        offsets(settings.source().span().end()),
        ObservationDeserializer.of(type, settings, ahead),
        inOrder,
        (reader, context) -> {
          int subtask = context.getIndexOfSubtask();
          return new ObservationSourceReader<>(
              reader,
              event -> time(event, inOrder),
              outOfOrderness,
              idleTimeout,
              context::sendSourceEventToCoordinator,
              () -> new UnreadRecords(consumer, subtask));
        });
  }

  /** Null for no position. */
  private static OffsetsInitializer offsets(SourcePosition position) {
    if (position == null) {
      return null;
    }
    return switch (position.kind()) {
      case EARLIEST -> OffsetsInitializer.earliest();
      case LATEST -> ExistingOffset.END;
      case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
      case OFFSET -> new ExistingOffset(position.at());
      case TIMESTAMP -> OffsetsInitializer.timestamp(position.at());
    };
  }

  /** Where topics other than that of observations end; null: they do not. */
  private OffsetsInitializer end() {
    return settings.source().span().isBounded() ? ExistingOffset.END : null;
  }

  /**
   * Labels, from the group's committed offsets, or the beginning without committed offsets. A
   * bounded job reads them, as each topic but that of observations, up to the end at its start.
   */
  public Source<InputEvent, ?, ?> labels(TypeInformation<InputEvent> type) {
    return untimed(
        consumerProperties(group(settings, LABELS)),
        settings.topics().ofClasses().labels(),
        OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST),
        new LabelDeserializer(type, settings.source().maxFuture()));
  }

  /** What people say of alarms, read as {@link #labels}. */
  public Source<InputEvent, ?, ?> feedback(TypeInformation<InputEvent> type) {
    return untimed(
        consumerProperties(group(settings, FEEDBACK)),
        settings.topics().feedback(),
        OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST),
        new FeedbackDeserializer(type));
  }

  /**
   * The consumer group of the source of labels, feedback, covariates, outside forecasts or models.
   */
  private static String group(KafkaSettings settings, String source) {
    return settings.group() + "-" + source;
  }

  /** The consumer groups of a job's sources. */
  public static List<String> groups(KafkaSettings settings) {
    KafkaSettings.Topics topics = settings.topics();
    List<String> groups = new ArrayList<>(List.of(settings.group(), group(settings, MODELS)));
    if (topics.ofClasses() != null) {
      groups.add(group(settings, LABELS));
    }
    if (topics.feedback() != null) {
      groups.add(group(settings, FEEDBACK));
    }
    if (topics.covariates() != null) {
      groups.add(group(settings, COVARIATES));
    }
    if (topics.outside() != null) {
      groups.add(group(settings, OUTSIDE));
    }
    return groups;
  }

  /** Covariates, from the beginning, since a job without a savepoint knows none of them. */
  public Source<CovariateEvent, ?, ?> covariates(TypeInformation<CovariateEvent> type) {
    CovariateTopic topic = settings.topics().covariates();
    return untimed(
        consumerProperties(group(settings, COVARIATES)),
        topic.name(),
        OffsetsInitializer.earliest(),
        new CovariateDeserializer(type, topic, settings.registry()));
  }

  /** Outside forecasts, as {@link #covariates}. */
  public Source<CovariateEvent, ?, ?> outside(TypeInformation<CovariateEvent> type) {
    OutsideTopic topic = settings.topics().outside();
    return untimed(
        consumerProperties(group(settings, OUTSIDE)),
        topic.name(),
        OffsetsInitializer.earliest(),
        new OutsideDeserializer(type, topic, settings.registry()));
  }

  static long time(InputEvent event, boolean inOrder) {
    return event instanceof ObservationEvent observed
        ? observed.eventTime(inOrder)
        : ObservationSourceReader.NO_TIME;
  }

  /** From the beginning: the topic is compacted, so it holds each model's newest version. */
  public Source<ModelEvent, ?, ?> models(TypeInformation<ModelEvent> type) {
    Properties properties = consumerProperties(group(settings, MODELS));
    // a model that a job publishes in a transaction may still be taken back
    properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    return untimed(
        properties,
        settings.topics().models(),
        OffsetsInitializer.earliest(),
        new ModelDeserializer(type));
  }

  /** A source of one topic that does not hold back event time. */
  private <T> Source<T, ?, ?> untimed(
      Properties consumer,
      String topic,
      OffsetsInitializer starts,
      KafkaRecordDeserializationSchema<T> codec) {
    ExistingTopics topics = new ExistingTopics(List.of(topic));
    return source(
        consumer,
        topics,
        starts,
        end(),
        codec,
        false,
        (reader, context) -> new PartitionReader<>(reader));
  }

  private static <T> Source<T, ?, ?> source(
      Properties consumer,
      KafkaSubscriber topics,
      OffsetsInitializer starts,
      OffsetsInitializer end,
      KafkaRecordDeserializationSchema<T> codec,
      boolean isInOrder,
      TopicSource.Readers<T> readers) {
    KafkaSourceBuilder<T> source =
        KafkaSource.<T>builder()
            .setProperties(consumer)
            .setKafkaSubscriber(topics)
            .setStartingOffsets(starts)
            .setDeserializer(codec);
    if (end != null) {
      source.setBounded(end);
    }
    return new TopicSource<>(source.build(), isInOrder, readers);
  }

  private Properties consumerProperties(String group) {
    Properties properties = new Properties();
    properties.setProperty(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
    properties.setProperty("partition.discovery.interval.ms", DISCOVERY_MILLIS);
    properties.setProperty(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, RECONNECT_MILLIS);
    properties.setProperty(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, RECOVERY);
    // looking for new partitions in vain would fail the job
    properties.setProperty(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, patience(API_TIMEOUT));
    properties.putAll(settings.properties());
    properties.setProperty(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    properties.setProperty(ConsumerConfig.GROUP_ID_CONFIG, group);
    return properties;
  }

  /**
   * How long a client waits for a broker that is away: as long as the broker keeps a transaction
   * open, since a job that waits loses nothing. A commit that is given up earlier can't be repeated
   * and fails the job.
   */
  private String patience(Duration shortest) {
    Duration wanted = settings.delivery().timeout();
    return Long.toString((wanted.compareTo(shortest) > 0 ? wanted : shortest).toMillis());
  }

  /** Forecasts and dead letters, in one transaction for each checkpoint. */
  public Sink<Output> sink() {
    Properties properties = new Properties();
    int longest = settings.maxDeadLetterBytes();
    for (int ofTopic : settings.maxBytes().values()) {
      longest = Math.max(longest, ofTopic);
    }
    // a topic may have no limit but that of an int
    long wanted = (long) longest + REQUEST_SLACK;
    int maxRequest = (int) Math.min(wanted, Integer.MAX_VALUE);
    properties.setProperty(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(maxRequest));
    long memory = Math.max(32L << 20, 2L * maxRequest); // the client's default, or two large ones
    properties.setProperty(ProducerConfig.BUFFER_MEMORY_CONFIG, Long.toString(memory));
    properties.setProperty(ProducerConfig.LINGER_MS_CONFIG, "5");
    properties.setProperty(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(64 << 10));
    properties.setProperty(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, RECONNECT_MILLIS);
    properties.setProperty(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, RECOVERY);
    properties.setProperty(ProducerConfig.MAX_BLOCK_MS_CONFIG, patience(API_TIMEOUT));
    properties.setProperty(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, patience(DELIVERY_TIMEOUT));
    properties.putAll(settings.properties());
    properties.setProperty(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
        Long.toString(settings.delivery().timeout().toMillis()));
    KafkaSink<Output> sink =
        KafkaSink.<Output>builder()
            .setKafkaProducerConfig(properties)
            .setBootstrapServers(settings.bootstrapServers())
            .setDeliveryGuarantee(
                settings.delivery().isExact()
                    ? DeliveryGuarantee.EXACTLY_ONCE
                    : DeliveryGuarantee.AT_LEAST_ONCE)
            .setTransactionalIdPrefix(settings.delivery().prefix())
            .setRecordSerializer(new OutputRecords(settings))
            .build();
    return new SafeCloseSink<>(sink);
  }
}
