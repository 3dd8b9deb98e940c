package dev.weir.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {

  @ParameterizedTest
  @CsvSource({
    "12, 12",
    "-0.5, -0.5",
    "+3, 3",
    ".5, 0.5",
    "7., 7",
    "1e3, 1000",
    "2E-2, 0.02",
    "007, 7",
    "' 4 ', 4",
    "NaN, NaN",
    "Infinity, Infinity",
    "-Infinity, -Infinity",
    "1e999, Infinity"
  })
  void numberIsRead(String text, double expected) {
    assertThat(Numbers.parse(text)).isEqualTo(Double.valueOf(expected)); // NaN, too
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "12d",
        "12D",
        "12f",
        "1.5F",
        "0x1p3",
        "0X1P3",
        "0x10",
        "1_000",
        "1,5",
        "",
        " ",
        "1 2",
        "1e",
        "e3",
        "--1",
        "nan",
        "inf",
        "12\u0000",
        "\u0664"
      })
  void whatOnlyJavaReadsIsNoNumber(String text) {
    assertThatThrownBy(() -> Numbers.parse(text)).isInstanceOf(NumberFormatException.class);
    assertThatThrownBy(() -> Numbers.option(text)).isInstanceOf(NumberFormatException.class);
    assertThatThrownBy(() -> Numbers.integer(text)).isInstanceOf(NumberFormatException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"010", "-08", "+00", "00.5"})
  void octalLookingOptionIsNoNumber(String text) {
    assertThatThrownBy(() -> Numbers.option(text)).isInstanceOf(NumberFormatException.class);
    assertThatThrownBy(() -> Numbers.integer(text)).isInstanceOf(NumberFormatException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "10", "-7", "+2147483647"})
  void wholeOptionIsRead(String text) {
    assertThat(Numbers.integer(text)).isEqualTo(Integer.parseInt(text));
    assertThat(Numbers.option(text)).isEqualTo(Double.parseDouble(text));
  }

  @Test
  void isoAndWhatPeopleWriteAreBothRead() {
    assertThat(Durations.parse("PT-24H")).isEqualTo(Duration.ofHours(-24)); // Flink refuses it
    assertThat(Durations.parse("PT1H30M")).isEqualTo(Duration.ofMinutes(90));
    assertThat(Durations.parse("60s")).isEqualTo(Duration.ofSeconds(60));
    assertThat(Durations.parse(" 60s ")).isEqualTo(Duration.ofSeconds(60));
    assertThat(Durations.parse("5 min")).isEqualTo(Duration.ofMinutes(5));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 s",
    "60, 60 ms",
    "1250, 1.2 s",
    "12500, 12 s",
    "65000, 1 min 5 s",
    "-7200000, -2 h",
    "20400000, 5 h 40 min",
    "90000000, 1 d 1 h"
  })
  void durationIsShownInItsTwoLargestUnits(long millis, String shown) {
    assertThat(Durations.shown(millis)).isEqualTo(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "P",
        "soon",
        "PT1X",
        "5 fortnights",
        "9223372036854775807 d",
        "PT9223372036854775807H"
      })
  void whatIsNoDurationOrTooLongIsRefusedAsTheCallersMistake(String text) {
    assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
