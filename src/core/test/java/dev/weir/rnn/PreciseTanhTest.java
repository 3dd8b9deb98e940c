package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreciseTanhTest {

  private final PreciseTanh tanh = new PreciseTanh();

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 64, 67})
  void manyAtOnceHaveTheBitsOfOneByOneAndTheirNeighboursStay(int length) {
    Random random = new Random(length);
    int at = 3;
    float[] given = new float[at + length + 2];
    for (int i = 0; i < given.length; i++) {
      given[i] = (float) (4 * random.nextGaussian());
    }
    float[] expected = given.clone();
    for (int i = at; i < at + length; i++) {
      expected[i] = (float) Activation.preciseTanh(given[i]);
    }

    tanh.apply(given, at, length);

    assertThat(given).containsExactly(expected);
  }

  @Test
  void specialValuesAreThoseOfPyTorch() {
    float[] values = {
      Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, Float.MIN_VALUE, 50f, 9.02f
    };
    tanh.apply(values, 0, values.length);
    assertThat(values).containsExactly(Float.NaN, 1f, -1f, -0f, Float.MIN_VALUE, 1f, 1f);
  }

  @Test
  void vectorsHaveTheBitsOfThePlainLoop() {
    assumeTrue(Kernels.vectors(), "the module jdk.incubator.vector");
    float[] values = new float[1_003];
    float[] expected = values.clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = (i - 500) / 47f; // -10.6 to 10.7
      expected[i] = i < 2 ? values[i] : (float) Activation.preciseTanh(values[i]);
    }

    VectorPreciseTanh.apply(values, 2, values.length - 2, new double[values.length]);

    assertThat(values).containsExactly(expected);
  }
}
