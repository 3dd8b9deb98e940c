package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.expert.Experts;
import dev.weir.forecast.slot.SeriesDimensions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a learner makes of covariates. Seeds are fixed. */
class LearnerCovariatesTest {

  private static final int HORIZON = 5;
  private static final int VALUES = 1_500;
  private static final double[] NONE = {};

  private static final Covariates.Count ONE_AHEAD = new Covariates.Count(0, 1);

  private static Learner learner(Covariates.Count count) {
    return new Learner(LearnerSettings.defaults(HORIZON).withCovariates(count));
  }

  private static double[] noise(int n, long seed) {
    Random random = new Random(seed);
    return random.doubles(n, 10, 20).toArray();
  }

  /** x at t+1 .. t+horizon, as far as x reaches. */
  private static double[] ahead(double[] x, int t) {
    return Arrays.copyOfRange(x, t + 1, Math.min(x.length, t + 1 + HORIZON));
  }

  /** Mean |error| at a step over the last third of the series, of forecasts at each value. */
  private static double error(
      double[] y, double[] x, Covariates.Count count, int season, int step) {
    Learner learner = learner(count);
    LearnerState state = learner.newSeries("a", season);
    double[] forecast = new double[HORIZON];
    double sum = 0;
    int errors = 0;
    for (int t = 0; t + HORIZON < y.length; t++) {
      boolean isObserved = count.observed() > 0;
      learner.observe(
          state, t, y[t], isObserved ? new double[] {x[t]} : NONE, isObserved ? NONE : ahead(x, t));
      if (t >= y.length * 2 / 3) {
        learner.forecast(state, forecast, null, null);
        sum += Math.abs(forecast[step - 1] - y[t + step]);
        errors++;
      }
    }
    return sum / errors;
  }

  @Test
  void aCovariateThatIsTheFutureLeavesNearlyNoError() {
    double[] y = noise(VALUES, 1);
    for (int season : new int[] {1, 12}) {
      for (int step : new int[] {1, 4}) {
        assertThat(error(y, y, ONE_AHEAD, season, step)).isLessThan(0.12); // 2.5 without
      }
    }
  }

  /** x[t] = y[t - 1] says nothing of what is to come. */
  @Test
  void oneThatIsLateByAStepDoesNot() {
    double[] y = noise(VALUES, 2);
    double[] late = new double[VALUES];
    System.arraycopy(y, 0, late, 1, VALUES - 1);
    assertThat(error(y, late, ONE_AHEAD, 1, 1)).isGreaterThan(2);
  }

  @Test
  void anObservedCovariateTellsOfTheNextValue() {
    double[] y = noise(VALUES, 3);
    double[] leading = new double[VALUES];
    System.arraycopy(y, 1, leading, 0, VALUES - 1);
    Covariates.Count observed = new Covariates.Count(1, 0);
    assertThat(error(y, leading, observed, 1, 1)).isLessThan(0.12);
    assertThat(error(y, leading, observed, 1, 2)).isGreaterThan(2);
  }

  @Test
  void aUselessCovariateCostsNearlyNothing() {
    Random random = new Random(4);
    double[] y = new double[VALUES];
    for (int t = 1; t < VALUES; t++) {
      y[t] = 0.8 * y[t - 1] + 3 * Math.sin(2 * Math.PI * t / 12) + random.nextGaussian();
    }
    double[] x = noise(VALUES, 5);
    for (int step : new int[] {1, 5}) {
      double without = error(y, new double[VALUES], Covariates.Count.NONE, 12, step);
      assertThat(error(y, x, ONE_AHEAD, 12, step)).isLessThan(1.01 * without);
      assertThat(error(y, new double[VALUES], ONE_AHEAD, 12, step)).isLessThan(1.01 * without);
    }
  }

  private static double[] forecast(Learner learner, LearnerState state) {
    double[] values = new double[HORIZON];
    double[][] ends = new double[2][HORIZON];
    learner.forecast(state, values, ends, new double[2][HORIZON]);
    double[] all = Arrays.copyOf(values, 2 * HORIZON);
    System.arraycopy(ends[1], 0, all, HORIZON, HORIZON);
    return all;
  }

