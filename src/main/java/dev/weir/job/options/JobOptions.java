package dev.weir.job.options;

import dev.weir.forecast.learn.Experts;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.kafka.BrokerAddresses;
import dev.weir.kafka.KafkaSettings.Delivery;
import dev.weir.kafka.SourcePosition;
import dev.weir.model.Calendar;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.cell.Cell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All options of a job file. Keys never change silently: see CHANGELOG.md. */
public final class JobOptions {

  public static final JobOption<String> NAME =
      JobOption.name(
          "name", null, "Name of the job; also its consumer group unless that is given.");

  public static final JobOption<String> BOOTSTRAP_SERVERS =
      new JobOption<>(
          "kafka.bootstrap-servers",
          JobOption.Type.TEXT,
          BrokerAddresses.EXPECTED,
          null,
          "Brokers to start from, host:port[,host:port...].",
          JobOptions::addresses);
  public static final JobOption<String> GROUP =
      JobOption.name("kafka.group-id", null, "Consumer group of the source; by default the name.");

  public static final JobOption<String> PROPERTIES_FILE =
      JobOption.text(
          "kafka.properties-file",
          null,
          "A file of Kafka's client properties, at the same path on each machine; its secrets are"
              + " looked up there and never travel.");

  /** Below it, any property of Kafka's clients; these win over those of the file. */
  static final String PROPERTIES_PREFIX = "kafka.properties.";

  public static final JobOption<String> OBSERVATIONS =
      JobOption.name("topics.observations", "observations", "Topic that the values arrive on.");
  public static final JobOption<String> FORECASTS =
      JobOption.name("topics.forecasts", "forecasts", "Topic that the forecasts leave on.");
  public static final JobOption<String> SCORES =
      JobOption.name("topics.scores", "scores", "Topic that running scores leave on.");
  public static final JobOption<String> DEAD_LETTERS =
      JobOption.name(
          "topics.dead-letters",
          null,
          "Topic for records that can't be used; by default that of the observations plus .dlq.");
  public static final JobOption<String> MODELS =
      JobOption.name("topics.models", "models", "Compacted topic that base models arrive on.");
  public static final JobOption<Boolean> CREATE_TOPICS =
      JobOption.flag(
          "topics.create-missing",
          true,
          "Whether missing output and model topics are created when the job is submitted.");

  /** Whether a job ends. */
  public enum RunMode {
    STREAMING,
    BOUNDED;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static final JobOption<RunMode> MODE =
      JobOption.choice(
          "source.mode",
          RunMode.class,
          RunMode::label,
          RunMode.STREAMING,
          "bounded: reads up to source.end and stops with a savepoint that streaming goes on"
              + " from; mode for short.");
  public static final JobOption<SourcePosition> START =
      position(
          "source.start",
          "Where a job begins that has no savepoint; by default committed, and earliest when"
              + " bounded.");
  public static final JobOption<SourcePosition> END =
      position(
          "source.end",
          "Where a bounded job ends, of what is there when it is submitted; by default latest.");

  private static JobOption<SourcePosition> position(String key, String description) {
    return new JobOption<>(key, SourcePosition.EXPECTED, null, description, SourcePosition::parse);
  }

  public static final JobOption<Integer> SEQ_LEN =
      JobOption.integer("window.seq-len", 5, 1, 4096, "Values in a window.");
  public static final JobOption<Integer> STRIDE =
      JobOption.integer(
          "window.stride", 1, 1, 1_000_000, "Observations from one window to the next.");
  public static final JobOption<Integer> FEATURES =
      JobOption.integer(
          "window.features",
          0,
          0,
          1000,
          "Covariates of each observation; the network's input_size is one more.");
  public static final JobOption<List<Calendar>> CALENDAR =
      JobOption.list(
          "window.calendar",
          "a list of " + Calendar.labels(List.of(Calendar.values())).replace(",", ", "),
          List.of(),
          "What base models read of each observation's time, in UTC: two inputs each, after the"
              + " features.",
          JobOptions::calendar);
  public static final JobOption<Duration> INTERVAL =
      JobOption.duration(
          "window.interval",
          null,
          Duration.ofMillis(1),
          "Time from one observation of a series to the next; makes missing ones noticed and gives"
              + " forecasts their target times. By default windows are by count.");
  public static final JobOption<Gap> GAP =
      JobOption.choice(
          "window.gap",
          Gap.class,
          value -> value.name().toLowerCase(Locale.ROOT),
          Gap.SKIP,
          "What becomes of missing observations: skip starts the window again, carry repeats the"
              + " last value, linear draws a line to the next one, reset starts window and learning"
              + " again.");
  public static final JobOption<Integer> MAX_FILL =
      JobOption.integer(
          "window.max-fill",
          100,
          0,
          10_000,
          "Observations in a row that carry and linear fill in at most; more are skipped.");
  public static final JobOption<Duration> OUT_OF_ORDERNESS =
      JobOption.duration(
          "window.out-of-orderness",
          Duration.ZERO,
          Duration.ZERO,
          "How long a series waits for an earlier observation; zero forecasts at once and suits"
              + " series that come in order within one partition.");
  public static final JobOption<Duration> IDLE_TIMEOUT =
      JobOption.duration(
          "window.idle-timeout",
          Duration.ofSeconds(10),
          Duration.ofMillis(1),
          "A partition without an observation for so long no longer holds back event time.");
  public static final JobOption<Duration> MAX_FUTURE =
      JobOption.duration(
          "window.max-future",
          Duration.ofHours(1),
          Duration.ZERO,
          "How far ahead of the clock an observation may be before it is a dead letter; less than"
              + " state.ttl, by default half of it where that is less.");

