package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.holiday.HolidaySettings;
import dev.weir.job.options.JobFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HolidaySectionTest {

  private static final String JOB =
      "name: x\nkafka: {bootstrap-servers: 'localhost:1'}\nforecast: {many-to-one: {horizon: 3}}\n";

  @TempDir private Path dir;

  private ForecastSettings read(String yaml) throws Exception {
    Path file = Files.writeString(dir.resolve("job.yaml"), JOB + yaml);
    return JobSettings.read(file, Map.of()).forecast();
  }

  private static HolidaySettings holidays(ForecastSettings settings) {
    return settings.modes().get(0).learning().learner().holidays();
  }

  private static boolean has(dev.weir.forecast.holiday.HolidayDays days, String day) {
    return days.contains(LocalDate.parse(day).toEpochDay());
  }

  @Test
  void shortFormNamesRegionsAndTheZoneIsThatOfWindows() throws Exception {
    ForecastSettings settings =
        read("holidays: [DE-BE, FR]\nwindow: {time-zone: Europe/Berlin, interval: PT1H}\n");
    HolidaySettings holidays = holidays(settings);
    assertThat(holidays.zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(settings.inputs().zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(has(holidays.days(), "2026-03-08")).isTrue();
    assertThat(has(holidays.days(), "2026-07-14")).isTrue();
    assertThat(holidays.overrides()).isEmpty();
    assertThat(settings.ahead()).isZero(); // records say nothing of holidays
  }

  @Test
  void mixtureHasNoHolidaysByDefault() throws Exception {
    ForecastSettings settings = read("");
    assertThat(holidays(settings)).isNull();
    assertThat(settings.inputs().zone()).isEqualTo(ZoneId.of("UTC"));
  }

  @Test
  void seriesHaveRegionsOfTheirOwnAndOfAFile() throws Exception {
    Files.writeString(dir.resolve("own.csv"), "date,region\n2026-07-27,plant\n2026-12-24,\n");
    HolidaySettings holidays =
        holidays(
            read(
                """
                holidays:
                  regions: [DE]
                  file: own.csv
                  overrides:
                    - series: "fr-.*"
                      regions: [FR]
                    - {series: "plant-.*", regions: [plant, DE]}
                    - {series: "robot", regions: [none]}
                """));
    assertThat(has(holidays.days(), "2026-12-24")).isTrue();
    assertThat(has(holidays.days(), "2026-07-27")).isFalse();
    assertThat(holidays.overrides())
        .extracting(each -> each.series().pattern())
        .containsExactly("fr-.*", "plant-.*", "robot");
    assertThat(has(holidays.overrides().get(0).days(), "2026-07-14")).isTrue();
    assertThat(has(holidays.overrides().get(0).days(), "2026-10-03")).isFalse();
    assertThat(has(holidays.overrides().get(1).days(), "2026-07-27")).isTrue();
    assertThat(holidays.overrides().get(2).days().size()).isZero();
    byte[] bytes = InstantiationUtil.serializeObject(holidays); // goes with the job graph
    assertThat(bytes).hasSizeLessThan(45_000);
    HolidaySettings copy = InstantiationUtil.deserializeObject(bytes, getClass().getClassLoader());
    assertThat(has(copy.days(), "2026-10-03")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'holidays: [XX]' | holidays.regions: expected a country or a part of one such as DE or DE-BE, or a region of the holidays file, got XX",
        "'holidays: [DE]~learning: off~forecast.many-to-one.model: m' | holidays.regions: expected none without a mixture that learns, got some",
        "'window.time-zone: Mars/Base' | window.time-zone: expected a time zone such as Europe/Berlin or UTC, got 'Mars/Base'",
        "'holidays: {file: gone.csv}' | holidays.file: expected a readable file, got gone.csv (java.nio.file.NoSuchFileException",
        "'holidays: {overrides: [{series: x}]}' | holidays.overrides[0].regions: expected",
        "'holidays: {overrides: [{series: \"(\", regions: [DE]}]}' | holidays.overrides[0].series: expected a regular expression",
        "'holidays: {regions: [DE], file: names.csv}' | holidays.file: expected regions that holidays.regions or holidays.overrides[].series names, got [Christmas]",
      })
  void wrongOptionIsRefusedInOneLine(String yaml, String message) throws Exception {
    Files.writeString(dir.resolve("names.csv"), "date,region\n2026-12-25,Christmas\n");
    assertThatThrownBy(() -> read(yaml.replace('~', '\n') + "\n"))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining(message);
  }
}
