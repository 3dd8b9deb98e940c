package dev.weir.forecast.contest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.Observation;
import dev.weir.forecast.StateFields;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Values of a series of every 6 hours, forecast two steps ahead by constants. */
class ShadowScorerTest {

  private static final long STEP = Duration.ofHours(6).toMillis();
  private static final RnnConfig RNN = new RnnConfig(Cell.RNN_TANH, 1, 1, 1, false, false);
  private static final ContestSettings SETTINGS =
      new ContestSettings("job", List.of("a", "b"), true, 0.95, 1, 1, Duration.ofDays(1));

  private final Windows windows = new Windows(1, 1, 0, new Sampling(STEP, Sampling.Gap.SKIP, 100));
  private final WindowState series = windows.newState();
  private final ShadowScorer scorer =
      new ShadowScorer(SETTINGS, Mode.MANY_TO_ONE, 2, Bounds.NONE, ZoneOffset.UTC);
  private ShadowState state = new ShadowState();
  private final List<ShadowScore> scores = new ArrayList<>();

  /** Forecasts this for both steps. */
  private static ForecastModel constant(String name, long version, float value) {
    return TestModel.of(RNN, 1, 2)
        .name(name)
        .version(version)
        .head(new float[2], value, value)
        .build();
  }

  private void observe(int step, double value) {
    windows.offer(series, new Observation("s", step * STEP, value), Windows.IN_ORDER);
    ShadowScore score = scorer.observe(state, windows.window("s", series));
    if (score != null) {
      scores.add(score);
    }
  }

  private void use(long epoch, ForecastModel... models) {
    scorer.use(Arrays.asList(models), 0, epoch);
  }

  /**
   * On the first day forecasts are made at steps 0 and 2, of steps 1 to 4, all with the value 10: a
   * is off by 2 each time and b by 1, so that the gain is (2 - 1) / (2 + 1).
   */
  @Test
  void errorsOfADayBecomeOneGain() {
    use(1, constant("a", 3, 8), constant("b", 4, 11));
    for (int i = 0; i <= 3; i++) {
      observe(i, 10);
      assertThat(scores).isEmpty();
    }
    observe(4, 10); // midnight
    assertThat(scores).hasSize(1);
    ShadowScore score = scores.get(0);
    assertThat(score.period()).isZero();
    assertThat(score.champion()).isZero();
    assertThat(score.versions()).containsExactly(3, 4);
    assertThat(score.gains()[0]).isZero();
    assertThat(score.gains()[1]).isEqualTo(Math.round(ShadowScore.ONE / 3.0));
    assertThat(state.meanError(0)).isCloseTo(2, within(1e-6));
    assertThat(state.meanError(1)).isCloseTo(1, within(1e-6));
  }

  @Test
  void forecastsDoNotReachIntoTheNextDayAndAreDroppedAtAGap() {
    use(1, constant("a", 1, 8), constant("b", 1, 11));
    observe(1, 10); // forecasts steps 2 and 3; 4 and 5 are of two days
    for (int i = 2; i <= 4; i++) {
      observe(i, 10);
    }
    assertThat(state.scored).isEqualTo(2);
    observe(5, 10);
    observe(7, 10); // 6 is missing
    observe(8, 10);
    assertThat(scores).hasSize(1); // nothing is complete on the second day
    assertThat(state.scored).isEqualTo(2);
  }

  @Test
  void dayBeforeASilentOneDoesNotCount() {
    use(1, constant("a", 1, 8), constant("b", 1, 11));
    for (int i = 0; i <= 2; i++) {
      observe(i, 10);
    }
    observe(9, 10);
    assertThat(scores).isEmpty();
  }

  @Test
  void otherVersionStartsAgainAndAbsentOneHasNoGain() {
    use(1, constant("a", 1, 8), constant("b", 1, 11));
    observe(0, 10);
    observe(1, 10);
    use(2, constant("a", 1, 8), null);
    for (int i = 2; i <= 4; i++) {
      observe(i, 10);
    }
    assertThat(state.scored).isEqualTo(2);
    assertThat(scores).hasSize(1);
    assertThat(scores.get(0).epoch()).isEqualTo(2);
    assertThat(scores.get(0).gains()[1]).isEqualTo(ShadowScore.NONE);
    use(3, null, constant("b", 1, 11)); // no champion
    for (int i = 5; i <= 9; i++) {
      observe(i, 10);
    }
    assertThat(scores).hasSize(1);
  }

  @Test
  void restoredStateGoesOnWithTheSameBits() throws Exception {
    use(1, constant("a", 1, 8), constant("b", 1, 11));
    List<ShadowScore> expected = new ArrayList<>();
    ShadowState kept = new ShadowState();
    for (int i = 0; i < 20; i++) {
      observe(i, 10 + i % 3);
    }
    expected.addAll(scores);
    scores.clear();
    WindowState again = windows.newState();
    ShadowState uninterrupted = state;
    state = kept;
    for (int i = 0; i < 20; i++) {
      windows.offer(again, new Observation("t", i * STEP, 10 + i % 3), Windows.IN_ORDER);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      state.fields(StateFields.writer(new DataOutputStream(bytes)));
      state =
          new ShadowState()
              .fields(
                  StateFields.reader(
                      new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()))));
      ShadowScore score = scorer.observe(state, windows.window("t", again));
      if (score != null) {
        scores.add(score);
      }
    }
    assertThat(scores).usingRecursiveComparison().isEqualTo(expected);
    assertThat(state).usingRecursiveComparison().isEqualTo(uninterrupted);
  }
}
