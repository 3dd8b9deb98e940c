package dev.weir.job.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaSettings;
import dev.weir.webhook.WebhookSettings;
import dev.weir.webhook.WebhookSettings.Format;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A registry and a webhook, which few job files name. */
class OptionalSectionsTest {

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
        "format: avro-confluent | kafka.registry.url: expected http://HOST[:PORT][/PATH], or https,"
            + " without a user, got nothing",
        "registry: {url: 'http://r'} | line 4: kafka.registry.url: expected kafka.format:"
            + " avro-confluent as well, got avro",
        "registry: {patience: 1 s} | kafka.registry.patience: expected kafka.format: avro-confluent"
            + " as well, got avro",
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

  private static final Path JOB = Path.of("jobs", "many-to-one.yaml");

  private static Map<String, String> with(Map<String, String> options) {
    Map<String, String> overrides = new HashMap<>(options);
    overrides.putIfAbsent("alarms", "on");
    return overrides;
  }

  private static void assertProblem(Map<String, String> options, String problem) {
    assertThatThrownBy(() -> JobSettings.read(JOB, with(options)))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining(problem)
        .hasMessageNotContaining("hush");
  }

  @Test
  void optionsAreReadAndReferencesKept() throws Exception {
    Map<String, String> options =
        Map.of("alarms.webhook", "${env:URL}, http://b", "alarms.webhook-format", "alertmanager");
    assertThat(WebhookOptions.read(JobFile.read(JOB, with(options))))
        .containsExactly(
            new WebhookSettings("${env:URL}", Format.ALERTMANAGER),
            new WebhookSettings("http://b", Format.ALERTMANAGER));
    assertThat(WebhookOptions.read(JobFile.read(JOB, with(Map.of())))).isEmpty();
  }

  @Test
  void wrongOptionsAreNamedAndAddressesNotShown() {
    assertProblem(
        Map.of("alarms.webhook", "hooks.example/hush"),
        "alarms.webhook: expected an address that starts with https:// or http://");
    assertProblem(
        Map.of("alarms.webhook", "https://a.example/hush,"),
        "alarms.webhook: expected an address that starts with https:// or http://");
    assertProblem(
        Map.of("alarms.webhook", "https://a.example/hush, https://a.example/hush"),
        "alarms.webhook: expected each address once, got one twice (not shown)");
    assertProblem(
        Map.of("alarms.webhook-format", "alertmanager"),
        "alarms.webhook-format: expected alarms.webhook as well, got none");
    assertProblem(
        Map.of("alarms.webhook", "https://a.example", "alarms", "off"),
        "alarms.webhook: expected alarms.enabled: true as well, got false");
  }
}
