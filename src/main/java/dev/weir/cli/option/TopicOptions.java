package dev.weir.cli.option;

import dev.weir.kafka.KafkaSettings.Topics;
import java.io.IOException;
import picocli.CommandLine.Option;

/** The five topics of a job, by the names that a job file gives them by default. */
public final class TopicOptions {

  @Option(
      names = "--observations",
      paramLabel = "TOPIC",
      defaultValue = "observations",
      description = "Topic of the observations (default: ${DEFAULT-VALUE}).")
  private String observations;

  @Option(
      names = "--forecasts",
      paramLabel = "TOPIC",
      defaultValue = "forecasts",
      description = "Topic of the forecasts (default: ${DEFAULT-VALUE}).")
  private String forecasts;

  @Option(
      names = "--scores",
      paramLabel = "TOPIC",
      defaultValue = "scores",
      description = "Topic of the scores (default: ${DEFAULT-VALUE}).")
  private String scores;

  @Option(
      names = "--dead-letters",
      paramLabel = "TOPIC",
      description = "Topic of the dead letters (default: that of the observations plus .dlq).")
  private String deadLetters; // null: the default

  @Option(
      names = "--models",
      paramLabel = "TOPIC",
      defaultValue = "models",
      description = "Topic of the models (default: ${DEFAULT-VALUE}).")
  private String models;

  /** The topics: each of the job file unless its option is given. */
  public Topics topics(KafkaOptions kafka) throws IOException {
    Topics own = topics();
    return new Topics(
        kafka.topic("--observations", own.observations(), Topics::observations),
        kafka.topic("--forecasts", own.forecasts(), Topics::forecasts),
        kafka.topic("--scores", own.scores(), Topics::scores),
        kafka.isGiven("--observations")
            ? own.deadLetters()
            : kafka.topic("--dead-letters", own.deadLetters(), Topics::deadLetters),
        kafka.topic("--models", own.models(), Topics::models));
  }

  public Topics topics() {
    return new Topics(
        observations,
        forecasts,
        scores,
        deadLetters == null ? observations + ".dlq" : deadLetters,
        models);
  }
}
