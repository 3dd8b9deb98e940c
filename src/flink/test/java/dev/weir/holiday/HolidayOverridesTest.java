package dev.weir.holiday;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.holiday.HolidaySettings.Override;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HolidayOverridesTest {

  private static final LocalDate CLEANING = LocalDate.of(2026, 7, 27);

  private static List<Override> parse(String json) {
    return HolidayOverrides.parse(
        json, new HolidayRegions(Map.of("plant-north", Map.of(CLEANING, ""))));
  }

  @Test
  void entriesKeepTheirOrderAndHaveTheirRegions() {
    List<Override> overrides =
        parse("{\"robot-.*\": \"none\", \"north-.*\": \"DE-SH, plant-north\", \".*\": \"FR\"}");
    assertThat(overrides)
        .extracting(each -> each.series().pattern())
        .containsExactly("robot-.*", "north-.*", ".*");
    assertThat(overrides.get(0).days().size()).isZero();
    assertThat(overrides.get(1).days().contains(CLEANING.toEpochDay())).isTrue();
    assertThat(overrides.get(1).days().contains(LocalDate.of(2026, 10, 31).toEpochDay())).isTrue();
    assertThat(overrides.get(2).days().contains(LocalDate.of(2026, 7, 14).toEpochDay())).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "FR | expected a JSON object of regular expressions and regions such as {\"fr-.*\":"
            + " \"FR\"}, got 'FR' (no JSON at line 1, column 1)",
        "[\"FR\"] | expected a JSON object of regular expressions and regions such as {\"fr-.*\":"
            + " \"FR\"}, got '[\"FR\"]' (no object)",
        "{\"a\": \"FR\", \"a\": \"DE\"} | expected a JSON object of regular expressions and regions"
            + " such as {\"fr-.*\": \"FR\"}, got '{\"a\": \"FR\", \"a\": \"DE\"}' (entry 'a'"
            + " twice)",
        "{\"a\": \"FR\"} {} | expected a JSON object of regular expressions and regions such as"
            + " {\"fr-.*\": \"FR\"}, got '{\"a\": \"FR\"} {}' (more after its end)",
        "{} | expected 1 to 100 regular expressions, got 0",
        "null | expected a JSON object of regular expressions and regions such as {\"fr-.*\":"
            + " \"FR\"}, got 'null' (no object)",
        "{\"a\": \"FR\" | expected a JSON object of regular expressions and regions such as"
            + " {\"fr-.*\": \"FR\"}, got '{\"a\": \"FR\"' (no JSON at line 1, column 11)",
        "{\"(\": \"FR\"} | entry '(': expected a regular expression, got '('",
        "{\"a\": \"\"} | entry 'a': expected a list of regions such as DE or DE-BE, got ''",
        "{\"a\": null} | expected a JSON object of regular expressions and regions such as"
            + " {\"fr-.*\": \"FR\"}, got '{\"a\": null}' (entry 'a' without a text of regions)",
        "{\"a\": \"XX\"} | entry 'a': expected a country or a part of one such as DE or DE-BE, or a"
            + " region of the holidays file, got XX",
      })
  void wrongTextIsRefusedInOneLine(String json, String message) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void longTextOfManyLinesIsCutToOneShortLine() {
    String twice = "north-\\n" + "x".repeat(100);
    String json =
        "{\n  \"%s\": \"DE\",\n  \"south\": \"FR\",\n  \"%s\": \"FR\"\n}".formatted(twice, twice);
    assertThatThrownBy(() -> parse(json))
        .hasMessage(
            "expected a JSON object of regular expressions and regions such as {\"fr-.*\": \"FR\"},"
                + " got '{   \"north-\\n%s...' (entry 'north- %s...' twice)",
            "x".repeat(47), "x".repeat(53));
    assertThatThrownBy(() -> parse("{\"(\\n(\": \"FR\"}"))
        .hasMessage("entry '( (': expected a regular expression, got '( ('");
  }

  @Test
  void moreEntriesThanAJobMayHaveAreRefused() {
    String entries =
        IntStream.rangeClosed(1, 101)
            .mapToObj("\"s%d\": \"FR\""::formatted)
            .collect(Collectors.joining(",", "{", "}"));
    assertThatThrownBy(() -> parse(entries))
        .hasMessage("expected 1 to 100 regular expressions, got 101");
  }
}
