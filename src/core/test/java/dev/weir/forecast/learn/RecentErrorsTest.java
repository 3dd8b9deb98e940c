package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.Allocations;
import dev.weir.forecast.learn.RecentErrors.Baseline;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentErrorsTest {

  private final RecentErrors errors = new RecentErrors();

  private static LatestScores scored(double ours, double naive, double seasonalNaive) {
    LatestScores scored = new LatestScores(1);
    scored.add(1, ours, naive, seasonalNaive);
    return scored;
  }

  private void add(String series, int values, double ours, double naive, double seasonalNaive) {
    for (int n = 0; n < values; n++) {
      LatestScores scored = scored(ours, naive, seasonalNaive);
      scored.addDistribution(1, ours, naive, seasonalNaive);
      errors.add(series, scored);
    }
  }

  @Test
  void eachSeriesCountsOnceWhateverItsScale() {
    add("small", 40, 0.01, 0.02, 0.1);
    add("large", 20, 3e9, 4e9, 1e9);
    add("middle", 30, 1, 1, 0.5);
    assertThat(errors.series()).isEqualTo(3);
    // ours / naive: 0.5, 0.75, 1; ours / seasonal naive: 0.1, 2, 3
    assertThat(errors.quantile(Baseline.NAIVE, 0.5)).isEqualTo(0.75, within(1e-12));
    assertThat(errors.quantile(Baseline.NAIVE, 0.1)).isEqualTo(0.55, within(1e-12));
    assertThat(errors.quantile(Baseline.NAIVE, 1)).isEqualTo(1, within(1e-12));
    assertThat(errors.quantile(Baseline.SEASONAL_NAIVE, 0.5)).isEqualTo(2, within(1e-12));
    assertThat(errors.quantile(Baseline.SEASONAL_NAIVE, 0.9)).isEqualTo(2.8, within(1e-12));
  }

  @Test
  void crpsIsComparedAtItsOwnSteps() {
    for (int n = 0; n < 20; n++) {
      LatestScores one = scored(9, 9, 9); // of all steps
      one.addDistribution(1, 0.5, 2, 4);
      errors.add("one", one);
      LatestScores other = scored(9, 9, 9);
      other.addDistribution(1, 3e9, 4e9, 1e9);
      errors.add("other", other);
      errors.add("no intervals", scored(9, 9, 9));
    }
    assertThat(errors.crpsQuantile(Baseline.NAIVE, 0)).isEqualTo(0.25, within(1e-12));
    assertThat(errors.crpsQuantile(Baseline.NAIVE, 1)).isEqualTo(0.75, within(1e-12));
    assertThat(errors.crpsQuantile(Baseline.SEASONAL_NAIVE, 0.5))
        .isEqualTo((0.125 + 3) / 2, within(1e-12));
  }

  @Test
  void whatWasLongAgoNoLongerCounts() {
    add("any", 10_000, 1, 2, 1);
    assertThat(errors.quantile(Baseline.NAIVE, 0.5)).isEqualTo(0.5, within(1e-12));
    add("any", 200, 6, 2, 1);
    // what is left of the first: (1 - 1/50)^200 = 0.0176, of sums that are steady
    assertThat(errors.quantile(Baseline.NAIVE, 0.5))
        .isEqualTo(3 - 2.5 * Math.pow(0.98, 200), within(1e-9));
  }

  @Test
  void nothingIsSaidOfNoSeriesAFewValuesOrABaselineWithoutErrors() {
    assertThat(errors.quantile(Baseline.NAIVE, 0.5)).isNaN();
    add("new", 9, 1, 2, 1);
    assertThat(errors.series()).isZero();
    assertThat(errors.quantile(Baseline.NAIVE, 0.5)).isNaN();
    add("new", 1, 1, 2, 1);
    assertThat(errors.series()).isEqualTo(1);
    add("constant", 20, 1, 0, 0);
    add("broken", 20, Double.NaN, 1, 1);
    assertThat(errors.quantile(Baseline.NAIVE, 1)).isEqualTo(0.5, within(1e-12));
    errors.add("unscored", new LatestScores(1));
    assertThat(errors.series()).isEqualTo(3);
  }

  @Test
  void aSeriesThatHasGoneSilentNoLongerCountsAndGivesItsPlaceAway() {
    add("gone", 20, 9, 1, 1);
    add("here", 20, 1, 2, 1);
    assertThat(errors.quantile(Baseline.NAIVE, 1)).isEqualTo(9, within(1e-12));
    add("here", 200, 1, 2, 1); // a hundred for each of the two
    assertThat(errors.quantile(Baseline.NAIVE, 1)).isEqualTo(0.5, within(1e-12));
    assertThat(errors.series()).isEqualTo(1);
    String rival = rivalOf("gone");
    add(rival, 20, 3, 1, 1);
    assertThat(errors.quantile(Baseline.NAIVE, 1)).isEqualTo(3, within(1e-12));
    assertThat(errors.crpsQuantile(Baseline.NAIVE, 1)).isEqualTo(3, within(1e-12));
  }

  @Test
  void ofTwoSeriesThatCompeteForAPlaceOneHasItWhicheverComesFirst() {
    String rival = rivalOf("one");
    RecentErrors other = new RecentErrors();
    for (int n = 0; n < 1_000; n++) {
      errors.add("one", scored(1, 2, 1));
      errors.add(rival, scored(9, 1, 1));
      other.add(rival, scored(9, 1, 1));
      other.add("one", scored(1, 2, 1));
    }
    assertThat(errors.series()).isEqualTo(1);
    assertThat(other.series()).isEqualTo(1);
    double ratio = errors.quantile(Baseline.NAIVE, 1);
    assertThat(ratio).isIn(0.5, 9.0); // no mixture of the two
    assertThat(other.quantile(Baseline.NAIVE, 1)).isEqualTo(ratio);
  }

  /** A name that competes for the same place: with it, a fresh instance counts one series only. */
  private static String rivalOf(String name) {
    for (int n = 0; n < 100_000; n++) {
      RecentErrors probe = new RecentErrors();
      for (int k = 0; k < 10; k++) {
        probe.add(name, scored(1, 2, 1));
        probe.add("rival-" + n, scored(9, 1, 1));
      }
      if (probe.series() == 1) {
        return "rival-" + n;
      }
    }
    throw new AssertionError("none of 100,000 names has the place of " + name);
  }

  @Test
  void ofAHundredThousandSeriesItFollowsAFewWithTheSameQuantiles() {
    for (int round = 0; round < 11; round++) { // one to find the smallest, ten that count
      for (int n = 0; n < 100_000; n++) {
        add("series-" + n, 1, n % 1_000, 1_000, 500); // evenly from 0 to 1
      }
    }
    assertThat(errors.series()).isBetween(500, RecentErrors.SERIES);
    assertThat(errors.quantile(Baseline.NAIVE, 0.1)).isEqualTo(0.1, within(0.04));
    assertThat(errors.quantile(Baseline.NAIVE, 0.5)).isEqualTo(0.5, within(0.07));
    assertThat(errors.quantile(Baseline.SEASONAL_NAIVE, 0.9)).isEqualTo(1.8, within(0.08));
  }

  @Test
  void addingAllocatesNothing() {
    List<String> names = new ArrayList<>();
    for (int n = 0; n < 2_000; n++) {
      names.add("series-" + n);
    }
    LatestScores scored = scored(1, 2, 3);
    Allocations.assertNoneOnceWarm(
        names.size(), () -> names.forEach(name -> errors.add(name, scored)));
  }
}
