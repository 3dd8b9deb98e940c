package dev.weir.cli.alarm;

import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Printable;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Warning;
import dev.weir.forecast.Incident.Worst;
import dev.weir.kafka.codec.FeedbackRecord.Dismissal;
import dev.weir.kafka.codec.IncidentCodec;
import dev.weir.kafka.wire.AvroJson;
import dev.weir.kafka.wire.Json;
import dev.weir.option.Durations;
import dev.weir.option.Numbers;
import java.util.Locale;

/** An incident as one line: for people, or as JSON with the keys and units of the Avro schema. */
final class IncidentLines {

  private IncidentLines() {}

  /**
   * @param dismissed null: it was not
   */
  static String json(Incident incident, Dismissal dismissed) {
    String line = AvroJson.line(IncidentCodec.SCHEMA, new IncidentCodec().encode(incident));
    return dismissed == null
        ? line
        : line.substring(0, line.length() - 1)
            + ",\"dismissed_by\":%s,\"dismissed_at\":%d}"
                .formatted(Json.tree(dismissed.by()), dismissed.time());
  }

  /** Who dismissed an incident, and when; empty for null. */
  static String text(Dismissal dismissed) {
    return dismissed == null
        ? ""
        : "  dismissed by %s %s"
            .formatted(
                dismissed.by().isEmpty() ? "somebody" : Printable.line(dismissed.by()),
                ForecastLines.minute(dismissed.time()));
  }

  /**
   * Start, state, severity, reason, series, worst value and duration.
   *
   * @param isNews whether the record is shown as what happened, else as how the incident is now
   */
  static String text(Incident incident, boolean isNews) {
    return "%s  %s  %s  %s  %s"
        .formatted(
            ForecastLines.minute(incident.start()),
            kind(incident, isNews),
            Printable.line(incident.series()),
            value(incident.worst()),
            size(incident));
  }

  /** What a record says of the course of its incident: its time, event, severity and size. */
  static String course(Incident record) {
    return "%s  %s  %s"
        .formatted(ForecastLines.minute(record.time()), kind(record, true), size(record));
  }

  private static String kind(Incident incident, boolean isNews) {
    return "%-7s %-6s  %-7s"
        .formatted(state(incident, isNews), incident.severity().label(), incident.reason().label());
  }

  private static String size(Incident incident) {
    return "%s  %s%s"
        .formatted(
            incident.warning() == null
                ? "surprise %.1f".formatted(incident.worst().surprise())
                : text(incident.warning()),
            incident.reason() == Reason.SILENCE
                ? "%,d missing".formatted(incident.values())
                : Numbers.counted(incident.values(), "value"),
            incident.duration() == 0 ? "" : " in " + Durations.shown(incident.duration()));
  }

  private static String value(Worst worst) {
    return Double.isNaN(worst.expected())
        ? ForecastLines.number(worst.value())
        : ForecastLines.number(worst.value())
            + ", expected "
            + ForecastLines.number(worst.expected());
  }

  private static String state(Incident incident, boolean isNews) {
    if (isNews) {
      return incident.event().name().toLowerCase(Locale.ROOT);
    }
    return incident.isOpen() ? "open" : "closed";
  }

  /** Such as {@code above 90 within 4: 83 %, about 2026-03-03 10:40, crossed}. */
  private static String text(Warning warning) {
    return String.format(
        "%s %s within %d: %.0f %%%s%s",
        warning.direction(),
        ForecastLines.number(warning.limit()),
        warning.within(),
        100 * warning.probability(),
        warning.crossing() == null ? "" : ", about " + ForecastLines.minute(warning.crossing()),
        warning.outcome() == null ? "" : ", " + warning.outcome().label());
  }
}
