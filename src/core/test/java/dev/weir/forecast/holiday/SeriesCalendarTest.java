package dev.weir.forecast.holiday;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Observation;
import dev.weir.forecast.slot.NewSlots;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a series has holidays, and what each of them does to it. */
class SeriesCalendarTest {

  private static final long HOUR = 3_600_000;

  private static HolidayDays days(String... days) {
    return new HolidayDays(List.of(days).stream().map(LocalDate::parse).toList());
  }

  private static long millis(String time) {
    return Instant.parse(time).toEpochMilli();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-05-13, 1",
    "2026-05-14, 0",
    "2026-05-15, 2",
    "2026-05-21, 3",
    "2026-05-20, -1",
    "2026-05-16, -1",
    "2026-12-25, 0",
    "2026-12-26, 0",
    "2026-12-24, 1",
    "2026-12-27, 2",
  })
  void dayHasTheKindThatComesFirst(String day, int kind) {
    HolidaySettings settings =
        new HolidaySettings(ZoneOffset.UTC, days("2026-05-14", "2026-12-25", "2026-12-26"));
    SeriesCalendar calendar = new SeriesCalendar(settings);
    calendar.bind(40, millis(day + "T23:00:00Z"), HOUR);
    assertThat(calendar.perDay()).isEqualTo(24);
    assertThat(calendar.kind(calendar.day(40))).isEqualTo(kind);
    assertThat(calendar.day(41)).isEqualTo(calendar.day(40) + 1);
    assertThat(calendar.day(17)).isEqualTo(calendar.day(40));
  }

  @Test
  void dayBeginsAtLocalMidnight() { // at 22:00 UTC in summer, at 23:00 in winter
    HolidaySettings settings =
        new HolidaySettings(ZoneId.of("Europe/Berlin"), days("2026-05-01", "2026-12-25"));
    SeriesCalendar calendar = new SeriesCalendar(settings);
    calendar.bind(5, millis("2026-04-30T21:00:00Z"), HOUR);
    assertThat(calendar.kind(calendar.day(5))).isEqualTo(SeriesCalendar.DAY_BEFORE);
    assertThat(calendar.kind(calendar.day(6))).isEqualTo(SeriesCalendar.HOLIDAY);
    assertThat(calendar.kind(calendar.day(29))).isEqualTo(SeriesCalendar.HOLIDAY);
    assertThat(calendar.kind(calendar.day(30))).isEqualTo(SeriesCalendar.DAY_AFTER);
    calendar.bind(5, millis("2026-12-24T22:00:00Z"), HOUR);
    assertThat(calendar.kind(calendar.day(5))).isEqualTo(SeriesCalendar.DAY_BEFORE);
    assertThat(calendar.kind(calendar.day(6))).isEqualTo(SeriesCalendar.HOLIDAY);
    assertThat(SeriesCalendar.sinceSunday(calendar.day(6))).isEqualTo(5); // a Friday
    assertThat(SeriesCalendar.sinceSunday(LocalDate.parse("2026-05-31").toEpochDay())).isZero();
  }

  /** The first day of a series says where its grid is; the clocks change twice after it. */
  @ParameterizedTest
  @CsvSource({
    "Europe/Berlin, 2023-07-01, 0",
    "Europe/Berlin, 2023-12-01, 0",
    "Europe/Berlin, 2023-07-01, 12",
    "Europe/Berlin, 2023-12-01, 9",
    "America/New_York, 2023-07-01, 0",
    "America/New_York, 2023-12-01, 0",
    "Australia/Lord_Howe, 2023-07-01, 0",
    "Antarctica/Troll, 2023-07-01, 0",
    "Antarctica/Troll, 2023-12-01, 0",
    "Asia/Tokyo, 2023-07-01, 0",
  })
  void dailyValueHasTheLocalDayOfItsStamp(ZoneId zone, LocalDate first, int hour) {
    long day = 24 * HOUR;
    SeriesCalendar calendar = new SeriesCalendar(new HolidaySettings(zone, days()));
    Windows onGrid = new Windows(5, 1, 0, new Sampling(day, Sampling.Gap.SKIP, 0));
    WindowState state = onGrid.newState();
    for (int d = 0; d < 366; d++) {
      long expected = first.plusDays(d).toEpochDay();
      long stamp = first.plusDays(d).atTime(hour, 0).atZone(zone).toInstant().toEpochMilli();
      Windows.Outcome outcome =
          onGrid.offer(state, new Observation("x", stamp, d), Windows.IN_ORDER);
      assertThat(outcome).as("day %d", d).isEqualTo(Windows.Outcome.APPENDED);
      for (long time : new long[] {stamp, state.lastTime()}) { // by count, and on the grid
        calendar.bind(10 + d, time, day);
        assertThat(calendar.day(10 + d)).as("day %d", d).isEqualTo(expected);
        assertThat(calendar.day(10 + d + 7)).as("day %d", d).isEqualTo(expected + 7);
        assertThat(calendar.day(10 + d - 7)).as("day %d", d).isEqualTo(expected - 7);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Europe/Berlin, 0",
    "Europe/London, 0",
    "Atlantic/Azores, 0",
    "Asia/Tokyo, 0",
    "UTC, 0",
    "America/New_York, -1", // the evening before
    "America/Los_Angeles, -1",
  })
  void dailyValueOfMidnightInUtcHasItsDayInEurope(ZoneId zone, int expected) {
    SeriesCalendar calendar = new SeriesCalendar(new HolidaySettings(zone, days()));
    for (long d = 19_000; d < 19_400; d++) {
      calendar.bind(3, d * 24 * HOUR, 24 * HOUR);
      assertThat(calendar.day(3)).as("%d", d).isEqualTo(d + expected);
    }
  }

  @Test
  void firstDayOf1970HasItsKind() {
    SeriesCalendar calendar =
        new SeriesCalendar(new HolidaySettings(ZoneOffset.UTC, days("2026-05-14")));
    assertThat(calendar.kind(0)).isEqualTo(SeriesCalendar.NORMAL);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "86400000, 1", "900000, 96", "604800000, 0", "7000, 0", "25200000, 0"})
  void dayMustBeAWholeNumberOfValues(long spacing, int perDay) {
    SeriesCalendar calendar = new SeriesCalendar(new HolidaySettings(ZoneOffset.UTC, days()));
    calendar.bind(3, 0, spacing);
    assertThat(calendar.perDay()).isEqualTo(perDay);
  }

  @Test
  void noDayOutsideOfTheYearsIsAHoliday() {
    HolidayDays days = days("1969-12-31", "1970-01-01", "2100-12-31", "2101-01-01", "0001-01-01");
    assertThat(days.size()).isEqualTo(2);
    assertThat(days).isEqualTo(days("2100-12-31", "1970-01-01")).isNotEqualTo(days("1970-01-01"));
    assertThat(days.contains(0)).isTrue();
    assertThat(days.contains(LocalDate.parse("2100-12-31").toEpochDay())).isTrue();
    long[] others = {-1, 1, 47_847, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32};
    for (long other : others) {
      assertThat(days.contains(other)).as("%d", other).isFalse();
    }
  }

  private static final int EASTER = 7;

  private static final int CHRISTMAS = 11;

  private final Slots slots = NewSlots.declare();
  private final OwnEffects effects = new OwnEffects(slots);

  @BeforeEach
  void bind() {
    NewSlots.bind(slots, 1);
  }

  private void learn(int id, long day, double plain, double corrected) {
    effects.learn(id, day, plain, corrected, 2);
    effects.learn(id, day, plain, corrected, 2);
  }

  @Test
  void effectIsTheMeanOfEarlierDaysShrunkTowardsZero() {
    assertThat(effects.effect(EASTER, 1)).isZero();
    learn(EASTER, 1, 3, 2);
    learn(CHRISTMAS, 2, 3, -4);
    assertThat(effects.effect(EASTER, 1)).isZero(); // by no value of the same day
    assertThat(effects.effect(EASTER, 3)).isEqualTo(2.0 / 3); // 2 * 1 / (1 + 2)
    assertThat(effects.effect(CHRISTMAS, 4)).isEqualTo(-4.0 / 3);
    effects.learn(EASTER, 3, 3, 1, 2);
    assertThat(effects.effect(EASTER, 3)).isEqualTo(2.0 / 3);
    effects.learn(EASTER, 3, 3, 1, 2);
    assertThat(effects.effect(EASTER, 5)).isEqualTo(0.75); // 1.5 * 2 / (2 + 2)
    learn(EASTER, 5, 50, 50); // counts as 6
    assertThat(effects.effect(EASTER, 7)).isEqualTo(1.8); // 3 * 3 / (3 + 2)
  }

  @Test
  void oldDaysAreForgottenAfterTen() {
    for (int day = 0; day < 60; day++) {
      learn(EASTER, day, 1, day < 30 ? 1 : -1);
    }
    assertThat(effects.effect(EASTER, 60)).isCloseTo(-11.0 / 13, within(0.1)); // 10 and 1
  }

  @Test
  void holidaysBeyondTheLargestNumberHaveNoEffect() {
    assertThat(slots.layout(1).floats()).isEqualTo(5 + 20 * 6);
    for (int id = 1; id <= OwnEffects.MAX_HOLIDAYS + 1; id++) {
      learn(id, id, 1, 3);
    }
    learn(HolidayDays.UNNAMED, 99, 1, 3);
    assertThat(effects.effect(OwnEffects.MAX_HOLIDAYS, 100)).isEqualTo(1);
    assertThat(effects.effect(OwnEffects.MAX_HOLIDAYS + 1, 100)).isZero();
    assertThat(effects.effect(HolidayDays.UNNAMED, 100)).isZero();
    assertThat(effects.effect(1, 100)).isEqualTo(1);
  }

  @Test
  void effectsCountFromTheThirdDayWithOneOn() {
    learn(EASTER, 1, 3, 3); // had none before
    learn(EASTER, 2, 3, 3);
    assertThat(effects.areTrusted(3)).isFalse();
    learn(EASTER, 3, 3, 3);
    assertThat(effects.areTrusted(3)).isFalse();
    assertThat(effects.areTrusted(4)).isTrue();
  }

  @Test
  void effectsMustBeBetterThanTheOtherForecasts() {
    for (int day = 1; day < 20; day++) {
      learn(EASTER, day, 3, day % 2 == 0 ? 2 : -2); // nothing repeats
    }
    assertThat(effects.areTrusted(20)).isFalse();
    bind();
    for (int day = 1; day < 20; day++) {
      learn(EASTER, day, 0.1, 2); // the plain forecast is right
    }
    assertThat(effects.areTrusted(20)).isFalse();
    bind();
    for (int day = 1; day < 20; day++) {
      learn(EASTER, day, 3, 2);
    }
    assertThat(effects.areTrusted(20)).isTrue();
  }

  @Test
  void damagedStateHasNoEffect() {
    learn(EASTER, 1, 1, Double.NaN);
    assertThat(effects.effect(EASTER, 2)).isZero();
  }
}
