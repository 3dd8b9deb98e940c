package dev.weir.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Observation;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.score.ProperScores;
import dev.weir.job.KafkaFixture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EvaluationTest {

  @Test
  void scoresAreWhatTheyAreByHand() {
    Evaluation.Sums sums = new Evaluation.Sums(1);
    sums.add(1, 10, 8); // error 2, symmetric 200 * 2 / 18
    sums.add(1, -4, 0); // error 4, symmetric 200
    sums.addInterval(0, 0.8, 10, 7, 9); // misses by 1: 2 + 2 / .2 * 1 = 12
    sums.addInterval(0, 0.8, -4, -5, 1); // holds: 6
    SeriesScore score = sums.score(1.5, 2, 6);
    assertThat(score.count()).isEqualTo(2);
    assertThat(score.mase()).isEqualTo(3 / 1.5);
    assertThat(score.smape()).isEqualTo((200.0 * 2 / 18 + 200) / 2, within(1e-9));
    assertThat(score.rmsse()).isEqualTo(Math.sqrt(10) / 2, within(1e-12));
    assertThat(score.relMae()).isEqualTo(0.5);
    assertThat(score.coverage()).containsExactly(0.5);
    assertThat(score.intervalScore()[0]).isEqualTo((12 + 6) / 2.0 / 1.5, within(1e-9));
  }

  @Test
  void distributionScoresAreMeansOverOriginsAndSteps() {
    DistributionScore.Sums sums = new DistributionScore.Sums(new double[] {0.5, 0.8});
    List<Interval> intervals =
        List.of(
            new Interval(0.5, new double[] {3, 1}, new double[] {5, 7}),
            new Interval(0.8, new double[] {2, 0}, new double[] {6, 9}));
    sums.add(new double[] {4, 8}, new double[] {4, 4}, intervals);
    sums.add(new double[] {1, 4}, new double[] {4, 4}, intervals);
    DistributionScore score = sums.score(10);
    assertThat(score.taus())
        .containsExactly(new double[] {0.1, 0.25, 0.5, 0.75, 0.9}, within(1e-12));
    // losses of step 1: truth 4: .2 .25 0 .25 .2, truth 1: .9 1.5 1.5 1 .5
    //           step 2: truth 8: .8 1.75 2 .75 .1, truth 4: .4 .75 0 .75 .5
    assertThat(score.pinball())
        .containsExactly(
            new double[] {2.3 / 40, 4.25 / 40, 3.5 / 40, 2.75 / 40, 1.3 / 40}, within(1e-12));
    assertThat(score.meanPinball()).isEqualTo(14.1 / 200, within(1e-12));
    double[] first = {2, 3, 4, 5, 6};
    double[] second = {0, 1, 4, 7, 9};
    double crps = ProperScores.crps(score.taus(), first, 4);
    crps += ProperScores.crps(score.taus(), first, 1);
    crps += ProperScores.crps(score.taus(), second, 8);
    crps += ProperScores.crps(score.taus(), second, 4);
    assertThat(score.crps()).isEqualTo(crps / 4 / 10, within(1e-12));
  }

  @Test
  void withoutIntervalsThereIsNoDistributionScore() {
    DistributionScore.Sums sums = new DistributionScore.Sums(new double[] {0.8});
    assertThat(sums.score(1)).isNull();
  }

  @Test
  void eachStepAheadHasItsOwnError() {
    Evaluation.Sums sums = new Evaluation.Sums(0);
    for (int origin = 0; origin < 2; origin++) {
      sums.add(1, 10, 9 - origin); // errors 1 and 2
      sums.add(2, 10, 6 - 2 * origin); // 4 and 6
    }
    SeriesScore score = sums.score(0.5, 1, 1);
    assertThat(score.stepErrors()).containsExactly(1.5 / 0.5, 5 / 0.5);
    assertThat(score.mase()).isEqualTo(3.25 / 0.5);

    SeriesScore other = sums.score(0.5, 1, 4); // where the better naive method is off by 4
    List<EvaluationResult.OfSeries> both = new ArrayList<>();
    for (SeriesScore one : List.of(score, other)) {
      Map<String, SeriesScore> ours = Map.of(Evaluation.WEIR, one);
      both.add(new EvaluationResult.OfSeries("s", 1, 2, 0.5, ours, Map.of()));
    }
    assertThat(new EvaluationResult(2, List.of(), both, "").errorsByStep(Evaluation.WEIR))
        .containsExactly(new double[] {1.5 / 2, 5 / 2.0}, within(1e-12)); // 2: of 1 and 4
  }

  @Test
  void theScaleIsThatOfTheWarmUp() {
    double[] y = {1, 4, 2, 9, 100};
    assertThat(Evaluation.meanDifference(y, new BitSet(), 4, 2, false)).isEqualTo((1 + 5) / 2.0);
    assertThat(Evaluation.meanDifference(y, new BitSet(), 4, 1, true))
        .isEqualTo((9 + 4 + 49) / 3.0);
  }

  @Test
  void theSeasonalNaiveForecastIsTheValueOfTheNewestSeason() {
    double[] y = new double[40];
    for (int t = 0; t < y.length; t++) {
      y[t] = 10 * (t % 3) + t / 3; // one more each season
    }
    Evaluation.Trial trial = new Evaluation.Trial("s", y, 3, 4, 0, 1, new BitSet());
    Evaluation.Sums sums = new Evaluation.Sums(0);
    for (int t = 13; trial.isOrigin(t); t++) {
      trial.add(
          sums, t, new double[] {y[t] + 1, y[t + 1] + 1, y[t + 2] + 1, y[t + 3] + 2}, List.of());
    }
    assertThat(trial.score(sums).relMae()).isEqualTo(1, within(1e-12));
  }

  @Test
  void filledValuesAreNeitherOriginsNorTruths() {
    double[] y = new double[40];
    BitSet missing = new BitSet();
    for (int t = 0; t < y.length; t++) {
      y[t] = t;
    }
    for (int gone : new int[] {14, 20}) { // numbers 15 and 21
      missing.set(gone);
      y[gone] = 1e6;
    }
    Evaluation.Trial trial = new Evaluation.Trial("s", y, 1, 2, 0, 1, missing);
    assertThat(trial.origins()).isEqualTo(3); // numbers 13, 14 and 16
    assertThat(trial.scale()).isEqualTo(1); // each known difference
    Evaluation.Sums sums = new Evaluation.Sums(1);
    Evaluation.Sums wide = new Evaluation.Sums(1);
    Interval all = new Interval(0.8, new double[] {0, 0}, new double[] {1e7, 1e7});
    for (int t = 13; t <= 16; t++) {
      if (trial.isOrigin(t)) {
        double[] late = {t + 1, t + 3}; // errors 1 and 2
        trial.add(sums, t, late, List.of(new Interval(0.8, late, late)));
        trial.add(wide, t, late, List.of(all));
      }
    }
    SeriesScore score = trial.score(sums);
    assertThat(score.stepErrors()).containsExactly(new double[] {1, 2}, within(1e-12));
    assertThat(trial.score(wide).coverage()).containsExactly(1);
    assertThat(score.distribution().crps()).isEqualTo(1.5, within(1e-12));
    assertThat(score.relMae()).isEqualTo(1); // the naive forecast is 1 and 2 behind
  }

  @Test
  void theGeometricMeanIsThatOfTheRatios() {
    Evaluation.Sums sums = new Evaluation.Sums(0);
    sums.add(1, 1, 0);
    SeriesScore four = sums.score(1, 1, 0.25);
    SeriesScore one = sums.score(1, 1, 1);
    assertThat(SeriesScore.geometricMeanRelMae(List.of(four, one))).isEqualTo(2, within(1e-12));
  }

  @Test
  void aSeriesTooShortForAnOriginIsRefused() {
    BitSet none = new BitSet();
    assertThatThrownBy(() -> new Evaluation.Trial("short", new double[20], 1, 2, 0, 1, none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("short");
  }

  @Test
  void theTwoNaiveMethodsScoreAsInAnIndependentImplementation() throws IOException {
    // MASE, sMAPE, RMSSE by a C++ program, first 5,000 points, season 48
    Map<String, SeriesScore> two = naive("nab_nyc_taxi", 2, 48);
    check(two.get(Evaluation.NAIVE), 0.74976, 16.13115, 1.28165, 4777 * 2);
    check(two.get("expert:naive"), 0.74976, 16.13115, 1.28165, 4777 * 2);
    check(two.get(Evaluation.SEASONAL_NAIVE), 0.95177, 18.71249, 2.02206, 4777 * 2);
    Map<String, SeriesScore> day = naive("nab_nyc_taxi", 24, 48);
    check(day.get(Evaluation.NAIVE), 3.08159, 58.07122, 4.92806, 4777 * 24);
    check(day.get(Evaluation.SEASONAL_NAIVE), 0.95782, 18.76512, 2.03277, 4777 * 24);
  }

  private static void check(
      SeriesScore score, double mase, double smape, double rmsse, long count) {
    assertThat(score.mase()).isEqualTo(mase, within(6e-6));
    assertThat(score.smape()).isEqualTo(smape, within(6e-6));
    assertThat(score.rmsse()).isEqualTo(rmsse, within(6e-6));
    assertThat(score.count()).isEqualTo(count);
  }

  @Test
  void onTheSampleSeriesItBeatsTheBetterNaiveMethodByWhatItDidWhenThisWasWritten()
      throws IOException {
    // first 1,500 points; a limit is the measured relMAE, plus 1.5 %
    gate("nab_nyc_taxi", 48, 0.304, 0.524);
    gate("nab_elb_requests", 288, 0.780, 0.747);
    gate("nab_ec2_cpu_5f5533", 288, 0.324, 0.476);
    gate("nab_ambient_temp", 24, 0.843, 0.591);
    gate("vega_seattle_tmax", 1, 0.948, 0.899);
    gate("uci_bike", 24, 0.454, 0.710);
    gate("uci_air_co_sensor", 24, 0.665, 0.825);
  }

  private static void gate(String series, int season, double two, double day) throws IOException {
    double[] y = sample(series, 1_500);
    SeriesScore near = CoreEvaluation.mixture(LearnerSettings.defaults(2), series, y, season);
    SeriesScore far = CoreEvaluation.mixture(LearnerSettings.defaults(24), series, y, season);
    assertThat(near.relMae()).as("%s, 2 steps", series).isLessThan(two);
    assertThat(far.relMae()).as("%s, 24 steps", series).isLessThan(day);
    assertThat(near.coverage()[0]).as("%s, 80 %%", series).isBetween(0.75, 0.85);
    assertThat(near.coverage()[1]).as("%s, 95 %%", series).isBetween(0.91, 0.98);
  }

  /** Scores of the naive methods; the learner has one expert, since its scores do not count. */
  private static Map<String, SeriesScore> naive(String series, int horizon, int season)
      throws IOException {
    double[] y = sample(series, 5_000);
    return new Evaluation(LearnerSettings.small(horizon).withExperts(List.of("naive")))
        .evaluateOthers(
            new Evaluation.Trial(series, y, season, horizon, 0, 1, new BitSet()), season);
  }

  /** The first values of a sample series. */
  private static double[] sample(String series, int limit) throws IOException {
    return KafkaFixture.sampleSeries(series, limit).stream()
        .mapToDouble(Observation::value)
        .toArray();
  }

  @Test
  void onNoiseItIsNotBetterThanTheMeanCouldBe() { // a relMAE below this would be foresight
    Random random = new Random(4);
    double[] walk = new double[3_000];
    for (int t = 1; t < walk.length; t++) {
      walk[t] = walk[t - 1] + random.nextGaussian();
    }
    SeriesScore score =
        CoreEvaluation.evaluate(LearnerSettings.defaults(2), "walk", walk, 1).get(Evaluation.WEIR);
    assertThat(score.relMae()).isBetween(0.99, 1.02);
  }
}
