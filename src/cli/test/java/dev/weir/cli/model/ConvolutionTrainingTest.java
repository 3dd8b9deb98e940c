package dev.weir.cli.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ConvolutionTrainingTest {

  private static final int[] LABELS = {0, 1, 1, 0, 2, 1, 0};

  /** Probabilities that give the true class a probability each. */
  private static double[][] said(double... truth) {
    double[][] said = new double[truth.length][3];
    for (int i = 0; i < truth.length; i++) {
      for (int k = 0; k < 3; k++) {
        said[i][k] = k == LABELS[i] ? truth[i] : (1 - truth[i]) / 2;
      }
    }
    return said;
  }

  @Test
  void equalMethodsShareAlike() {
    double[][] said = said(0.4, 0.8, 0.3, 0.9, 0.7, 0.6, 0.5);
    assertThat(ConvolutionTraining.share(said, said, LABELS, 1)).isCloseTo(0.5, within(1e-12));
  }

  /** Each window says the same, so that no bootstrap differs: 7 windows, each by a factor of 2. */
  @Test
  void theShareIsThePosteriorProbabilityOfTheBetterMethod() {
    double[][] better = said(0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6);
    double[][] worse = said(0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3);
    assertThat(ConvolutionTraining.share(better, worse, LABELS, 1))
        .isCloseTo(128.0 / 129, within(1e-9));
  }

  /** One window may be chance, however much it says. */
  @Test
  void oneWindowDecidesLess() {
    double[][] first = said(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
    double[][] second = said(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5 / 128);
    assertThat(ConvolutionTraining.share(first, second, LABELS, 1)).isBetween(0.8, 0.98);
    assertThat(ConvolutionTraining.share(second, first, LABELS, 1)).isBetween(0.02, 0.2);
  }

  @Test
  void aShareTooSmallForItsTimeCountsNothing() {
    double[][] better = said(0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9);
    double[][] worse = said(0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3);
    assertThat(ConvolutionTraining.share(worse, better, LABELS, 1)).isZero();
  }
}
