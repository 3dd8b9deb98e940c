package dev.weir.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.score.ProperScores;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Scores by hand. */
class DistributionScoreTest {

  @Test
  void scoresAreMeansOverOriginsAndSteps() {
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
  void withoutIntervalsThereIsNoScore() {
    DistributionScore.Sums sums = new DistributionScore.Sums(new double[] {0.8});
    assertThat(sums.score(1)).isNull();
  }
}
