package dev.weir.holiday;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weir.forecast.calendar.HolidaySettings.Override;
import dev.weir.option.HolidayOptions;
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

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private HolidayOverrides() {}

  /**
   * Reads a text.
   *
   * @param regions find the holidays
   * @throws IllegalArgumentException when something is wrong with it, in one line
   */
  public static List<Override> parse(String json, HolidayRegions regions) {
    Map<String, String> entries;
    try {
      entries = JSON.readValue(json, new TypeReference<LinkedHashMap<String, String>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "expected a JSON object of regular expressions and regions such as {\"fr-.*\": \"FR\"},"
              + " got '%s'".formatted(json),
          e);
    }
    if (entries == null || entries.isEmpty() || entries.size() > HolidayOptions.MAX_OVERRIDES) {
      throw new IllegalArgumentException(
          "expected 1 to %d regular expressions, got %d"
              .formatted(HolidayOptions.MAX_OVERRIDES, entries == null ? 0 : entries.size()));
    }
    List<Override> overrides = new ArrayList<>();
    entries.forEach(
        (series, names) ->
            overrides.add(
                new Override(
                    HolidayOptions.SERIES.parse(series),
                    regions.days(
                        HolidayOptions.SERIES_REGIONS.parse(names == null ? "" : names)))));
    return overrides;
  }
}
