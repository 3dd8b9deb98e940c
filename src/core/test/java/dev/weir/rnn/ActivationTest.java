package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ActivationTest {

  @Test
  void tanhIsOddAndWithinItsStatedErrorOfTheTrueValue() {
    float worst = 0f;
    // every 97th float32 from 0 up to 20, both signs by symmetry
    for (int bits = 0; bits <= Float.floatToIntBits(20f); bits += 97) {
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
    for (int bits = 0; bits <= Float.floatToIntBits(20f); bits += 97) {
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
}
