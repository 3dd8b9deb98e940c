package dev.weir.job;

import dev.weir.kafka.KafkaSettings.Delivery;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.Cell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** All options of a job file. Keys never change silently: see CHANGELOG.md. */
final class JobOptions {

  static final JobOption<String> NAME =
      JobOption.name(
          "name", null, "Name of the job; also its consumer group unless that is given.");

  static final JobOption<String> BOOTSTRAP_SERVERS =
      JobOption.text(
          "kafka.bootstrap-servers", null, "Brokers to start from, host:port[,host:port...].");
  static final JobOption<String> GROUP =
      JobOption.name("kafka.group-id", null, "Consumer group of the source; by default the name.");

  /** Below it, any property of Kafka's clients. */
  static final String PROPERTIES_PREFIX = "kafka.properties.";

  static final JobOption<String> OBSERVATIONS =
      JobOption.name("topics.observations", "observations", "Topic that the values arrive on.");
  static final JobOption<String> FORECASTS =
      JobOption.name("topics.forecasts", "forecasts", "Topic that the forecasts leave on.");
  static final JobOption<String> SCORES =
      JobOption.name("topics.scores", "scores", "Topic that running scores leave on.");
  static final JobOption<String> DEAD_LETTERS =
      JobOption.name(
          "topics.dead-letters",
          null,
          "Topic for records that can't be used; by default that of the observations plus .dlq.");
  static final JobOption<String> MODELS =
      JobOption.name("topics.models", "models", "Compacted topic that base models arrive on.");
  static final JobOption<Boolean> CREATE_TOPICS =
      JobOption.flag(
          "topics.create-missing",
          true,
          "Whether missing output and model topics are created when the job is submitted.");

  static final JobOption<Integer> SEQ_LEN =
      JobOption.integer("window.seq-len", 5, 1, 4096, "Values in a window.");
  static final JobOption<Integer> STRIDE =
      JobOption.integer(
          "window.stride", 1, 1, 1_000_000, "Observations from one window to the next.");
  static final JobOption<Integer> FEATURES =
      JobOption.integer(
          "window.features",
          0,
          0,
          1000,
          "Covariates of each observation; the network's input_size is one more.");
  static final JobOption<Duration> OUT_OF_ORDERNESS =
      JobOption.duration(
          "window.out-of-orderness",
          Duration.ZERO,
          "How long a series waits for an earlier observation; zero forecasts at once and suits"
              + " series that come in order within one partition.");
  static final JobOption<Duration> IDLE_TIMEOUT =
      JobOption.duration(
          "window.idle-timeout",
          Duration.ofSeconds(10),
          "A partition without an observation for so long no longer holds back event time.");
  static final JobOption<Duration> MAX_FUTURE =
      JobOption.duration(
          "window.max-future",
          Duration.ofDays(1),
          "How far ahead of the clock an observation may be before it is a dead letter.");

  static final JobOption<Delivery> GUARANTEE =
      JobOption.choice(
          "delivery.guarantee",
          Delivery.class,
          value -> value.name().toLowerCase(Locale.ROOT).replace('_', '-'),
          Delivery.EXACTLY_ONCE,
          "What a consumer may rely on; at-least-once shows forecasts without waiting for a"
              + " checkpoint.");
  static final JobOption<Duration> TRANSACTION_TIMEOUT =
      JobOption.duration(
          "delivery.transaction-timeout",
          Duration.ofMinutes(10),
          "How long a transaction may stay open: longer than a checkpoint and a restart, at most"
              + " the broker's transaction.max.timeout.ms.");
  static final JobOption<String> TRANSACTION_PREFIX =
      JobOption.name(
          "delivery.transaction-prefix",
          null,
          "Unique to the job on its brokers; by default weir- and the name.");

  /** The options of one mode, which is wanted as soon as its section is there. */
  record ModeOptions(
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
              "Name of the model; the newest published under it on the model topic is used."),
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

    String section() {
      return "forecast." + mode.label();
    }

    List<JobOption<?>> all() {
      return List.of(model, file, horizon, scaling, readout, cell);
    }
  }

  static final List<ModeOptions> MODES =
      List.of(ModeOptions.of(Mode.MANY_TO_ONE), ModeOptions.of(Mode.MANY_TO_MANY));

  /** Every option, in the order of the documentation. */
  static List<JobOption<?>> all() {
    List<JobOption<?>> all =
        new ArrayList<>(
            List.of(
                NAME,
                BOOTSTRAP_SERVERS,
                GROUP,
                OBSERVATIONS,
                FORECASTS,
                SCORES,
                DEAD_LETTERS,
                MODELS,
                CREATE_TOPICS,
                SEQ_LEN,
                STRIDE,
                FEATURES,
                OUT_OF_ORDERNESS,
                IDLE_TIMEOUT,
                MAX_FUTURE,
                GUARANTEE,
                TRANSACTION_TIMEOUT,
                TRANSACTION_PREFIX));
    MODES.forEach(mode -> all.addAll(mode.all()));
    return all;
  }

  private JobOptions() {}
}
