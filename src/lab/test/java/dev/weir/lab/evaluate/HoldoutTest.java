package dev.weir.lab.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.cli.evaluate.Evaluation;
import dev.weir.cli.evaluate.SeriesScore;
import dev.weir.forecast.Forecast.Interval;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Scores by hand. */
class HoldoutTest {

  private static final double[] TRAINING = {1, 5, 2, 8, 4}; // in seasons of 2: 1, 3, 2 apart
  private static final double[] TRUTH = {6, 3, 10};

  private static Holdout holdout(String name, double[] training, double[] truth, int m) {
    return new Holdout(name, training, truth, m, new BitSet());
  }

  @Test
  void theSeasonalNaiveForecastRepeatsTheLastSeason() {
    assertThat(holdout("a", TRAINING, TRUTH, 2).seasonalNaive()).containsExactly(8, 4, 8);
    assertThat(holdout("a", TRAINING, TRUTH, 1).seasonalNaive()).containsExactly(4, 4, 4);
  }

  @Test
  void theScaleIsThatOfTheTrainingPart() {
    Holdout holdout = holdout("a", TRAINING, TRUTH, 2);
    double[] lower = {4, 4, 7}; // the last one is above its forecast
    double[] upper = {7, 6, 9}; // holds 6, is 1 above 3 and 1 below 10

    SeriesScore score = // off by 1, 3, 4
        holdout.score(new double[] {5, 6, 6}, List.of(new Interval(0.95, lower, upper)));

    assertThat(score.mase()).isEqualTo(8.0 / 3 / 2, within(1e-12));
    assertThat(score.smape()).isEqualTo(200 * (1.0 / 11 + 3.0 / 9 + 4.0 / 16) / 3, within(1e-12));
    assertThat(score.rmsse())
        .isEqualTo(Math.sqrt(26.0 / 3) / Math.sqrt((16 + 9 + 36 + 16) / 4.0), within(1e-12));
    assertThat(score.relMae()).isEqualTo(8.0 / (2 + 1 + 2), within(1e-12));
    assertThat(score.coverage()).containsExactly(1.0 / 3);
    assertThat(score.intervalScore()[0]) // M4: 2 / (1 - level) for each unit outside
        .isEqualTo((3 + (2 + 40) + (2 + 40)) / 3.0 / 2, within(1e-9));
    // quantiles .025, .5, .975: 4, 5, 7 below and above 6; 4, 6, 6 above 3; 7, 6, 9 below 10
    double first = 0.025 * 2 + 0.5 * 1 + 0.025 * 1;
    double second = 0.975 * 1 + 0.5 * 3 + 0.025 * 3;
    double third = 0.025 * 3 + 0.5 * 4 + 0.975 * 1;
    assertThat(score.distribution().meanPinball())
        .isEqualTo((first + second + third) / 3 / 3 / 2, within(1e-9));
  }

  @Test
  void aSeriesThatIsNotLongerThanASeasonHasNoScale() {
    Holdout holdout = holdout("a", TRAINING, TRUTH, 5);

    assertThat(holdout.scale()).isZero();
    assertThat(holdout.seasonalNaive()).containsExactly(1, 5, 2);
    assertThat(holdout("a", TRAINING, TRUTH, 7).seasonalNaive()).containsExactly(1, 5, 2);
  }

  /** Two windows of a series: the losses of both ends of 60 % and of the median, over |truth|. */
  @Test
  void theQuantileLossIsTheMeanOverTheWindows() {
    List<Double> levels = List.of(0.2, 0.4, 0.6, 0.8);
    List<Interval> intervals = new ArrayList<>();
    for (double level : levels) {
      double width = 1 + intervals.size();
      double[] lower = {10 - width};
      double[] upper = {10 + width};
      intervals.add(new Interval(level, lower, upper));
    }
    List<HoldoutResult.Part> parts = new ArrayList<>();
    for (int window = 0; window < 2; window++) {
      double truth = window == 0 ? 10 : 20;
      Holdout holdout = holdout("a", TRAINING, new double[] {truth}, 1);
      SeriesScore score = holdout.score(new double[] {10}, intervals);
      parts.add(new HoldoutResult.Part(holdout, window, Map.of(Evaluation.WEIR, score)));
    }

    HoldoutResult result = new HoldoutResult(1, levels, parts, "");

    // at 10, twice tau times the distance of each lower end, and the same of the upper ones
    double first = 2 * 2 * (0.4 * 1 + 0.3 * 2 + 0.2 * 3 + 0.1 * 4) / 9;
    // at 20 each quantile q of tau loses tau (20 - q)
    double second = 0.1 * 14 + 0.2 * 13 + 0.3 * 12 + 0.4 * 11 + 0.5 * 10;
    second = 2 * (second + 0.6 * 9 + 0.7 * 8 + 0.8 * 7 + 0.9 * 6) / 9;
    assertThat(result.wql(Evaluation.WEIR)).isEqualTo((first / 10 + second / 20) / 2, within(1e-9));
  }

  @Test
  void holdoutScoresTheKnownTruthsAlone() {
    double[] training = {1, 3, 999, 3, 5};
    BitSet missing = new BitSet();
    missing.set(2);
    Holdout holdout = new Holdout("s", training, new double[] {7, Double.NaN, 9}, 1, missing);
    SeriesScore score = holdout.score(new double[] {6, 0, 6}, List.of());
    assertThat(score.mase()).isEqualTo((1 + 3) / 2.0 / 2); // 3 - 1 and 5 - 3 are known
    assertThat(score.relMae()).isEqualTo((1 + 3) / (double) (2 + 4));
  }
}
