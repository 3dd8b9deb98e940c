package dev.weir.cli.alarm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Printable;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Value;
import dev.weir.forecast.Incident.Worst;
import dev.weir.forecast.alarm.IncidentTracker.Event;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** Explains one incident to a person, from its records. */
final class IncidentExplanation {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double MAX_SURPRISE = 5;

  private final List<Incident> records; // oldest first
  private final Incident newest;
  private final List<Value> values = new ArrayList<>(); // of all records, oldest first
  private final URI page;

  /**
   * @param records of one incident, oldest first, at least one
   * @param page the address of the live page; null if unknown
   */
  IncidentExplanation(List<Incident> records, URI page) {
    this.records = List.copyOf(records);
    this.newest = records.get(records.size() - 1);
    this.page = page;
    TreeMap<Long, Value> byTime = new TreeMap<>();
    Worst worst = newest.worst();
    byTime.put(worst.time(), new Value(worst.time(), worst.value()));
    records.forEach(record -> record.newest().forEach(value -> byTime.put(value.time(), value)));
    values.addAll(byTime.values());
  }

  /** Several lines for a person. */
  String text() {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%s: %s, %s, %s",
        Printable.line(newest.series()),
        newest.severity().label(),
        newest.reason().label(),
        isOpen() ? "open" : "closed");
    line(text, "incident %s", newest.id());
    line(text, "");
    line(text, "%s", worst());
    line(text, "%s", sentence());
    line(text, "%s", rarity());
    line(text, "%s", model());
    line(text, "");
    records.forEach(record -> line(text, "%s", course(record)));
    if (isOpen()) {
      line(text, "%16s  still open", "");
    }
    line(text, "");
    if (values.size() > 1) {
      ValueChart.lines(values, newest).forEach(chart -> line(text, "%s", chart));
      line(text, "");
    }
    line(text, "%s", further());
    return text.toString().stripTrailing();
  }

  private static void line(StringBuilder text, String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
  }

  private boolean isOpen() {
    return newest.event() != Event.CLOSED;
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

  /** What the reason means; reasons that this version does not know are named. */
  private String sentence() {
    String reason = newest.reason().label();
    return switch (reason) {
      case "novelty" ->
          "Novelty: it is outside the range of all values so far, or the series repeats a value for"
              + " longer than ever.";
      case "level" ->
          "Level: the mean of the last 10 values is far from the mean of all values so far.";
      case "drift" ->
          "Drift: the mean of the last 40 errors is far from zero, so forecasts have been too %s for"
                  .formatted(newest.worst().error() > 0 ? "low" : "high")
              + " some time.";
      case "error" ->
          "Error: it is far from its forecast, or the value before was, by the usual errors of this"
              + " series.";
      default -> "The reason is %s: see docs/anomalies.md.".formatted(reason);
    };
  }

  /** Values of which one is as unusual. */
  private long onceIn() {
    double exact = Math.pow(10, Math.min(MAX_SURPRISE, Math.max(0, newest.worst().surprise())));
    double unit = Math.pow(10, Math.max(0, Math.floor(Math.log10(exact)) - 1));
    return (long) (Math.round(exact / unit) * unit); // two digits are as many as it deserves
  }

  private String rarity() {
    double surprise = newest.worst().surprise();
    return String.format(
        Locale.ROOT,
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

  private static String course(Incident record) {
    String what =
        switch (record.event()) {
          case OPENED -> "opened, " + record.severity().label();
          case UPDATED -> "became " + record.severity().label();
          case CLOSED ->
              record.newest().isEmpty()
                  ? "closed, since the series was dropped"
                  : "closed, after values without a surprising one";
        };
    return String.format(
        Locale.ROOT,
        "%s  %s: surprise %.1f, %d value%s from the first to the last surprising one%s",
        ForecastLines.minute(record.time()),
        what,
        record.worst().surprise(),
        record.values(),
        record.values() == 1 ? "" : "s",
        record.duration() == 0 ? "" : ", in " + Duration.ofMillis(record.duration()));
  }

  private String link() {
    return page == null
        ? null
        : "%s#series=%s&at=%d"
            .formatted(
                page, URLEncoder.encode(newest.series(), StandardCharsets.UTF_8), newest.start());
  }

  private String further() {
    return page == null
        ? "To look further: weir dashboard JOB.yaml, tab Alarms. With alarms.page in the job file"
            + " its link is here."
        : "To look further: " + link();
  }

  /** One object: the newest record, all records, the values and the explanation. */
  String json() {
    try {
      ObjectNode all = JSON.createObjectNode();
      all.set("incident", JSON.readTree(IncidentLines.json(newest)));
      all.put("open", isOpen());
      all.put("explanation", worst() + " " + sentence() + " " + rarity());
      all.put("once_in", onceIn());
      all.put("page", link());
      ArrayNode course = all.putArray("records");
      for (Incident record : records) {
        course.add(JSON.readTree(IncidentLines.json(record)));
      }
      ArrayNode known = all.putArray("values");
      values.forEach(v -> known.addObject().put("time", v.time()).put("value", v.value()));
      return JSON.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("in memory", e);
    }
  }
}
