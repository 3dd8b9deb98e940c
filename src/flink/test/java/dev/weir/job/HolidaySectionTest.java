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
    assertThat(settings.ahead()).isZero(); // records say nothing of holidays
    byte[] bytes = InstantiationUtil.serializeObject(holidays); // goes with the job graph
    assertThat(bytes).hasSizeLessThan(45_000);
    HolidaySettings copy = InstantiationUtil.deserializeObject(bytes, getClass().getClassLoader());
    assertThat(has(copy.days(), "2026-10-03")).isTrue();
  }

  @Test
  void mixtureHasNoHolidaysByDefault() throws Exception {
    ForecastSettings settings = read("");
    assertThat(holidays(settings)).isNull();
    assertThat(settings.inputs().zone()).isEqualTo(ZoneId.of("UTC"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'holidays: [XX]' | holidays: expected a country or a part of one such as DE or DE-BE, got"
            + " XX",
        "'holidays: [DE]~learning: off~forecast.many-to-one.model: m' | holidays: expected none"
            + " without a mixture that learns, got some",
        "'window.time-zone: Mars/Base' | window.time-zone: expected a time zone such as"
            + " Europe/Berlin or UTC, got 'Mars/Base'",
      })
  void wrongOptionIsRefusedInOneLine(String yaml, String message) throws Exception {
    assertThatThrownBy(() -> read(yaml.replace('~', '\n') + "\n"))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining(message);
  }
}
