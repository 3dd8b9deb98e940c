package dev.weir.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookSettingsTest {

  @TempDir private Path dir;

  private static WebhookSettings settings(String address) {
    return new WebhookSettings(address, WebhookSettings.Format.JSON);
  }

  @Test
  void addressIsLookedUpAndNotShown() throws Exception {
    Path file = dir.resolve("webhook.properties");
    Files.writeString(file, "address=https://hooks.example:8443/T0/B1?key=k\n");
    URI resolved = settings("${file:%s:address}".formatted(file)).resolve();
    assertThat(resolved.getRawQuery()).isEqualTo("key=k");
    assertThat(new WebhookSender(resolved)).hasToString("https://hooks.example:8443/***/***?***");
    assertThat(settings("https://a.example/secret").toString()).doesNotContain("secret");
  }

  @Test
  void lineBreakAfterAnAddressIsNoPartOfIt() {
    assertThat(settings(" https://a.example/b\n").resolve()).hasToString("https://a.example/b");
  }

  @ParameterizedTest
  @CsvSource({
    "https://a.example, https://a.example",
    "http://[::1]:93/api/v2/alerts, http://[::1]:93/api/v2/a***",
    "https://slack.example/services/T0123ABCD/B01/XyZwAbCd0123456789,"
        + " https://slack.example/services/T0***/***/XyZw***",
    "https://x.example/webhookb2/0f1e2d3c-aa@99/IncomingWebhook/0123456789abcdef/77aa8899/?k=v#f,"
        + " https://x.example/webhookb2/0f1***/Inc***/0123***/77***?***"
  })
  void addressIsPrintedWithoutItsSecrets(String address, String printed) {
    assertThat(new WebhookSender(URI.create(address)).toString()).isEqualTo(printed);
  }

  @Test
  void groupFollowsFromTheJobAndTheAddressAsWritten() {
    assertThat(settings("https://a.example/b").group("pumps")).isEqualTo("pumps-webhook-d318a0bb");
    assertThat(settings("${env:URL}").group("pumps"))
        .isNotEqualTo(settings("https://a.example/b").group("pumps"));
  }

  @Test
  void whatIsMissingOrWrongIsNamedAndNotShown() throws Exception {
    Path file = dir.resolve("webhook.properties");
    Files.writeString(file, "address=ftp://someone:pw@host/\n");
    assertThatThrownBy(() -> settings("${env:WEIR_NO_SUCH}").resolve())
        .hasMessageStartingWith(
            "alarms.webhook: expected a value for ${env:WEIR_NO_SUCH} on this machine, found none");
    assertThatThrownBy(() -> settings("${file:%s:address}".formatted(file)).resolve())
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
}
