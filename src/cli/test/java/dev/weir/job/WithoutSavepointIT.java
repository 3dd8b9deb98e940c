package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.model.ForecastModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.core.execution.CheckpointType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a job still knows that is started again without a savepoint, and what comes twice. */
@Tag("slow")
class WithoutSavepointIT {

  private static final int SERIES = 3;
  private static final int ROUNDS = 12;
  private static final int SEQ_LEN = 5;
  private static final long VERSION = 77;

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();

  private static List<Observation> rounds(int from, int to) {
    List<Observation> observations = new ArrayList<>();
    for (int t = from; t < to; t++) {
      for (int s = 0; s < SERIES; s++) {
        observations.add(new Observation("s" + s, 60_000L * t, 10 + s + t % 5));
      }
    }
    return observations;
  }

  @ParameterizedTest
  @CsvSource({"exactly-once, 1", "at-least-once, 2"})
  void modelAndOffsetsAreRestoredAndLearningStartsAgain(
      String guarantee, int timesAfterTheCheckpoint) throws Exception {
    JobSettings settings =
        KafkaFixture.job(
            kafka.sampleOverrides(guarantee),
            "output=mixture",
            "learning.size=small",
            "delivery.guarantee=" + guarantee);
    String topic = settings.kafka().topics().forecasts();
    kafka.create(settings, 2);
    ForecastModel model = CoreForecasts.initialModel(settings.forecast().modes().get(0));
    try (TopicAdmin admin = kafka.admin()) {
      admin.createModels(settings.kafka().topics().models());
    }
    kafka.models(settings).publish(model.withVersion(VERSION));

    int checkpointed = 0;
    try (RunningJob job = flink.submit(settings, 2, FlinkFixture.NEVER)) {
      do { // the stream goes on while the model arrives
        send(job, settings, checkpointed, checkpointed += ROUNDS, 0);
      } while (newestVersion(topic) != VERSION);
      checkpoint(job, settings, checkpointed);
      send(job, settings, checkpointed, checkpointed + ROUNDS, 0);
    } // cancelled: that the last rounds have been read is known to nobody

    int sent = checkpointed + ROUNDS;
    try (RunningJob job = flink.submit(settings, 2, FlinkFixture.NEVER)) {
      awaitForecasts(job, topic, sent + ROUNDS); // read again
      do {
        send(job, settings, sent, sent += ROUNDS, ROUNDS);
      } while (newestVersion(topic) != VERSION);
      checkpoint(job, settings, sent);
      long last = 60_000L * (sent - 1);
      job.await()
          .until(
              () ->
                  kafka.forecasts(topic).stream().filter(f -> f.origin() == last).count()
                      == SERIES);
    }

    Map<Long, Long> times =
        kafka.forecasts(topic).stream()
            .filter(f -> f.series().equals("s1"))
            .collect(Collectors.groupingBy(f -> f.origin() / 60_000, Collectors.counting()));
    assertThat(times).hasSize(sent);
    int first = checkpointed;
    times.forEach(
        (round, count) ->
            assertThat(count)
                .as("forecasts of round %d, the checkpoint being before %d", round, first)
                .isEqualTo(round >= first && round < first + ROUNDS ? timesAfterTheCheckpoint : 1));

    List<Forecast> afterwards = // the newest of each origin
        kafka.forecasts(topic).stream()
            .filter(f -> f.series().equals("s1") && f.origin() >= 60_000L * first)
            .collect(Collectors.toMap(Forecast::origin, f -> f, (old, now) -> now, TreeMap::new))
            .values()
            .stream()
            .toList();
    for (int i = 0; i < afterwards.size(); i++) {
      assertThat(afterwards.get(i).learningSteps()).isEqualTo(i + 1);
      assertThat(afterwards.get(i).status()).isEqualTo(i < SEQ_LEN - 1 ? Status.WARMUP : Status.OK);
    }
  }

  private static void send(RunningJob job, JobSettings settings, int from, int to, int repeated)
      throws Exception {
    kafka.sendObservations(settings, rounds(from, to));
    awaitForecasts(job, settings.kafka().topics().forecasts(), to + repeated);
  }

  private static void awaitForecasts(RunningJob job, String topic, int rounds) {
    job.await().until(() -> kafka.read(topic, KafkaFixture.UNCOMMITTED).size() >= SERIES * rounds);
  }

  private static void checkpoint(RunningJob job, JobSettings settings, int rounds)
      throws Exception {
    flink.cluster().triggerCheckpoint(job.id(), CheckpointType.CONFIGURED).get();
    job.await().until(() -> kafka.committed(settings.kafka().group()) == (long) SERIES * rounds);
  }

  private static long newestVersion(String topic) {
    return kafka.forecasts(topic, KafkaFixture.UNCOMMITTED).stream()
        .max(Comparator.comparing(Forecast::origin))
        .get()
        .modelVersion();
  }
}
