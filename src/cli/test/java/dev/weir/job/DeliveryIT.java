package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Observation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.execution.CheckpointType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When a forecast can be read, and what stops a job before it starts. */
@Tag("slow")
class DeliveryIT {

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();

  private static JobSettings settings(String name, String guarantee) throws Exception {
    Map<String, String> overrides = kafka.sampleOverrides(name);
    overrides.put("delivery.guarantee", guarantee);
    return JobSettings.read(Path.of("jobs/many-to-one.yaml"), overrides);
  }

  private static final int ROUND = 50;

  /** The first round lets the job settle: newer Flinks take a checkpoint of their own at first. */
  private static List<Observation> round(int round) {
    List<Observation> observations = new ArrayList<>();
    for (int i = round * ROUND; i < (round + 1) * ROUND; i++) {
      observations.add(new Observation("s" + i % 3, 1_000L * i, i));
    }
    return observations;
  }

  @Test
  void exactlyOnceShowsNothingCommittedBeforeACheckpointAndAllAfterIt() throws Exception {
    JobSettings settings = settings("committed", "exactly-once");
    String observations = settings.kafka().topics().observations().first();
    kafka.create(observations, 2, Map.of());
    String forecasts = settings.kafka().topics().forecasts();
    try (RunningJob job = flink.submit(settings, 2, FlinkFixture.NEVER)) {
      kafka.sendObservations(observations, round(0));
      job.await().until(() -> kafka.read(forecasts, KafkaFixture.UNCOMMITTED).size() == ROUND);
      flink.cluster().triggerCheckpoint(job.id(), CheckpointType.CONFIGURED).get();
      job.await().until(() -> kafka.read(forecasts).size() == ROUND);
      long before = completedCheckpoints(job);

      kafka.sendObservations(observations, round(1));
      job.await().until(() -> kafka.read(forecasts, KafkaFixture.UNCOMMITTED).size() == 2 * ROUND);
      assertThat(kafka.read(forecasts)).hasSize(ROUND);
      assertThat(completedCheckpoints(job)).isEqualTo(before);

      flink.cluster().triggerCheckpoint(job.id(), CheckpointType.CONFIGURED).get();
      job.await().until(() -> kafka.read(forecasts).size() == 2 * ROUND);
      assertThat(completedCheckpoints(job)).isEqualTo(before + 1);
    }
  }

  private static long completedCheckpoints(RunningJob job) throws Exception {
    return flink
        .cluster()
        .getExecutionGraph(job.id())
        .get()
        .getCheckpointStatsSnapshot()
        .getCounts()
        .getNumberOfCompletedCheckpoints();
  }

  @Test
  void withoutItsObservationsTopicAJobDoesNotStart() throws Exception {
    JobSettings settings = settings("missing", "exactly-once");
    int jobs = flink.cluster().listJobs().get().size();
    assertThatThrownBy(() -> flink.submit(settings, 2, FlinkFixture.NEVER))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "topic missing.observations: expected on Kafka at %s, got no such topic;"
                + " create it or set topics.observations",
            kafka.bootstrapServers());
    assertThat(flink.cluster().listJobs().get()).hasSize(jobs);
    try (var admin = kafka.admin()) {
      var topics = settings.kafka().topics();
      List<String> outputs = List.of(topics.forecasts(), topics.deadLetters(), topics.models());
      assertThat(admin.missing(outputs)).isEqualTo(outputs); // nothing was left behind
    }
  }

  @Test
  void aTopicThatWasJustCreatedIsKnownAtOnce() {
    try (var admin = kafka.admin()) {
      for (int i = 0; i < 100; i++) { // often, since a broker is rarely behind its controller
        admin.create("new-" + i, 1, Map.of("max.message.bytes", "100000"));
        assertThat(admin.maxValueBytes("new-" + i)).isBetween(1, 100_000);
      }
    }
  }
}
