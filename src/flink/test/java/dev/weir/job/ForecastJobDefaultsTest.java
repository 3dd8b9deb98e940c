package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.junit.jupiter.api.Test;

class ForecastJobDefaultsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(7);

  @Test
  void noClusterCanMakeTheJobSerializeByKryo() {
    Configuration cluster = new Configuration();
    cluster.set(PipelineOptions.GENERIC_TYPES, true);
    assertThat(ForecastJob.defaults(cluster, PATIENCE).get(PipelineOptions.GENERIC_TYPES))
        .isFalse();
  }

  @Test
  void aCancelledTaskMayWaitLongerThanItsKafkaClientsUnlessTheClusterSaysOtherwise() {
    Configuration cluster = new Configuration();
    assertThat(
            ForecastJob.defaults(cluster, PATIENCE)
                .get(TaskManagerOptions.TASK_CANCELLATION_TIMEOUT))
        .isGreaterThan(PATIENCE);
    cluster.set(TaskManagerOptions.TASK_CANCELLATION_TIMEOUT, Duration.ofSeconds(5));
    assertThat(
            ForecastJob.defaults(cluster, PATIENCE)
                .getOptional(TaskManagerOptions.TASK_CANCELLATION_TIMEOUT))
        .isEmpty();
  }
}
