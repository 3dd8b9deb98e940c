package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Explanation.Part;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.NewHistory;
import dev.weir.forecast.slot.NewSlots;
import dev.weir.forecast.slot.SeriesDimensions;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.stage.Draft;
import dev.weir.forecast.stage.LevelShift;
import dev.weir.forecast.stage.Outcome;
import dev.weir.forecast.stage.Row;
import dev.weir.forecast.stage.RunningScores;
import dev.weir.forecast.step.FollowedSteps;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forecasts follow a level that has changed from its third value on, but no spike. */
class LevelShiftTest {

  private static final int AT = 600;
  private static final int END = AT + 12;
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

  /** Values 1 above and below a pattern in turns, which experts forecast; then what a test says. */
  private static final class Disturbed {

    private static final double[] PATTERN = {0, 10, 40};
    private final History history;
    private final Row row;
    private final LevelShift shift;
    private final Draft draft = new Draft(1, 4);

    Disturbed(int season, int errors) {
      this(season, errors, 1);
    }

    Disturbed(int season, int errors, double size) {
      history = NewHistory.of(new SeriesDimensions(4, season, 600, 600));
      Slots slots = NewSlots.declare();
      row = new Row(history, new RunningScores(slots, FollowedSteps.scored(4), 0));
      shift = new LevelShift(slots);
      NewSlots.bind(slots, season);
      settle(errors + 1, size);
    }

    void settle(int values, double size) {
      for (int n = 0; n < values; n++) {
        assertThat(next(n % 2 == 0 ? size : -size)).containsOnly(0);
      }
    }

    private double pattern(long t) {
      return history.season() == 1 ? 0 : PATTERN[(int) (t % 3)];
    }

    /** How far forecasts are moved after a value so far from the pattern. */
    double[] next(double apart) {
      double value = pattern(history.t() + 1) + apart;
      if (history.age() > 0) {
        Outcome outcome = new Outcome(1);
        outcome.set(1, history.t(), history.newest(), value, 0);
        shift.learn(row, outcome);
        row.scores.add(1, 1, 1, 1);
      }
      history.append(value);
      Arrays.setAll(draft.value, i -> pattern(history.t() + 1 + i) - value);
      shift.make(row, draft);
      double[] moved = new double[4];
      Arrays.setAll(moved, i -> draft.value[i] - (pattern(history.t() + 1 + i) - value));
      return moved;
    }

    Disturbed after(double... values) {
      for (double value : values) {
        next(value);
      }
      return this;
    }
  }

  private static double share(double evidence, double doubt) {
    return 1 / (1 + Math.exp(2 + doubt - evidence));
  }

  // After 6 and 5 the level is 5.5, the evidence that of errors of 5 and, at a level of 6, 1.
  private static final double FIRST = 5.5 * share(5 - 1, 0);
  // After 4, with errors of 4 and 1.5, the level is 4.75.
  private static final double SECOND = 4.75 * share(0.8 * 4 + 4 - 1.5, 0);

  /** A season of 3: the mean of four of them is the pattern, that of another number is not. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void forecastsMoveByTheEvidence(int season) {
    Disturbed series = new Disturbed(season, 200); // the usual error is 1
    assertThat(series.next(6)).containsOnly(0);
    double[] steps = {FIRST, 0.905 * FIRST, 0.819025 * FIRST, 0.741217625 * FIRST};
    assertThat(series.next(5)).containsExactly(steps, within(1e-4));
    assertThat(series.next(4)[0]).isEqualTo(SECOND, within(1e-4));
    assertThat(series.next(0)).containsOnly(0); // evidence of .8 * 5.7 - 4.75
  }

  /** Usual is .7 of the fast mean, of which each error is .15: 6, 5, 4 - FIRST and SECOND. */
  @Test
  void whatWasMovedInVainRaisesDoubt() {
    double fast = 0.85 * 0.85 * 0.85 * (0.85 + 0.15 * 6) + 0.15 * 0.85 * 0.85 * 5;
    double usual = 0.7 * (fast + 0.15 * 0.85 * (FIRST - 4) + 0.15 * SECOND);
    double large = 4 * usual;
    assertThat(new Disturbed(1, 200).after(6, 5, 4, 0, large - 0.01).next(8)).containsOnly(0);
    Disturbed series = new Disturbed(1, 200).after(6, 5, 4, 0, large + 0.01);
    double error = 8 - large - 0.01;
    double expected = (8 - error / 2) * share((8 - error) / usual, SECOND);
    assertThat(series.next(8)[0]).isEqualTo(expected, within(1e-4));
    series.shift.skip(series.row);
    assertThat(series.next(8)).containsOnly(0);
  }

  @Test
  void onlyLargeErrorsThatStayBeginAShift() {
    assertThat(new Disturbed(1, 200).after(6).next(4)).containsOnly(0); // nearer to both, by half
    assertThat(new Disturbed(1, 200).after(6).next(4.1)[0]).isPositive();
    assertThat(new Disturbed(1, 200).after(4).next(4)).containsOnly(0); // 4 usual ones
    assertThat(new Disturbed(1, 200).after(4.1).next(4)[0]).isPositive();
    assertThat(new Disturbed(1, 149).after(6).next(6)).containsOnly(0); // not settled
    assertThat(new Disturbed(1, 150).after(6).next(6)[0]).isPositive();
    assertThat(new Disturbed(1, 200, 0).after(6).next(6)).containsOnly(0); // nothing is usual
  }

  @Test
  void spikeCountsAsTenUsualErrorsOnceTheyAreKnown() { // the mean is 50 errors deep: 21 or 1.2
    Disturbed early = new Disturbed(1, 148).after(1000);
    early.settle(60, 1);
    assertThat(early.after(6).next(6)).containsOnly(0);
    Disturbed later = new Disturbed(1, 150).after(1000);
    later.settle(60, 1);
    assertThat(later.after(6).next(6)[0]).isPositive();
  }

  @Test
  void shiftIsOverAfterADay() {
    Disturbed series = new Disturbed(1, 200).after(6);
    for (int age = 2; age <= 24; age++) {
      assertThat(series.next(6)[0]).as("age %d", age).isGreaterThan(5);
    }
    assertThat(series.next(6)).containsOnly(0);
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
