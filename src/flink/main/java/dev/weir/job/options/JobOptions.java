package dev.weir.job.options;

import dev.weir.kafka.BrokerAddresses;
import dev.weir.kafka.KafkaSettings.Delivery;
import dev.weir.kafka.SourcePosition;
import dev.weir.model.Mode;
import dev.weir.option.AnomalyOptions;
import dev.weir.option.BoundsOptions;
import dev.weir.option.ClassifyOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.HolidayOptions;
import dev.weir.option.Option;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.MemorySize;

/**
 * All options of a job file: those of {@link ForecastOptions}, and what only a job has. Keys never
 * change silently: see CHANGELOG.md.
 */
public final class JobOptions {

  /** The sections of the job file, in the order of the reference. */
  private static final List<String> SECTIONS =
      List.of(
          (",kafka,kafka.registry,topics,observations,covariates,source,window,state,learning,"
                  + "intervals,bounds,scores,forecasts,"
                  + "alarms,alarms.thresholds[],alarms.overrides[],delivery,"
                  + "forecast.many-to-one,forecast.many-to-many,classify")
              .split(","));

  private static final String COMMITTED = "safe after a stop with a savepoint, which commits first";

  private static final Pattern ENTRY = Pattern.compile("\\[\\d{1,3}]");

  public static final Option<String> NAME =
      Option.name("name", null, "Name of the job; also its consumer group unless that is given.")
          .change("safe: places are in the savepoint, ids follow the name");

  public static final Option<String> BOOTSTRAP_SERVERS =
      new Option<>(
              "kafka.bootstrap-servers",
              Option.Type.TEXT,
              BrokerAddresses.EXPECTED,
              null,
              "Brokers to start from, host:port[,host:port...].",
              JobOptions::addresses)
          .change("safe for the same Kafka cluster");
  public static final Option<String> GROUP =
      Option.name("kafka.group-id", null, "Consumer group of the source; by default the name.")
          .change("safe: places are in the savepoint");

  public static final Option<String> PROPERTIES_FILE =
      Option.text(
          "kafka.properties-file",
          null,
          "A file of Kafka's client properties, at the same path on each machine; its secrets are"
              + " looked up there and never travel.");

  /** Below it, any property of Kafka's clients; these win over those of the file. */
  static final String PROPERTIES_PREFIX = "kafka.properties.";

  public static final Option<List<String>> OBSERVATIONS =
      Option.list(
              "topics.observations",
              "a topic's name, or a list of names",
              List.of("observations"),
              100,
              "Topic that the values arrive on, or several.",
              NAME.parser())
          .change(Option.OLD_TOPIC);
  public static final Option<String> PATTERN =
      new Option<>(
              "topics.pattern",
              Option.Type.TEXT,
              "a regular expression such as sensors[.].*",
              null,
              "In place of topics.observations: all topics whose whole names match, also those that"
                  + " are made later.",
              JobOptions::pattern)
          .change(Option.OLD_TOPIC);
  public static final Option<String> FORECASTS =
      Option.name("topics.forecasts", "forecasts", "Topic that the forecasts leave on.");
  public static final Option<String> SCORES =
      Option.name("topics.scores", "scores", "Topic that running scores leave on.");
  public static final Option<String> DEAD_LETTERS =
      Option.name(
          "topics.dead-letters",
          null,
          "Topic for records that can't be used; by default the first of the observations, or the"
              + " job's name with a pattern, plus .dlq.");
  public static final Option<String> MODELS =
      Option.name("topics.models", "models", "Compacted topic that base models arrive on.")
          .change(Option.OLD_TOPIC);
  public static final Option<Boolean> CREATE_TOPICS =
      Option.flag(
          "topics.create-missing",
          true,
          "Whether missing output and model topics are created when the job is submitted.");

  /** Whether a job ends. */
  public enum RunMode {
    STREAMING,
    BOUNDED
  }

  public static final Option<RunMode> MODE =
      Option.choice(
          "source.mode",
          RunMode.class,
          RunMode.STREAMING,
          "bounded: reads up to source.end and finishes; mode for short.");
  public static final Option<SourcePosition> START =
      new Option<SourcePosition>(
              "source.start",
              Option.Type.VALUE,
              SourcePosition.EXPECTED,
              null,
              "Where a job begins that has no savepoint; by default committed, and earliest when"
                  + " bounded.",
              SourcePosition::parse)
          .change("without effect: a savepoint says where to go on");
  public static final Option<SourcePosition> END =
      new Option<SourcePosition>(
              "source.end",
              Option.Type.VALUE,
              SourcePosition.EXPECTED_END,
              null,
              "Where a bounded job ends, of what is there at its start; by default latest.",
              SourcePosition::parseEnd)
          .needs(MODE, RunMode.BOUNDED);

