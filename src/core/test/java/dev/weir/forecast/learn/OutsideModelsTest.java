package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.Score;
import dev.weir.forecast.stage.OutsideModels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models outside of Weir as experts: what they bring, and what they must not do. */
class OutsideModelsTest {

  private static final int HORIZON = 3;
  private static final int VALUES = 1000;
  private static final double[] NONE = {};

  private final double[] truth = new double[VALUES + HORIZON];
  private final double[] spread = new double[VALUES + HORIZON];
  private final double[] guess = new double[VALUES + HORIZON]; // what a good model says

  OutsideModelsTest() {
    Random random = new Random(5);
    for (int t = 0; t < truth.length; t++) {
      spread[t] = random.nextBoolean() ? 0.1 : 1;
      guess[t] = 20 + 3 * random.nextGaussian();
      truth[t] = guess[t] + spread[t] * random.nextGaussian();
    }
  }

  private static Learner learner(String... models) {
    return new Learner(
        LearnerSettings.small(HORIZON).withOutside(new OutsideModels(List.of(models))));
  }

  /** What models say at t of the steps after it. */
  private interface Said {
    double[] at(int t);
  }

  private double[] guesses(int t) {
    return new double[] {guess[t + 1], guess[t + 2], guess[t + 3]};
  }

  private LearnerState run(Learner learner, Said said, int from, double[] errors) {
    LearnerState state = learner.newSeries("x", LearnerSettings.NONE);
    double[] made = new double[HORIZON];
    for (int t = 0; t < VALUES; t++) {
      learner.observe(state, 3_600_000L * t, truth[t], NONE, said.at(t));
      learner.forecast(state, made, null, null);
      for (int i = 1; i <= HORIZON && t >= from && t + i < VALUES; i++) {
        errors[0] += Math.abs(made[i - 1] - truth[t + i]);
        errors[1]++;
      }
    }
    return state;
  }

  private double error(Learner learner, Said said, int from) {
    double[] errors = new double[2];
    run(learner, said, from, errors);
    return errors[0] / errors[1];
  }

  @Test
  void modelThatKnowsMoreIsFollowed() {
    Learner learner = learner("good");
    double[] errors = new double[2];

    LearnerState state = run(learner, this::guesses, 200, errors);

    double least = 0.55 * Math.sqrt(2 / Math.PI); // mean |error| of the guess: of two spreads
    assertThat(errors[0] / errors[1]).isCloseTo(least, within(0.1 * least));
    assertThat(error(learner(), t -> NONE, 200)).isGreaterThan(4 * least);
    assertThat(learner.outsideScores(state, 0).get(0).mae()).isCloseTo(least, within(0.1 * least));
    for (int i = 1; i <= HORIZON; i++) {
      assertThat(learner.outsideShare(state, 0, i)).isGreaterThan(0.99);
    }
  }

  @Test
  void biasIsCorrected() {
    Said biased = t -> new double[] {guess[t + 1] + 2, guess[t + 2] + 2, guess[t + 3] + 2};

    assertThat(error(learner("biased"), biased, 600))
        .isLessThan(1.3 * error(learner("good"), this::guesses, 600));
  }

  /** Each knows one of two parts of a value: their mean is half of it, their correction all. */
  @Test
  void modelsOfTwoPartsAreAddedUp() {
    Random random = new Random(6);
    double[] first = new double[guess.length];
    Arrays.setAll(first, t -> 20 + (guess[t] - 20) / 2 + 1.5 * random.nextGaussian());
    double[] second = new double[guess.length];
    Arrays.setAll(second, t -> 20 + guess[t] - first[t]);
    double half = 1.5 * Math.sqrt(2 / Math.PI); // mean |error| of their mean
    assertThat(error(learner("first", "second"), both(first, second), 500)).isLessThan(0.9 * half);
  }

  /** Its first errors are small by luck: what is remembered of them must not stay. */
  @Test
  void modelThatAddsNothingHardlyHurts() {
    Said worse =
        t -> t < 8 ? new double[] {truth[t + 1], truth[t + 2], truth[t + 3]} : repeated(truth[t]);

    assertThat(error(learner("worse"), worse, 100))
        .isLessThan(1.05 * error(learner(), t -> NONE, 100));
  }

  private static double[] repeated(double value) {
    return new double[] {value, value, value};
  }

  @Test
  void firstForecastHardlyTrustsWhoIsUnknown() {
    Learner learner = learner("new");
    LearnerState state = learner.newSeries("x", LearnerSettings.NONE);
    double[] made = new double[HORIZON];

    learner.observe(state, 0, 7, NONE, new double[] {17, Double.NaN, 27});
    learner.forecast(state, made, null, null);

    double weight = Math.exp(-2 * 2.3); // of it, with 1 of the forecast
    double share = weight / (1 + weight);
    assertThat(made[0]).isCloseTo(7 + 10 * share, within(1e-6));
    assertThat(made[1]).isEqualTo(7);
    assertThat(made[2]).isCloseTo(7 + 20 * share, within(1e-6));
  }

