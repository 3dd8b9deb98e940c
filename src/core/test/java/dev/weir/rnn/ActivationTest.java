package dev.weir.rnn;

import static dev.weir.rnn.KernelTest.ForwardOfEachCell.values;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationTest {

  /** Every 97th float32, fewer where tanh is its argument; both signs are held by symmetry. */
  private static int next(int bits) {
    return bits + (bits < Float.floatToIntBits(1e-4f) ? 9_973 : 97);
  }

  @Test
  void tanhIsOddAndWithinItsStatedErrorOfTheTrueValue() {
    float worst = 0f;
    for (int bits = 0; bits <= Float.floatToIntBits(20f); bits = next(bits)) {
      float x = Float.intBitsToFloat(bits);
      float y = Activation.tanh(x);
      worst = Math.max(worst, (float) Math.abs(y - Math.tanh(x)));
      if (y != -Activation.tanh(-x)) { // an assertion per value would take most of the time
        throw new AssertionError("tanh(%s): expected an odd function, got %s".formatted(x, y));
      }
    }
    System.out.println("tanh: worst absolute error " + worst);
    assertThat(worst).isLessThanOrEqualTo(2.8e-7f);
  }

  @Test
  void preciseTanhIsTheTrueValueRoundedToFloat() {
    int off = 0;
    int tried = 0;
    for (int bits = 0; bits <= Float.floatToIntBits(20f); bits = next(bits)) {
      float x = Float.intBitsToFloat(bits);
      float truth = (float) Math.tanh(x);
      float y = (float) Activation.preciseTanh(x);
      if (!(Math.abs(y - truth) <= Math.ulp(truth))) { // NaN fails too
        throw new AssertionError("tanh(%s): expected %s, got %s".formatted(x, truth, y));
      }
      if (y != (float) -Activation.preciseTanh(-x)) {
        throw new AssertionError("tanh(%s): expected an odd function, got %s".formatted(x, y));
      }
      off += y == truth ? 0 : 1;
      tried++;
    }
    System.out.println("precise tanh: " + off + " of " + tried + " off by one bit");
    assertThat(off).isLessThan(tried / 100);
  }

  @Test
  void tanhTreatsSpecialValuesAsPyTorchDoes() {
    float[] values = {
      Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, 0f, Float.MIN_VALUE, 50f
    };
    Activation.tanh(values, values.length);
    assertThat(values).containsExactly(Float.NaN, 1f, -1f, -0f, 0f, Float.MIN_VALUE, 1f);
  }

  @Test
  void reluKeepsNaNAndCutsOffTheNegative() {
    float[] values = {Float.NaN, -3f, 4f, Float.NEGATIVE_INFINITY, -1f};
    Activation.relu(values, 4);
    assertThat(values).containsExactly(Float.NaN, 0f, 4f, 0f, -1f);
  }

  @Test
  void sigmoidIsTakenFromTanhOfHalfTheArgument() {
    for (float x = -20f; x <= 20f; x += 0.01f) {
      float sigmoid = Activation.sigmoidFromTanh(Activation.tanh(0.5f * x));
      assertThat(Math.abs(sigmoid - 1.0 / (1.0 + Math.exp(-x)))).as("at %s", x).isLessThan(2e-7);
    }
  }

  private final PreciseTanh preciseTanh = new PreciseTanh();

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 64, 67})
  void manyAtOnceHaveTheBitsOfOneByOneAndTheirNeighboursStay(int length) {
    Random random = new Random(length);
    int at = 3;
    float[] given = values(random, at + length + 2, 4);
    float[] expected = given.clone();
    for (int i = at; i < at + length; i++) {
      expected[i] = (float) Activation.preciseTanh(given[i]);
    }

    preciseTanh.apply(given, at, length);

    assertThat(given).containsExactly(expected);
  }

  @Test
  void specialValuesAreThoseOfPyTorch() {
    float[] values = {
      Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, Float.MIN_VALUE, 50f, 9.02f
    };
    preciseTanh.apply(values, 0, values.length);
    assertThat(values).containsExactly(Float.NaN, 1f, -1f, -0f, Float.MIN_VALUE, 1f, 1f);
  }

  @Test
  void theTestsRunWithTheModule() {
    assertThat(Kernels.vectorApi()).as("--add-modules=jdk.incubator.vector").isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 63}) // vectors
  void tanhHasTheBitsOfThePlainOne(int length) {
    Random random = new Random(2);
    int lanes = VectorLoops.LANES;
    int at = 3;
    // the first and the last ones must stay
    float[] given = values(random, at + length * lanes + 1, 10);
    float[] special = {
      0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 8.9f, -8.9f, 1e-30f
    };
    for (int i = 0; i < special.length; i++) {
      given[at + i * 7 % (length * lanes)] = special[i];
    }
    float[] expected = given.clone();
    for (int i = at; i < at + length * lanes; i++) {
      expected[i] = Activation.tanh(given[i]);
    }
    float[] actual = given.clone();
    VectorLoops.tanh(actual, at, length * lanes);

    for (int i = 0; i < expected.length; i++) {
      assertThat(Float.floatToIntBits(actual[i]))
          .as("tanh gives %s, expected %s", actual[i], expected[i])
          .isEqualTo(Float.floatToIntBits(expected[i]));
    }
  }
}