  /** A later word replaces an earlier one; what is missing counts as the mean. */
  @Test
  void correctionsCountAndMissingOnesDoNoHarm() {
    double[] y = noise(600, 8);
    double[] wrong = new double[600];
    Arrays.fill(wrong, 15);
    Learner learner = learner(ONE_AHEAD);
    LearnerState corrected = learner.newSeries("a", 1);
    LearnerState gaps = learner.newSeries("a", 1);
    Random random = new Random(9);
    double sum = 0;
    for (int t = 0; t + HORIZON < 600; t++) {
      double[] said = ahead(wrong, t);
      said[0] = y[t + 1]; // right at last
      learner.observe(corrected, t, y[t], NONE, said);
      double[] some = ahead(y, t);
      for (int i = 0; i < some.length; i++) {
        some[i] = random.nextInt(4) == 0 ? Double.NaN : some[i];
      }
      learner.observe(gaps, t, y[t], NONE, random.nextInt(9) == 0 ? NONE : some);
      assertThat(forecast(learner, gaps)).doesNotContain(Double.NaN);
      if (t >= 400) {
        sum += Math.abs(forecast(learner, corrected)[0] - y[t + 1]) / (595 - 400);
      }
    }
    assertThat(sum).isLessThan(0.2);
  }

  /** Errors of one expert at step 1 over the last tenth of the series. */
  private static double error(
      Expert expert, double[] y, double[] x, boolean isObserved, int season) {
    Covariates.Count count = isObserved ? new Covariates.Count(1, 0) : new Covariates.Count(0, 1);
    LearnerSettings settings =
        LearnerSettings.small(HORIZON).withExperts(List.of("naive")).withCovariates(count);
    Learner learner = new Learner(settings);
    LearnerState state = learner.newSeries("a", season);
    int of = names(learner).indexOf(expert.name);
    double sum = 0;
    int errors = 0;
    for (int t = 0; t + HORIZON < y.length; t++) {
      double[] now = isObserved ? new double[] {x[t]} : NONE;
      learner.observe(state, t, y[t], now, isObserved ? NONE : ahead(x, t));
      if (t >= y.length * 9 / 10) {
        sum += Math.abs(learner.expertForecast(of, 1) - y[t + 1]);
        errors++;
      }
    }
    return sum / errors;
  }

  private enum Expert {
    LOGARITHMIC("log-covariates"),
    LINEAR("covariates-linear"),
    WIDE("covariates-wide"),
    SLOW("covariates-slow"),
    AUTOREGRESSION("covariate-ar");

    private final String name;

    Expert(String name) {
      this.name = name;
    }
  }

  /** Inputs that are always 0, such as a week that does not fit, must not stop forgetting. */
  @ParameterizedTest
  @ValueSource(ints = {1, 120})
  void anAutoregressionFollowsAnEffectThatChangesLate(int season) {
    Random random = new Random(11);
    double[] x = noise(14_000, 12);
    double[] y = new double[x.length];
    for (int t = 0; t < y.length; t++) {
      y[t] = (t < 9_000 ? 3 : -3) * (x[t] - 15) + random.nextGaussian() / 4;
    }
    assertThat(error(Expert.AUTOREGRESSION, y, x, false, season)).isLessThan(1.2); // 0.2 at best
  }

  @ParameterizedTest
  @EnumSource(Expert.class)
  void theLevelOfASeriesDoesNotMatter(Expert expert) {
    double[] x = noise(2_000, 13);
    double[] y = new double[x.length];
    double[] high = new double[x.length];
    for (int t = 0; t < y.length; t++) {
      y[t] = 3 * x[t] + 4 * Math.sin(2 * Math.PI * t / 12);
      high[t] = 1e6 + y[t];
    }
    double low = error(expert, y, x, false, 12);
    assertThat(error(expert, high, x, false, 12)).isEqualTo(low, within(0.05 * low + 0.02));
    assertThat(low).isLessThan(2); // 7.5 as the mean
  }

