package dev.weir.webhook;

import dev.weir.forecast.Incident;
import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.codec.IncidentCodec;
import dev.weir.kafka.wire.MalformedRecordException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

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

  /**
   * Posts one incident that is marked as a test, once.
   *
   * @return what the endpoint answered
   * @throws IllegalStateException if the address is missing or wrong
   * @throws IOException if the endpoint does not take it, saying what to look at
   */
  public String test() throws IOException, InterruptedException {
    WebhookSender sender = new WebhookSender(resolve());
    Incident incident = IncidentMessage.test(System.currentTimeMillis());
    byte[] body = IncidentMessage.body(incident, format, new IncidentCodec());
    try {
      int status = sender.post(IncidentMessage.key(incident), body);
      return "%s took the test incident, status %d".formatted(sender, status);
    } catch (IOException e) {
      throw new IOException(
          "%s: POST of the test incident to %s: %s; check the address with its token, and that this machine may reach it"
              .formatted(KEY, sender, e instanceof MalformedRecordException ? e.getMessage() : e),
          e);
    }
  }

  /**
   * The consumer group of a job that posts to this address alone, by the address as it is written:
   * another value behind a reference goes on where the one before stopped.
   */
  public String group(String job) {
    UUID hash = UUID.nameUUIDFromBytes(address.getBytes(StandardCharsets.UTF_8));
    return "%s-webhook-%.8s".formatted(job, hash);
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
