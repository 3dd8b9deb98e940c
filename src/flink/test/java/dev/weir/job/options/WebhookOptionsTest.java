package dev.weir.job.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Incident.Severity;
import dev.weir.job.JobWebhook;
import dev.weir.webhook.WebhookFormat;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebhookOptionsTest {

  private static JobWebhook read(Map<String, String> options) throws Exception {
    Map<String, String> overrides = new HashMap<>(options);
    overrides.putIfAbsent("alarms", "on");
    overrides.put("name", "pumps");
    return JobWebhook.read(Path.of("jobs", "many-to-one.yaml"), overrides);
  }

  private static void assertProblem(Map<String, String> options, String problem) {
    assertThatThrownBy(() -> read(options))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining(problem)
        .hasMessageNotContaining("hush");
  }

  @Test
  void optionsAreReadAndReferencesKept() throws Exception {
    JobWebhook webhook =
        read(
            Map.of(
                "alarms.webhook", "${env:URL}",
                "alarms.webhook-secret", "${directory:/run/secrets:webhook}",
                "alarms.webhook-severity", "high",
                "alarms.webhook-format", "pagerduty",
                "alarms.page", "https://weir.example/page/"));
    assertThat(webhook.webhook().address()).isEqualTo("${env:URL}");
    assertThat(webhook.webhook().secret()).isEqualTo("${directory:/run/secrets:webhook}");
    assertThat(webhook.webhook().severity()).isEqualTo(Severity.HIGH);
    assertThat(webhook.webhook().format()).isEqualTo(WebhookFormat.PAGERDUTY);
    assertThat(webhook.webhook().page()).isEqualTo(webhook.page());
    assertThat(webhook.page()).hasToString("https://weir.example/page/");
    assertThat(webhook.group()).isEqualTo("pumps-webhook");
    JobWebhook none = read(Map.of());
    assertThat(none.webhook()).isNull();
    assertThat(none.page()).isNull();
    assertThat(read(Map.of("alarms.webhook", "http://a.example/x")).webhook().severity())
        .isEqualTo(Severity.LOW);
  }

  @Test
  void wrongOptionsAreNamedAndSecretsNotShown() {
    assertProblem(
        Map.of("alarms.webhook", "hooks.example/hush"),
        "alarms.webhook: expected an address that starts with https:// or http://");
    assertProblem(
        Map.of(
            "alarms.webhook", "https://a.example", "alarms.webhook-secret", "hush-hush-hush-hush"),
        "alarms.webhook-secret: expected ${env:NAME} or ${file:/path:key}, got a secret in plain");
    assertProblem(
        Map.of("alarms.webhook", "https://a.example", "alarms.webhook-severity", "worst"),
        "alarms.webhook-severity: expected low or medium or high, got 'worst'");
    assertProblem(
        Map.of("alarms.webhook", "https://a.example", "alarms.webhook-format", "pagerduty"),
        "alarms.webhook-format: expected alarms.webhook-secret as well, PagerDuty's routing key, got none");
    assertProblem(
        Map.of("alarms.webhook-format", "slack"),
        "alarms.webhook-format: expected alarms.webhook as well, got none");
    assertProblem(
        Map.of("alarms.webhook-secret", "${env:A}"),
        "alarms.webhook-secret: expected alarms.webhook as well, got none");
    assertProblem(
        Map.of("alarms.webhook", "https://a.example", "alarms", "off"),
        "alarms.webhook: expected alarms.enabled: true as well, got false");
    assertProblem(Map.of("alarms.page", "weir"), "alarms.page: expected an address that starts");
    for (String part : new String[] {"?token=hush", "#token=hush"}) {
      assertThatThrownBy(() -> read(Map.of("alarms.page", "https://weir.example/" + part)))
          .hasMessageContaining("without user, query and fragment, got one with a ")
          .hasMessageNotContaining("hush");
    }
  }
}
