package dev.weir.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.forecast.Forecast;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A forecast as one line: for people, or as JSON with the keys and units of the Avro schema. */
final class ForecastLines {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);

  private ForecastLines() {}

  static String json(Forecast forecast) {
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
      step.put("lower", forecast.lower() == null ? null : forecast.lower()[i]);
      step.put("upper", forecast.upper() == null ? null : forecast.upper()[i]);
    }
    node.put("level", Double.isNaN(forecast.level()) ? null : forecast.level());
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

  static String text(Forecast forecast) {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            "%-20s %s  %-12s ->",
            forecast.series(), minute(forecast.origin()), forecast.mode().label()));
    for (double value : forecast.values()) {
      line.append(' ').append(number(value));
    }
    return line.append("  (").append(source(forecast)).append(')').toString();
  }

  /** Which model made it and how far it can be trusted. */
  static String source(Forecast forecast) {
    String status = forecast.status().name();
    return forecast.model().isEmpty()
        ? status
        : "%s v%d, %s".formatted(forecast.model(), forecast.modelVersion(), status);
  }

  static String minute(long time) {
    return MINUTE.format(Instant.ofEpochMilli(time));
  }

  /** Five significant digits are as many as anybody reads. */
  static String number(double value) {
    return String.format(Locale.ROOT, "%.5g", value);
  }
}
