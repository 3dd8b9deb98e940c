package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Tests what the cluster tests rely on: real processes start, stop and start again. Runs none of
 * Weir's jobs.
 */
@Tag("slow")
class FlinkClusterIT {
  private static final Path DIR =
      BuiltClasspath.ofThisBuild().target().resolve("cluster/FlinkClusterIT");

  /** Counts for as long as it is let; its position is its state. */
  public static final class CountingJob {
    private CountingJob() {}

    public static void main(String[] args) throws Exception {
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
      env.fromSequence(0, Long.MAX_VALUE - 1)
          .uid("count")
          .sinkTo(new DiscardingSink<>())
          .uid("nowhere");
      env.execute("counting");
    }
  }

  @Test
  void aJobOutlivesItsTaskManagerAndGoesOnFromASavepoint() throws Exception {
    Path jar = jarOf(CountingJob.class);
    try (FlinkCluster flink =
        FlinkCluster.start(
            BuiltClasspath.ofThisBuild(),
            DIR.resolve("flink"),
            1,
            Map.of("taskmanager.numberOfTaskSlots", "1"))) {
      String job = flink.flinkRun("-c", CountingJob.class.getName(), jar.toString());
      flink.awaitRunning(job);
      flink.awaitCheckpoints(job, 1);

      flink.taskManager("tm-1").kill();
      flink.awaitTaskManagers(0);
      flink.startTaskManager("tm-1");
      flink.awaitSlots(1);
      flink.awaitRunning(job);
      assertThat(flink.checkpoints(job).at("/counts/restored").asInt()).isEqualTo(1);
      assertThat(flink.exceptions(job).at("/exceptionHistory/entries").size()).isEqualTo(1);
      assertThat(flink.metrics(flink.taskManager("tm-1")))
          .contains("flink_taskmanager_job_task_numRecordsOut");

      String savepoint = flink.stopWithSavepoint(job);
      String next =
          flink.flinkRun("-s", savepoint, "-c", CountingJob.class.getName(), jar.toString());
      flink.awaitRunning(next);
      assertThat(flink.checkpoints(next).at("/latest/restored/external_path").asText())
          .isEqualTo(savepoint);
      assertThat(flink.jobs()).containsExactlyInAnyOrder(job, next);
      flink.cancel(next);
    }
  }

  @Test
  void aKilledBrokerKeepsItsTopicsAndItsAddress() throws Exception {
    try (BrokerProcess broker =
        BrokerProcess.start(
            BuiltClasspath.ofThisBuild(), DIR.resolve("broker"), Map.of("num.partitions", "3"))) {
      String bootstrapServers = broker.bootstrapServers();
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
        admin
            .createTopics(List.of(new NewTopic("observations", 2, (short) 1)))
            .all()
            .get(2, TimeUnit.MINUTES);
      }

      broker.process().kill();
      broker.start();

      assertThat(broker.bootstrapServers()).isEqualTo(bootstrapServers);
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
        assertThat(admin.listTopics().names().get(2, TimeUnit.MINUTES)).contains("observations");
      }
    }
  }

  private static Path jarOf(Class<?> type) throws IOException {
    String entry = type.getName().replace('.', '/') + ".class";
    Path jar = LocalProcess.emptyFolder(DIR.resolve("jar")).resolve("counting.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        InputStream in = type.getClassLoader().getResourceAsStream(entry)) {
      out.putNextEntry(new JarEntry(entry));
      in.transferTo(out);
    }
    return jar;
  }
}
