package dev.weir.webhook;

import dev.weir.forecast.Incident.Severity;
import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.LoopbackHost;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;

/**
 * Where incidents are posted, and which. Address and secret may refer to a variable or a file.
 *
 * @param address {@code https://} or {@code http://}, as the job file has it
 * @param secret what requests are signed with, or PagerDuty's routing key, as a reference; null for
 *     none
 * @param severity the least severity that is sent
 * @param page the address of the live page, for links; null if unknown
 */
public record WebhookSettings(
    String address, String secret, Severity severity, WebhookFormat format, URI page) {

  private static final String ADDRESS_KEY = "alarms.webhook";
  private static final String SECRET_KEY = "alarms.webhook-secret";

  /** Shorter secrets can be guessed. */
  private static final int MIN_SECRET = 16;

  private static final int MAX_PORT = 65_535;

  /**
   * Address and secret as this machine has them.
   *
   * @param secret what requests are signed with; null: they are not signed
   * @param routingKey of PagerDuty; null for another format
   * @param page null if unknown
   */
  record Resolved(URI address, byte[] secret, WebhookFormat format, String routingKey, URI page) {
    @Override
    public String toString() {
      return origin(address);
    }
  }

  /**
   * Looks up what address and secret refer to.
   *
   * @throws IllegalStateException naming what is missing or wrong, never its value
   */
  Resolved resolve() {
    URI found = uri(lookUp(ADDRESS_KEY, address));
    if (found == null) {
      throw new IllegalStateException(
          ADDRESS_KEY
              + ": expected an address that starts with https:// or http://, without a user, got"
              + " another (not shown, since it may be secret)");
    }
    if (secret == null) {
      return new Resolved(found, null, format, null, page);
    }
    String key = lookUp(SECRET_KEY, secret);
    if (key.length() < MIN_SECRET) {
      throw new IllegalStateException(
          "%s: expected at least %d characters, got %d"
              .formatted(SECRET_KEY, MIN_SECRET, key.length()));
    }
    return format == WebhookFormat.PAGERDUTY
        ? new Resolved(found, null, format, key, page)
        : new Resolved(found, WebhookSignature.key(key), format, null, page);
  }

  private static String lookUp(String key, String value) {
    return ClientProperties.resolved(ClientProperties.withProviders(Map.of(key, value)))
        .get(key)
        .trim();
  }

  /** The text as the address of an endpoint; null if it is something else. */
  public static URI uri(String text) {
    try {
      URI uri = new URI(text);
      boolean isHttp = "https".equalsIgnoreCase(uri.getScheme()) || isPlain(uri);
      boolean isPort = uri.getPort() == -1 || uri.getPort() >= 1 && uri.getPort() <= MAX_PORT;
      boolean isUser = uri.getRawUserInfo() != null;
      return isHttp && uri.getHost() != null && isPort && !isUser ? uri : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  static boolean isPlain(URI address) {
    return "http".equalsIgnoreCase(address.getScheme());
  }

  /** Whether the address says that it is on this machine; no name is looked up. */
  static boolean isLoopback(URI address) {
    return LoopbackHost.matches(address.getHost());
  }

  /** Scheme, host and port: path and query may hold a secret. */
  static String origin(URI address) {
    return "%s://%s%s"
        .formatted(
            address.getScheme(),
            address.getHost(),
            address.getPort() < 0 ? "" : ":" + address.getPort());
  }

  @Override
  public String toString() { // the address may hold a secret
    return "WebhookSettings[%s]".formatted(severity.label());
  }
}
