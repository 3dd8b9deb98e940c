package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VectorLoopsTest {

  @Test
  void theTestsRunWithTheModule() {
    assertThat(Kernels.vectorApi()).as("--add-modules=jdk.incubator.vector").isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "3, 2, 5", "7, 3, 16", "4, 1, 17", "9, 2, 32", "32, 1, 32", "6, 5, 75"})
  void sumsOfColumnsHaveTheBitsOfThePlainLoop(int count, int stride, int length) {
    Random random = new Random(1);
    float[][] columns = new float[count][];
    for (int j = 0; j < count; j++) {
      columns[j] = values(random, length);
    }
    float[] x = values(random, 2 + stride * count);
    float[] expected = values(random, length + 1); // the last one must stay
    float[] actual = expected.clone();

    ColumnKernel.addColumns(columns, x, 2, stride, count, expected, length);
    VectorLoops.addColumns(columns, x, 2, stride, count, actual, length);

    assertThat(actual).containsExactly(expected);
  }

  @Test
  void tanhHasTheBitsOfThePlainOne() {
    Random random = new Random(2);
    float[] expected = values(random, 1003);
    for (int i = 0; i < expected.length; i++) {
      expected[i] *= 10f;
    }
    float[] special = {
      0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 8.9f, -8.9f, 1e-30f
    };
    System.arraycopy(special, 0, expected, 16, special.length);
    float[] actual = expected.clone();

    Activation.tanh(expected, expected.length - 1);
    VectorLoops.tanh(actual, actual.length - 1);

    for (int i = 0; i < expected.length; i++) {
      assertThat(Float.floatToIntBits(actual[i]))
          .as("tanh gives %s, expected %s", actual[i], expected[i])
          .isEqualTo(Float.floatToIntBits(expected[i]));
    }
  }

  private static float[] values(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
