package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

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
}
