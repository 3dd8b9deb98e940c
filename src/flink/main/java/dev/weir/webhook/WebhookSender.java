package dev.weir.webhook;

import dev.weir.kafka.wire.MalformedRecordException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;

/** Posts records to an endpoint. */
final class WebhookSender {

  /** For connection, request and the head of the response together. */
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Busy, and what is answered to any record while address or deployment are wrong. */
  private static final Set<Integer> WAITING =
      Set.of(401, 403, 404, 405, 407, 408, 410, 421, 425, 429);

  private static final String PLAIN = "[a-z]{1,12}[0-9]?";
  private static final String MASK = "***";
  private static final int MAX_SHOWN = 4; // first characters of a masked part

  private final URI address;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1) // an offer of HTTP/2 confuses some endpoints
          .followRedirects(HttpClient.Redirect.NEVER) // the record is for this address
          .build();

  WebhookSender(URI address) {
    this.address = address;
  }

  /**
   * @param id names the record, the same whenever it is sent
   * @return the status, one of 2xx
   * @throws MalformedRecordException if the endpoint does not want this record
   * @throws IOException if the endpoint is away, busy or not set up, so that any record would fail
   */
  int post(String id, byte[] body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .header("webhook-id", id)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<InputStream> answer =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    answer.body().close(); // not read: it may have no end
    int status = answer.statusCode();
    if (status / 100 == 4 && !WAITING.contains(status)) {
      throw new MalformedRecordException(this + " refused " + id + ", status " + status);
    }
    if (status / 100 != 2) {
      throw new IOException("expected status 2xx, got " + status);
    }
    return status;
  }

  /** The address without its secrets: of its path are shown plain words before the last part. */
  @Override
  public String toString() {
    String port = address.getPort() < 0 ? "" : ":" + address.getPort();
    StringBuilder text = new StringBuilder(address.getScheme() + "://" + address.getHost() + port);
    String[] parts = address.getRawPath().split("/");
    for (int i = 1; i < parts.length; i++) { // the first is empty
      boolean isShown = i < parts.length - 1 && parts[i].matches(PLAIN);
      int shown = isShown ? parts[i].length() : Math.min(MAX_SHOWN, parts[i].length() / 4);
      text.append('/').append(parts[i], 0, shown).append(isShown ? "" : MASK);
    }
    return text + (address.getRawQuery() == null ? "" : "?" + MASK);
  }
}
