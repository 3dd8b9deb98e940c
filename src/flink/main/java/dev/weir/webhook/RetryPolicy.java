package dev.weir.webhook;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * How long a request may take, and when it is sent again.
 *
 * @param timeout for connection, request and response together
 * @param first pause after the first failure; each further one is twice as long
 * @param longest pause at most
 * @param longestAsked pause at most that an endpoint may ask for
 * @param refusals tries of a record that the endpoint refuses
 */
record RetryPolicy(
    Duration timeout, Duration first, Duration longest, Duration longestAsked, int refusals) {

  static final RetryPolicy DEFAULT =
      new RetryPolicy(
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          5);

  private static final int MAX_DOUBLINGS = 20;

  /** What a status says of a request. */
  enum Verdict {
    /** The endpoint has the record. */
    TAKEN,
    /** The endpoint is away, busy or not set up: each record would fail, so this one waits. */
    AWAY,
    /** The endpoint does not want this record. */
    REFUSED
  }

  /** Busy, and what is answered to any record while address, secret or deployment are wrong. */
  private static final Set<Integer> WAITING =
      Set.of(401, 403, 404, 405, 407, 408, 410, 421, 425, 429);

  static Verdict verdict(int status) {
    if (status >= 200 && status < 300) {
      return Verdict.TAKEN;
    }
    return status < 400 || status >= 500 || WAITING.contains(status)
        ? Verdict.AWAY
        : Verdict.REFUSED;
  }

  /**
   * How long to wait: half to all of a time that doubles with each failure, so that many senders do
   * not return together; at least what the endpoint asks for.
   *
   * @param failures of this record so far, at least 1
   * @param asked null if the endpoint did not ask
   */
  Duration pause(int failures, Duration asked, RandomGenerator random) {
    Duration whole = first.multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS));
    whole = whole.compareTo(longest) < 0 ? whole : longest;
    Duration pause = Duration.ofMillis((long) (whole.toMillis() * random.nextDouble(0.5, 1)));
    if (asked == null || asked.compareTo(pause) <= 0) {
      return pause;
    }
    return asked.compareTo(longestAsked) < 0 ? asked : longestAsked;
  }

  /** The header Retry-After, in seconds or as a date (RFC 9110, 10.2.3); null without one. */
  static Duration retryAfter(HttpHeaders headers, Instant now) {
    String text = headers.firstValue("Retry-After").orElse("").trim();
    if (text.matches("[0-9]{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    try {
      Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return at.isAfter(now) ? Duration.between(now, at) : Duration.ZERO;
    } catch (DateTimeException e) {
      return null;
    }
  }
}