  public static final JobOption<Duration> TTL =
      JobOption.duration(
          "state.ttl",
          Duration.ZERO,
          Duration.ZERO,
          "A series without an observation for so long, in event time, starts again when it"
              + " returns; zero keeps each forever.");
  public static final JobOption<Integer> MAX_SERIES =
      JobOption.integer(
          "state.max-series",
          0,
          0,
          Integer.MAX_VALUE,
          "Series that one task may keep; observations of further ones are dead letters; 0 for no"
              + " limit.");

  /** What a forecast is made of. */
  public enum Made {
    MIXTURE,
    NETWORK;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How much memory and time a series may take. */
  public enum Size {
    SMALL,
    DEFAULT,
    FULL;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static final JobOption<Made> OUTPUT =
      JobOption.choice(
          "output",
          Made.class,
          Made::label,
          null,
          "mixture: experts that learn each series, the model among them; network: the model's"
              + " own forecasts. By default mixture, and network where learning is off.");
  public static final JobOption<Boolean> LEARNING =
      JobOption.flag(
          "learning.enabled",
          true,
          "Whether each series is learned from its own stream; learning: off for short.");
  public static final JobOption<Size> SIZE =
      JobOption.choice(
          "learning.size",
          Size.class,
          Size::label,
          Size.DEFAULT,
          "How much memory and time a series may take.");
  public static final JobOption<List<String>> EXPERTS =
      JobOption.list(
          "experts",
          "a list of experts, of " + String.join(", ", Experts.all()),
          null,
          "Which experts take part in the mixture; by default those of learning.size.",
          JobOptions::expert);
  public static final JobOption<Season> SEASON =
      new JobOption<>(
          "season",
          "auto, a whole number from 1 to 1000 or a duration such as PT24H",
          new Season(LearnerSettings.AUTO, null),
          "Observations in a season: 24 for hourly values with a daily rhythm, 1 for none; with"
              + " window.interval also a duration; auto finds it in the data.",
          Season::parse);
  public static final JobOption<List<Double>> LEVELS =
      JobOption.list(
          "intervals.levels",
          "a list of ascending numbers between 0 and 1, at most 10",
          List.of(0.8, 0.95),
          "Shares of the truth that the intervals are meant to hold; the first one's ends are"
              + " lower and upper.",
          Double::valueOf);
  public static final JobOption<Integer> SCORES_EVERY =
      JobOption.integer(
          "scores.every",
          10,
          0,
          1_000_000,
          "A score after so many observations of a series; 0 for none.");

  /** Options that may be YAML lists. */
  static final List<JobOption<?>> LISTS = List.of(CALENDAR, EXPERTS, LEVELS);

  /** Short keys and the keys that they abbreviate. */
  public static final Map<String, String> SHORT_FORMS =
      Map.of("learning", "learning.enabled", "mode", "source.mode");

  private static Calendar calendar(String label) {
    Calendar calendar = Calendar.ofLabel(label);
    if (calendar == null) {
      throw new IllegalArgumentException(label);
    }
    return calendar;
  }

  private static String expert(String name) {
    if (!Experts.all().contains(name)) {
      throw new IllegalArgumentException(name);
    }
    return name;
  }

