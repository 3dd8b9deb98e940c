package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.expert.SeriesDimensions;
import dev.weir.forecast.expert.recurrent.NetworkTraining;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the correctors make of covariates. Seeds are fixed. */
class CorrectorCovariatesTest {

  private static final int VALUES = 4_000;
  private static final double[] NOTHING = {};
  private static final Covariates.Count NONE = Covariates.Count.NONE;
  private static final Covariates.Count AHEAD = new Covariates.Count(0, 1);
  private static final Covariates.Count OBSERVED = new Covariates.Count(1, 0);

  private static double[] noise(int n, long seed) {
    return new Random(seed).doubles(n, -1, 1).toArray();
  }

  /** x as it was so many values before. */
  private static double[] late(double[] x, int values) {
    double[] late = new double[x.length];
    System.arraycopy(x, 0, late, values, x.length - values);
    return late;
  }

  /** 50 + 8 f(x[t]) and a little noise, whose mean size is 0.2. */
  private static double[] effect(double[] x, boolean straight) {
    Random random = new Random(2);
    return Arrays.stream(x)
        .map(z -> 50 + 8 * (straight ? z : Math.abs(z)) + random.nextGaussian() / 4)
        .toArray();
  }

  private static LearnerSettings settings(String name, int horizon, Covariates.Count count) {
    return LearnerSettings.small(horizon)
        .withExperts(List.of("naive", "rls-ar", name))
        .withCovariates(count);
  }

  private static int place(Learner learner, String name) {
    int of = 0;
    while (!learner.expertName(of).equals(name)) {
      of++;
    }
    return of;
  }

  private static void observe(
      Learner learner, LearnerState state, int t, double y, double[] x, Covariates.Count count) {
    double[] observed = count.observed() > 0 ? new double[] {x[t]} : NOTHING;
    int last = Math.min(x.length, t + 1 + learner.horizon());
    double[] ahead = count.ahead() > 0 ? Arrays.copyOfRange(x, t + 1, last) : NOTHING;
    learner.observe(state, t, y, observed, ahead);
  }

  /** Mean |error| over the last quarter of the series: of the corrector, then of the mixture. */
  private static double[] errors(
      String name, double[] y, double[] x, Covariates.Count count, int horizon, int step) {
    return errors(settings(name, horizon, count), name, y, x, LearnerSettings.NONE, step);
  }

  private static double[] errors(
      LearnerSettings settings, String name, double[] y, double[] x, int season, int step) {
    Learner learner = new Learner(settings);
    LearnerState state = learner.newSeries("a", season);
    int horizon = settings.horizon();
    int of = place(learner, name);
    double[] forecast = new double[horizon];
    double[] sums = new double[2];
    int errors = 0;
    for (int t = 0; t + horizon < y.length; t++) {
      observe(learner, state, t, y[t], x, settings.covariates());
      if (t >= y.length * 3 / 4) {
        learner.forecast(state, forecast, null, null);
        sums[0] += Math.abs(learner.expertForecast(of, step) - y[t + step]);
        sums[1] += Math.abs(forecast[step - 1] - y[t + step]);
        errors++;
      }
    }
    return new double[] {sums[0] / errors, sums[1] / errors};
  }

