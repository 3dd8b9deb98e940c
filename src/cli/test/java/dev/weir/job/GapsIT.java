package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A job file's interval on Kafka, with a partition that carries nothing. */
class GapsIT {

  private static Observation at(double second, double value) {
    return new Observation("s", Math.round(1_000 * second), value);
  }

  @Test
  void whatIsMissingIsFilledInOnceTheWatermarkHasPassedIt() throws Exception {
    KafkaFixture kafka = KafkaFixture.shared();
    FlinkFixture flink = FlinkFixture.shared();
    Map<String, String> overrides = kafka.sampleOverrides("gaps");
    overrides.put("delivery.guarantee", "at-least-once");
    overrides.put("window.out-of-orderness", "PT4S");
    overrides.put("window.idle-timeout", "PT1S"); // one of the partitions never has anything
    overrides.put("window.interval", "PT1S");
    overrides.put("window.gap", "linear");
    JobSettings settings = JobSettings.read(Path.of("jobs/many-to-one.yaml"), overrides);
    String topic = settings.kafka().topics().observations().first();
    String forecasts = settings.kafka().topics().forecasts();
    kafka.create(topic, 2, Map.of());
    try (RunningJob job = flink.submit(settings, 1, FlinkFixture.NEVER)) {
      kafka.sendObservations(
          topic, List.of(at(1, 10), at(2.2, 20), at(6, 60), at(3, 1), at(3, 30), at(7, 70)));
      AtomicInteger second = new AtomicInteger(8);
      job.await()
          .until(
              () -> { // the stream goes on, else its own partition would be idle as well
                kafka.sendObservations(topic, List.of(at(second.getAndIncrement(), 0)));
                return kafka.forecasts(forecasts).size() >= 5;
              });
      kafka.sendObservations(topic, List.of(at(4, 41))); // filled in already, with 40
      String letters = settings.kafka().topics().deadLetters();
      job.await().until(() -> kafka.deadLetters(letters).size() == 1);

      List<Forecast> got = kafka.forecasts(forecasts).subList(0, 5);
      assertThat(got)
          .extracting(Forecast::origin)
          .containsExactly(1000L, 2000L, 3000L, 6000L, 7000L);
      Forecast last = got.get(4);
      assertThat(last.status()).isEqualTo(Status.OK);
      assertThat(last.windowStart()).isEqualTo(3_000);
      assertThat(last.times()).startsWith(8_000, 9_000);
      DeadLetter letter = kafka.deadLetters(letters).get(0);
      assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.LATE);
      assertThat(letter.message()).contains("got 1970-01-01T00:00:04Z, late by");
    }
  }
}