  public static final Option<Duration> IDLE_TIMEOUT =
      Option.duration(
          "window.idle-timeout",
          Duration.ofSeconds(10),
          Duration.ofMillis(1),
          "A partition without an observation for so long, and without unread records, no longer"
              + " holds back event time.");
  public static final Option<Duration> MAX_FUTURE =
      Option.duration(
          "window.max-future",
          Duration.ofHours(1),
          Duration.ZERO,
          "How far ahead of the clock an observation may be before it is a dead letter; less than"
              + " state.ttl, by default half of it where that is less.");

  public static final Option<MemorySize> CACHE =
      new Option<>(
          "state.cache",
          Option.Type.VALUE,
          "a size of 1 mb or more, such as 256 mb, or 0 for none",
          null,
          "Heap of one task for the series that it caches when RocksDB stores their state; by"
              + " default its slot's share of half of the heap. Forecasts and classes that are"
              + " learned take half of it each.",
          JobOptions::cache);

  /** What a forecast is made of. */
  public enum Made {
    MIXTURE,
    NETWORK
  }

  public static final Option<Made> OUTPUT =
      Option.choice(
              "output",
              Made.class,
              null,
              "mixture: experts that learn each series, the model among them; network: the model's"
                  + " own forecasts. By default mixture, and network where learning is off.")
          .change(Option.UNTESTED);

  /** How forecasts, scores and incidents are written. */
  public enum Format {
    AVRO,
    JSON
  }

  public static final Option<Format> FORECAST_FORMAT =
      Option.choice(
              "forecasts.format",
              Format.class,
              Format.AVRO,
              "How forecasts, scores and incidents are written: as Avro or as JSON objects with the"
                  + " same fields.")
          .change("safe: readers of Weir tell both apart");

  /** Short keys and the keys that they abbreviate. */
  public static final Map<String, String> SHORT_FORMS =
      Map.of(
          "learning",
          "learning.enabled",
          "alarms",
          "alarms.enabled",
          "mode",
          "source.mode",
          "observations.topic",
          "topics.observations",
          "observations.pattern",
          "topics.pattern");

  private static MemorySize cache(String text) {
    MemorySize size = MemorySize.parse(text);
    if (size.getBytes() > 0 && size.getBytes() < MemorySize.ofMebiBytes(1).getBytes()) {
      throw new IllegalArgumentException(text); // a number without its unit
    }
    return size;
  }

  private static String pattern(String text) {
    return Pattern.compile(text).pattern();
  }

  private static String addresses(String text) {
    if (!BrokerAddresses.areAddresses(text)) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  public static final Option<Delivery> GUARANTEE =
      Option.choice(
              "delivery.guarantee",
              Delivery.class,
              Delivery.EXACTLY_ONCE,
              "What a consumer may rely on; at-least-once shows forecasts without waiting for a"
                  + " checkpoint.")
          .change(COMMITTED);
  public static final Option<Duration> TRANSACTION_TIMEOUT =
      Option.duration(
              "delivery.transaction-timeout",
              Duration.ofMinutes(10),
              Duration.ofSeconds(1),
              "How long a transaction may stay open: longer than a checkpoint and a restart, at"
                  + " most the broker's transaction.max.timeout.ms.")
          .change(COMMITTED);

  /** Made at the first use: the classes of the other options use this one. */
  private static final class Declared {
    static final List<Option<?>> ALL = declared();
    static final Map<String, Option<?>> BY_KEY =
        ALL.stream().collect(Collectors.toMap(Option::key, option -> option));
  }

  /** Every option, in the order of the documentation. */
  public static List<Option<?>> all() {
    return Declared.ALL;
  }

  private static List<Option<?>> declared() {
    List<Option<?>> all = new ArrayList<>();
    List.of(
            JobOptions.class,
            RegistryOptions.class,
            ForecastOptions.class,
            HolidayOptions.class,
            BoundsOptions.class,
            AnomalyOptions.class,
            ClassifyOptions.class)
        .forEach(type -> all.addAll(Option.declaredIn(type)));
    all.removeAll(ForecastOptions.OF_MODE);
    all.removeIf(option -> option == ForecastOptions.SEASON_LENGTH);
    Stream.of(AlarmOptions.ALL, WebhookOptions.ALL, MappingOptions.ALL, CovariateOptions.ALL)
        .forEach(all::addAll);
    for (Mode mode : Mode.values()) {
      for (Option<?> option : ForecastOptions.OF_MODE) {
        if (option != ForecastOptions.MODE) {
          all.add(ForecastOptions.in(mode, option));
        }
      }
    }
    all.sort(Comparator.comparing(option -> SECTIONS.indexOf(option.section())));
    return List.copyOf(all);
  }

  /** The option with this key, or null if unknown. */
  public static Option<?> of(String key) {
    return Declared.BY_KEY.get(withoutEntry(key));
  }

  /** The key of an entry's option, {@code overrides[2].budget}, as it is declared. */
  static String withoutEntry(String key) {
    return ENTRY.matcher(key).replaceFirst("[]");
  }

  /** Whether it is the key of a list whose entries have options. */
  static boolean hasEntries(String key) {
    return SECTIONS.contains(key + "[]");
  }

  private JobOptions() {}
}
