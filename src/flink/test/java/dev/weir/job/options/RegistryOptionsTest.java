package dev.weir.job.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryOptionsTest {

  private static KafkaSettings kafka(String lines) {
    String text =
        "name: pumps\nkafka:\n  bootstrap-servers: broker:9092\n%sforecast: {many-to-one: {}}\n"
            .formatted(lines.indent(2));
    return JobSettings.of(JobFile.parse(text, "pumps.yaml", Map.of()), Path.of(".")).kafka();
  }

  @Test
  void topicsArePlainAvroUnlessTheFileNamesARegistry() {
    assertThat(kafka("").registry()).isNull();
    assertThat(kafka("format: avro").registry()).isNull();
    KafkaSettings kafka =
        kafka(
            """
            format: avro-confluent
            registry: {url: 'https://registry/apis/ccompat/v7/', patience: 5 min}
            properties:
              linger.ms: 5
              basic.auth.user.info: ${env:REGISTRY_USER}
              schema.registry.ssl.truststore.location: /etc/weir/ca.pem
            """);
    assertThat(kafka.registry().url()).isEqualTo("https://registry/apis/ccompat/v7");
    assertThat(kafka.registry().patience()).isEqualTo(Duration.ofMinutes(5));
    assertThat(kafka.registry().properties())
        .containsEntry("basic.auth.user.info", "${env:REGISTRY_USER}")
        .containsEntry("ssl.truststore.location", "/etc/weir/ca.pem")
        .doesNotContainKey("linger.ms");
    assertThat(kafka.properties()).isEqualTo(Map.of("linger.ms", "5"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "format: json | line 4: kafka.format: expected avro or avro-confluent, got 'json'",
        "format: avro-confluent | kafka.registry.url: expected http://HOST[:PORT][/PATH], or https, without a user, got nothing",
        "registry: {url: 'http://r'} | line 4: kafka.registry.url: expected kafka.format: avro-confluent as well, got avro",
        "registry: {patience: 1 s} | kafka.registry.patience: expected kafka.format: avro-confluent as well, got avro",
      })
  void whatDoesNotGoTogetherIsNamedWithItsLine(String lines, String message) {
    assertThatThrownBy(() -> kafka(lines))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aPasswordInTheUrlIsRefusedAndNotRepeated() {
    assertThatThrownBy(
            () -> kafka("format: avro-confluent\nregistry: {url: 'http://weir:sesame@registry/x'}"))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining("kafka.registry.url: expected http://HOST")
        .hasMessageContaining("got 'http://[hidden]@registry/x'")
        .hasMessageNotContaining("sesame");
  }

  @Test
  void aPropertyOfTheRegistryThatIsNotUnderstoodIsNamed() {
    assertThatThrownBy(
            () ->
                kafka(
                    """
                    format: avro-confluent
                    registry: {url: 'http://registry'}
                    properties: {schema.registry.basic.auth.user: x}
                    """))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining(
            "kafka.properties: schema.registry.basic.auth.user: expected basic.auth.user.info,");
  }
}
