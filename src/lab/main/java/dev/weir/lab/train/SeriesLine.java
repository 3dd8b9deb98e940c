package dev.weir.lab.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.cli.console.Printable;
import dev.weir.cli.series.SeriesFiles;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.kafka.wire.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A series as JSON lines have it: {@code {"id": "a", "m": 24, "v": [1.5, 2, …]}}.
 *
 * @param id file and line without one
 * @param season values in a season; {@link LearnerSettings#AUTO} if it is not known
 * @param values finite
 */
public record SeriesLine(String id, int season, double[] values) {

  /** Of the names of such files. */
  public static final Pattern ENDING = Pattern.compile("\\.jsonl(\\.gz)?$");

  /** Passes on all series of a file, in the order of its lines. */
  public static void read(Path file, Consumer<SeriesLine> series) throws IOException {
    int number = 0;
    try (BufferedReader lines = new BufferedReader(SeriesFiles.text(file))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String where = "%s line %d".formatted(file.getFileName(), ++number);
        if (!line.isBlank()) {
          series.accept(of(line, where));
        }
      }
    }
  }

  private static SeriesLine of(String line, String where) throws IOException {
    JsonNode one;
    try {
      one = Json.READER.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "%s: expected one JSON object, got %s".formatted(where, Printable.line(line, 80)));
    }
    JsonNode season = one.path("m");
    boolean isKnown = season.isIntegralNumber() && season.intValue() >= 1;
    return new SeriesLine(
        one.path("id").asText(where),
        isKnown ? season.intValue() : LearnerSettings.AUTO,
        values(one.path("v"), where));
  }

  private static double[] values(JsonNode array, String where) throws IOException {
    double[] values = new double[array.size()];
    boolean numbers = array.isArray();
    for (int i = 0; i < values.length && numbers; i++) {
      numbers = array.get(i).isNumber();
      values[i] = array.get(i).doubleValue();
      numbers &= Double.isFinite(values[i]);
    }
    if (!numbers) {
      throw new IOException(
          "%s: v: expected an array of numbers, got %s"
              .formatted(where, Printable.line(array.toString(), 80)));
    }
    return values;
  }
}
