package dev.weir.cli.option;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.kafka.KafkaSettings.Topics;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TopicOptionsTest {

  private static Topics topics(String... arguments) {
    TopicOptions topics = new TopicOptions();
    DeclaredOptions.complete(new CommandLine(topics)).parseArgs(arguments);
    return topics.topics();
  }

  @Test
  void theyAreThoseOfAJobFileThatNamesNone() {
    assertThat(topics())
        .isEqualTo(new Topics("observations", "forecasts", "scores", "observations.dlq", "models"));
  }

  @Test
  void deadLettersAreBesideTheObservationsUnlessNamed() {
    assertThat(topics("--observations", "pumps").deadLetters()).isEqualTo("pumps.dlq");
    assertThat(topics("--observations", "pumps", "--dead-letters", "lost").deadLetters())
        .isEqualTo("lost");
  }

  @Test
  void observationsMayBeSeveralTopics() {
    Topics several = topics("--observations", "pumps,fans");
    assertThat(several.observations().names()).containsExactly("pumps", "fans");
    assertThat(several.deadLetters()).isEqualTo("pumps.dlq");
    assertThat(several.all()).startsWith("pumps", "fans");
  }
}
