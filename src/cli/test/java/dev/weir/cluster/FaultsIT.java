package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each process of a running job is taken away once. The job learns, as job files have it. */
@Tag("slow")
class FaultsIT {

  @Test
  void whateverIsKilledEachForecastIsThereOnceAndTheSameToTheBit() throws Exception {
    try (ForecastCluster cluster =
        ForecastCluster.start(
            "FaultsIT",
            2,
            "jobs/many-to-one.yaml",
            Map.of(),
            Map.of("taskmanager.numberOfTaskSlots", "3"))) {
      cluster.feed(300);
      cluster.run(2, null, Map.of());
      cluster.killTaskManager();
      cluster.killBroker();
      cluster.killJobManager(3);
      cluster.stallTaskManager();
      cluster.assertExact();
      assertThat(cluster.topics().aborted(ForecastCluster.FORECASTS))
          .as("the kills are to hit open transactions")
          .isPositive();
    }
  }
}
