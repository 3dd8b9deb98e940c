package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalClockTest {

  private static long millis(String time) {
    return Instant.parse(time).toEpochMilli();
  }

  @ParameterizedTest
  @CsvSource({ // the clock goes forward on 29 March and back on 25 October, at 01:00 UTC
    "2026-03-29T00:59:59.999Z, 2026-03-29T01:59:59.999",
    "2026-03-29T01:00:00Z, 2026-03-29T03:00",
    "2026-03-29T23:00:00Z, 2026-03-30T01:00",
    "2026-10-25T00:59:59.999Z, 2026-10-25T02:59:59.999",
    "2026-10-25T01:00:00Z, 2026-10-25T02:00",
    "2026-10-25T23:00:00Z, 2026-10-26T00:00",
  })
  void localTimeFollowsDaylightSaving(String time, String local) {
    long expected = LocalDateTime.parse(local).toInstant(ZoneOffset.UTC).toEpochMilli();
    LocalClock clock = new LocalClock(ZoneId.of("Europe/Berlin"));
    assertThat(clock.local(millis(time))).isEqualTo(expected);
    assertThat(clock.local(millis("2026-07-01T00:00:00Z")))
        .isEqualTo(millis("2026-07-01T02:00:00Z"));
    assertThat(clock.local(millis(time))).isEqualTo(expected);
  }

  @Test
  void bothChangesAreFoundHourByHourForwardAndBackward() {
    ZoneId zone = ZoneId.of("Europe/Berlin");
    LocalClock clock = new LocalClock(zone);
    long first = millis("2026-01-01T00:30:00Z");
    int hours = 365 * 24;
    for (int k = 0; k < 2 * hours; k++) {
      long time = first + Duration.ofHours(k < hours ? k : 2 * hours - 1 - k).toMillis();
      LocalDateTime local = Instant.ofEpochMilli(time).atZone(zone).toLocalDateTime();
      assertThat(clock.local(time)).isEqualTo(local.toInstant(ZoneOffset.UTC).toEpochMilli());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe", "+05:45"})
  void localTimeIsThatOfTheJdk(String name) {
    ZoneId zone = ZoneId.of(name);
    LocalClock clock = new LocalClock(zone);
    Random random = new Random(7);
    for (int k = 0; k < 2_000; k++) {
      long time = (long) (random.nextGaussian() * 1e12) + millis("2010-01-01T00:00:00Z");
      LocalDateTime local = Instant.ofEpochMilli(time).atZone(zone).toLocalDateTime();
      assertThat(clock.local(time)).isEqualTo(local.toInstant(ZoneOffset.UTC).toEpochMilli());
    }
  }

  @Test
  void utcChangesNoTime() {
    LocalClock clock = new LocalClock(ZoneOffset.UTC);
    for (long time : List.of(0L, -1L, 1L, Long.MAX_VALUE, Long.MIN_VALUE, 1_767_225_600_000L)) {
      assertThat(clock.local(time)).isEqualTo(time);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-62_135_596_800_000L, 253_402_300_799_999L, Long.MAX_VALUE, Long.MIN_VALUE})
  void timesOfYearOneAndFarAheadAreAnswered(long time) {
    LocalClock clock = new LocalClock(ZoneId.of("Europe/Berlin"));
    for (int k = 0; k < 100_000; k++) {
      assertThat(Math.abs(clock.local(time) - time)).isLessThanOrEqualTo(7_200_000);
    }
  }
}
