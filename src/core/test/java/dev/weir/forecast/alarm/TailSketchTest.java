package dev.weir.forecast.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Tests surprises by hand calculation. Bin k is of ln sizes from -4 + 0.2 k on. */
class TailSketchTest {

  private static final int FIRST = 3; // of the array, to notice a sketch that reads beside itself

  private final char[] counts = new char[FIRST + TailSketch.SIZE + 2];

  private void learn(double size, int times) {
    for (int i = 0; i < times; i++) {
      TailSketch.learn(counts, FIRST, size);
    }
  }

  private double surprise(double size, double run) {
    return TailSketch.surprise(counts, FIRST, size, run);
  }

  @Test
  void nothingIsSurprisingBeforeFiveValues() {
    learn(1, 4);
    assertThat(surprise(900, 1)).isZero();
  }

  @Test
  void withinTheBinsItIsTheShareOfLargerSizes() {
    learn(Math.exp(-2.9), 60);
    learn(Math.exp(-0.9), 30);
    learn(Math.exp(1.1), 10);
    // half of its own bin, all above, one more: (15 + 10 + 1) / 101
    assertThat(surprise(Math.exp(-0.9), 1)).isEqualTo(-Math.log10(26 / 101.0), within(1e-12));
    assertThat(surprise(0, 1)).isEqualTo(-Math.log10(1), within(1e-12)); // 101 of 101
  }

  @Test
  void aboveTheLargestTwentiethAParetoTailContinues() {
    learn(Math.exp(-2.9), 190);
    learn(Math.exp(1.1), 10);
    // need 10 of 200: bin 25, from 1.0 to 1.2, is the tail; it starts at its lower edge, 1.0
    // Hill: mean excess (1.2 - 1.0) / 2 = 0.1
    double expected = Math.log10(20) + (3.5 - 1.0) / (0.1 * Math.log(10));
    assertThat(surprise(Math.exp(3.5), 1)).isEqualTo(expected, within(1e-9));
  }

  @Test
  void tailCountsBinsAboveAndAPartOfOne() {
    learn(Math.exp(-2.9), 180);
    learn(Math.exp(0.1), 16); // bin 20, from 0.0 to 0.2
    learn(Math.exp(1.1), 4); // bin 25, center 1.1
    // 4 above, 6 of 16 of bin 20: start 0.2 - 0.2 * 6 / 16 = 0.125
    // sum of excesses 4 * (1.1 - 0.125) + 6 * (0.2 - 0.125) / 2 = 4.125, over 10
    double expected = Math.log10(20) + (2.125 - 0.125) / (0.4125 * Math.log(10));
    assertThat(surprise(Math.exp(2.125), 1)).isEqualTo(expected, within(1e-9));
  }

  @Test
  void sizeThatWasReachedIsAsLikelyAsItWas() {
    learn(Math.exp(-2.9), 996);
    learn(Math.exp(3.1), 4);
    // the tail's start is in the lowest bin, so that Pareto's chance is 10^-1.9 of 1 in 20
    double pareto = surprise(Math.exp(3.1), 1e9);
    assertThat(surprise(Math.exp(3.1), 1))
        .isEqualTo(Math.log10(1_001 / 5.0), within(1e-12))
        .isLessThan(pareto);
    assertThat(surprise(Math.exp(3.1), 2)).isEqualTo(Math.log10(1_001 / 3.0), within(1e-12));
    assertThat(surprise(Math.exp(3.4), 1)).isGreaterThan(pareto); // nothing was so large
  }

  @Test
  void memoryIsHalvedAt5000Values() {
    learn(Math.exp(-2.9), 4_998);
    learn(Math.exp(1.1), 1);
    assertThat(counts[FIRST + TailSketch.BINS]).isEqualTo((char) (8 * 4_999));
    learn(Math.exp(-2.9), 1);
    assertThat(counts[FIRST + TailSketch.BINS]).isEqualTo((char) (8 * 2_500));
    assertThat(counts[FIRST + 25]).isEqualTo((char) 4); // half a value
    assertThat(counts[FIRST - 1] + counts[FIRST + TailSketch.SIZE]).isZero();
  }

  @Test
  void surprisesOfNormalErrorsAreCalibrated() {
    SplittableRandom random = new SplittableRandom(5);
    int n = 200_000;
    int[] above = new int[4];
    for (int i = 0; i < n; i++) {
      double size = Math.abs(random.nextGaussian());
      if (i >= 5_000) {
        double surprise = surprise(size, 1);
        for (int k = 1; k < above.length; k++) {
          above[k] += surprise >= k ? 1 : 0;
        }
      }
      learn(size, 1);
    }
    double all = n - 5_000;
    assertThat(above[1] / all).isBetween(0.08, 0.125); // once in ten values
    assertThat(above[2] / all).isBetween(0.005, 0.02);
    assertThat(above[3] / all).isLessThan(0.002);
  }

  @Test
  void countsThatDoNotAddUpAreRefused() {
    learn(1, 7);
    counts[FIRST + 4]++;
    assertThatThrownBy(() -> TailSketch.check(counts, FIRST)).hasMessageContaining("got 57");
  }
}