  private static String addresses(String text) {
    if (!BrokerAddresses.areAddresses(text)) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  /**
   * How long a season is.
   *
   * @param count in observations, or {@link LearnerSettings#AUTO}; counts when there is no duration
   * @param duration null when none is given
   */
  public record Season(int count, Duration duration) {

    public static final int LONGEST = 1000;

    /** As a job file has it. */
    @Override
    public String toString() {
      return duration != null
          ? duration.toString()
          : count == LearnerSettings.AUTO ? "auto" : Integer.toString(count);
    }

    private static Season parse(String text) {
      if (text.equals("auto")) {
        return new Season(LearnerSettings.AUTO, null);
      }
      if (!text.matches("-?[0-9]+")) {
        Duration duration = Durations.parse(text);
        if (!Durations.isWholeMillis(duration)) {
          throw new IllegalArgumentException(text);
        }
        return new Season(0, duration);
      }
      int count = Integer.parseInt(text);
      if (count < 1 || count > LONGEST) {
        throw new IllegalArgumentException(text);
      }
      return new Season(count, null);
    }
  }

  public static final JobOption<Delivery> GUARANTEE =
      JobOption.choice(
          "delivery.guarantee",
          Delivery.class,
          value -> value.name().toLowerCase(Locale.ROOT).replace('_', '-'),
          Delivery.EXACTLY_ONCE,
          "What a consumer may rely on; at-least-once shows forecasts without waiting for a"
              + " checkpoint.");
  public static final JobOption<Duration> TRANSACTION_TIMEOUT =
      JobOption.duration(
          "delivery.transaction-timeout",
          Duration.ofMinutes(10),
          Duration.ofSeconds(1),
          "How long a transaction may stay open: longer than a checkpoint and a restart, at most"
              + " the broker's transaction.max.timeout.ms.");
  public static final JobOption<String> TRANSACTION_PREFIX =
      JobOption.name(
          "delivery.transaction-prefix",
          null,
          "Unique to the job on its brokers; by default weir- and the name.");

  /** The options of one mode, which is wanted as soon as its section is there. */
  public record ModeOptions(
      Mode mode,
      JobOption<String> model,
      JobOption<String> file,
      JobOption<Integer> horizon,
      JobOption<Scaling.Rule> scaling,
      JobOption<Readout> readout,
      JobOption<Cell> cell) {

    private static ModeOptions of(Mode mode) {
      String section = "forecast." + mode.label();
      return new ModeOptions(
          mode,
          JobOption.name(
              section + ".model",
              null,
              "Name of the model; the newest published under it on the model topic is used. A"
                  + " mixture needs none."),
          JobOption.text(
              section + ".file",
              null,
              "Weights to start with, safetensors: a path (a relative one starts at the job"
                  + " file), a URL of Flink's file systems, or builtin:NAME."),
          JobOption.integer(
              section + ".horizon",
              null,
              1,
              4096,
              "Values in a forecast; by default 2, for many-to-many always seq-len."),
          JobOption.choice(
              section + ".scaling",
              Scaling.Rule.class,
              Scaling.Rule::label,
              null,
              "How the weights want values scaled, where their file does not say."),
          JobOption.choice(
              section + ".readout",
              Readout.class,
              Readout::label,
              null,
              "What the head reads, where the file does not say."),
          JobOption.choice(
              section + ".cell",
              Cell.class,
              value -> value.name().toLowerCase(Locale.ROOT),
              null,
              "The cell, where neither file nor shapes say: relu looks like tanh."));
    }

    public String section() {
      return "forecast." + mode.label();
    }

    List<JobOption<?>> all() {
      return List.of(model, file, horizon, scaling, readout, cell);
    }
  }

  public static final List<ModeOptions> MODES =
      List.of(ModeOptions.of(Mode.MANY_TO_ONE), ModeOptions.of(Mode.MANY_TO_MANY));

  /** Every option, in the order of the documentation. */
  public static List<JobOption<?>> all() {
    List<JobOption<?>> all =
        new ArrayList<>(
            List.of(
                NAME,
                BOOTSTRAP_SERVERS,
                GROUP,
                PROPERTIES_FILE,
                OBSERVATIONS,
                FORECASTS,
                SCORES,
                DEAD_LETTERS,
                MODELS,
                CREATE_TOPICS,
                MODE,
                START,
                END,
                SEQ_LEN,
                STRIDE,
                FEATURES,
                CALENDAR,
                INTERVAL,
                GAP,
                MAX_FILL,
                OUT_OF_ORDERNESS,
                IDLE_TIMEOUT,
                MAX_FUTURE,
                TTL,
                MAX_SERIES,
                OUTPUT,
                LEARNING,
                SIZE,
                EXPERTS,
                SEASON,
                LEVELS,
                SCORES_EVERY,
                GUARANTEE,
                TRANSACTION_TIMEOUT,
                TRANSACTION_PREFIX));
    all.addAll(all.indexOf(SIZE) + 1, NetworkOptions.ALL);
    all.addAll(all.indexOf(PROPERTIES_FILE) + 1, RegistryOptions.ALL);
    MODES.forEach(mode -> all.addAll(mode.all()));
    return all;
  }

  private JobOptions() {}
}
