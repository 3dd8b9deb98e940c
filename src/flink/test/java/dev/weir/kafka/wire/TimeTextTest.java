package dev.weir.kafka.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.kafka.wire.TimeText.Unit;
import java.time.DateTimeException;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeTextTest {

  @ParameterizedTest
  @CsvSource({
    "1767225600, AUTO, 2026-01-01T00:00:00Z",
    "1767225600.25, AUTO, 2026-01-01T00:00:00.250Z",
    "1.7672256001239E9, AUTO, 2026-01-01T00:00:00.123Z",
    "1767225600123, AUTO, 2026-01-01T00:00:00.123Z",
    "1767225600123456, AUTO, 2026-01-01T00:00:00.123Z",
    "1767225600123456789, AUTO, 2026-01-01T00:00:00.123Z",
    "100000000, AUTO, 1973-03-03T09:46:40Z",
    "9999999999, AUTO, 2286-11-20T17:46:39Z",
    "9999999999999, AUTO, 2286-11-20T17:46:39.999Z",
    "202601311200, MILLIS, 1976-06-02T22:08:31.200Z",
    "189912312359, AUTO, 1976-01-08T01:25:12.359Z",
    "2026-01-31T12:00:00+0100, AUTO, 2026-01-31T11:00:00Z",
    "2026-01-31 12:00:00.25-0130, AUTO, 2026-01-31T13:30:00.250Z",
    "2026-01-31T12:00+0100, AUTO, 2026-01-31T11:00:00Z",
    "2026-01-31T12:00+01, AUTO, 2026-01-31T11:00:00Z",
    "2026-01-31t12:00:00z, AUTO, 2026-01-31T12:00:00Z",
    "2026-01-31t12:00z, AUTO, 2026-01-31T12:00:00Z",
    "2026-01-31t12:00:00+01:00, AUTO, 2026-01-31T11:00:00Z",
    "2026-01-31t12:00, AUTO, 2026-01-31T12:00:00Z",
    "100000000000, AUTO, 1973-03-03T09:46:40Z",
    "5, SECONDS, 1970-01-01T00:00:05Z",
    "5, MILLIS, 1970-01-01T00:00:00.005Z",
    "5000, MICROS, 1970-01-01T00:00:00.005Z",
    "5000000, NANOS, 1970-01-01T00:00:00.005Z",
    "-0.5, SECONDS, 1969-12-31T23:59:59.500Z",
    "2026-01-31T12:00:00Z, MILLIS, 2026-01-31T12:00:00Z",
    "2026-01-31T12:00:00.5+02:00, AUTO, 2026-01-31T10:00:00.500Z",
    "2026-01-31 12:00, AUTO, 2026-01-31T12:00:00Z",
    "2026-01-31 12:00:00.123456, AUTO, 2026-01-31T12:00:00.123Z",
    "2026-01-31 12:00:00-05:30, AUTO, 2026-01-31T17:30:00Z",
    "2026-01-31T24:00:00Z, AUTO, 2026-02-01T00:00:00Z",
    "2016-12-31T23:59:60Z, AUTO, 2016-12-31T23:59:59Z",
    "2026-01-31, AUTO, 2026-01-31T00:00:00Z",
    "2026-01, AUTO, 2026-01-01T00:00:00Z"
  })
  void timesAreRead(String text, Unit unit, Instant time) {
    assertThat(Instant.ofEpochMilli(TimeText.millis(text, unit))).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "20260131",
        "202601311200",
        "202601311200.5",
        "20260131120000",
        "20260131120000000",
        "10000000000",
        "2026-01-31T12:00:00+1",
        "2026-01-31T12:00:00+9900",
        "0",
        "-1767225600",
        "1e30",
        "1e1000000000",
        "e",
        "2026-02-30T12:00:00Z",
        "-",
        "1-2"
      })
  void whatIsNoTimeForSureIsRefused(String text) {
    assertThatThrownBy(() -> TimeText.millis(text, Unit.AUTO))
        .isInstanceOfAny(DateTimeException.class, ArithmeticException.class);
  }
}
