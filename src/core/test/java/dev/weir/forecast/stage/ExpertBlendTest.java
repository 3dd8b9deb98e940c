package dev.weir.forecast.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.NewHistory;
import dev.weir.forecast.expert.NewestWeight;
import dev.weir.forecast.slot.NewSlots;
import dev.weir.forecast.slot.SeriesDimensions;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.step.FollowedSteps;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ExpertBlendTest {

  private static final double ETA = 2;

  private final Slots slots = NewSlots.declare();
  private History history;
  private Row row;
  private Draft draft;

  private ExpertBlend blend(int experts, int horizon, int season, boolean isOfFollowed) {
    history = NewHistory.of(new SeriesDimensions(horizon, season, 200, 200));
    row = new Row(history, new RunningScores(slots, FollowedSteps.scored(horizon), 0));
    draft = new Draft(experts, horizon);
    ExpertBlend blend =
        new ExpertBlend(slots, new FollowedSteps(horizon), experts, ETA, isOfFollowed);
    NewSlots.bind(slots, season);
    blend.resetSeason();
    return blend;
  }

  private void learn(ExpertBlend blend, int step, double... errors) {
    Outcome outcome = new Outcome(errors.length);
    outcome.set(step, history.t() + 1 - step, 100, 105, 0);
    Arrays.setAll(outcome.experts, e -> 5 - errors[e]);
    row.moveTo(history.t() + 1, NewestWeight.UNCHANGED);
    blend.learn(row, outcome);
  }

  /** The forecasts when the experts say 0, i and 10 i of step i. */
  private double[] make(ExpertBlend blend) {
    history.append(0);
    row.moveTo(history.t(), NewestWeight.UNCHANGED);
    for (int i = 1; i <= draft.value.length; i++) {
      for (int e = 1; e < draft.experts.length; e++) {
        draft.experts[e][i - 1] = e == 1 ? i : 10 * i;
      }
    }
    blend.make(row, draft);
    return draft.value;
  }

  private void assertShares(ExpertBlend blend, int step, double... likelihoods) {
    double sum = Arrays.stream(likelihoods).sum();
    double mean = step * (likelihoods[1] + 10 * likelihoods[2]) / sum;
    assertThat(draft.value[step - 1]).as("step %d", step).isEqualTo(mean, within(1e-5 * step));
    for (int e = 0; e < likelihoods.length; e++) {
      assertThat(blend.share(row, e, step)).isEqualTo(likelihoods[e] / sum, within(1e-5));
    }
  }

  /**
   * By hand, of errors in multiples of the least: an expert's likelihood falls by e^-2 for each.
   * Step 50 is two 17ths of the way from 48 to 65.
   */
  @Test
  void weightsFollowTheErrorsOfTheNearestKnownSteps() {
    ExpertBlend blend = blend(3, 65, 1, false);
    double a = Math.exp(-2);
    make(blend);
    assertShares(blend, 1, 1, 1, 1);
    assertShares(blend, 65, 1, 1, 1);
    assertThat(blend.runningError(row, 2, 1)).isZero();

    learn(blend, 4, 1, 2, 4);
    for (int i = 1; i <= 5; i++) {
      row.scores.add(i, 1, 1, 1);
    }
    make(blend); // step 5 is known, which step 4 stands for
    assertShares(blend, 3, 1, 1, 1);
    assertShares(blend, 4, 1, a, a * a * a);
    assertShares(blend, 65, 1, a, a * a * a);
    assertThat(blend.runningError(row, 2, 4)).isEqualTo(4, within(1e-5)); // the only one so far

    learn(blend, 48, 2, 1, 1);
    learn(blend, 65, 3, 3, 1);
    for (int i = 6; i <= 65; i += i < 48 ? 1 : 17) {
      row.scores.add(i, 1, 1, 1);
    }
    learn(blend, 1, 1, 1, 2);
    make(blend);
    assertShares(blend, 1, 1, 1, a);
    assertThat(blend.firstWeight(2)).isEqualTo(a / (2 + a), within(1e-6));
    double near = 15 / (2 + a) / 17;
    double far = 2 / (1 + 2 * a * a) / 17;
    assertShares(blend, 50, a * near + a * a * far, near + a * a * far, near + far);
    assertShares(blend, 65, a * a, a * a, 1);

    learn(blend, 65, 1, 0, 2);
    row.scores.add(65, 1, 1, 1);
    // 3 and 1, of which each leaves 64 of 65: (3 * 64 + 65) / (65^2 - 64^2)
    assertThat(blend.runningError(row, 0, 65)).isEqualTo(257.0 / 129, within(1e-5));
  }

  @Test
  void stepsBetweenAreLeftToALaterStage() {
    ExpertBlend blend = blend(3, 6, 1, true);
    draft.value[4] = 77; // 1 2 3 4 6 are followed
    double third = 11.0 / 3;
    assertThat(make(blend))
        .containsExactly(new double[] {third, 2 * third, 11, 4 * third, 77, 22}, within(1e-9));
  }

  @Test
  void errorsCountAtTheTimeOfTheSeason() { // the first is good at each third value
    ExpertBlend blend = blend(2, 4, 3, false);
    assertThat(slots.toString()).contains("blend.phases.errors: 1.0 1.0 1.0 1.0 1.0 1.0\n");
    for (int t = 0; t < 300; t++) {
      for (int i = 1; i <= 4; i++) {
        learn(blend, i, t % 3 == 0 ? 1 : 3, t % 3 == 0 ? 3 : 1);
        row.scores.add(i, 1, 1, 1);
      }
      double[] made = make(blend);
      for (int i = 1; i <= 4 && t > 250; i++) {
        double second = (t + i) % 3 == 0 ? 0.25 : 0.75;
        assertThat(made[i - 1]).isEqualTo(i * blend.share(row, 1, i), within(1e-9));
        assertThat(made[i - 1] / i).as("t %d, step %d", t, i).isEqualTo(second, within(0.25));
      }
      assertThat(blend.firstWeight(1)).isEqualTo(made[0], within(1e-9));
    }
  }
}
