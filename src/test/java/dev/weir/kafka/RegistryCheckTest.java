package dev.weir.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class RegistryCheckTest {

  private static final KafkaSettings.Topics TOPICS =
      new KafkaSettings.Topics("observed", "forecast", "scored", "dead", "models");

  @Test
  void aRegistryIsAskedAndNothingIsRegistered() throws Exception {
    try (RegistryServer registry = RegistryServer.start()) {
      assertThat(RegistryCheck.ids(registry.settings(), TOPICS))
          .containsEntry("forecast-value", null)
          .containsEntry("scored-value", null)
          .hasSize(2);
      assertThat(registry.requests())
          .containsExactly(
              "POST /subjects/forecast-value",
              "POST /subjects/scored-value",
              "GET /subjects/observed-value/versions");
      int id = registry.register("scored-value", ScoreCodec.SCHEMA);
      assertThat(RegistryCheck.ids(registry.settings(), TOPICS)).containsEntry("scored-value", id);
    }
  }

  @Test
  void oneThatRefusesOrIsAwayIsSaid() throws Exception {
    try (RegistryServer registry = RegistryServer.start()) {
      registry.askFor("weir:other");
      assertThatThrownBy(() -> RegistryCheck.ids(registry.settings(), TOPICS))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("got HTTP 401")
          .hasMessageContaining("basic.auth.user.info");
      registry.pause();
      assertThatThrownBy(() -> RegistryCheck.ask(registry.settings(), "forecast"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(
              "subject forecast-value: expected an answer of the schema registry");
      registry.resume();
    }
  }
}
