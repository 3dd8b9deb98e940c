package dev.weir.webhook;

import dev.weir.kafka.ClientProperties;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;

/**
 * Where incidents are posted.
 *
 * @param address {@code https://}, {@code http://}, or a reference to a variable or a file
 */
public record WebhookSettings(String address, Format format) {

  /** What is posted: a record with a sentence, or alerts of the API v2 of the Alertmanager. */
  public enum Format {
    JSON,
    ALERTMANAGER
  }

  private static final String KEY = "alarms.webhook";
  private static final int MAX_PORT = 65_535;

  /**
   * Looks up what the address refers to.
   *
   * @throws IllegalStateException saying what is missing or wrong, never its value
   */
  URI resolve() {
    URI found =
        uri(
            ClientProperties.resolved(ClientProperties.withProviders(Map.of(KEY, address)))
                .get(KEY)
                .trim());
    if (found == null) {
      throw new IllegalStateException(
          KEY
              + ": expected an address that starts with https:// or http://, without a user, got"
              + " another (not shown, since it may be secret)");
    }
    return found;
  }

  /** The text as the address of an endpoint; null if it is something else. */
  public static URI uri(String text) {
    try {
      URI uri = new URI(text);
      boolean isHttp = uri.getScheme() != null && uri.getScheme().matches("(?i)https?");
      boolean isPort = uri.getPort() == -1 || uri.getPort() >= 1 && uri.getPort() <= MAX_PORT;
      return isHttp && uri.getHost() != null && isPort && uri.getRawUserInfo() == null ? uri : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  @Override
  public String toString() { // the address may contain a secret
    return "WebhookSettings[%s]".formatted(format);
  }
}
