package dev.weir.kafka;

import dev.weir.kafka.mapping.ObservationMapping;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where the ends of the pipeline are.
 *
 * @param bootstrapServers brokers to start from, {@code host:port[,host:port...]}
 * @param properties client properties passed through to source, sink and admin; with the providers
 *     that they refer to
 * @param group consumer group of the source
 * @param topics the topics' names
 * @param maxDeadLetterBytes the longest value that the dead-letter topic takes
 * @param maxBytes the largest record that each topic takes, by name; absent: not known
 * @param registry where the schemas of observations, forecasts and scores are; null: plain Avro
 */
public record KafkaSettings(
    String bootstrapServers,
    Map<String, String> properties,
    String group,
    Topics topics,
    Transactions delivery,
    Source source,
    int maxDeadLetterBytes,
    Map<String, Integer> maxBytes,
    RegistrySettings registry)
    implements Serializable {

  public KafkaSettings {
    properties = Map.copyOf(ClientProperties.withProviders(RegistrySettings.ofKafka(properties)));
  }

  /** The largest request that the properties allow a producer; by default what topics need. */
  public int maxRequest() {
    String given = properties.getOrDefault("max.request.size", "");
    return given.matches("[0-9]{1,9}") ? Integer.parseInt(given) : Integer.MAX_VALUE;
  }

  /** How producers compress, as Kafka names it. */
  public String compression() {
    return properties.getOrDefault("compression.type", "none");
  }

  /** Opens clients of these brokers. */
  public KafkaClients clients() {
    return KafkaClients.of(bootstrapServers, properties);
  }

  /** What a consumer may rely on. */
  public enum Delivery {
    /** Each forecast once, for consumers that read committed; visible at the next checkpoint. */
    EXACTLY_ONCE,
    /** Visible at once; after a failure some come again. */
    AT_LEAST_ONCE
  }

  /**
   * How results are written.
   *
   * @param timeout how long a transaction may stay open: longer than a checkpoint and a restart,
   *     shorter than the broker's {@code transaction.max.timeout.ms}
   * @param prefix of transactional ids, unique to the job on its brokers
   */
  public record Transactions(Delivery guarantee, Duration timeout, String prefix)
      implements Serializable {

    /** Whether results are written in transactions. */
    public boolean isExact() {
      return guarantee == Delivery.EXACTLY_ONCE;
    }
  }

  /**
   * Which observations are read.
   *
   * @param maxFuture how far ahead of the clock an observation may be
   * @param span what is read of the topics
   * @param mapping what observations are that are not our own records; null: they are
   */
  public record Source(Duration maxFuture, SourceRange span, ObservationMapping mapping)
      implements Serializable {}

  /**
   * The topics' names.
   *
   * @param ofClasses those of a job that classifies; null for one that does not
   * @param alarms topic of incidents; null for a job that raises no alarms
   * @param feedback topic of dismissals of incidents; null as before
   * @param isJson whether forecasts, scores and incidents are written as JSON, else as Avro
   * @param job name of the job, which each record that it writes says; null: not known
   * @param covariates topic of covariates; null for a job that reads none
   * @param outside topic of outside forecasts; null for a job that reads none
   */
  public record Topics(
      ObservationTopics observations,
      String forecasts,
      String scores,
      String deadLetters,
      String models,
      ClassTopics ofClasses,
      String alarms,
      String feedback,
      boolean isJson,
      String job,
      CovariateTopic covariates,
      OutsideTopic outside)
      implements Serializable {

    /** Whether the job forecasts, so that there are forecasts and scores. */
    public boolean forecasting() {
      return ofClasses == null || ofClasses.forecasts();
    }

    /** The topic that shows that the job works. */
    public String output() {
      return forecasting() ? forecasts : ofClasses.classes();
    }

    /** Whether the job reads this one of its topics, which others write. */
    public boolean isInput(String topic) {
      return observations.names().contains(topic)
          || topic.equals(models)
          || ofClasses != null && topic.equals(ofClasses.labels())
          || topic.equals(feedback)
          || ahead().contains(topic);
    }

    /** Topics of numbers known ahead: those that the job has. */
    public List<String> ahead() {
      List<String> ahead = new ArrayList<>();
      if (covariates != null) {
        ahead.add(covariates.name());
      }
      if (outside != null) {
        ahead.add(outside.name());
      }
      return ahead;
    }

    /** All that the job reads or writes. */
    public List<String> all() {
      List<String> all = new ArrayList<>(observations.names());
      all.addAll(others());
      return all;
    }

    private List<String> others() {
      List<String> all = outputs();
      all.addAll(ahead());
      if (feedback != null) {
        all.add(feedback);
      }
      return all;
    }

    private List<String> outputs() {
      List<String> all = new ArrayList<>(List.of(deadLetters, models));
      if (forecasting()) {
        all.add(0, forecasts);
        all.add(1, scores);
      }
      if (alarms != null) {
        all.add(alarms);
      }
      if (ofClasses != null) {
        all.add(ofClasses.classes());
        all.add(ofClasses.labels());
      }
      return all;
    }

    /** Forecasts, scores, incidents, classes and labels: those that the job has. */
    public List<String> ofSeries() {
      List<String> others = outputs();
      others.removeAll(List.of(deadLetters, models));
      return others;
    }

    /** The same, and the dismissals of incidents. */
    public List<String> shown() {
      List<String> shown = ofSeries();
      if (feedback != null) {
        shown.add(feedback);
      }
      return shown;
    }

    /** What the job writes or learns from that a pattern of observations takes too. */
    public List<String> ownMatches() {
      return others().stream().filter(observations::matches).toList();
    }

    /** The same with the observations that there are now. */
    public Topics withObservations(ObservationTopics found) {
      return with(found, alarms, feedback);
    }

    /** The same with a topic of incidents, and that of feedback behind it; null for none. */
    public Topics withAlarms(String topic) {
      return with(observations, topic, topic == null ? null : feedbackOn(topic));
    }

    /** Where what people say of incidents arrives, unless another topic is named. */
    public static String feedbackOn(String alarms) {
      return alarms + "-feedback";
    }

    private Topics with(ObservationTopics found, String incidents, String said) {
      return new Topics(
          found,
          forecasts,
          scores,
          deadLetters,
          models,
          ofClasses,
          incidents,
          said,
          isJson,
          job,
          covariates,
          outside);
    }

    /** Those of a job that only forecasts. */
    public Topics(
        String observations, String forecasts, String scores, String deadLetters, String models) {
      this(
          ObservationTopics.of(observations),
          forecasts,
          scores,
          deadLetters,
          models,
          null,
          null,
          null,
          false,
          null,
          null,
          null);
    }
  }

  /**
   * What only a job that classifies has.
   *
   * @param classes topic that the classes leave on
   * @param labels topic that the labels arrive on
   * @param isJson whether classes are written as JSON, else as plain Avro
   * @param forecasts whether the job forecasts too
   */
  public record ClassTopics(String classes, String labels, boolean isJson, boolean forecasts)
      implements Serializable {}

  /** Without secrets, wherever it is printed. */
  @Override
  public String toString() {
    return "KafkaSettings[%s, %s, group %s, %s, %s]"
        .formatted(
            ClientProperties.withoutUser(bootstrapServers),
            ClientProperties.masked(properties),
            group,
            topics,
            delivery.guarantee());
  }

  /** The same ends with what only the brokers know. */
  public KafkaSettings measured(int bytes, Map<String, Integer> records) {
    return with(topics, bytes, records, registry);
  }

  /** The same ends with what only the registry knows. */
  public KafkaSettings withRegistry(RegistrySettings asked) {
    return with(topics, maxDeadLetterBytes, maxBytes, asked);
  }

  /** The same ends with the topics that there are now. */
  public KafkaSettings withTopics(Topics found) {
    return with(found, maxDeadLetterBytes, maxBytes, registry);
  }

  private KafkaSettings with(
      Topics found, int bytes, Map<String, Integer> records, RegistrySettings asked) {
    return new KafkaSettings(
        bootstrapServers, properties, group, found, delivery, source, bytes, records, asked);
  }
}
