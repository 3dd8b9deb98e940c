package dev.weir.forecast.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.StateBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
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
  void distributionThatIsNotFiniteIsNotAdded() throws Exception {
    DistributionSums sums = some();
    byte[] before = written(sums);
    double[] infinite = {Double.NEGATIVE_INFINITY, 0, 0, 0, 1};
    assertThat(scorer.add(sums, 0, infinite, 3)).isNotFinite();
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
}
