package dev.weir.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests as the Standard Webhooks specification (standardwebhooks.com, version 1) says:
 * HMAC-SHA256 over {@code id.timestamp.body}, in base 64. Its libraries verify these signatures.
 */
final class WebhookSignature {

  private static final String ALGORITHM = "HmacSHA256";
  private static final String ENCODED = "whsec_"; // before a key in base 64

  private WebhookSignature() {}

  /**
   * The bytes of a secret: those of its base 64 behind {@code whsec_}, else of its text in UTF-8.
   *
   * @throws IllegalStateException if what follows {@code whsec_} is not base 64
   */
  static byte[] key(String secret) {
    if (!secret.startsWith(ENCODED)) {
      return secret.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return Base64.getDecoder().decode(secret.substring(ENCODED.length()));
    } catch (IllegalArgumentException e) { // its message may quote the secret
      throw new IllegalStateException(
          "alarms.webhook-secret: expected base 64 behind whsec_, got another text (not shown)");
    }
  }

  /**
   * The value of the header {@code webhook-signature}.
   *
   * @param timestamp seconds since 1970, when the request is sent
   */
  static String of(byte[] key, String id, long timestamp, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("expected " + ALGORITHM + " of this JDK", e);
    }
  }
}
