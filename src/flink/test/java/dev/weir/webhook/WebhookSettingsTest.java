package dev.weir.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Incident.Severity;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookSettingsTest {

  @TempDir private Path dir;

  private static WebhookSettings settings(String address, String secret) {
    return new WebhookSettings(address, secret, Severity.LOW, WebhookFormat.JSON, null);
  }

  @Test
  void addressAndSecretAreLookedUpAndNotShown() throws Exception {
    Path file = dir.resolve("webhook.properties");
    Files.writeString(
        file, "address=https://hooks.example:8443/T0/B1?key=k\nsecret=sixteen-letters-\n");
    WebhookSettings settings =
        settings("${file:%s:address}".formatted(file), "${file:%s:secret}".formatted(file));
    WebhookSettings.Resolved resolved = settings.resolve();
    assertThat(resolved.address().getRawQuery()).isEqualTo("key=k");
    assertThat(resolved.secret()).hasSize(16);
    assertThat(resolved.toString()).isEqualTo("https://hooks.example:8443");
    WebhookSettings.Resolved pager =
        new WebhookSettings(
                "https://a.example",
                "${file:%s:secret}".formatted(file),
                Severity.LOW,
                WebhookFormat.PAGERDUTY,
                null)
            .resolve();
    assertThat(pager.routingKey()).isEqualTo("sixteen-letters-");
    assertThat(pager.secret()).as("what requests are signed with").isNull();
    assertThat(pager.toString()).isEqualTo("https://a.example");
    assertThat(settings("https://a.example/secret", null).toString()).doesNotContain("secret");
    assertThat(settings("https://a.example/x", null).resolve().secret()).isNull();
  }

  @Test
  void whatIsMissingOrWrongIsNamedAndNotShown() throws Exception {
    Path file = dir.resolve("webhook.properties");
    Files.writeString(file, "short=fifteen-letters\naddress=ftp://someone:pw@host/\n");
    assertThatThrownBy(() -> settings("${env:WEIR_NO_SUCH}", null).resolve())
        .hasMessageStartingWith(
            "alarms.webhook: expected a value for ${env:WEIR_NO_SUCH} on this machine, found none");
    assertThatThrownBy(
            () -> settings("https://a.example", "${file:%s:short}".formatted(file)).resolve())
        .hasMessage("alarms.webhook-secret: expected at least 16 characters, got 15");
    assertThatThrownBy(() -> settings("${file:%s:address}".formatted(file), null).resolve())
        .hasMessageStartingWith("alarms.webhook: expected an address that starts with https://")
        .hasMessageNotContaining("pw");
  }

  @Test
  void addressesAreHttpWithAHostAndWithoutAUser() {
    assertThat(WebhookSettings.uri("HTTPS://a.example/b")).isNotNull();
    assertThat(WebhookSettings.uri("http://[::1]:80/b")).isNotNull();
    assertThat(WebhookSettings.uri("https://a.example:65535/b")).isNotNull();
    for (String wrong :
        new String[] {
          "a.example",
          "https:///b",
          "https://u:p@a.example",
          "file:///etc/passwd",
          "https://a b",
          "https://a.example:0/b",
          "https://a.example:65536/b",
          ""
        }) {
      assertThat(WebhookSettings.uri(wrong)).as(wrong).isNull();
    }
  }

  @Test
  void loopbackIsByItsAddressNotByTheStartOfAName() {
    for (String host : new String[] {"localhost", "LocalHost:80", "127.0.0.1", "[::1]:9"}) {
      assertThat(WebhookSettings.isLoopback(URI.create("http://" + host))).as(host).isTrue();
    }
    for (String host : new String[] {"127.evil.example", "localhost.example", "10.0.0.1"}) {
      assertThat(WebhookSettings.isLoopback(URI.create("http://" + host))).as(host).isFalse();
    }
  }
}
