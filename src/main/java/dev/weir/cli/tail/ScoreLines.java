package dev.weir.cli.tail;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Printable;
import dev.weir.forecast.Score;
import java.util.Locale;

/** A score as one line: for people, or as JSON with the keys and units of the Avro schema. */
final class ScoreLines {

  private static final ObjectMapper JSON = new ObjectMapper();

  private ScoreLines() {}

  static String json(Score score) {
    ObjectNode node = JSON.createObjectNode();
    node.put("series", score.series());
    node.put("time", score.time());
    node.put("mode", score.mode().label());
    node.put("value", score.value());
    node.put("scored", score.scored());
    ArrayNode errors = node.putArray("errors");
    for (double error : score.errors()) {
      errors.add(error);
    }
    node.put("mae", score.mae());
    put(node, "mase", score.mase());
    put(node, "level", score.level());
    put(node, "coverage", score.coverage());
    ArrayNode methods = node.putArray("methods");
    for (Score.Method method : score.methods()) {
      methods
          .addObject()
          .put("name", method.name())
          .put("mae", method.mae())
          .put("share", method.share());
    }
    try {
      return JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree in memory can't fail to be written", e);
    }
  }

  /** What the schema has as null while it is unknown. */
  private static void put(ObjectNode node, String key, double value) {
    if (Double.isNaN(value)) {
      node.putNull(key);
    } else {
      node.put(key, value);
    }
  }

  static String text(Score score) {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "%-20s %s  %-12s score of %,d: MAE %s",
            Printable.line(score.series()),
            ForecastLines.minute(score.time()),
            score.mode().label(),
            score.scored(),
            ForecastLines.number(score.mae())));
    if (!Double.isNaN(score.mase())) {
      line.append(String.format(Locale.ROOT, ", MASE %.2f", score.mase()));
    }
    if (!Double.isNaN(score.coverage())) {
      line.append(
          String.format(
              Locale.ROOT,
              ", %.0f %% intervals hold %.1f %%",
              100 * score.level(),
              100 * score.coverage()));
    }
    return line.toString();
  }
}
