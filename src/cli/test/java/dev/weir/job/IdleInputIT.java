package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Observation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A partition that pauses must not be waited for, but one that has unread records must. */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class IdleInputIT {

  private static List<Observation> seconds(long... seconds) {
    List<Observation> observations = new ArrayList<>();
    for (long second : seconds) {
      observations.add(new Observation("s", 1_000 * second, second));
    }
    return observations;
  }

  @Test
  void afterAPauseASeriesIsStillPutInOrder() throws Exception {
    try (KafkaFixture kafka = KafkaFixture.start();
        FlinkFixture flink = FlinkFixture.start()) {
      Map<String, String> overrides = kafka.sampleOverrides("lull");
      overrides.put("delivery.guarantee", "at-least-once");
      overrides.put("window.out-of-orderness", "PT10S");
      overrides.put("window.idle-timeout", "PT1S");
      JobSettings settings = JobSettings.read(Path.of("jobs/many-to-one.yaml"), overrides);
      String topic = settings.kafka().topics().observations().first();
      String forecasts = settings.kafka().topics().forecasts();
      kafka.create(topic, 1, Map.of());
      try (RunningJob job = flink.submit(settings, 1, FlinkFixture.NEVER)) {
        long[] first = new long[31];
        for (int i = 0; i <= 30; i++) {
          first[i] = i;
        }
        kafka.sendObservations(topic, seconds(first));
        job.await().until(() -> kafka.read(forecasts, KafkaFixture.COMMITTED).size() == 20);
        Awaitility.await() // longer than the idle timeout: nothing may be let go for its sake
            .during(Duration.ofSeconds(3))
            .until(() -> kafka.read(forecasts, KafkaFixture.COMMITTED).size() == 20);
        kafka.sendObservations(topic, seconds(33, 32, 60));
        job.await().until(() -> kafka.read(forecasts, KafkaFixture.COMMITTED).size() == 33);
        assertThat(kafka.read(settings.kafka().topics().deadLetters(), KafkaFixture.COMMITTED))
            .isEmpty();
      }
    }
  }

  /**
   * Without keys each series is in all partitions, which a task reads one after the other. The idle
   * timeout is shorter than that takes, as ten seconds are on a slow machine.
   */
  @Test
  void replaysOfKeylessBacklogAreEqualAndLoseNothing() throws Exception {
    try (KafkaFixture kafka = KafkaFixture.start();
        FlinkFixture flink = FlinkFixture.start()) {
      kafka.create("backlog", 3, Map.of());
      kafka.send(KeylessBacklog.records("backlog", KeylessBacklog.SERIES, KeylessBacklog.VALUES));
      KeylessBacklog.Result one =
          KeylessBacklog.replay(
              kafka, flink, "backlog", "one", KeylessBacklog.SERIES, 1, "PT0.02S");
      KeylessBacklog.Result other =
          KeylessBacklog.replay(
              kafka, flink, "backlog", "other", KeylessBacklog.SERIES, 3, "PT0.02S");
      assertThat(one.late()).isZero();
      assertThat(other.late()).isZero();
      assertThat(one.incidents()).hasSizeGreaterThan(20);
      assertThat(other.incidents()).isEqualTo(one.incidents());
      assertThat(other.models()).isEqualTo(one.models());
    }
  }
}
