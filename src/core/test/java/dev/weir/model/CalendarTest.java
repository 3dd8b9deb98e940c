package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
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

class CalendarTest {

  private static void assertTurned(Calendar calendar, String time, double share) {
    float[] inputs = new float[3];
    Calendar.fill(List.of(calendar), Instant.parse(time).toEpochMilli(), inputs, 1);
    assertThat(inputs[1])
        .as("sine")
        .isCloseTo((float) Math.sin(2 * Math.PI * share), within(1e-6f));
    assertThat(inputs[2])
        .as("cosine")
        .isCloseTo((float) Math.cos(2 * Math.PI * share), within(1e-6f));
    assertThat(inputs[0]).isZero();
  }

  @Test
  void eachCycleBeginsWhereItSays() {
    assertTurned(Calendar.MINUTE_OF_HOUR, "2024-02-29T13:15:00Z", 0.25);
    assertTurned(Calendar.HOUR_OF_DAY, "2024-02-29T06:00:00Z", 0.25);
    assertTurned(Calendar.HOUR_OF_DAY, "2024-02-29T21:30:00Z", 21.5 / 24);
    assertTurned(Calendar.DAY_OF_WEEK, "2024-02-26T00:00:00Z", 0); // a Monday
    assertTurned(Calendar.DAY_OF_WEEK, "2024-02-29T12:00:00Z", 3.5 / 7);
    assertTurned(Calendar.DAY_OF_WEEK, "1969-12-29T00:00:00Z", 0);
    assertTurned(Calendar.DAY_OF_YEAR, "2024-07-02T00:00:00Z", 0.5); // 183 of 366 days
    assertTurned(Calendar.DAY_OF_YEAR, "2023-01-01T00:00:00Z", 0);
    assertTurned(Calendar.DAY_OF_YEAR, "2023-12-31T00:00:00Z", 364.0 / 365);
  }

  @Test
  void severalKeepTheirOrder() {
    List<Calendar> both = List.of(Calendar.DAY_OF_WEEK, Calendar.HOUR_OF_DAY);
    float[] inputs = new float[Calendar.inputs(both)];
    Calendar.fill(both, Instant.parse("2024-02-26T06:00:00Z").toEpochMilli(), inputs, 0);
    float week = (float) (2 * Math.PI / 28);
    assertThat(inputs)
        .containsExactly(
            new float[] {(float) Math.sin(week), (float) Math.cos(week), 1, 0}, within(1e-6f));
  }

  private static ForecastModel model(int inputSize, List<Calendar> calendar) {
    RnnConfig config = new RnnConfig(Cell.RNN_TANH, inputSize, 2, 1, false, false);
    return TestModel.of(config, 5, 2).version(3).scaling(Scaling.LAST).calendar(calendar).build();
  }

  @Test
  void aModelFileSaysWhatItsNetworkReads() throws Exception {
    ForecastModel model = model(6, List.of(Calendar.DAY_OF_WEEK, Calendar.HOUR_OF_DAY));
    assertThat(model.features()).isEqualTo(1);
    ForecastModel read =
        ModelFiles.fromBytes(ModelFiles.toBytes(model), ModelFiles.Defaults.NONE, "f");
    assertThat(read).isEqualTo(model);
    assertThat(read.withVersion(4).calendar()).isEqualTo(model.calendar());
    assertThat(model(6, List.of(Calendar.DAY_OF_WEEK))).isNotEqualTo(model);
    byte[] without = ModelFiles.toBytes(model(6, List.of()));
    assertThat(new String(without, java.nio.charset.StandardCharsets.ISO_8859_1))
        .doesNotContain("calendar");
    ModelFiles.Defaults told =
        new ModelFiles.Defaults(null, null, null, null, null, null, model.calendar());
    assertThat(ModelFiles.fromBytes(without, told, "f")).isEqualTo(model);
  }

  @Test
  void aNetworkTooNarrowForItsCalendarIsRefused() {
    assertThatThrownBy(() -> model(2, List.of(Calendar.HOUR_OF_DAY)))
        .hasMessage(
            "input_size: expected at least 3 for a value and the calendar hour-of-day, got 2");
  }

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
