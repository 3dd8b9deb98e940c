package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each process of a running job that learns and raises alarms is taken away once. */
@Tag("slow")
class FaultsIT {
  private static final Map<String, String> ROCKSDB =
      Map.of(
          "taskmanager.numberOfTaskSlots", "3",
          "taskmanager.memory.managed.fraction", "0.3",
          "state.backend.type", "rocksdb");

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
}
