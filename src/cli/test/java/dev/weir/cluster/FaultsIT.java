package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each process of a running job is taken away once. The job learns, as job files have it. */
@Tag("slow")
class FaultsIT {
  private static final Map<String, String> CLUSTER = Map.of("taskmanager.numberOfTaskSlots", "3");

  private static final Map<String, String> ROCKSDB =
      Map.of(
          "taskmanager.numberOfTaskSlots", "3",
          "taskmanager.memory.managed.fraction", "0.3",
          "state.backend.type", "rocksdb");

  @Test
  void whateverIsKilledEachForecastIsThereOnceAndTheSameToTheBit() throws Exception {
    try (ForecastCluster cluster =
        ForecastCluster.start("FaultsIT", 2, "jobs/many-to-one.yaml", Map.of(), CLUSTER)) {
      cluster.feed(300);
      cluster.run(2, null, Map.of());
      disturb(cluster);
      cluster.assertExact();
      assertAborted(cluster);
    }
  }

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
            scores: {every: 20}
            state: {cache: 1 mb}
            forecast:
              many-to-one: {horizon: 4}
            """);
    try (ForecastCluster cluster =
        ForecastCluster.start("FaultsIT-alarms", 2, job.toString(), Map.of(), ROCKSDB)) {
      cluster.feed(150);
      cluster.run(2, null, Map.of());
      disturb(cluster);
      for (int parallelism : new int[] {1, 3}) {
        cluster.rescale(parallelism, Map.of());
        cluster.killTaskManager();
      }
      cluster.awaitPositive("cacheMisses"); // the cache of 1 MB is too small for all series
      assertThat(cluster.assertExact().incidents()).isPositive();
      assertAborted(cluster);
    }
  }

  private static void disturb(ForecastCluster cluster) throws Exception {
    cluster.killTaskManager();
    cluster.killBroker();
    cluster.killJobManager(3);
    cluster.stallTaskManager();
  }

  private static void assertAborted(ForecastCluster cluster) {
    assertThat(cluster.topics().aborted(ForecastCluster.FORECASTS))
        .as("the kills are to hit open transactions")
        .isPositive();
  }
}
