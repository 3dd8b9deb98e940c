package dev.weir.forecast.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.StateBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DistributionSumsTest {

  private final DistributionScorer scorer = new DistributionScorer(0.5, 0.8);

  private static byte[] written(DistributionSums sums) throws IOException {
    return StateBytes.written(fields -> DistributionSums.fields(fields, sums));
  }

  private static DistributionSums read(byte[] bytes) throws IOException {
    return StateBytes.read(bytes, fields -> DistributionSums.fields(fields, null));
  }

  /** Of three steps, of which the last has none. */
  private DistributionSums some() {
    DistributionSums sums = scorer.newSums(3);
    scorer.add(sums, 0, new double[] {2, 3, 4, 5, 6}, 4);
    scorer.add(sums, 0, new double[] {2, 3, 4, 5, 6}, 1);
    scorer.add(sums, 1, new double[] {0, 1, 4, 7, 9}, 8);
    return sums;
  }

  @Test
  void scoresAreMeansByStep() {
    DistributionSums sums = some();
    assertThat(sums.count(0)).isEqualTo(2);
    assertThat(scorer.tau(1)).isEqualTo(0.25);
    assertThat(scorer.pinball(sums, 0, 1)).isEqualTo((0.25 * 1 + 0.75 * 2) / 2, within(1e-12));
    assertThat(scorer.interval(sums, 0, 0)) // 50 %: 2 wide, and 2 missed once
        .isEqualTo((2 + 2 + 4 * 2) / 2.0, within(1e-12));
    assertThat(scorer.interval(sums, 1, 1)) // 80 %: 9 wide
        .isEqualTo(9, within(1e-12));
    assertThat(scorer.crps(sums, 1))
        .isEqualTo(
            ProperScores.crps(
                new double[] {0.1, 0.25, 0.5, 0.75, 0.9}, new double[] {0, 1, 4, 7, 9}, 8),
            within(1e-12));
    assertThat(scorer.crps(sums, 2)).isNaN();
    assertThat(scorer.interval(sums, 2, 0)).isNaN();
    sums.clear();
    assertThat(sums.count(0)).isZero();
  }

  @Test
  void copySharesNothing() {
    DistributionSums sums = some();
    DistributionSums copy = sums.copy();
    sums.clear();
    assertThat(copy.count(0)).isEqualTo(2);
  }

  @Test
  void distributionThatIsNotFiniteIsNotAdded() throws Exception {
    DistributionSums sums = some();
    byte[] before = written(sums);
    double[] infinite = {Double.NEGATIVE_INFINITY, 0, 0, 0, 1};
    assertThat(scorer.add(sums, 0, infinite, 3)).isNotFinite();
    double[] huge = {1e308, 1e308, 1e308, 1e308, 1e308}; // not infinite, but the loss is
    assertThat(scorer.add(sums, 0, huge, 0)).isInfinite();
    assertThat(scorer.add(sums, 0, new double[] {0, 0, 0, 0, 1}, Double.NaN)).isNaN();
    assertThat(written(sums)).isEqualTo(before);
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    DistributionSums sums = some();
    sums.first(12_345_678_901L);
    byte[] bytes = written(sums);
    assertThat(bytes).hasSize(sums.bytes() + 9);
    DistributionSums read = read(bytes);
    assertThat(read.first()).isEqualTo(12_345_678_901L);
    assertThat(scorer.fits(read, 3)).isTrue();
    assertThat(scorer.fits(read, 2)).isFalse();
    assertThat(new DistributionScorer(0.8).fits(read, 3)).isFalse();
    assertThat(written(read.copy())).isEqualTo(bytes);
    assertThat(written(null)).containsExactly(0);
    assertThat(read(new byte[] {0})).isNull();
  }

  @Test
  void bytesThatAreNoSumsAreRefused() throws Exception {
    byte[] bytes = written(some());
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(IOException.class);
    }
    byte[] size = bytes.clone();
    for (int steps : new int[] {-3, 1_001}) {
      ByteBuffer.wrap(size).putInt(1, steps);
      assertThatThrownBy(() -> read(size)).hasMessage("steps: expected 0 to 1000, got " + steps);
    }
    ByteBuffer.wrap(size).putInt(1, 0);
    assertThatThrownBy(() -> read(size)).hasMessageStartingWith("scores: expected at least one");
    byte[] none = bytes.clone();
    Arrays.fill(none, 9 + Long.BYTES, 9 + 2 * Long.BYTES, (byte) 0xff);
    assertThatThrownBy(() -> read(none)).hasMessage("scores: expected sums of at least 0, got NaN");
  }

  @Test
  void pinballWeighsTheSides() {
    assertThat(ProperScores.pinball(0.9, 7, 10)).isEqualTo(2.7, within(1e-12));
    assertThat(ProperScores.pinball(0.9, 7, 5)).isEqualTo(0.2, within(1e-12));
    assertThat(ProperScores.pinball(0.9, 7, 7)).isZero();
  }

  @Test
  void intervalScoreIsTheWidthAndWhatMisses() {
    assertThat(ProperScores.interval(0.8, 2, 7, 4)).isEqualTo(5);
    assertThat(ProperScores.interval(0.8, 2, 7, 1.5)).isEqualTo(5 + 10 * 0.5, within(1e-12));
    assertThat(ProperScores.interval(0.5, 2, 7, 10)).isEqualTo(5 + 4 * 3, within(1e-12));
  }

  @Test
  void crpsOfOneQuantileIsTheAbsoluteError() {
    assertThat(ProperScores.crps(new double[] {0.5}, new double[] {4}, 9)).isEqualTo(5);
    assertThat(ProperScores.crps(new double[] {0.2}, new double[] {4}, 1)).isEqualTo(3);
  }

  @Test
  void crpsIsTheIntegralOverTheDistribution() {
    double[] taus = {0.25, 0.75};
    double[] quantiles = {0, 1};
    // F = 1/4 + x/2 from 0 to 1; at 1/2 twice the integral of F^2 from 0 to 1/2: 0.4375 / 6 * 2
    assertThat(ProperScores.crps(taus, quantiles, 0.5)).isEqualTo(0.1458333333, within(1e-9));
    // at 3: F^2 over 0 to 1 is (27 - 1) / 96, and 1 over 1 to 3
    assertThat(ProperScores.crps(taus, quantiles, 3)).isEqualTo(2 + 26 / 96.0, within(1e-9));
    assertThat(ProperScores.crps(taus, quantiles, -2)).isEqualTo(2 + 26 / 96.0, within(1e-9));
  }

  @Test
  void crpsOfManyQuantilesIsTheMeanDistanceOfSamples() {
    // Gneiting and Raftery 2007: E|X - y| - E|X - X'| / 2, here of equally likely values
    SplittableRandom random = new SplittableRandom(8);
    int n = 2_000;
    double[] sample = random.doubles(n, -3, 5).map(x -> x * x * x).sorted().toArray();
    double[] taus = new double[n];
    Arrays.setAll(taus, k -> (k + 0.5) / n);
    double truth = 11;
    double distance = 0;
    double spread = 0;
    for (int i = 0; i < n; i++) {
      distance += Math.abs(sample[i] - truth) / n;
      spread += sample[i] * (2.0 * i + 1 - n) / n / n; // half of E|X - X'|
    }
    assertThat(ProperScores.crps(taus, sample, truth)).isCloseTo(distance - spread, within(0.01));
  }

  @Test
  void equalQuantilesAreNoProblem() {
    assertThat(ProperScores.crps(new double[] {0.1, 0.5, 0.9}, new double[] {2, 2, 2}, 2)).isZero();
    assertThat(ProperScores.crps(new double[] {0.1, 0.5, 0.9}, new double[] {2, 2, 2}, 6))
        .isEqualTo(4, within(1e-12));
  }
}
