package dev.weir.lab.anomaly;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.cli.console.Printable;
import dev.weir.cli.series.CsvTime;
import dev.weir.job.options.StrictUtf8Input;
import dev.weir.kafka.wire.Json;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Labels of anomalies as the Numenta Anomaly Benchmark has them: an object with a list of windows
 * for each file, {@code {"folder/file.csv": [["2014-04-10 07:15", "2014-04-11 16:45"]]}}.
 */
final class AnomalyWindows {

  private AnomalyWindows() {}

  /**
   * Times in milliseconds since 1970; both belong to the window.
   *
   * @param first not after the last
   */
  record Times(long first, long last) {}

  /**
   * The windows of each file, in order of time.
   *
   * @throws IOException if the file can't be read or is no such object; the message names the entry
   */
  static Map<String, List<Times>> read(Path file) throws IOException {
    String name = file.getFileName().toString();
    JsonNode root;
    try (Reader text = StrictUtf8Input.open(file)) {
      root = Json.FILES.readTree(text);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new IOException(
          "%s line %d: expected JSON with each name once, got other text".formatted(name, line), e);
    }
    if (root == null || !root.isObject()) {
      throw new IOException(name + ": expected an object with a list for each file, got none");
    }
    Map<String, List<Times>> windows = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      String place = "%s: '%s'".formatted(name, Printable.line(entry.getKey()));
      windows.put(entry.getKey(), windows(entry.getValue(), place));
    }
    return windows;
  }

  private static List<Times> windows(JsonNode list, String place) throws IOException {
    if (!list.isArray()) {
      throw new IOException("%s: expected a list of windows, got %s".formatted(place, shown(list)));
    }
    List<Times> windows = new ArrayList<>();
    for (JsonNode pair : list) {
      if (!pair.isArray() || pair.size() != 2) {
        throw new IOException(
            "%s: expected two times for each window, got %s".formatted(place, shown(pair)));
      }
      Times window = new Times(time(pair.get(0), place), time(pair.get(1), place));
      long before = windows.isEmpty() ? Long.MIN_VALUE : windows.get(windows.size() - 1).last();
      if (window.last() < window.first() || window.first() <= before) {
        throw new IOException(
            "%s: expected windows in order of time that share no value, got %s"
                .formatted(place, shown(pair)));
      }
      windows.add(window);
    }
    return windows;
  }

  private static long time(JsonNode node, String place) throws IOException {
    try {
      return CsvTime.millis(node.isTextual() ? node.textValue() : node.toString());
    } catch (DateTimeException | ArithmeticException e) {
      throw new IOException(
          "%s: expected %s, got %s".formatted(place, CsvTime.EXPECTED, shown(node)), e);
    }
  }

  private static String shown(JsonNode node) {
    return Printable.line(node.toString(), 100);
  }
}
