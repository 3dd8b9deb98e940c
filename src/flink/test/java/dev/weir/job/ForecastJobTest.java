package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.CompressionType;

/** What of a job travels to a cluster: settings of Flink, and no secrets. */
class ForecastJobTest {

  private static final String SECRET = "open-sesame";

  @TempDir private Path dir;

  private String jobGraph(String kafka) throws Exception {
    Files.writeString(dir.resolve("client.properties"), "ssl.key.password=" + SECRET);
    Path job =
        Files.writeString(
            dir.resolve("pumps.yaml"),
            """
            name: pumps
            kafka:
              bootstrap-servers: broker:9093
            %sforecast:
              many-to-one:
                model: pump-model
            """
                .formatted(kafka.indent(2)));
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
    ForecastPipeline.build(env, JobSettings.read(job, Map.of()));
    byte[] bytes = InstantiationUtil.serializeObject(env.getStreamGraph().getJobGraph());
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void aJobGraphNamesASecretAndDoesNotHoldIt() throws Exception {
    assertThat(jobGraph("properties-file: client.properties"))
        .contains("client.properties:ssl.key.password}")
        .doesNotContain(SECRET);
    assertThat(jobGraph("properties: {ssl.key.password: '${env:WEIR_TEST_WORD}'}"))
        .contains("${env:WEIR_TEST_WORD}", "EnvVarConfigProvider");
  }

  @Test
  void aJobGraphNamesThePasswordOfARegistryAndDoesNotHoldIt() throws Exception {
    Files.writeString(dir.resolve("registry.properties"), "basic.auth.user.info=weir:" + SECRET);
    assertThat(
            jobGraph(
                """
                format: avro-confluent
                registry: {url: 'http://registry:8080/apis/ccompat/v7'}
                properties-file: registry.properties
                """))
        .contains("registry.properties:basic.auth.user.info}", "http://registry:8080")
        .doesNotContain(SECRET);
  }

  /** What the warning says, and why the test above would see one. */
  @Test
  void aSecretInPlainTextTravelsWithTheJob() throws Exception {
    assertThat(jobGraph("properties: {ssl.key.password: %s}".formatted(SECRET))).contains(SECRET);
  }

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
