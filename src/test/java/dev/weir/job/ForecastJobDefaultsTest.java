package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.junit.jupiter.api.Test;

class ForecastJobDefaultsTest {

  @Test
  void noClusterCanMakeTheJobSerializeByKryo() {
    Configuration cluster = new Configuration();
    cluster.set(PipelineOptions.GENERIC_TYPES, true);
    assertThat(ForecastJob.defaults(cluster).get(PipelineOptions.GENERIC_TYPES)).isFalse();
  }
}
