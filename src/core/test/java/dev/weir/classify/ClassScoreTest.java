package dev.weir.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ClassScoreTest {

  /** Four answers, calculated by hand: true classes 0, 0, 1, 2, answers 0, 1, 1, 1. */
  @Test
  void scoresAreThoseOfAHandCalculation() {
    ClassScore score = new ClassScore(3);
    score.add(new double[] {0.7, 0.2, 0.1}, 0);
    score.add(new double[] {0.3, 0.5, 0.2}, 0);
    score.add(new double[] {0.1, 0.8, 0.1}, 1);
    score.add(new double[] {0.2, 0.55, 0.25}, 2);
    assertThat(score.count()).isEqualTo(4);
    assertThat(score.accuracy()).isEqualTo(0.5);
    // F1: 2*1/(2+1), 2*1/(1+3), 0
    assertThat(score.macroF1()).isCloseTo((2 / 3.0 + 0.5 + 0) / 3, within(1e-12));
    double logLoss = -(Math.log(0.7) + Math.log(0.3) + Math.log(0.8) + Math.log(0.25)) / 4;
    assertThat(score.logLoss()).isCloseTo(logLoss, within(1e-12));
    // bins: 0.7 right, 0.5 and 0.55 wrong, 0.8 right
    assertThat(score.calibrationError()).isCloseTo((0.3 + 1.05 + 0.2) / 4, within(1e-12));
    assertThat(score.confusion()).isDeepEqualTo(new long[][] {{1, 1, 0}, {0, 1, 0}, {0, 1, 0}});
  }
}
