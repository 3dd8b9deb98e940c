package dev.weir.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.cli.InProcess;
import dev.weir.cli.WeirProcess;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Observation;
import dev.weir.job.KafkaFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A value that becomes an alarm of {@code weir run}, and a request to an HTTP server. */
class WebhookRunIT {

  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final int SPIKE = 420;

  private static List<Observation> observations() {
    SplittableRandom random = new SplittableRandom(7);
    List<Observation> all = new ArrayList<>();
    for (int i = 0; i < SPIKE + 30; i++) {
      double value = 50 + 10 * Math.sin(i * Math.PI / 12) + random.nextGaussian();
      long time = START.plus(Duration.ofMinutes(5L * i)).toEpochMilli();
      all.add(new Observation("pump", time, i == SPIKE ? 150 : value));
    }
    return all;
  }

  @Test
  void weirRunPostsTheIncidentsOfItsJob() throws Exception {
    KafkaFixture kafka = KafkaFixture.shared();
    try (Endpoint endpoint = new Endpoint((n, id, exchange) -> 200)) {
      kafka.create("observations", 1, Map.of());
      List<Observation> observations = observations();
      kafka.sendObservations("observations", observations);
      String line =
          "run jobs/many-to-one.yaml --set name=pumps --set kafka.bootstrap-servers=%s"
              + " --set alarms=on --set alarms.webhook=${env:WEIR_TEST_ADDRESS}"
              + " -D execution.checkpointing.interval=1s -D rest.bind-port=0";
      InProcess without = InProcess.fails(1, line, kafka.bootstrapServers());
      assertThat(without.err())
          .contains(
              "alarms.webhook: expected a value for ${env:WEIR_TEST_ADDRESS} on this machine");
      String id = Incident.id("pump", observations.get(SPIKE).time());
      try (WeirProcess run =
          WeirProcess.start(
              Map.of("WEIR_TEST_ADDRESS", endpoint.address()), line, kafka.bootstrapServers())) {
        await()
            .until(
                () ->
                    endpoint.taken().stream()
                        .anyMatch(post -> post.id().equals(id + "-closed-high-novelty")));
        assertThat(run.err())
            .contains("weir webhook: posts the incidents of topic alarms to http://localhost:")
            .doesNotContain("in-the-address");
      }
      assertThat(endpoint.taken().stream().map(Endpoint.Post::id))
          .containsOnlyOnce(id + "-opened-high-novelty", id + "-closed-high-novelty");
    }
  }
}
