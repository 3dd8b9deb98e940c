package dev.weir.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  @Test
  void isoAndWhatPeopleWriteAreBothRead() {
    assertThat(Durations.parse("PT-24H")).isEqualTo(Duration.ofHours(-24)); // Flink refuses it
    assertThat(Durations.parse("PT1H30M")).isEqualTo(Duration.ofMinutes(90));
    assertThat(Durations.parse("60s")).isEqualTo(Duration.ofSeconds(60));
    assertThat(Durations.parse("5 min")).isEqualTo(Duration.ofMinutes(5));
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
