package dev.weir.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class WebhookSignatureTest {

  /** The example that the libraries of Standard Webhooks are tested with. */
  @Test
  void signatureIsThatOfStandardWebhooks() {
    byte[] key = WebhookSignature.key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    byte[] body = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);
    assertThat(key).hasSize(24);
    assertThat(WebhookSignature.of(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void secretIsTextOrBase64BehindItsPrefix() {
    assertThat(WebhookSignature.key("äbc")).containsExactly(0xc3, 0xa4, 'b', 'c');
    assertThatThrownBy(() -> WebhookSignature.key("whsec_not base 64!"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "alarms.webhook-secret: expected base 64 behind whsec_, got another text (not shown)")
        .hasNoCause();
  }
}
