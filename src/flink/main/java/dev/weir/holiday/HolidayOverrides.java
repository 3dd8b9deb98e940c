package dev.weir.holiday;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.weir.forecast.holiday.HolidaySettings.Override;
import dev.weir.option.HolidayOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
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

  private static final JsonFactory JSON = new JsonFactory();
  private static final int MAX_SHOWN = 60;
  private static final int MAX_REASON = 200;

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
    entries.forEach((series, names) -> overrides.add(override(series, names, regions)));
    return overrides;
  }

  private static Override override(String series, String names, HolidayRegions regions) {
    try {
      return new Override(
          HolidayOptions.SERIES.parse(series),
          regions.days(HolidayOptions.SERIES_REGIONS.parse(names)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "entry '%s': %s".formatted(line(series, MAX_SHOWN), line(e.getMessage(), MAX_REASON)), e);
    }
  }

  private static Map<String, String> read(String json) {
    Map<String, String> entries = new LinkedHashMap<>();
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw wrong(json, "no object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String series = parser.currentName();
        String entry = "entry '%s'".formatted(line(series, MAX_SHOWN));
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
          throw wrong(json, entry + " without a text of regions");
        }
        if (entries.put(series, parser.getText()) != null) {
          throw wrong(json, entry + " twice");
        }
      }
      if (parser.nextToken() != null) {
        throw wrong(json, "more after its end");
      }
      return entries;
    } catch (JsonProcessingException e) {
      JsonLocation place = e.getLocation();
      throw wrong(
          json, "no JSON at line %d, column %d".formatted(place.getLineNr(), place.getColumnNr()));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a text has none
    }
  }

  private static IllegalArgumentException wrong(String json, String reason) {
    return new IllegalArgumentException(
        "expected a JSON object of regular expressions and regions such as {\"fr-.*\": \"FR\"},"
            + " got '%s' (%s)".formatted(line(json, MAX_SHOWN), reason));
  }

  private static String line(String text, int max) {
    String line = text.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}]+", " ");
    return line.length() <= max ? line : line.substring(0, max) + "...";
  }
}
