package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Score;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
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

  private static Learner learner(boolean quantiles, String... models) {
    return new Learner(
        LearnerSettings.small(HORIZON).withOutside(new OutsideModels(List.of(models), quantiles)));
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
    Learner learner = learner(false, "good");
    double[] errors = new double[2];

    LearnerState state = run(learner, this::guesses, 200, errors);

    double least = 0.55 * Math.sqrt(2 / Math.PI); // mean |error| of the guess: of two spreads
    assertThat(errors[0] / errors[1]).isCloseTo(least, within(0.1 * least));
    assertThat(error(learner(false), t -> NONE, 200)).isGreaterThan(4 * least);
    assertThat(learner.outsideScore(state, 0, "lear").mae()).isCloseTo(least, within(0.1 * least));
    for (int i = 1; i <= HORIZON; i++) {
      assertThat(learner.outsideShare(state, 0, i)).isGreaterThan(0.99);
    }
  }

  @Test
  void biasIsCorrected() {
    Said biased = t -> new double[] {guess[t + 1] + 2, guess[t + 2] + 2, guess[t + 3] + 2};

    assertThat(error(learner(false, "biased"), biased, 600))
        .isLessThan(1.3 * error(learner(false, "good"), this::guesses, 600));
  }

  /** Its first errors are small by luck: what is remembered of them must not stay. */
  @Test
  void modelThatAddsNothingHardlyHurts() {
    Said worse =
        t -> t < 8 ? new double[] {truth[t + 1], truth[t + 2], truth[t + 3]} : repeated(truth[t]);

    assertThat(error(learner(false, "worse"), worse, 100))
        .isLessThan(1.01 * error(learner(false), t -> NONE, 100));
  }

  private static double[] repeated(double value) {
    return new double[] {value, value, value};
  }

  @Test
  void firstForecastHardlyTrustsWhoIsUnknown() {
    Learner learner = learner(false, "new");
    LearnerState state = learner.newSeries("x", LearnerSettings.NONE);
    double[] made = new double[HORIZON];

    learner.observe(state, 0, 7, NONE, new double[] {17, Double.NaN, 27});
    learner.forecast(state, made, null, null);

    double weight = Math.exp(-4 * 2.3); // of it, with 1 of the forecast
    double share = 0.7 * weight / (1 + weight); // it is too unknown for the other 0.3
    assertThat(made[0]).isCloseTo(7 + 10 * share, within(1e-6));
    assertThat(made[1]).isEqualTo(7);
    assertThat(made[2]).isCloseTo(7 + 20 * share, within(1e-6));
  }

  @Test
  void withoutAWordTheForecastsAreAsWithoutModels() {
    Learner without = learner(false);
    Learner with = learner(true, "silent", "absent");
    LearnerState one = without.newSeries("x", 24);
    LearnerState other = with.newSeries("x", 24);
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

    double silent =
        error(
            learner(false, "wrong", "right"),
            t -> {
              double[] row = new double[2 * HORIZON];
              for (int i = 0; i < HORIZON; i++) {
                row[2 * i] = t + 1 + i < wrong ? guess[t + 1 + i] : Double.NaN;
                row[2 * i + 1] = second[t + 1 + i];
              }
              return row;
            },
            wrong + 48);
    double error =
        error(
            learner(false, "wrong", "right"),
            t -> {
              double[] row = new double[2 * HORIZON];
              for (int i = 0; i < HORIZON; i++) {
                row[2 * i] = said[t + 1 + i];
                row[2 * i + 1] = second[t + 1 + i];
              }
              return row;
            },
            wrong + 48);

    assertThat(error).isLessThan(1.01 * silent);
  }

  @Test
  void whatWasSaidBeforeServesFurtherSteps() {
    Learner learner = learner(false, "good");
    LearnerState state = run(learner, this::guesses, 0, new double[2]);

    learner.observe(
        state, 3_600_000L * VALUES, truth[VALUES], NONE, new double[] {Double.NaN, Double.NaN});

    assertThat(learner.outsideShare(state, 0, 1)).isGreaterThan(0.99);
    assertThat(learner.outsideShare(state, 0, 2)).isGreaterThan(0.99);
    assertThat(learner.outsideShare(state, 0, 3)).isZero();
  }

  /** The spread of the noise is known to the model alone. */
  private double[] withQuantiles(int t) {
    double[] row = new double[HORIZON * 5];
    for (int i = 0; i < HORIZON; i++) {
      double of = spread[t + 1 + i];
      double[] ends = {-1.2816 * of, 1.2816 * of, -1.96 * of, 1.96 * of};
      row[5 * i] = guess[t + 1 + i];
      for (int k = 0; k < 4; k++) {
        row[5 * i + 1 + k] = guess[t + 1 + i] + 2 * ends[k]; // twice as wide as they should be
      }
    }
    return row;
  }

  @Test
  void quantilesThatScoreBetterMakeTheIntervals() {
    Learner plain = learner(false, "good");
    Learner learner = learner(true, "good");
    plain.scoreDistributions(true);
    learner.scoreDistributions(true);
    LearnerState without = run(plain, this::guesses, 0, new double[2]);
    LearnerState state = run(learner, this::withQuantiles, 0, new double[2]);
    double[] made = new double[HORIZON];
    double[][] lower = new double[2][HORIZON];
    double[][] upper = new double[2][HORIZON];

    learner.forecast(state, made, lower, upper);

    assertThat(learner.coverage(state, 0, 2)).isCloseTo(0.8, within(0.03));
    assertThat(learner.coverage(state, 1, 2)).isCloseTo(0.95, within(0.02));
    for (int i = 0;
        i < HORIZON;
        i++) { // narrow where the model says so, and no longer twice as wide
      double width = 2 * 1.2816 * spread[VALUES + i];
      assertThat(upper[0][i] - lower[0][i]).isBetween(0.7 * width, 1.5 * width);
    }
    assertThat(crps(learner, state)).isLessThan(0.9 * crps(plain, without));
  }

  private static double crps(Learner learner, LearnerState state) {
    return learner.distributionScorer().crps(state.distributions(), 0);
  }

  /** The CRPS is the integral of the square of F - 1, of which F is linear between quantiles. */
  @Test
  void modelIsScoredByAllThatItSaid() {
    Learner learner =
        new Learner(
            LearnerSettings.small(HORIZON)
                .withOutside(new OutsideModels(List.of("lear"), true, true, 0)));
    learner.scoreDistributions(true);
    LearnerState state = learner.newSeries("x", LearnerSettings.NONE);
    double[][] made = new double[3][HORIZON];
    double[] values = {0, 3, 5.5};
    double[][] said = { // forecast, ends of 80 % and 95 %, age
      {1, 0, 2, -1, 4, 3600},
      {5, 4, 6, 3, 8, 1800, 7, Double.NaN, Double.NaN, Double.NaN, Double.NaN, 7200},
      NONE
    };
    double[] ages = {3600, 1800, Double.NaN};
    long[] held = {0, 0, 1};
    long[] wide = {0, 1, 1};
    for (int t = 0; t < values.length; t++) {
      learner.observe(state, 3_600_000L * t, values[t], NONE, said[t]);
      learner.forecast(state, made[t], null, null);
      LatestScores newest = learner.newest();
      assertThat(newest.outside(0, LatestScores.Outside.AGE)).isEqualTo((Double) ages[t]);
      assertThat(newest.outside(0, LatestScores.Outside.SHARE)).isStrictlyBetween(0.0, 0.7);
      assertThat(newest.outsideTruths(0)).isEqualTo(t == 0 ? 0 : 1);
      assertThat(newest.outsideHeld(0, 0)).isEqualTo(held[t]);
      assertThat(newest.outsideHeld(0, 1)).isEqualTo(wide[t]);
    }
    double crps = crps(learner, state); // ours of the second; before, there was no interval
    learner.observe(state, 3_600_000L * 3, 6, NONE, NONE); // of which it said 7 at t = 1
    double third = 2 * crps(learner, state) - crps;
    third += learner.distributionScorer().crps(state.distributions(), 1);

    Score.Method score = learner.outsideScore(state, 0, "lear");

    double first = 0.004375 + (0.31 + 1.51 + 2.53265625 + 0.00609375) / 3; // of 3
    double second = 0.004375 + (0.31 + 0.5 * 1.09 + 0.5 * 0.13 + 2 * 0.013125) / 3; // of 5.5
    double far = Math.abs(6 - made[1][1]);
    double ours =
        Math.abs(3 - made[0][0])
            + Math.abs(5.5 - made[1][0])
            + (Math.abs(6 - made[2][0]) + far) / 2;
    assertThat(score.name()).isEqualTo("outside:lear");
    assertThat(score.mae()).isCloseTo((2 + 0.5 + 1) / 3, within(0.01));
    assertThat(score.relativeError()).isCloseTo(3.5 / ours, within(0.01));
    assertThat(score.crps()).isCloseTo((first + second + 1) / 3, within(0.01));
    assertThat(score.relativeCrps()).isCloseTo((second + 1) / (crps + third / 2), within(0.01));
    assertThat(score.coverage()).isEqualTo(0.5);
    assertThat(score.delaySeconds()).isEqualTo(2700);
  }

  @Test
  void pointForecastIsScoredByItsErrorAlone() {
    Learner learner = learner(false, "good", "silent");
    Said one = t -> new double[] {guess[t + 1], Double.NaN};

    LearnerState state = run(learner, one, 0, new double[2]);

    Score.Method score = learner.outsideScore(state, 0, "lear");
    assertThat(score.crps()).isEqualTo(score.mae());
    assertThat(score.coverage()).isNaN();
    assertThat(score.delaySeconds()).isNaN();
    assertThat(learner.outsideScore(state, 1, "lear")).isNull();
  }

  @Test
  void savedStateGoesOnBitForBit() throws IOException {
    Learner learner = learner(true, "good");
    LearnerState state = learner.newSeries("x", LearnerSettings.NONE);
    LearnerState read = null;
    double[][] one = new double[3][HORIZON];
    double[][] other = new double[3][HORIZON];
    for (int t = 0; t < 200; t++) {
      if (t == 120) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        LearnerStateFormat.write(state, new DataOutputStream(bytes));
        read =
            LearnerStateFormat.read(
                new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        assertThat(learner.fits(read)).isTrue();
        assertThat(learner(true, "other").fits(read)).isFalse();
      }
      learner.observe(state, 3_600_000L * t, truth[t], NONE, withQuantiles(t));
      if (read != null) {
        learner.forecast(state, one[0], new double[][] {one[1], new double[HORIZON]}, null);
        learner.observe(read, 3_600_000L * t, truth[t], NONE, withQuantiles(t));
        learner.forecast(read, other[0], new double[][] {other[1], new double[HORIZON]}, null);
        assertThat(other).isDeepEqualTo(one);
      }
    }
  }

  @Test
  void namesAreChecked() {
    assertThatThrownBy(() -> new OutsideModels(List.of("a", "a"), false))
        .hasMessage("outside models: expected each once, got [a, a]");
    assertThatThrownBy(() -> new OutsideModels(List.of(" "), false))
        .hasMessage("outside models: expected names of 1 to 64 printable characters, got ' '");
    assertThat(OutsideModels.isName("a\nb")).isFalse();
    assertThatThrownBy(() -> new OutsideModels(Collections.nCopies(17, "a"), false))
        .hasMessage("outside models: expected at most 16, got 17");
    assertThat(new OutsideModels(List.of("a", "b"), true).columns(2)).isEqualTo(10);
    OutsideModels any = new OutsideModels(List.of(), true, false, 2);
    assertThat(any.columns(2)).isEqualTo(10);
    assertThat(any.named(List.of("a"))).isEqualTo(new OutsideModels(List.of("a"), true));
    assertThatThrownBy(() -> any.named(List.of("a", "b", "c")))
        .hasMessage("outside models: expected at most 2, got 3");
  }
}
