package dev.weir.cli.alarm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Printable;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Warning;
import dev.weir.forecast.Incident.Worst;
import dev.weir.kafka.wire.Json;
import java.time.Duration;
import java.util.List;

/** Explains one incident to a person, from its records. */
final class IncidentExplanation {

  private static final double MAX_SURPRISE = 5;

  private final List<Incident> records; // oldest first
  private final Incident newest;

  /**
   * @param records of one incident, oldest first, at least one
   */
  IncidentExplanation(List<Incident> records) {
    this.records = List.copyOf(records);
    this.newest = records.get(records.size() - 1);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%s: %s, %s, %s",
        Printable.line(newest.series()),
        newest.severity().label(),
        newest.reason().label(),
        newest.isOpen() ? "open" : "closed");
    line(text, "incident %s", Printable.line(newest.id()));
    line(text, "");
    sentences().forEach(sentence -> line(text, "%s", sentence));
    if (newest.reason() != Reason.SILENCE) {
      line(text, "%s", model());
    }
    line(text, "");
    for (int i = 0; i < records.size(); i++) {
      line(text, "%s", course(records.get(i), i == 0 ? null : records.get(i - 1)));
    }
    if (newest.isOpen()) {
      line(text, "%16s  still open", "");
    }
    line(text, "");
    line(text, "To look further: weir dashboard JOB.yaml, tab Alarms.");
    return text.toString().stripTrailing();
  }

  private static void line(StringBuilder text, String format, Object... arguments) {
    text.append(String.format(format, arguments)).append(System.lineSeparator());
  }

  private List<String> sentences() {
    if (newest.warning() != null) {
      return ofThreshold(newest.warning());
    }
    if (newest.reason() == Reason.SILENCE) {
      return ofSilence();
    }
    return isRare() ? List.of(worst(), reason(), rarity()) : List.of(worst(), reason());
  }

  /** Whether a surprise opened the incident; what a break opens with may be a usual value. */
  private boolean isRare() {
    return switch (newest.reason()) {
      case THRESHOLD, SILENCE -> false;
      case BREAK -> records.get(0).reason() != Reason.BREAK;
      case NOVELTY, LEVEL, DRIFT, ERROR -> true;
    };
  }

  private List<String> ofThreshold(Warning warning) {
    Worst worst = newest.worst();
    String what =
        String.format(
            "Threshold: the forecast at %s UTC gave %.0f %% for a value %s %s within the next"
                + " %d%s.",
            ForecastLines.minute(worst.time()),
            100 * warning.probability(),
            warning.direction(),
            ForecastLines.number(warning.limit()),
            warning.within(),
            warning.crossing() == null
                ? ""
                : ", at about %s UTC".formatted(ForecastLines.minute(warning.crossing())));
    String values =
        "The value was %s, and the forecast for the crossing %s."
            .formatted(ForecastLines.number(worst.value()), ForecastLines.number(worst.expected()));
    return warning.outcome() == null
        ? List.of(what, values)
        : List.of(what, values, outcome(warning));
  }

  private String outcome(Warning warning) {
    String at = ForecastLines.minute(newest.time());
    return switch (warning.outcome()) {
      case CROSSED -> "Outcome: crossed, by the value at %s UTC.".formatted(at);
      case MISSED -> "Outcome: missed, since no value crossed the limit in time.";
      case DROPPED -> "Outcome: not known, since the series or the threshold was dropped.";
    };
  }

  private List<String> ofSilence() {
    String last =
        "The last value before it is %s, at %s UTC."
            .formatted(
                ForecastLines.number(newest.worst().value()),
                ForecastLines.minute(newest.worst().time()));
    String missing = newest.values() == 1 ? "1 value is" : newest.values() + " values are";
    return List.of(
        last,
        newest.isOpen()
            ? "Silence: no value has come since; at %s UTC %s missing."
                .formatted(ForecastLines.minute(newest.time()), missing)
            : "Silence: it lasted %s, in which %s missing."
                .formatted(Duration.ofMillis(newest.duration()), missing));
  }

  private String worst() {
    Worst worst = newest.worst();
    String what =
        "The most surprising value is %s, at %s UTC."
            .formatted(ForecastLines.number(worst.value()), ForecastLines.minute(worst.time()));
    return Double.isNaN(worst.expected())
        ? what + " It has no forecast, such as after a gap."
        : "%s Its forecast was %s, so the error is %s%s."
            .formatted(
                what,
                ForecastLines.number(worst.expected()),
                worst.error() > 0 ? "+" : "",
                ForecastLines.number(worst.error()));
  }

  private String reason() {
    return switch (newest.reason()) {
      case NOVELTY ->
          "Novelty: it is outside the range of all values so far, or the series repeats a value for"
              + " longer than ever.";
      case LEVEL ->
          "Level: the mean of the last 10 values is far from the mean of all values so far.";
      case DRIFT ->
          "Drift: the mean of the last 40 errors is far from zero: forecasts have been too high, or"
              + " too low, for some time.";
      case ERROR ->
          "Error: it is far from its forecast, or the value before was, by the usual errors of this"
              + " series.";
      case BREAK ->
          "Break: a change that lasts: the level, the season or the size of the errors has been"
              + " another for about 140 values.";
      case THRESHOLD, SILENCE -> // without what such a record has
          "The reason is %s: see docs/anomalies.md.".formatted(newest.reason().label());
    };
  }

  private long onceIn() {
    double exact = Math.pow(10, Math.min(MAX_SURPRISE, Math.max(0, newest.worst().surprise())));
    double unit = Math.pow(10, Math.max(0, Math.floor(Math.log10(exact)) - 1));
    return (long) (Math.round(exact / unit) * unit); // two digits are as many as it deserves
  }

  private String rarity() {
    double surprise = newest.worst().surprise();
    return String.format(
        "Surprise %.1f: %s once in %,d values of this series, which makes it %s.",
        surprise,
        surprise >= MAX_SURPRISE ? "at most" : "about",
        onceIn(),
        newest.severity().label());
  }

  private String model() {
    return newest.model().isEmpty()
        ? "Forecasts were learned from this series alone, without a model."
        : "Forecasts were made with model %s, version %d."
            .formatted(Printable.line(newest.model()), newest.modelVersion());
  }

  /**
   * What a record says.
   *
   * @param before the record before; null for the first one
   */
  private static String course(Incident record, Incident before) {
    if (record.reason() == Reason.SILENCE) {
      return String.format(
          "%s  %s: silent for %s",
          ForecastLines.minute(record.time()),
          event(record, before),
          Duration.ofMillis(record.duration()));
    }
    boolean isThreshold = record.warning() != null;
    return String.format(
        "%s  %s: %s, %d value%s from the first to the last %s one%s",
        ForecastLines.minute(record.time()),
        event(record, before),
        isThreshold
            ? String.format("%.0f %%", 100 * record.warning().probability())
            : String.format("surprise %.1f", record.worst().surprise()),
        record.values(),
        record.values() == 1 ? "" : "s",
        isThreshold ? "probable" : "surprising",
        record.duration() == 0 ? "" : ", in " + Duration.ofMillis(record.duration()));
  }

  private static String event(Incident record, Incident before) {
    return switch (record.event()) {
      case OPENED -> "opened, " + record.severity().label();
      case UPDATED -> {
        boolean isNewBreak =
            record.reason() == Reason.BREAK && (before == null || before.reason() != Reason.BREAK);
        yield "became " + (isNewBreak ? "a break, " : "") + record.severity().label();
      }
      case CLOSED -> "closed, " + whyClosed(record);
    };
  }

  private static String whyClosed(Incident record) {
    if (record.warning() != null && record.warning().outcome() != null) {
      return record.warning().outcome().label();
    }
    if (record.reason() == Reason.SILENCE) {
      return "with the next value, or since the series was dropped";
    }
    return record.newest().isEmpty()
        ? "since the series was dropped"
        : "after values without a surprising one";
  }

  /** One object: the newest record, all records and the explanation. */
  String json() {
    try {
      ObjectNode all = Json.object();
      all.set("incident", Json.READER.readTree(IncidentLines.json(newest)));
      all.put("open", newest.isOpen());
      all.put("explanation", String.join(" ", sentences().stream().map(String::strip).toList()));
      all.put("once_in", isRare() ? onceIn() : null);
      ArrayNode course = all.putArray("records");
      for (Incident record : records) {
        course.add(Json.READER.readTree(IncidentLines.json(record)));
      }
      return all.toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("in memory", e);
    }
  }
}
