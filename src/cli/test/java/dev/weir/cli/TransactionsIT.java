package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.cli.local.LocalCluster;
import dev.weir.dashboard.Records;
import dev.weir.forecast.Observation;
import dev.weir.job.ForecastJob;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.OpenTransactions.Hidden;
import dev.weir.kafka.admin.OpenTransactions.Transaction;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.connector.ObservationProducer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job that is started twice, killed, or stopped, as its transactions show it. */
@Tag("slow")
@Timeout(value = 1_200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TransactionsIT {

  private static final Duration WAIT = Duration.ofMinutes(3);
  private static final String PREFIX = "weir-plant";
  private static final Pattern RUNNING = Pattern.compile("plant is running");

  @TempDir private Path dir;
  private EmbeddedBroker broker;
  private String kafka;
  private Path job;
  private TopicAdmin admin;
  private final AtomicBoolean over = new AtomicBoolean();
  private Thread traffic;

  @BeforeEach
  void startTraffic() throws Exception {
    broker = EmbeddedBroker.start(dir.resolve("broker"), 0);
    kafka = broker.bootstrapServers();
    admin = new TopicAdmin(KafkaClients.of(kafka));
    admin.createMissing(Records.TOPICS, 1, 0);
    job =
        Files.writeString(
            dir.resolve("plant.yaml"),
            """
            name: plant
            kafka: {bootstrap-servers: '%s'}
            window: {seq-len: 2}
            forecast: {many-to-one: {horizon: 1}}
            """
                .formatted(kafka));
    traffic = new Thread(this::send, "traffic");
    traffic.start();
  }

  private void send() {
    try (ObservationProducer producer =
        new ObservationProducer(KafkaClients.of(kafka), Records.TOPICS.observations().first())) {
      for (int i = 0; !over.get(); i++) {
        producer.send(new Observation("pump", 1_700_000_000_000L + i * 60_000L, i % 7));
        LockSupport.parkNanos(20_000_000);
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() throws Exception {
    over.set(true);
    traffic.join();
    admin.close();
    broker.close();
  }

  private WeirProcess start(String more) throws Exception {
    String line = "run %s -D execution.checkpointing.interval=500ms -D rest.bind-port=0 " + more;
    return WeirProcess.start(line, job);
  }

  private List<Transaction> open() {
    return admin.openTransactions().of(PREFIX);
  }

  private String status() {
    return InProcess.run("status", job.toString(), "--jobmanager", "localhost:1").out();
  }

  private static void kill(WeirProcess process) {
    ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();
  }

  @Test
  void whatAKilledJobLeavesIsToldAndAStartEndsIt() throws Exception {
    try (WeirProcess first = start("")) {
      first.awaitErr(RUNNING, WAIT);
      await("the first job writes").atMost(WAIT).until(() -> !open().isEmpty());
      kill(first);
      first.exitCode(WAIT);
    }
    assertThat(open()).as("left by the dead").isNotEmpty();
    String waiting = "wait behind an open transaction of weir-plant, until ";
    try (WeirProcess tail = WeirProcess.start("tail --bootstrap-servers %s", kafka)) {
      await("status says what waits").atMost(WAIT).until(() -> status().contains(waiting));
      assertThat(status())
          .containsPattern(
              "warn +transactions +up to [1-9][\\d,]* records of forecasts " + waiting);
      assertThat(InProcess.run("doctor", job.toString()).out())
          .containsPattern(
              "warn +transactions +up to [1-9][\\d,]* records of forecasts " + waiting);
      tail.awaitErr(Pattern.compile("weir tail: up to [1-9][\\d,]* records .*" + waiting), WAIT);
      assertThat(tail.err().split(waiting, -1)).as("said once").hasSize(2);

      try (WeirProcess again = start("")) {
        again.awaitErr(RUNNING, WAIT);
        await("nothing waits longer than for a checkpoint")
            .atMost(WAIT)
            .until(
                () -> {
                  Hidden hidden = admin.openTransactions().hiding(Records.TOPICS.forecasts());
                  return hidden == null || !hidden.isLong(System.currentTimeMillis());
                });
      }
    }
  }

  @Test
  void aRunThatIsStoppedLeavesNoOpenTransaction() throws Exception {
    try (WeirProcess run = start("")) {
      run.awaitErr(RUNNING, WAIT);
      await("it writes").atMost(WAIT).until(() -> !open().isEmpty());
      ProcessHandle.of(run.pid()).orElseThrow().destroy();
      run.exitCode(WAIT);
      assertThat(run.err()).doesNotContain("leaves", "could not");
      assertThat(open()).isEmpty();
    }
  }

  @Test
  void aClusterThatRunsAJobOfTheNameTakesNoOther() throws Exception {
    Map<String, String> flink = Map.of("rest.bind-port", "0", "taskmanager.numberOfTaskSlots", "2");
    Map<String, String> atLeastOnce = Map.of("delivery.guarantee", "at-least-once");
    try (LocalCluster cluster = LocalCluster.start(flink)) {
      ForecastJob.submit(cluster.environment(), JobSettings.read(job, atLeastOnce));
      String address = cluster.webAddress().getAuthority();
      InProcess second =
          InProcess.fails(
              1,
              "submit %s --set delivery.guarantee=at-least-once --jobmanager %s --jar %s",
              job,
              address,
              System.getProperty("job.jar"));
      assertThat(second.err())
          .contains("job plant: expected none of this name on the cluster, got one", "--force");
      assertThat(InProcess.run("status", job.toString(), "--jobmanager", address).out())
          .doesNotContain("jobs of the name");
    }
  }
}
