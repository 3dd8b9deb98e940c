package dev.weir.forecast.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.NewSlots;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.step.FollowedSteps;
import org.junit.jupiter.api.Test;

class RunningScoresTest {

  private static final int LEVELS = 2;

  private final Slots slots = NewSlots.declare();
  private final DoubleSlice before = slots.doubles("before", 1);
  private final RunningScores scores =
      new RunningScores(slots, FollowedSteps.scored(50), LEVELS); // 1 to 48, 50
  private final DoubleSlice after = slots.doubles("after", 1);

  RunningScoresTest() {
    NewSlots.bind(slots, 1);
  }

  @Test
  void eachStepHasItsOwnMeans() {
    assertThat(scores.mean(RunningScores.OURS, 48)).isNaN();
    scores.add(48, -3, 5, 7);
    scores.add(48, 1, 2, 4);
    scores.add(50, 8, 9, 10);
    scores.hit(1, 48);
    scores.hit(0, 50);
    scores.hit(1, 50);
    double[][] expected = {{2, 3.5, 5.5, 0, 0.5}, {8, 9, 10, 1, 1}};
    for (int row = 0; row < RunningScores.HITS + LEVELS; row++) {
      assertThat(scores.mean(row, 48)).as("row %d", row).isEqualTo(expected[0][row]);
      assertThat(scores.mean(row, 49)).as("row %d", row).isEqualTo(expected[0][row]); // nearest
      assertThat(scores.mean(row, 50)).as("row %d", row).isEqualTo(expected[1][row]);
    }
    assertThat(scores.count(48)).isEqualTo(2);
    assertThat(scores.count(50)).isEqualTo(1);
    assertThat(scores.bias(48)).isEqualTo(-1);
    assertThat(scores.bias(50)).isEqualTo(8);
    assertThat(before.get(0)).isZero();
    assertThat(after.get(0)).isZero();
  }

  @Test
  void knownStepsAreThoseBeforeTheFirstWithoutAnError() {
    assertThat(scores.lastScored()).isZero();
    for (int i = 1; i <= 50; i += i < 48 ? 1 : 2) {
      if (i != 3) {
        scores.add(i, 1, 1, 1);
      }
      assertThat(scores.lastScored()).isEqualTo(Math.min(i, 2));
    }
    scores.add(3, 1, 1, 1);
    assertThat(scores.lastScored()).isEqualTo(50);
  }

  /** By hand: errors of 2, -1 and 1,000, which counts as 50 times 1.5. */
  @Test
  void biasIsTheMeanErrorLately() {
    assertThat(scores.bias(1)).isZero();
    scores.add(1, 2, 0, 0);
    assertThat(scores.bias(1)).isEqualTo(2);
    scores.add(1, -1, 0, 0);
    assertThat(scores.bias(1)).isEqualTo(0.5);
    scores.add(1, 1_000, 0, 0);
    assertThat(scores.bias(1)).isCloseTo((2 - 1 + 75) / 3.0, within(1e-12));
    for (int n = 4; n <= 200; n++) {
      scores.add(1, 3, 0, 0);
    }
    double before = scores.bias(1);
    assertThat(before).isCloseTo((2 - 1 + 75 + 197 * 3) / 200.0, within(1e-12));
    scores.add(1, -5, 0, 0); // from here on the weight stays
    assertThat(scores.bias(1)).isCloseTo(before + 0.005 * (-5 - before), within(1e-12));
    scores.add(2, 0, 0, 0);
    scores.add(2, 4, 0, 0); // nothing is usual that it would be too large for
    assertThat(scores.bias(2)).isEqualTo(2);
  }
}
