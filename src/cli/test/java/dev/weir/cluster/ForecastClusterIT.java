package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.forecast.expert.ExpertFactory;
import dev.weir.forecast.expert.MeanOfTwo;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a job on real processes, and that nothing comes of it. */
@Tag("slow")
class ForecastClusterIT {

  private static final Map<String, String> ALARMS_ON_ROCKSDB =
      Map.of(
          "taskmanager.numberOfTaskSlots", "3",
          "taskmanager.memory.managed.fraction", "0.3",
          "state.backend.type", "rocksdb");

  /** Each process of a running job that learns and raises alarms is taken away once. */
  @Test
  void incidentsAreExactAfterKillsAndRescaling(@TempDir Path dir) throws Exception {
    Path job =
        Files.writeString(
            dir.resolve("alarms.yaml"),
            """
            name: alarms
            kafka: {bootstrap-servers: localhost:9092}
            season: 24
            intervals: {levels: [0.8, 0.95]}
            alarms: on
            topics: {alarms: alarms}
            scores: {every: 20}
            state: {cache: 1 mb}
            forecast:
              many-to-one: {horizon: 4}
            """);
    try (ForecastCluster cluster =
        ForecastCluster.start(
            "ForecastClusterIT-alarms", 2, job.toString(), Map.of(), ALARMS_ON_ROCKSDB)) {
      cluster.feed(150);
      cluster.run(2, null, Map.of());
      cluster.killTaskManager();
      cluster.killBroker();
      cluster.killJobManager(3);
      cluster.stallTaskManager();
      for (int parallelism : new int[] {1, 3}) {
        cluster.rescale(parallelism, Map.of());
        cluster.killTaskManager();
      }
      cluster.awaitPositive("cacheMisses"); // the cache of 1 MB is too small for all series
      assertThat(cluster.assertExact().count(ForecastCluster.ALARMS)).isPositive();
      cluster.assertAborted();
    }
  }

  private static final Map<String, String> HEAP = Map.of("state.backend.type", "hashmap");
  private static final Map<String, String> ROCKSDB = Map.of("state.backend.type", "rocksdb");

  @Test
  void savepointsMoveBetweenParallelismsAndBackendsToTheBit() throws Exception {
    try (ForecastCluster cluster =
        ForecastCluster.start(
            "ForecastClusterIT",
            2,
            "jobs/many-to-many.yaml",
            Map.of(),
            Map.of(
                "taskmanager.numberOfTaskSlots", "3",
                "taskmanager.memory.managed.fraction", "0.3"))) {
      cluster.feed(300);
      cluster.run(1, null, HEAP);
      assertBackend(cluster, "HashMapStateBackend");
      cluster.awaitProgress(500);
      for (int parallelism : new int[] {3, 2}) {
        cluster.rescale(parallelism, HEAP);
        cluster.awaitProgress(500);
      }
      for (int parallelism : new int[] {1, 3, 2}) {
        cluster.rescale(parallelism, ROCKSDB);
        assertBackend(cluster, "EmbeddedRocksDBStateBackend");
        cluster.awaitProgress(500);
      }
      cluster.killTaskManager(); // back to an incremental checkpoint of rocksdb
      cluster.rescale(3, HEAP);
      assertBackend(cluster, "HashMapStateBackend");
      cluster.awaitProgress(500);
      cluster.assertExact();
    }
  }

  private static void assertBackend(ForecastCluster cluster, String expected) throws Exception {
    assertThat(
            cluster
                .flink()
                .get("/jobs/" + cluster.job() + "/checkpoints/config")
                .path("state_backend")
                .asText())
        .isEqualTo(expected);
  }

  /** The mode of low latency: seen at once, and some of it again after a failure. */
  @Test
  void consumersThatDropRepeatsSeeEachForecastOnceAndRepeatsAreTheSameToTheBit() throws Exception {
    try (ForecastCluster cluster =
        ForecastCluster.start(
            "ForecastClusterIT",
            2,
            "jobs/many-to-one.yaml",
            Map.of("delivery.guarantee", "at-least-once"),
            Map.of())) {
      FlinkCluster flink = cluster.flink();
      Topics topics = cluster.topics();
      cluster.feed(300);
      // no checkpoint but the one that is asked for: the first comes at some moment of the interval
      cluster.run(2, null, Map.of("execution.checkpointing.interval", "365 d"));
      topics.awaitCommitted(ForecastCluster.FORECASTS, 1_000);
      assertThat(flink.checkpoints(cluster.job()).at("/counts/completed").asInt())
          .as("checkpoints before the first forecasts are seen")
          .isZero();

      flink.checkpoint(cluster.job());
      cluster.awaitProgress(1_000);
      int restored = flink.restored(cluster.job());
      String name = flink.taskManagerOf(cluster.job());
      flink.taskManager(name).kill();
      flink.startTaskManager(name);
      flink.awaitRestored(cluster.job(), restored);
      cluster.awaitProgress(1_000);

      ReferenceRun expected = cluster.undisturbed();
      await("each forecast and each score has been seen")
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(
              () -> {
                cluster.assertSame(expected, ForecastCluster.FORECASTS, true);
                cluster.assertSame(expected, ForecastCluster.SCORES, true);
              });
      int forecasts = expected.count(ForecastCluster.FORECASTS);
      long repeats = topics.count(ForecastCluster.FORECASTS, Topics.COMMITTED) - forecasts;
      System.out.printf("%,d forecasts, and %,d of them again%n", forecasts, repeats);
      assertThat(repeats).as("the kill is to repeat some").isPositive();
    }
  }

  @Test
  void aJarBesideTheJobsBringsAnExpertThatTheJobFileNames(@TempDir Path dir) throws Exception {
    Path jar = dir.resolve("my-expert.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (String name : List.of("MeanOfTwo", "MeanOfTwo$1")) {
        out.putNextEntry(new ZipEntry("dev/weir/forecast/expert/" + name + ".class"));
        try (InputStream bytes = MeanOfTwo.class.getResourceAsStream(name + ".class")) {
          bytes.transferTo(out);
        }
      }
      out.putNextEntry(new ZipEntry("META-INF/services/" + ExpertFactory.class.getName()));
      out.write(MeanOfTwo.class.getName().getBytes(StandardCharsets.UTF_8));
    }
    try (ForecastCluster cluster =
        ForecastCluster.start(
            "ForecastClusterIT",
            1,
            "jobs/many-to-one.yaml",
            Map.of("experts", "naive,mean-of-two"),
            Map.of("execution.checkpointing.interval", "1 s"))) {
      cluster.feed(100);
      cluster.flinkRun("-C", jar.toUri().toString());
      cluster.topics().awaitCommitted(ForecastCluster.FORECASTS, 300);
      assertThat(cluster.assertExact().count(ForecastCluster.FORECASTS))
          .isGreaterThanOrEqualTo(300);
    }
  }
}
