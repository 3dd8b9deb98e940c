package dev.weir.webhook;

import dev.weir.webhook.RetryPolicy.Verdict;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Posts records until the endpoint takes them. Thread-safe; a record is sent by the calling thread.
 */
final class WebhookSender {

  /** A pause asks so often whether the record is still wanted. */
  private static final Duration SLICE = Duration.ofMillis(200);

  private final URI address;
  private final byte[] secret; // null: not signed
  private final RetryPolicy policy;
  private final WebhookProgress progress;
  private final Consumer<String> lines;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final HttpClient http;

  WebhookSender(
      WebhookSettings.Resolved endpoint,
      RetryPolicy policy,
      WebhookProgress progress,
      Consumer<String> lines) {
    this.address = endpoint.address();
    this.secret = endpoint.secret();
    this.policy = policy;
    this.progress = progress;
    this.lines = lines;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1) // an offer of HTTP/2 confuses some endpoints
            .followRedirects(HttpClient.Redirect.NEVER) // the signed record is for this address
            .connectTimeout(policy.timeout())
            .build();
  }

  /** Ends pauses, and tries nothing again; requests that are on their way come to their end. */
  void stop() {
    stopped.countDown();
  }

  /**
   * Sends a record.
   *
   * @param isWanted asked before each try; gives up once it is false
   * @return whether the record is done with: taken, or refused so often that the next one follows
   */
  boolean send(IncidentMessage message, BooleanSupplier isWanted) throws InterruptedException {
    int refusals = 0;
    for (int failures = 1; isWanted.getAsBoolean() && stopped.getCount() > 0; failures++) {
      Answer answer = post(message);
      if (answer.verdict() == Verdict.TAKEN) {
        progress.taken();
        return true;
      }
      String what = message + ": " + answer.what();
      if (answer.verdict() == Verdict.REFUSED && ++refusals >= policy.refusals()) {
        progress.refused();
        lines.accept(
            ("%s after %d tries; not sent, and the next ones follow. It stays on the topic:"
                    + " weir alarms JOB.yaml --explain %s")
                .formatted(what, refusals, message.incident()));
        return true;
      }
      if (answer.verdict() == Verdict.AWAY) {
        progress.failed(what);
      }
      pause(policy.pause(failures, answer.retryAfter(), ThreadLocalRandom.current()), isWanted);
    }
    return false;
  }

  /** Waits; ends early once this is stopped or the record is no longer wanted. */
  private void pause(Duration pause, BooleanSupplier isWanted) throws InterruptedException {
    long end = System.nanoTime() + pause.toNanos();
    for (long left = pause.toNanos(); left > 0; left = end - System.nanoTime()) {
      if (stopped.await(Math.min(left, SLICE.toNanos()), TimeUnit.NANOSECONDS)
          || !isWanted.getAsBoolean()) {
        return;
      }
    }
  }

  /**
   * What became of a request.
   *
   * @param what for people, without path and query
   * @param retryAfter null if the endpoint asks for no pause
   */
  private record Answer(Verdict verdict, String what, Duration retryAfter) {}

  private Answer post(IncidentMessage message) throws InterruptedException {
    String to = "POST to " + WebhookSettings.origin(address);
    CompletableFuture<HttpResponse<Void>> sent =
        http.sendAsync(request(message), HttpResponse.BodyHandlers.discarding());
    try {
      HttpResponse<Void> response = sent.get(policy.timeout().toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(
          RetryPolicy.verdict(response.statusCode()),
          "%s: expected status 2xx, got %d".formatted(to, response.statusCode()),
          RetryPolicy.retryAfter(response.headers(), Instant.now()));
    } catch (TimeoutException e) {
      String what = "%s: expected an answer within %s, got none";
      return new Answer(Verdict.AWAY, what.formatted(to, policy.timeout()), null);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      String why =
          cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
      return new Answer(Verdict.AWAY, "%s failed: %s".formatted(to, why), null);
    } finally {
      sent.cancel(true); // closes the connection of an answer that does not end
    }
  }

  private HttpRequest request(IncidentMessage message) {
    long timestamp = Instant.now().getEpochSecond();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .header("Content-Type", "application/json")
            .header("User-Agent", "weir-webhook")
            .header("webhook-id", message.key())
            .header("webhook-timestamp", Long.toString(timestamp))
            .header("weir-incident", message.incident())
            .header("weir-event", message.event())
            .POST(HttpRequest.BodyPublishers.ofByteArray(message.body()));
    if (secret != null) {
      request.header(
          "webhook-signature",
          WebhookSignature.of(secret, message.key(), timestamp, message.body()));
    }
    return request.build();
  }
}
