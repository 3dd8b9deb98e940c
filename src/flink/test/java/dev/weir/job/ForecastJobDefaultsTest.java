package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.junit.jupiter.api.Test;
import org.rocksdb.CompressionType;

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

  @Test
  void rocksDbFindsAndCompressesLargeValuesCheaplyUnlessTheClusterSaysOtherwise() {
    Configuration cluster = new Configuration();
    Configuration defaults = ForecastJob.defaults(cluster, PATIENCE);
    assertThat(defaults.get(RocksDBConfigurableOptions.USE_BLOOM_FILTER)).isTrue();
    assertThat(defaults.get(RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL))
        .containsExactly(CompressionType.LZ4_COMPRESSION);
    cluster.set(RocksDBConfigurableOptions.USE_BLOOM_FILTER, false);
    cluster.set(
        RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL,
        List.of(CompressionType.ZSTD_COMPRESSION));
    defaults = ForecastJob.defaults(cluster, PATIENCE);
    assertThat(defaults.getOptional(RocksDBConfigurableOptions.USE_BLOOM_FILTER)).isEmpty();
    assertThat(defaults.getOptional(RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL)).isEmpty();
  }
}
