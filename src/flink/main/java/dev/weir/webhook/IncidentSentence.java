package dev.weir.webhook;

import dev.weir.forecast.Incident.Reason;
import dev.weir.kafka.avro.Incident;
import dev.weir.kafka.avro.IncidentThreshold;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** An incident's record as a sentence for people: what, where and since when. */
public final class IncidentSentence {

  private static final int MAX_NAME = 200;
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);

  private IncidentSentence() {}

  /** Such as {@code High incident opened in pump-7 since 2026-01-31 12:00 UTC: ...}. */
  static String of(Incident incident) {
    String severity = incident.getSeverity();
    return String.format(
        Locale.ROOT,
        "%s%s %s %s in %s since %s UTC: %s",
        severity.substring(0, 1).toUpperCase(Locale.ROOT),
        severity.substring(1),
        incident.getThreshold() == null ? "incident" : "warning",
        incident.getEvent().toLowerCase(Locale.ROOT),
        name(incident.getSeries()),
        minute(incident.getStart()),
        incident.getThreshold() == null ? worst(incident) : limit(incident.getThreshold()));
  }

  private static String worst(Incident incident) {
    if (incident.getReason().equals(Reason.SILENCE.label())) {
      return "silence, %d values missing, the last one was %s"
          .formatted(incident.getValues(), number(incident.getWorstValue()));
    }
    String expected =
        incident.getExpected() == null ? "" : ", expected " + number(incident.getExpected());
    return "%s, value %s%s"
        .formatted(incident.getReason(), number(incident.getWorstValue()), expected);
  }

  private static String limit(IncidentThreshold threshold) {
    return String.format(
        Locale.ROOT,
        "%s %s within %d values, probability %.0f %%%s%s",
        threshold.getDirection(),
        number(threshold.getLimit()),
        threshold.getWithin(),
        100 * threshold.getProbability(),
        threshold.getCrossingTime() == null
            ? ""
            : ", at about " + minute(threshold.getCrossingTime()) + " UTC",
        threshold.getOutcome() == null ? "" : ", " + threshold.getOutcome());
  }

  /**
   * The place of an incident on the live page.
   *
   * @param page the address of the page
   * @param start of the incident, milliseconds since 1970
   */
  public static String link(URI page, String series, long start) {
    return "%s#series=%s&at=%d"
        .formatted(page, URLEncoder.encode(series, StandardCharsets.UTF_8), start);
  }

  /** Foreign text in one line. */
  private static String name(String series) {
    String line = series.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "\ufffd");
    return line.length() <= MAX_NAME ? line : line.substring(0, MAX_NAME) + "...";
  }

  private static String minute(Instant time) {
    return MINUTE.format(time);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.5g", value);
  }
}
