package dev.weir.cli.option;

import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.ObservationTopics;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Option;

/** The five topics of a job, by the names that a job file gives them by default. */
public final class TopicOptions {

  @Option(
      names = "--observations",
      paramLabel = "TOPIC",
      split = ",",
      defaultValue = DeclaredOptions.DEFAULT,
      descriptionKey = "topics.observations")
  private List<String> observations;

  @Option(
      names = "--forecasts",
      paramLabel = "TOPIC",
      defaultValue = DeclaredOptions.DEFAULT,
      descriptionKey = "topics.forecasts")
  private String forecasts;

  @Option(
      names = "--scores",
      paramLabel = "TOPIC",
      defaultValue = DeclaredOptions.DEFAULT,
      descriptionKey = "topics.scores")
  private String scores;

  @Option(names = "--dead-letters", paramLabel = "TOPIC", descriptionKey = "topics.dead-letters")
  private String deadLetters; // null: the default

  @Option(
      names = "--models",
      paramLabel = "TOPIC",
      defaultValue = DeclaredOptions.DEFAULT,
      descriptionKey = "topics.models")
  private String models;

  /** The topics: each of the job file unless its option is given. */
  public Topics topics(KafkaOptions kafka) throws IOException {
    Topics own = topics();
    return new Topics(
        kafka.job() == null || kafka.isGiven("--observations")
            ? own.observations()
            : kafka.job().kafka().topics().observations(),
        kafka.topic("--forecasts", own.forecasts(), Topics::forecasts),
        kafka.topic("--scores", own.scores(), Topics::scores),
        kafka.isGiven("--observations")
            ? own.deadLetters()
            : kafka.topic("--dead-letters", own.deadLetters(), Topics::deadLetters),
        kafka.topic("--models", own.models(), Topics::models),
        kafka.job() == null ? null : kafka.job().kafka().topics().ofClasses(),
        kafka.job() == null ? null : kafka.job().kafka().topics().alarms(),
        kafka.job() == null ? null : kafka.job().kafka().topics().feedback(),
        kafka.job() != null && kafka.job().kafka().topics().isJson(),
        kafka.job() == null ? null : kafka.job().name(),
        null,
        null);
  }

  public Topics topics() {
    return new Topics(
        new ObservationTopics(observations, null),
        forecasts,
        scores,
        deadLetters == null ? observations.get(0) + ".dlq" : deadLetters,
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