  @Test
  void withoutAWordTheForecastsAreAsWithoutModels() {
    Learner without = learner();
    Learner with = learner("silent", "absent");
    LearnerState one = without.newSeries("x", 24);
    LearnerState other = with.newSeries("x", 24);
    assertThat(learner("silent", "other").fits(other)).isFalse();
    double[][] first = new double[5][HORIZON];
    double[][] second = new double[5][HORIZON];
    for (int t = 0; t < 300; t++) {
      without.observe(one, 3_600_000L * t, truth[t]);
      with.observe(other, 3_600_000L * t, truth[t]);
      without.forecast(
          one, first[0], new double[][] {first[1], first[2]}, new double[][] {first[3], first[4]});
      with.forecast(
          other,
          second[0],
          new double[][] {second[1], second[2]},
          new double[][] {second[3], second[4]});
      assertThat(second).isDeepEqualTo(first);
    }
  }

  /** What two models say of each value. */
  private static Said both(double[] first, double[] second) {
    return t -> {
      double[] row = new double[2 * HORIZON];
      for (int i = 0; i < HORIZON; i++) {
        row[2 * i] = first[t + 1 + i];
        row[2 * i + 1] = second[t + 1 + i];
      }
      return row;
    };
  }

  /** From 48 values after on, one that goes wrong costs at most what one that falls silent does. */
  @ParameterizedTest
  @ValueSource(strings = {"constant", "shuffled", "times ten", "NaN"})
  void modelThatGoesWrongIsNotMissedButLeftOut(String how) {
    int wrong = 500;
    List<Double> old = new ArrayList<>();
    for (int t = 0; t < wrong; t++) {
      old.add(guess[t]);
    }
    Collections.shuffle(old, new Random(3));
    double[] said = guess.clone();
    for (int t = wrong; t < said.length; t++) {
      said[t] =
          switch (how) {
            case "constant" -> guess[wrong];
            case "shuffled" -> old.get((t - wrong) % wrong);
            case "times ten" -> 10 * guess[t];
            default -> Double.NaN;
          };
    }
    Random noise = new Random(9);
    double[] second = new double[guess.length]; // another model, which stays as it is
    for (int t = 0; t < second.length; t++) {
      second[t] = truth[t] + noise.nextGaussian();
    }

    double[] until = Arrays.copyOf(guess, guess.length);
    Arrays.fill(until, wrong, until.length, Double.NaN);
    double silent = error(learner("wrong", "right"), both(until, second), wrong + 48);
    double error = error(learner("wrong", "right"), both(said, second), wrong + 48);
    assertThat(error).isLessThan(1.01 * silent);
  }

  @Test
  void whatWasSaidBeforeServesFurtherSteps() {
    Learner learner = learner("good");
    LearnerState state = run(learner, this::guesses, 0, new double[2]);

    learner.observe(
        state, 3_600_000L * VALUES, truth[VALUES], NONE, new double[] {Double.NaN, Double.NaN});

    assertThat(learner.outsideShare(state, 0, 1)).isGreaterThan(0.99);
    assertThat(learner.outsideShare(state, 0, 2)).isGreaterThan(0.99);
    assertThat(learner.outsideShare(state, 0, 3)).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.POSITIVE_INFINITY, 18}) // nearly all values are above 18
  void modelIsScoredOnWhatItSaid(double most) {
    Learner[] learners = {learner("good", "silent"), learner()};
    Bounds bounds = new Bounds(Double.NEGATIVE_INFINITY, most, false);
    Arrays.stream(learners).forEach(learner -> learner.bound(bounds));
    LearnerState[] series = new LearnerState[2];
    double[] sums = new double[3];
    double[] made = new double[HORIZON];
    for (int t = 0; t < VALUES; t++) {
      boolean says = t % 4 < 2; // of the next value alone
      double said = guess[t + 1] + 1;
      for (int k = 0; k < 2; k++) {
        series[k] = t > 0 ? series[k] : learners[k].newSeries("x", LearnerSettings.NONE);
        double[] ahead = k == 1 ? NONE : new double[] {says ? said : Double.NaN, Double.NaN};
        learners[k].observe(series[k], 3_600_000L * t, truth[t], NONE, ahead);
        learners[k].forecast(series[k], made, null, null);
        sums[1 + k] += says && t + 1 < VALUES ? Math.abs(made[0] - truth[t + 1]) : 0;
      }
      sums[0] += says && t + 1 < VALUES ? Math.abs(said - truth[t + 1]) : 0;
    }

    List<Score.Method> scores = learners[0].outsideScores(series[0], 0);

    assertThat(scores)
        .extracting(Score.Method::name)
        .containsExactly("outside:good", "weir@good", "weir_without_outside@good");
    for (int k = 0; k < 3; k++) {
      assertThat(scores.get(k).mae()).as("%d", k).isCloseTo(sums[k] / 500, within(0.01));
    }
    assertThat(learners[0].outsideShare(series[0], 0, 1)).isZero(); // the last says nothing
    assertThat(learners[0].outsideScores(series[0], 1)).isEmpty();
  }

  @Test
  void namesAreChecked() {
    assertThatThrownBy(() -> new OutsideModels(List.of("a", "a")))
        .hasMessage("outside models: expected each once, got [a, a]");
    assertThatThrownBy(() -> new OutsideModels(List.of(" ")))
        .hasMessage("outside models: expected names of 1 to 64 printable characters, got ' '");
    assertThat(OutsideModels.isName("a\nb")).isFalse();
    assertThatThrownBy(() -> new OutsideModels(Collections.nCopies(17, "a")))
        .hasMessage("outside models: expected at most 16, got 17");
  }
}
