package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A job that is stopped and goes on with other tasks, or with its state in another backend. */
@Tag("slow")
class RescaleIT {
  private static final Map<String, String> HEAP = Map.of("state.backend.type", "hashmap");
  private static final Map<String, String> ROCKSDB = Map.of("state.backend.type", "rocksdb");

  @Test
  void savepointsMoveBetweenParallelismsAndBackendsToTheBit() throws Exception {
    try (ForecastCluster cluster =
        ForecastCluster.start(
            "RescaleIT",
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
}
