package dev.weir.lab.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.lab.anomaly.NabScore.Profile;
import dev.weir.lab.anomaly.NabScore.Window;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the score by hand calculation, s(x) = 2 / (1 + e^5x) - 1, and by published scores. */
class NabScoreTest {

  private static final int VALUES = 200; // of which 30 are the probation

  private static NabScore score(List<Window> windows, int... alarms) {
    NabScore score = new NabScore();
    score.add(at(VALUES, alarms), windows);
    return score;
  }

  private static final List<Window> ONE = List.of(new Window(50, 59));

  @Test
  void probationIsFifteenPercentUpTo750Values() {
    assertThat(NabScore.probation(1_623)).isEqualTo(243);
    assertThat(NabScore.probation(5_000)).isEqualTo(750);
    assertThat(NabScore.probation(15_902)).isEqualTo(750);
  }

  @Test
  void sigmoidHasThePublishedValues() {
    assertThat(NabScore.sigmoid(-1)).isEqualTo(0.98661, within(5e-6));
    assertThat(NabScore.sigmoid(0)).isZero();
    assertThat(NabScore.sigmoid(0.5)).isEqualTo(-0.84828, within(5e-6));
    assertThat(NabScore.sigmoid(3.01)).isEqualTo(-1);
  }

  @Test
  void noAlarmScoresZeroAndFirstValueOfEachWindowHundred() {
    for (Profile profile : Profile.values()) {
      assertThat(score(ONE).score(profile)).isZero();
      assertThat(score(ONE, 50).score(profile)).isEqualTo(100, within(1e-12));
    }
  }

  @Test
  void laterAlarmGainsLess() {
    // at the 6th of 10 values x = -0.5, at the last -0.1: 0.848284 and 0.244919
    assertThat(score(ONE, 55).score(Profile.STANDARD))
        .isEqualTo(100 * (0.848284 / 0.986614 + 1) / 2, within(1e-4));
    assertThat(score(ONE, 59).score(Profile.STANDARD))
        .isEqualTo(100 * (0.244919 / 0.986614 + 1) / 2, within(1e-4));
    assertThat(score(ONE, 59).score(Profile.LOW_FALSE_NEGATIVES))
        .isEqualTo(100 * (0.244919 / 0.986614 + 2) / 3, within(1e-4));
  }

  @Test
  void furtherAlarmsInAWindowChangeNothing() {
    NabScore score = score(ONE, 55, 57, 59);
    assertThat(score.score(Profile.STANDARD)).isEqualTo(score(ONE, 55).score(Profile.STANDARD));
    assertThat(score.found()).isEqualTo(1);
    assertThat(score.falseAlarms()).isZero();
  }

  @Test
  void falseAlarmCostsLessSoonAfterAWindow() {
    // before the window all of 0.11, or 5.5 points of this one window
    assertThat(score(ONE, 40).score(Profile.STANDARD)).isEqualTo(-5.5, within(1e-12));
    assertThat(score(ONE, 40).score(Profile.LOW_FALSE_POSITIVES)).isEqualTo(-11, within(1e-12));
    // three values after it x = 3 / 9: s = -0.682366
    assertThat(score(ONE, 62).score(Profile.STANDARD)).isEqualTo(-3.753, within(1e-3));
    // 28 values after it x = 28 / 9 > 3
    assertThat(score(ONE, 87).score(Profile.STANDARD)).isEqualTo(-5.5, within(1e-12));
    assertThat(score(ONE, 62).falseAlarms()).isEqualTo(1);
  }

  @Test
  void alarmsInTheProbationDoNotCount() {
    assertThat(score(ONE, 0, 29).score(Profile.STANDARD)).isZero();
    assertThat(score(ONE, 29).falseAlarms()).isZero();
    assertThat(score(ONE, 30).falseAlarms()).isEqualTo(1);
    List<Window> early = List.of(new Window(20, 34));
    assertThat(score(early, 25).found()).isZero();
    assertThat(score(early, 30).found()).isEqualTo(1);
  }

  @Test
  void seriesAddUp() {
    List<Window> two = List.of(new Window(50, 59), new Window(100, 119));
    NabScore all = new NabScore();
    all.add(score(two, 55, 62));
    all.add(score(List.of(), 150));
    all.add(score(ONE, 50));
    assertThat(all.windows()).isEqualTo(3);
    assertThat(all.found()).isEqualTo(2);
    assertThat(all.falseAlarms()).isEqualTo(2);
    double sum = 0.848284 / 0.986614 - 0.11 * 0.682366 - 0.11 + 1 - 1;
    assertThat(all.score(Profile.STANDARD)).isEqualTo(100 * (sum + 3) / 6, within(1e-3));
  }

  /**
   * Alarms and scores from the results that NAB's repository publishes of two detectors, of whole
   * files. A published score is the sum of what alarms gain and cost; a window without one is -1.
   */
  @Test
  void publishedDetectorsHaveTheirPublishedScores() {
    NabScore arTime = new NabScore(); // ARTime on speed_7578, threshold .317486
    int[] alarms = {276, 317, 362, 628, 631, 753, 921, 923, 924, 931, 959};
    arTime.add(
        at(1_127, alarms),
        List.of(
            new Window(303, 331),
            new Window(740, 768),
            new Window(909, 937),
            new Window(945, 973)));
    assertThat(arTime.falseAlarms()).isEqualTo(4);
    assertThat(sum(arTime)).isEqualTo(3.1077313980278403, within(1e-12));

    NabScore gaussian = new NabScore(); // windowedGaussian on exchange-3_cpc, threshold 1
    gaussian.add(
        at(1_538, 1, 22, 23, 296, 297, 438, 439, 976, 1_121),
        List.of(new Window(271, 321), new Window(413, 463), new Window(952, 1_002)));
    assertThat(gaussian.falseAlarms()).isEqualTo(1);
    assertThat(sum(gaussian)).isEqualTo(2.5026632611866138, within(1e-9));
  }

  private static boolean[] at(int values, int... alarms) {
    boolean[] at = new boolean[values];
    for (int alarm : alarms) {
      at[alarm] = true;
    }
    return at;
  }

  private static double sum(NabScore score) {
    return score.windows() * (2 * score.score(Profile.STANDARD) / 100 - 1);
  }

  @Test
  void withoutWindowsThereIsNoScore() {
    assertThat(score(List.of(), 150).score(Profile.STANDARD)).isNaN();
  }

  @Test
  void windowOfNegativeLengthIsRefused() {
    assertThatThrownBy(() -> new Window(7, 6)).hasMessageContaining("got 7 to 6");
  }
}
