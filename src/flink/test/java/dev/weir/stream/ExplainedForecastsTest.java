package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.Explanation.Part;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.expert.ExplanationSettings;
import dev.weir.forecast.learn.LearnerSettings;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the explanations of forecasts that the operator emits, with both state backends. */
class ExplainedForecastsTest {

  private static final int HORIZON = 2;
  private static final int VALUES = 160;
  private static final List<String> SERIES = List.of("a", "b", "c");

  private static ForecastSettings settings(boolean explains) {
    Learning learning = new Learning(LearnerSettings.defaults(HORIZON), 6, 0);
    learning = explains ? learning.explained(ExplanationSettings.NUMBERED) : learning;
    ModeSettings target = TestSettings.learned(HORIZON, learning);
    return TestSettings.of(4, target).build();
  }

  private static void send(SeriesHarness harness, int from, int to) throws Exception {
    for (int t = from; t < to; t++) {
      for (String series : SERIES) {
        SplittableRandom random = new SplittableRandom(31L * t + series.hashCode());
        double value = 20 + 3 * Math.sin(2 * Math.PI * t / 6) + random.nextDouble();
        harness.send(series, 60_000L * (t + 1), value);
      }
    }
  }

  private static List<Forecast> run(boolean explains, boolean rocks) throws Exception {
    try (SeriesHarness harness = SeriesHarness.of(settings(explains), rocks, null)) {
      send(harness, 0, VALUES);
      return harness.forecasts();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void forecastsAreThoseWithoutExplanationAndItsPartsAddUp(boolean rocks) throws Exception {
    List<Forecast> plain = run(false, rocks);
    List<Forecast> explained = run(true, rocks);

    assertThat(explained).hasSize(SERIES.size() * VALUES).hasSameSizeAs(plain);
    for (int i = 0; i < plain.size(); i++) {
      assertThat(plain.get(i).explanation()).isNull();
      Explanation explanation = explained.get(i).explanation();
      double value = explained.get(i).values()[0];
      double sum = 0;
      for (Part part : explanation.parts()) {
        sum += part.amount();
      }
      assertThat(sum).isEqualTo(value, within(1e-9 * Math.abs(value)));
      assertThat(explanation.value()).isEqualTo(value);
      assertThat(explained.get(i)).isNotEqualTo(plain.get(i));
      assertThat(explained.get(i).values()).isEqualTo(plain.get(i).values());
      assertThat(explained.get(i).intervals()).isEqualTo(plain.get(i).intervals());
    }
    assertThat(explained.get(plain.size() - 1).explanation().parts())
        .extracting(Part::name)
        .contains(Explanation.LEVEL, Explanation.SEASON, Explanation.RECENT, Explanation.ANALOGS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void explanationsAfterARestoreAreThoseWithoutOne(boolean rocks) throws Exception {
    List<Forecast> whole = run(true, rocks);
    OperatorSubtaskState state;
    int middle = VALUES / 2 + 3;
    try (SeriesHarness first = SeriesHarness.of(settings(true), rocks, null)) {
      send(first, 0, middle);
      state = first.checkpoint();
    }
    try (SeriesHarness second = SeriesHarness.of(settings(true), rocks, state)) {
      send(second, middle, VALUES);
      assertThat(second.forecasts()).isEqualTo(whole.subList(SERIES.size() * middle, whole.size()));
    }
  }

  @Test
  void explanationCanBeSwitchedOnWithASavepoint() throws Exception {
    OperatorSubtaskState state;
    try (SeriesHarness first = SeriesHarness.of(settings(false), false, null)) {
      send(first, 0, 50);
      state = first.checkpoint();
    }
    try (SeriesHarness second = SeriesHarness.of(settings(true), false, state)) {
      send(second, 50, 60);
      assertThat(second.forecasts())
          .isEqualTo(run(true, false).subList(SERIES.size() * 50, SERIES.size() * 60));
    }
  }
}
