package dev.weir.holiday;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.holiday.HolidayDays;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HolidayRegionsTest {

  private static boolean has(HolidayDays days, String day) {
    return days.contains(LocalDate.parse(day).toEpochDay());
  }

  @ParameterizedTest
  @CsvSource({ // by the laws of the countries
    "DE, 2026-04-03, true", // Good Friday
    "DE, 2026-03-08, false",
    "DE-BE, 2026-03-08, true", // International Women's Day, in Berlin
    "de-be, 2026-10-03, true",
    "FR, 2026-07-14, true",
    "FR, 2026-04-03, false",
    "FR-67, 2026-12-26, true", // Alsace
    "US, 2026-11-26, true", // Thanksgiving
    "GB-ENG, 2026-08-31, true", // the last Monday of August
    "BE, 2026-12-31, false", // an observance, on which people work
    "NO, 2026-05-17, true",
  })
  void publicHolidaysOfARegionAreKnown(String region, String day, boolean expected) {
    HolidayDays days = HolidayRegions.days(List.of(region));
    assertThat(has(days, day)).isEqualTo(expected);
  }

  @Test
  void severalRegionsHaveAllTheirHolidays() {
    HolidayDays days = HolidayRegions.days(List.of("FR", "US"));
    assertThat(has(days, "2026-07-14")).isTrue();
    assertThat(has(days, "2026-07-03")).isTrue(); // the 4th is a Saturday
    assertThat(has(days, "2026-07-15")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "XX | expected a country or a part of one such as DE or DE-BE, got XX",
        "Germany | expected a country or a part of one such as DE or DE-BE, got Germany",
        "../DE | expected a country or a part of one such as DE or DE-BE, got ../DE",
        "NO-OSL | expected no part, since none is known there, got OSL (NO-OSL)",
        "AU-XX | expected a part such as ACT, NSW, NT, QLD, SA, TAS, VIC, WA, got XX (AU-XX)",
      })
  void unknownRegionIsRefusedInOneLine(String region, String message) {
    assertThatThrownBy(() -> HolidayRegions.days(List.of(region)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void holidayIsTheSameOneInEachYear() {
    HolidayDays days = HolidayRegions.days(List.of("DE", "FR"));
    int easterMonday = identity(days, "2026-04-06");
    assertThat(easterMonday).isNotEqualTo(HolidayDays.UNNAMED);
    assertThat(identity(days, "2027-03-29")).isEqualTo(easterMonday);
    assertThat(identity(days, "2027-05-17")).isNotEqualTo(easterMonday); // Whit Monday
    assertThat(identity(days, "2026-12-25")).isEqualTo(identity(days, "2030-12-25"));
    assertThat(identity(days, "2026-12-24")).isEqualTo(HolidayDays.UNNAMED);
  }

  private static int identity(HolidayDays days, String day) {
    return days.identity(LocalDate.parse(day).toEpochDay());
  }
}
