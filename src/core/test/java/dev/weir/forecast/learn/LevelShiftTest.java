package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Explanation.Part;
import dev.weir.forecast.expert.FollowedSteps;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.NewHistory;
import dev.weir.forecast.expert.NewSlots;
import dev.weir.forecast.expert.SeriesDimensions;
import dev.weir.forecast.expert.Slots;
import dev.weir.forecast.stage.Draft;
import dev.weir.forecast.stage.LevelShift;
import dev.weir.forecast.stage.Outcome;
import dev.weir.forecast.stage.Row;
import dev.weir.forecast.stage.RunningScores;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Forecasts follow a level that has changed from its third value on, but no spike. */
class LevelShiftTest {

  private static final int AT = 600;
  private static final int END = AT + 12;
  private static final int SERIES = 6;
  private static final double DEVIATIONS = 5;
  private static final long HOUR = 3_600_000;

  private final Learner learner = new Learner(LearnerSettings.small(4));

  /** Noise, for odd seeds around a season, with something added to some values. */
  private static double[] values(int seed, int season, double added, int first, int end) {
    Random random = new Random(seed);
    double[] values = new double[END + 4];
    for (int i = 0; i < values.length; i++) {
      values[i] = 100 + 3 * Math.sin(2 * Math.PI * i / season) + random.nextGaussian();
      values[i] += i >= first && i < end ? added : 0;
    }
    return values;
  }

  /** Sum of the errors of a step, of forecasts made from one value to another. */
  private double error(double added, int end, int step, int from, int to) {
    double sum = 0;
    for (int seed = 0; seed < SERIES; seed++) {
      double[] values = values(seed, 24, added, AT, end);
      LearnerState state = learner.newSeries("s", 24);
      double[] forecast = new double[4];
      for (int i = 0; i < to; i++) {
        learner.observe(state, i * HOUR, values[i]);
        learner.forecast(state, forecast, null, null);
        sum += i < from ? 0 : Math.abs(forecast[step - 1] - values[i + step]);
      }
    }
    return sum;
  }

  @Test
  void errorsAfterTwoValuesOfAShiftAreAlmostUsual() {
    for (int step : new int[] {1, 4}) {
      double usual = error(0, END, step, AT + 1, AT + 5);
      double up = error(DEVIATIONS, END + 4, step, AT + 1, AT + 5);
      double down = error(-DEVIATIONS, END + 4, step, AT + 1, AT + 5);
      assertThat((up + down) / 2).as("step %d", step).isLessThan((step == 1 ? 2.3 : 3.5) * usual);
    }
  }

  /** Evidence of 5 after the second value, of an usual error of 1: 1 / (1 + exp(2 - 5)) of 50. */
  @Test
  void stepsFartherAheadHaveASmallerShare() {
    History history = NewHistory.of(new SeriesDimensions(3, 1, 600, 600));
    Slots slots = NewSlots.declare();
    Row row = new Row(history, new RunningScores(slots, FollowedSteps.scored(3), 0));
    LevelShift shift = new LevelShift(slots);
    NewSlots.bind(slots, 1);
    Draft draft = new Draft(1, 3);
    for (int i = 0; i <= 200; i++) {
      history.append(i % 2);
      learn(shift, row, i % 2 == 0 ? -1 : 1);
      shift.make(row, draft);
    }
    for (double truth : new double[] {100, 0}) {
      history.append(100);
      learn(shift, row, truth);
      Arrays.fill(draft.value, -50); // the experts see a spike
      shift.make(row, draft);
    }
    double share = 1 / (1 + Math.exp(-3));
    double[] expected = {-50 + 50 * share, -50 + 45.25 * share, -50 + 40.95125 * share};
    assertThat(draft.value).containsExactly(expected, within(1e-3));
  }

  private static void learn(LevelShift shift, Row row, double truth) {
    Outcome outcome = new Outcome(1);
    outcome.set(1, 0, 0, truth, 0);
    shift.learn(row, outcome);
    row.scores.add(1, 1, 1, 1);
  }

  @Test
  void spikeIsNotTakenForAShift() {
    double usual = error(0, END, 1, AT + 1, AT + 5);
    double after = error(DEVIATIONS + 1, AT + 1, 1, AT + 1, AT + 5);
    assertThat(after).isLessThan(1.1 * usual);
  }

  @Test
  void burstsThatEndSoonAreLeftAloneOnceTheyAreKnown() {
    double[] values = values(1, 24, 0, 0, 0);
    LearnerState state = learner.newSeries("s", 24);
    double[] forecast = new double[4];
    double first = 0;
    double later = 0;
    int bursts = 0;
    for (int i = 0; i < 3_000; i++) {
      double value = values[i % (AT - 24)] + (i > 300 && i % 90 < 2 ? 8 : 0); // two values each
      if (i > 300 && i % 90 == 2) {
        double error = Math.abs(forecast[0] - value);
        first = bursts == 0 ? error : first;
        later += bursts++ == 0 ? 0 : error;
      }
      learner.observe(state, i * HOUR, value);
      learner.forecast(state, forecast, null, null);
    }
    assertThat(first).isGreaterThan(5);
    assertThat(later / (bursts - 1)).isLessThan(0.6 * first);
  }

  @Test
  void explanationTellsOfTheMovedForecast() {
    double[] values = values(2, 24, 2 * DEVIATIONS, AT, END + 4);
    LearnerState state = learner.newSeries("s", 24);
    double[] forecast = new double[4];
    for (int i = 0; i < AT + 2; i++) {
      learner.observe(state, i * HOUR, values[i]);
      learner.forecast(state, forecast, null, null);
    }
    List<Part> parts = learner.explain(state, forecast[0], List.of()).parts();
    double sum = parts.stream().mapToDouble(Part::amount).sum();
    assertThat(sum).isCloseTo(forecast[0], within(1e-9));
    assertThat(parts).anyMatch(part -> part.name().equals("shift") && part.amount() > 1);
    assertThat(parts).noneMatch(part -> part.name().equals("other") && part.amount() > 1e-5);
  }
}
