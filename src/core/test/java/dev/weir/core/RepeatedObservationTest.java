package dev.weir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.weir.core.ForecasterBuilder.Size;
import dev.weir.forecast.Explanation;
import dev.weir.forecast.Forecast;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What comes again or too late, in the same forecaster and in others. */
class RepeatedObservationTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final int SEASON = 5;
  private static final int COUNT = 83;

  private static ForecasterBuilder builder() {
    return Forecaster.builder().horizon(3).season(SEASON).size(Size.SMALL).interval(HOUR);
  }

  private static Observation observation(int i) {
    return new Observation(START.plus(HOUR.multipliedBy(i)), 20 + 3 * (i % SEASON));
  }

  private static Series learned(Forecaster by) {
    Series series = by.series("pump");
    for (int i = 0; i < COUNT; i++) {
      series.observe(observation(i));
    }
    return series;
  }

  @Test
  void forecastMadeAgainIsNotExplainedByAnotherSeries() {
    Forecaster forecaster = builder().explain().build();
    Series series = learned(forecaster);
    Series other = forecaster.series("other");
    for (int i = 0; i < 60; i++) {
      other.observe(new Observation(START.plus(HOUR.multipliedBy(i)), i * i % 13));
    }
    for (Forecast again : List.of(series.forecast(), series.observe(observation(COUNT - 1)))) {
      assertThat(again.explanation()).isNull();
      assertThat(again.value(1)).isCloseTo(20 + 3 * (COUNT % SEASON), within(0.5));
    }
    Forecast next = series.observe(observation(COUNT));
    assertThat(next.explanation().parts())
        .extracting(Explanation.Part::name)
        .contains("level", "expert:seasonal-profile");
    assertThat(next.explanation().parts().stream().mapToDouble(Explanation.Part::amount).sum())
        .isCloseTo(next.value(1), within(1e-9));
  }

  @Test
  void restoredSeriesForecastsAgainWithExplanationsOn() {
    byte[] saved = learned(builder().explain().build()).save();
    Series restored = builder().explain().build().restore("pump", saved);
    Forecast again = restored.observe(observation(COUNT - 1));
    assertThat(again.explanation()).isNull();
    assertThat(again.values())
        .isEqualTo(builder().build().restore("pump", saved).forecast().values());
  }

  private static Stream<Arguments> changes() {
    return Stream.of(
        arguments("horizon", builder().horizon(7), COUNT),
        arguments("window", builder().window(11), COUNT),
        arguments("season", builder().season(1), COUNT),
        arguments("size", builder().size(Size.DEFAULT), COUNT),
        arguments("alarms", builder().alarms(Alarms.DEFAULT), COUNT),
        arguments("levels", builder().levels(0.7), COUNT),
        arguments("interval", builder().interval(Duration.ofMinutes(30)), 1),
        arguments("ahead", builder().featuresAhead(1), COUNT));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changes")
  void repeatedObservationIsForecastAfterAChange(String what, ForecasterBuilder to, int learned) {
    byte[] saved = learned(builder().build()).save();
    Forecaster changed = to.build();
    Series other = changed.series("other"); // what was observed last is another one's
    other.observe(new Observation(START, 5));
    other.observe(new Observation(START.plus(HOUR.multipliedBy(3)), 6));
    Series series = changed.restore("pump", saved);
    assertThat(series.forecast()).as("learns nothing").satisfies(f -> isNullOrOfAll(f));
    Forecast again = series.observe(observation(COUNT - 1));
    assertThat(again.learningSteps()).isEqualTo(learned);
    assertThat(Instant.ofEpochMilli(again.origin()))
        .isEqualTo(START.plus(HOUR.multipliedBy(COUNT - 1)));
    assertThat(series.forecast()).isEqualTo(again);
    byte[] state = series.save();
    assertThat(series.observe(observation(COUNT - 1))).isEqualTo(again);
    assertThat(series.save()).as("learned once").isEqualTo(state);
    // as if it had not come again
    Series straight = changed.restore("pump", saved);
    if (learned == COUNT) {
      assertThat(series.observe(observation(COUNT)))
          .isEqualTo(straight.observe(observation(COUNT)));
    }
  }

  private static void isNullOrOfAll(Forecast forecast) {
    if (forecast != null) {
      assertThat(forecast.learningSteps()).isEqualTo(COUNT);
    }
  }

  @Test
  void unknownTimeInTheFutureDoesNotLetLateObservationsChangeASeries() {
    Series series = builder().build().series("pump");
    Instant future = Instant.parse("2999-01-01T00:00:00Z");
    for (int i = 0; i < 30; i++) {
      series.observe(new Observation(future.plus(HOUR.multipliedBy(i)), i));
    }
    byte[] state = series.save();
    List<byte[]> after = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Observation late = observation(i);
      assertThatThrownBy(() -> series.observe(late)).isInstanceOf(LateObservationException.class);
      after.add(series.save());
    }
    assertThat(after).allSatisfy(each -> assertThat(each).isEqualTo(state));
  }
}
