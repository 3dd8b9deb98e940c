package dev.weir.cli.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** A forecast as one line: for people, or as JSON with the keys and units of the Avro schema. */
public final class ForecastLines {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);

  private ForecastLines() {}

  public static String json(Forecast forecast) {
    ObjectNode node = JSON.createObjectNode();
    node.put("series", forecast.series());
    node.put("origin", forecast.origin());
    node.put("window_start", forecast.windowStart());
    node.put("seq_len", forecast.seqLen());
    node.put("mode", forecast.mode().label());
    ArrayNode steps = node.putArray("steps");
    for (int i = 0; i < forecast.values().length; i++) {
      ObjectNode step = steps.addObject();
      step.put("time", forecast.times() == null ? null : forecast.times()[i]);
      step.put("value", forecast.values()[i]);
      putIntervals(step, forecast.intervals(), i);
    }
    node.put("level", forecast.intervals().isEmpty() ? null : forecast.intervals().get(0).level());
    node.put("model", forecast.model());
    node.put("model_version", forecast.modelVersion());
    node.put("learning_steps", forecast.learningSteps());
    node.put("status", forecast.status().name());
    try {
      return JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree in memory can't fail to be written", e);
    }
  }

  private static void putIntervals(ObjectNode step, List<Interval> intervals, int i) {
    boolean none = intervals.isEmpty();
    step.put("lower", none ? null : intervals.get(0).lower()[i]);
    step.put("upper", none ? null : intervals.get(0).upper()[i]);
    ArrayNode further = step.putArray("intervals");
    for (Interval interval : intervals.subList(Math.min(1, intervals.size()), intervals.size())) {
      ObjectNode node = further.addObject();
      node.put("level", interval.level());
      node.put("lower", interval.lower()[i]);
      node.put("upper", interval.upper()[i]);
    }
  }

  public static String text(Forecast forecast) {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            "%-20s %s  %-12s ->",
            Printable.line(forecast.series()), minute(forecast.origin()), forecast.mode().label()));
    for (double value : forecast.values()) {
      line.append(' ').append(number(value));
    }
    return line.append("  (").append(source(forecast)).append(')').toString();
  }

  /** Which model made it and how far it can be trusted. */
  public static String source(Forecast forecast) {
    String status = forecast.status().name();
    return forecast.model().isEmpty()
        ? status
        : "%s v%d, %s".formatted(Printable.line(forecast.model()), forecast.modelVersion(), status);
  }

  public static String minute(long time) {
    return MINUTE.format(Instant.ofEpochMilli(time));
  }

  /** Five significant digits are as many as anybody reads. */
  public static String number(double value) {
    return String.format(Locale.ROOT, "%.5g", value);
  }
}
