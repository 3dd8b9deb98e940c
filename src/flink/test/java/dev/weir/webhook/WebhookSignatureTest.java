package dev.weir.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookSignatureTest {

  private static final Path PYTHON = Path.of("/usr/bin/python3");

  @TempDir private Path dir;

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

  @Test
  void programOfThePageVerifiesASignature() throws Exception {
    String page = Files.readString(Path.of("docs", "anomalies.md"));
    Matcher program =
        Pattern.compile("```python\n(import base64.*?)```", Pattern.DOTALL).matcher(page);
    assertThat(program.find()).as("the program of the page").isTrue();
    assumeTrue(Files.isExecutable(PYTHON), "expected " + PYTHON);
    String secret = "a-secret-of-two-people";
    String body = "{\"series\":\"pumpe-ß\"}";
    long now = Instant.now().getEpochSecond();
    String signature =
        WebhookSignature.of(
            WebhookSignature.key(secret), "id-1", now, body.getBytes(StandardCharsets.UTF_8));
    Map<String, String> headers =
        Map.of(
            "webhook-id",
            "id-1",
            "webhook-timestamp",
            Long.toString(now),
            "webhook-signature",
            "v1,other " + signature);
    ObjectMapper json = new ObjectMapper();
    Path script = dir.resolve("verify.py");
    Files.writeString(
        script,
        program.group(1)
            + """

            secret, headers, body = %s, %s, %s.encode()
            verify(secret, headers, body)
            for wrong in [lambda: verify("another secret", headers, body),
                          lambda: verify(secret, headers, body + b" "),
                          lambda: verify(secret, {**headers, "webhook-timestamp": "1"}, body)]:
                try:
                    wrong()
                except ValueError:
                    continue
                raise SystemExit("took what is wrong")
            print("verified")
            """
                .formatted(
                    json.writeValueAsString(secret),
                    json.writeValueAsString(headers),
                    json.writeValueAsString(body)));
    Process python =
        new ProcessBuilder(PYTHON.toString(), script.toString()).redirectErrorStream(true).start();
    String out = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(out).isEqualTo("verified\n");
  }
}
