package dev.weir.forecast.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.ExpertState;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.NewestWeight;
import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.NewSlots;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.step.FollowedSteps;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was forecast is found again when its value comes, not before it is overwritten. */
class OpenForecastsTest {

  private static final int HORIZON = 6; // followed: 1 2 3 4 6

  private record Named(String name, boolean flat) implements Expert {
    @Override
    public void forecast(History history, ExpertState state, double[] out) {}
  }

  private final FollowedSteps followed = new FollowedSteps(HORIZON);
  private final Slots slots = NewSlots.declare();
  private final OpenForecasts open =
      new OpenForecasts(
          slots,
          followed,
          List.of(new Named("above", false), new Named("flat", true), new Named("below", false)));
  private final Bfloat16Slice stage = open.column("stage");
  private final Row row = new Row(null, null);
  private final Draft draft = new Draft(3, HORIZON);
  private final Outcome outcome = new Outcome(3);

  OpenForecastsTest() {
    NewSlots.bind(slots, 1);
  }

  private static double mean(long t, int i) {
    return 1000 + 64 * t + 8 * i;
  }

  private void keep(long t) {
    row.moveTo(t, NewestWeight.UNCHANGED);
    for (int i = 1; i <= HORIZON; i++) {
      draft.value[i - 1] = mean(t, i);
      draft.experts[0][i - 1] = mean(t, i) + t + 3 * i;
      draft.experts[1][i - 1] = 500 + t;
      draft.experts[2][i - 1] = mean(t, i) - 2 * t - i;
    }
    open.keep(row, draft);
    for (int s = 0; s < followed.count(); s++) {
      int i = followed.step(s);
      open.set(stage, row, i, mean(t, i) + 5 * i - t);
    }
  }

  @Test
  void eachForecastIsReadWhenItsValueComes() {
    for (int t = 0; t < 3 * HORIZON; t++) {
      open.moveTo(t);
      for (int s = 0; s < followed.count() && followed.step(s) <= t; s++) {
        int i = followed.step(s);
        long at = t - i;
        open.read(at, i, outcome.experts);
        outcome.set(i, at, 0, 0, 0);
        assertThat(outcome.experts)
            .as("made at %d for %d", at, t)
            .containsExactly(mean(at, i) + at + 3 * i, 500 + at, mean(at, i) - 2 * at - i);
        assertThat(open.mean(outcome)).isEqualTo(mean(at, i));
        assertThat(open.get(stage, outcome)).isEqualTo(mean(at, i) + 5 * i - at);
      }
      keep(t);
    }
  }

  @Test
  void distancesFromTheMeanAreRoundedToEightBits() {
    open.moveTo(0);
    keep(0);
    draft.experts[0][5] = mean(0, 6) + 257; // 1.00000001 times 2^8
    open.keep(row, draft);
    open.moveTo(6);
    open.read(0, 6, outcome.experts);
    assertThat(outcome.experts[0]).isEqualTo(mean(0, 6) + 256);
  }
}
