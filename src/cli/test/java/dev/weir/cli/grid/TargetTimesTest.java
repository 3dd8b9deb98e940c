package dev.weir.cli.grid;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetTimesTest {

  private static final long[] OTHERWISE = {7, 8, 9};

  private static long[] days(String... days) {
    return Arrays.stream(days).mapToLong(day -> millis(LocalDate.parse(day))).toArray();
  }

  private static long millis(LocalDate day) {
    return day.atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  private static String[] next(long... times) {
    return Arrays.stream(TargetTimes.of(times, 3, OTHERWISE))
        .mapToObj(time -> Instant.ofEpochMilli(time).toString().replace("T00:00:00Z", ""))
        .toArray(String[]::new);
  }

  @ParameterizedTest
  @CsvSource({
    "2023-11-01 2023-12-01 2024-01-01, 2024-02-01 2024-03-01 2024-04-01",
    "2023-11-30 2023-12-31 2024-01-31, 2024-02-29 2024-03-31 2024-04-30",
    "2022-12-31 2023-01-31 2023-02-28, 2023-03-31 2023-04-30 2023-05-31",
    "2023-12-30 2024-01-30 2024-02-29 2024-03-30, 2024-04-30 2024-05-30 2024-06-30",
    "2023-06-15 2023-09-15 2023-12-15, 2024-03-15 2024-06-15 2024-09-15",
    "2020-02-29 2021-02-28 2022-02-28, 2023-02-28 2024-02-29 2025-02-28",
  })
  void monthsGoOnAsMonths(String times, String expected) {
    long[] given = days(times.split(" "));
    assertThat(next(given)).containsExactly(expected.split(" "));
    assertThat(TargetTimes.isRegular(given)).isTrue();
  }

  @Test
  void timeOfDayStays() {
    long[] given = days("2023-11-01", "2023-12-01", "2024-01-01");
    long[] later = Arrays.stream(given).map(time -> time + 1).toArray();
    assertThat(next(later)[0]).isEqualTo("2024-02-01T00:00:00.001Z");
    later[1]++;
    assertThat(TargetTimes.of(later, 3, OTHERWISE)).isSameAs(OTHERWISE);
  }

  @Test
  void otherSeriesKeepTheSpacingOfTheForecast() {
    long day = 86_400_000;
    for (long step : new long[] {1, 3_600_000, day, 7 * day, 30 * day, 31 * day}) {
      long[] times = LongStream.range(0, 20).map(i -> i * step).toArray();
      assertThat(TargetTimes.of(times, 3, OTHERWISE)).as("%d ms", step).isSameAs(OTHERWISE);
      assertThat(TargetTimes.isRegular(times)).isTrue();
      times[18]++;
      assertThat(TargetTimes.isRegular(times)).as("%d ms", step).isFalse();
    }
    long[] two = days("2024-01-01", "2024-02-01"); // could be 31 days
    assertThat(TargetTimes.of(two, 3, OTHERWISE)).isSameAs(OTHERWISE);
    assertThat(TargetTimes.of(new long[] {5}, 3, null)).isNull();
  }

  @Test
  void onlyTheNewestTimesCount() {
    long[] times =
        IntStream.range(0, 20)
            .mapToLong(i -> millis(LocalDate.of(2020, 1, 1).plusMonths(i)))
            .toArray();
    times[0]++;
    assertThat(next(times)).containsExactly("2021-09-01", "2021-10-01", "2021-11-01");
  }
}