  /** The experts that are regressions learn straight lines only: they leave this to correctors. */
  @ParameterizedTest
  @CsvSource({"rnn-corrector, 1", "rnn-corrector, 3", "gru-corrector, 1", "gru-corrector, 3"})
  void aCovariateKnownAheadThatWorksInBothDirectionsIsLearned(String name, int step) {
    double[] x = noise(VALUES, 1);
    double[] y = effect(x, false);
    double[] without = errors(name, y, x, NONE, 3, step);
    double[] with = errors(name, y, x, AHEAD, 3, step);
    assertThat(without[0]).isGreaterThan(1.9);
    assertThat(with[0]).isLessThan(0.45);
    assertThat(with[1]).isLessThan(0.45);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rnn-corrector", "gru-corrector"})
  void oneThatIsLateByAStepIsOfNoUse(String name) {
    double[] x = noise(VALUES, 1);
    for (boolean straight : new boolean[] {true, false}) {
      double[] y = effect(x, straight);
      double useless = straight ? 3.9 : 1.9; // mean |error| of the mean of y: 4 and 2
      assertThat(errors(name, y, late(x, 1), AHEAD, 1, 1)[0]).isGreaterThan(useless);
      assertThat(errors(name, y, x, AHEAD, 1, 1)[0]).isLessThan(0.45);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rnn-corrector", "gru-corrector"})
  void anObservedCovariateTellsOfTheNextValueOnly(String name) {
    double[] x = noise(VALUES, 1);
    double[] y = effect(late(x, 1), true);
    assertThat(errors(name, y, x, OBSERVED, 2, 1)[0]).isLessThan(0.45);
    assertThat(errors(name, y, x, OBSERVED, 2, 2)[0]).isGreaterThan(3.9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rnn-corrector", "gru-corrector"})
  void noiseInPlaceOfCovariatesDoesLittleHarm(String name) {
    Random random = new Random(4);
    double[] y = new double[1_500];
    for (int t = 1; t < y.length; t++) {
      y[t] = 0.8 * y[t - 1] + 3 * Math.sin(2 * Math.PI * t / 12) + random.nextGaussian();
    }
    double[] x = noise(y.length, 5);
    List<String> experts = new ArrayList<>(LearnerSettings.defaults(5).experts());
    experts.add(name);
    LearnerSettings settings = LearnerSettings.defaults(5).withExperts(experts);
    for (int step : new int[] {1, 5}) {
      double[] without = errors(settings, name, y, x, 12, step);
      double[] with = errors(settings.withCovariates(AHEAD), name, y, x, 12, step);
      assertThat(with[0]).isLessThan(1.03 * without[0]);
      assertThat(with[1]).isLessThan(1.01 * without[1]);
    }
  }

  /** What comes later, and what was not known yet, changes no bit of an earlier forecast. */
  @ParameterizedTest
  @ValueSource(strings = {"rnn-corrector", "gru-corrector"})
  void anEarlierForecastDoesNotKnowCovariatesThatCameLater(String name) {
    int horizon = 4;
    double[] y = noise(400, 6);
    double[] x = noise(400, 7);
    double[] other = x.clone();
    Arrays.fill(other, 300 + horizon, 400, 99);
    Learner learner = new Learner(settings(name, horizon, AHEAD));
    int of = place(learner, name);
    LearnerState one = learner.newSeries("a", 12);
    LearnerState two = learner.newSeries("a", 12);
    for (int t = 0; t <= 300; t++) {
      observe(learner, one, t, y[t], x, AHEAD);
      double expected = learner.expertForecast(of, horizon);
      observe(learner, two, t, y[t], other, AHEAD);
      if (t < 300) {
        assertThat(learner.expertForecast(of, horizon)).isEqualTo(expected);
      } else {
        assertThat(learner.expertForecast(of, horizon)).isNotEqualTo(expected);
      }
    }
  }

  /** A number that is not known is the mean, in a forecast and where it is learned from. */
  @ParameterizedTest
  @ValueSource(strings = {"rnn-corrector", "gru-corrector"})
  void aMissingNumberIsTheMean(String name) {
    double[] y = noise(900, 8);
    double[] missing = new double[900];
    Arrays.fill(missing, Double.NaN);
    double[] constant = new double[900]; // is its mean, too
    Arrays.fill(constant, 7);
    Learner learner = new Learner(settings(name, 3, AHEAD));
    int of = place(learner, name);
    LearnerState one = learner.newSeries("a", 12);
    LearnerState two = learner.newSeries("a", 12);
    for (int t = 0; t < 890; t++) {
      observe(learner, one, t, y[t], missing, AHEAD);
      double expected = learner.expertForecast(of, 2);
      observe(learner, two, t, y[t], constant, AHEAD);
      assertThat(learner.expertForecast(of, 2)).isEqualTo(expected).isFinite();
    }
  }

  @Test
  void twoKnownAheadAddAFewKilobytes() {
    assertThat(bytesOfTwo("rnn-corrector")).isEqualTo(976);
    assertThat(bytesOfTwo("gru-corrector")).isEqualTo(2_896);
  }

  private static int bytesOfTwo(String name) {
    SeriesDimensions shape = new SeriesDimensions(24, 24, 500, 600);
    NetworkTraining training = NetworkTraining.DEFAULT;
    Covariates.Count two = new Covariates.Count(0, 2);
    int without = Experts.create(name, 12, 8, 500, training).floats(shape);
    return Float.BYTES * (Experts.create(name, 12, 8, 500, training, two).floats(shape) - without);
  }

  /** A series that was saved before correctors read covariates is learned again. */
  @Test
  void onlyLearnersWithBothHaveAnotherLayout() {
    String read = "correctors read covariates";
    assertThat(settings("rnn-corrector", 3, AHEAD).layout()).endsWith(read);
    assertThat(settings("gru-corrector", 3, OBSERVED).layout()).endsWith(read);
    assertThat(settings("gru-corrector", 3, NONE).layout()).doesNotContain(read);
    assertThat(settings("birnn", 3, AHEAD).layout()).doesNotContain(read);
  }
}
