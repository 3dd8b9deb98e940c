package dev.weir.forecast.contest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.StateFields;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SequentialTestTest {

  /**
   * Stakes s of 1/16, 1/8, 1/4, 1/2 and 3/4 have the means s = 0.3375 and s² = 0.17890625. After
   * 0.1 the limit is 0.3, so that x is 1/3, and of -0.05 it is -1/6.
   */
  @Test
  void evidenceIsTheMeanWealthOfItsBettors() {
    SequentialTest test = new SequentialTest();
    test.add(0.1);
    assertThat(test.evidence()).isEqualTo(1);
    test.add(0.1);
    assertThat(test.evidence()).isCloseTo(1 + 0.3375 / 3, within(1e-12));
    test.add(-0.05);
    double both = 1 + 0.3375 / 6 - 0.17890625 / 18; // (1 + s/3) (1 - s/6)
    assertThat(test.evidence()).isCloseTo(both, within(1e-12));
    assertThat(test.count()).isEqualTo(3);
    assertThat(test.mean()).isCloseTo(0.05, within(1e-12));
  }

  @Test
  void oneDifferenceWinsNoMoreThanTheLimit() {
    SequentialTest test = new SequentialTest();
    test.add(0.001);
    test.add(1e6);
    assertThat(test.evidence()).isCloseTo(1.3375, within(1e-12));
  }

  @Test
  void evidenceStaysFiniteAndEqualModelsProveNothing() {
    SequentialTest same = new SequentialTest();
    SequentialTest better = new SequentialTest();
    for (int i = 0; i < 100_000; i++) {
      same.add(0);
      better.add(0.01);
    }
    assertThat(same.evidence()).isEqualTo(1);
    assertThat(better.evidence()).isFinite().isGreaterThan(1e90);
  }

  @Test
  void restoredTestGoesOnWithTheSameBits() throws Exception {
    Random random = new Random(1);
    SequentialTest test = new SequentialTest();
    for (int i = 0; i < 50; i++) {
      test.add(random.nextGaussian());
    }
    SequentialTest restored = written(test);
    for (int i = 0; i < 50; i++) {
      double next = random.nextGaussian();
      test.add(next);
      restored.add(next);
    }
    assertThat(restored.evidence()).isEqualTo(test.evidence());
    assertThat(restored.mean()).isEqualTo(test.mean());
  }

  private static SequentialTest written(SequentialTest test) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    test.fields(StateFields.writer(new DataOutputStream(bytes)));
    return new SequentialTest()
        .fields(
            StateFields.reader(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()))));
  }
}
