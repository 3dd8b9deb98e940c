package dev.weir.job.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.job.JobSettings;
import dev.weir.webhook.WebhookSettings;
import dev.weir.webhook.WebhookSettings.Format;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebhookOptionsTest {

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
        Map.of("alarms.webhook", "${env:URL}", "alarms.webhook-format", "alertmanager");
    assertThat(WebhookOptions.read(JobFile.read(JOB, with(options))))
        .isEqualTo(new WebhookSettings("${env:URL}", Format.ALERTMANAGER));
    assertThat(WebhookOptions.read(JobFile.read(JOB, with(Map.of())))).isNull();
  }

  @Test
  void wrongOptionsAreNamedAndAddressesNotShown() {
    assertProblem(
        Map.of("alarms.webhook", "hooks.example/hush"),
        "alarms.webhook: expected an address that starts with https:// or http://");
    assertProblem(
        Map.of("alarms.webhook-format", "alertmanager"),
        "alarms.webhook-format: expected alarms.webhook as well, got none");
    assertProblem(
        Map.of("alarms.webhook", "https://a.example", "alarms", "off"),
        "alarms.webhook: expected alarms.enabled: true as well, got false");
  }
}
