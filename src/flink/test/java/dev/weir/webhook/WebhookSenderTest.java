package dev.weir.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Incident.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WebhookSenderTest {

  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

  @Test
  void pauseEndsOnceTheRecordIsNotWanted() throws Exception {
    try (Endpoint endpoint =
        new Endpoint(
            (n, id, exchange) -> {
              exchange.getResponseHeaders().set("Retry-After", "290"); // far beyond the timeout
              return 503;
            })) {
      WebhookSender sender =
          new WebhookSender(
              new WebhookSettings(endpoint.address(), null, Severity.LOW, WebhookFormat.JSON, null)
                  .resolve(),
              RetryPolicy.DEFAULT,
              new WebhookProgress(lines::add, System::nanoTime),
              lines::add);
      AtomicInteger asked = new AtomicInteger();
      IncidentMessage message =
          new IncidentMessage("7-a", "OPENED", "7-a-opened-low-level", "alarms-2@17", new byte[3]);
      assertThat(sender.send(message, () -> asked.incrementAndGet() < 4)).isFalse();
      assertThat(endpoint.posts()).hasSize(1);
    }
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0))
        .matches(
            "incident 7-a \\(OPENED, alarms-2@17\\): POST to http://localhost:[0-9]+: expected"
                + " status 2xx, got 503; it is tried again until it succeeds, .*");
  }
}