  /** What was observed a season, or a season and a week, and a value before tells of a value. */
  @ParameterizedTest
  @ValueSource(ints = {25, 49, 193})
  void anObservedCovariateIsReadAtEarlierSeasons(int lag) {
    double[] x = noise(12_000, 14);
    double[] y = new double[x.length];
    for (int t = lag; t < y.length; t++) {
      y[t] = 3 * x[t - lag];
    }
    assertThat(error(Expert.LOGARITHMIC, y, x, true, 24)).isLessThan(1.3); // 7.5 as the mean
  }

  private static List<String> names(Learner learner) {
    return IntStream.range(0, learner.experts()).mapToObj(learner::expertName).toList();
  }

  @Test
  void fewCovariatesKnownAheadHaveMoreExperts() {
    Covariates.Count observed = new Covariates.Count(1, 0);
    assertThat(names(learner(observed))).endsWith("log-covariates", "covariate-ar");
    assertThat(names(learner(new Covariates.Count(0, 5)))).isEqualTo(names(learner(observed)));
    assertThat(names(learner(new Covariates.Count(2, 2))))
        .endsWith(
            "log-covariates",
            "covariates-linear",
            "covariates-wide",
            "covariates-slow",
            "covariate-ar");
  }

  /** The state of one with n features: 24 phases of n + 1 + n (n + 1) / 2 numbers and 2 sums. */
  @Test
  void aRichExpertKeepsTheSquareOfItsFeatures() {
    SeriesDimensions hourly = new SeriesDimensions(24, 24, 200, 1_000);
    List<dev.weir.forecast.expert.Expert> experts =
        Experts.ofCovariates(new Covariates.Count(0, 2));
    int[] features = {10, 10, 22, 29}; // 4 and 2 x 3, 8 and 2 x 7, 15 and 2 x 7
    for (int e = 0; e < features.length; e++) {
      int n = features[e];
      assertThat(experts.get(e).floats(hourly)).isEqualTo(24 * (n + 1 + n * (n + 1) / 2 + 2));
    }
  }

  /**
   * y[t] = .8 y[t - 1] + e[t] has a mean |y| of .8 / .6 = 1.33; what is left of it after the newest
   * value is known is the mean |e| = .8.
   */
  @ParameterizedTest
  @EnumSource(
      value = Expert.class,
      names = {"LOGARITHMIC", "WIDE", "SLOW"})
  void aRegressionCarriesItsNewestErrorForward(Expert expert) {
    Random random = new Random(15);
    double[] y = new double[8_000];
    for (int t = 1; t < y.length; t++) {
      y[t] = 0.8 * y[t - 1] + random.nextGaussian();
    }
    assertThat(error(expert, y, noise(y.length, 16), false, 12)).isBetween(0.75, 0.92);
  }

  /** Covariates of neighboring times, their mean over a season, and the day of the week. */
  @ParameterizedTest
  @CsvSource({"WIDE, 1", "WIDE, -1", "WIDE, 0", "SLOW, 1", "SLOW, 0", "SLOW, 7"})
  void aRichExpertReadsWhatIsAroundAValue(Expert expert, int what) {
    double[] x = noise(8_000, 17);
    double[] y = new double[x.length];
    for (int t = 12; t < y.length - 1; t++) {
      double mean = Arrays.stream(x, t - 11, t + 1).average().orElseThrow();
      double around = what == 0 ? 12 * (mean - 15) : 3 * (x[t + (what == 1 ? 1 : -1)] - 15);
      y[t] = what == 7 ? (t / 12 % 7 == 3 ? 9 : 0) + x[t] : around;
    }
    assertThat(error(expert, y, x, false, 12)).isLessThan(1); // 7.5 or more as the mean
  }

  @Test
  void withoutCovariatesNothingIsKept() {
    LearnerSettings plain = LearnerSettings.defaults(HORIZON);
    LearnerState state = new Learner(plain).newSeries("a", 12);
    assertThat(learner(ONE_AHEAD).fits(state)).isFalse();
    assertThat(new Learner(plain.withCovariates(Covariates.Count.NONE)).fits(state)).isTrue();
  }
}
