package dev.weir.holiday;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.weir.forecast.calendar.HolidaySettings.Override;
import dev.weir.option.HolidayOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Other regions for some series as one text, a JSON object of regular expressions for their whole
 * names, each with its regions. The first one that matches counts.
 *
 * <pre>
 * {"fr-.*": "FR", "north-.*": "DE-SH, plant-north", "robot-.*": "none"}
 * </pre>
 */
public final class HolidayOverrides {

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private HolidayOverrides() {}

  /**
   * Reads a text.
   *
   * @param regions find the holidays
   * @throws IllegalArgumentException when something is wrong with it, in one line
   */
  public static List<Override> parse(String json, HolidayRegions regions) {
    Map<String, String> entries = read(json);
    if (entries.isEmpty() || entries.size() > HolidayOptions.MAX_OVERRIDES) {
      throw new IllegalArgumentException(
          "expected 1 to %d regular expressions, got %d"
              .formatted(HolidayOptions.MAX_OVERRIDES, entries.size()));
    }
    List<Override> overrides = new ArrayList<>();
    entries.forEach(
        (series, names) ->
            overrides.add(
                new Override(
                    HolidayOptions.SERIES.parse(series),
                    regions.days(HolidayOptions.SERIES_REGIONS.parse(names)))));
    return overrides;
  }

  private static Map<String, String> read(String json) {
    Map<String, String> entries = new LinkedHashMap<>();
    try (JsonParser parser = JSON.createParser(json)) {
      boolean isRight = parser.nextToken() == JsonToken.START_OBJECT;
      while (isRight && parser.nextToken() == JsonToken.FIELD_NAME) {
        String series = parser.currentName();
        isRight = parser.nextToken() == JsonToken.VALUE_STRING;
        entries.put(series, parser.getText());
      }
      if (!isRight || parser.nextToken() != null) {
        throw wrong(json);
      }
      return entries;
    } catch (IOException e) {
      throw wrong(json);
    }
  }

  private static IllegalArgumentException wrong(String json) {
    return new IllegalArgumentException(
        "expected a JSON object of regular expressions and regions such as {\"fr-.*\": \"FR\"},"
            + " got '%s'".formatted(json));
  }
}
