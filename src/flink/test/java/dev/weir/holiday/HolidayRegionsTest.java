package dev.weir.holiday;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.holiday.HolidayDays;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HolidayRegionsTest {

  @TempDir private Path dir;

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
    HolidayDays days = new HolidayRegions(Map.of()).days(List.of(region));
    assertThat(has(days, day)).isEqualTo(expected);
  }

  @Test
  void equalRegionsShareTheirDays() {
    HolidayRegions regions = new HolidayRegions(Map.of());
    HolidayDays days = regions.days(List.of("DE-BE", "FR"));
    assertThat(regions.days(List.of("FR", "DE-BE"))).isSameAs(days);
    assertThat(regions.days(List.of("FR"))).isNotEqualTo(days);
    assertThat(regions.days(List.of("none"))).isSameAs(regions.days(List.of("none")));
  }

  @Test
  void severalRegionsHaveAllTheirHolidays() {
    HolidayDays days = new HolidayRegions(Map.of()).days(List.of("FR", "US"));
    assertThat(has(days, "2026-07-14")).isTrue();
    assertThat(has(days, "2026-07-03")).isTrue(); // the 4th is a Saturday
    assertThat(has(days, "2026-07-15")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "XX | expected a country or a part of one such as DE or DE-BE, or a region of the holidays"
            + " file, got XX",
        "Germany | expected a country or a part of one such as DE or DE-BE, or a region of the"
            + " holidays file, got Germany",
        "../DE | expected a country or a part of one such as DE or DE-BE, or a region of the"
            + " holidays file, got ../DE",
        "NO-OSL | expected no part, since none is known there, got OSL (NO-OSL)",
        "AU-XX | expected a part such as ACT, NSW, NT, QLD, SA, TAS, VIC, WA, got XX (AU-XX)",
      })
  void unknownRegionIsRefusedInOneLine(String region, String message) {
    assertThatThrownBy(() -> new HolidayRegions(Map.of()).days(List.of(region)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void daysOfAFileAddToTheirRegionAndThoseOfNoneToAll() throws Exception {
    String csv =
        "date,region,name\n2026-12-24,,Christmas Eve\n2026-07-27,plant,\"cleaning, all\"\n"
            + "2026-02-16,DE,\n2026-02-17,unused,\n";
    Map<String, Map<LocalDate, String>> own =
        HolidayFile.read(
            Files.writeString(dir.resolve("h.csv"), csv).getFileName().toString(), dir);
    HolidayRegions regions = new HolidayRegions(own);
    HolidayDays plant = regions.days(List.of("plant"));
    assertThat(plant.size()).isEqualTo(2);
    assertThat(has(plant, "2026-12-24")).isTrue();
    assertThat(has(plant, "2026-07-27")).isTrue();
    HolidayDays germany = regions.days(List.of("DE"));
    assertThat(has(germany, "2026-12-24")).isTrue();
    assertThat(has(germany, "2026-02-16")).isTrue();
    assertThat(has(germany, "2026-05-01")).isTrue();
    assertThat(has(germany, "2026-07-27")).isFalse();
    assertThat(regions.days(List.of()).size()).isEqualTo(1);
    assertThat(regions.days(List.of("none")).size()).isZero();
    assertThat(regions.unused()).containsExactly("unused");
  }

  @Test
  void holidayIsTheSameOneInEachYear() {
    HolidayDays days = new HolidayRegions(Map.of()).days(List.of("DE", "FR"));
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

  @Test
  void holidayOfAFileIsTheOneOfItsName() throws Exception {
    String csv =
        "name,date,region\nfair,2025-03-07,\nfair,2026-03-20,\n,2026-07-27,\n"
            + "works,2026-08-03,plant\nparty,2026-08-03,plant\nshut,2026-08-03,\n";
    HolidayDays days =
        new HolidayRegions(
                HolidayFile.read(
                    Files.writeString(dir.resolve("n.csv"), csv).getFileName().toString(), dir))
            .days(List.of("plant"));
    assertThat(days)
        .isEqualTo(
            new HolidayDays(
                Map.of(
                    LocalDate.parse("2025-03-07"), "fair",
                    LocalDate.parse("2026-03-20"), "fair",
                    LocalDate.parse("2026-07-27"), "",
                    LocalDate.parse("2026-08-03"), "party"))); // the first of three names
    assertThat(identity(days, "2025-03-07")).isEqualTo(identity(days, "2026-03-20"));
    assertThat(identity(days, "2026-07-27")).isEqualTo(HolidayDays.UNNAMED);
  }

  @Test
  void fileNeedsNoRegions() throws Exception {
    Path file = Files.writeString(dir.resolve("h.csv"), "\uFEFFdate\r\n2026-12-24\r\n");
    assertThat(HolidayFile.read(file.getFileName().toString(), dir))
        .isEqualTo(Map.of("", Map.of(LocalDate.parse("2026-12-24"), "")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "date,region;2026-13-01,x | expected a date such as 2026-12-24, got 2026-13-01 (h.csv line"
            + " 2)",
        "day;2026-12-24 | expected a header with date, and region if there are regions, got another"
            + " (h.csv)",
        "root:*:20000;x,y,z | expected a header with date, and region if there are regions, got"
            + " another (h.csv)",
        "date | expected dates, got none (h.csv)",
        "date;2026-12-24;24.12.2026 | expected a date such as 2026-12-24, got 24.12.2026 (h.csv"
            + " line 3)",
      })
  void wrongFileIsRefusedInOneLine(String text, String message) throws Exception {
    Path file = Files.writeString(dir.resolve("h.csv"), text.replace(';', '\n'));
    assertThatThrownBy(() -> HolidayFile.read(file.getFileName().toString(), dir))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void missingFileIsRefusedInOneLine() {
    Path file = dir.resolve("none.csv");
    assertThatThrownBy(() -> HolidayFile.read(file.getFileName().toString(), dir))
        .hasMessageStartingWith(
            "expected a readable file, got none.csv (java.nio.file.NoSuchFileException");
  }
}
