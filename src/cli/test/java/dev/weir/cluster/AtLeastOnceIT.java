package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The mode of low latency: seen at once, and some of it again after a failure. */
@Tag("slow")
class AtLeastOnceIT {

  @Test
  void consumersThatDropRepeatsSeeEachForecastOnceAndRepeatsAreTheSameToTheBit() throws Exception {
    try (ForecastCluster cluster =
        ForecastCluster.start(
            "AtLeastOnceIT",
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
}
