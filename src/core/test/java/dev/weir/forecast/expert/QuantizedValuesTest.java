package dev.weir.forecast.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.slot.Bfloat16Slice;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizedValuesTest {

  private static final int HEADER = 3; // not from 0 on, so that a wrong offset shows

  private final double[] doubles = new double[HEADER + QuantizedValues.DOUBLES + 1];
  private final short[] shorts = new short[500];
  private final QuantizedValues values = new QuantizedValues();

  {
    values.attach(doubles, HEADER, shorts);
  }

  private double unit() {
    return doubles[HEADER];
  }

  @Test
  void theUnitIsAPowerOfTwoThatFollowsTheRange() {
    values.append(0, 0);
    values.append(1, 16); // 16 / 2^15
    assertThat(unit()).isEqualTo(0x1p-11);
    assertThat(shorts[0]).isEqualTo((short) -(8 << 11)); // counted from 8
    assertThat(shorts[1]).isEqualTo((short) (8 << 11));
    values.append(2, 3.25 + 0x1p-10);
    assertThat(values.get(2)).isEqualTo(3.25 + 0x1p-10);
    assertThat(unit()).isEqualTo(0x1p-11);
    values.append(3, 100); // beyond 8 + 2^15 / 2^11: 100 / 2^15, rounded up to a power of two
    assertThat(unit()).isEqualTo(0x1p-8);
    assertThat(values.get(0)).isZero();
    assertThat(values.get(1)).isEqualTo(16);
    assertThat(values.get(2)).isEqualTo(3.25); // rounded to the nearest
    assertThat(values.get(3)).isEqualTo(100);
  }

  @Test
  void afterASpikeIsDroppedNumbersAreExactAgain() {
    values.append(0, 1e6);
    for (int i = 1; i <= 40; i++) {
      values.append(i, i % 7 * 0.1);
    }
    assertThat(values.get(3)).isEqualTo(0.3, within(16.0)); // half of 2^5, for a range of 1e6
    values.drop(1, 40);
    for (int i = 40; i < 80; i++) {
      values.append(i, i % 7 * 0.1);
      assertThat(values.get(i)).isEqualTo(i % 7 * 0.1, within(0.5 * 0x1p-15));
    }
  }

  @Test
  void equalNumbersStayEqual() {
    Random random = new Random(3);
    for (int i = 0; i < 400; i++) {
      values.append(i, i % 10 == 0 ? 0.1 : random.nextGaussian());
    }
    for (int i = 10; i < 400; i += 10) {
      assertThat(values.get(i)).isEqualTo(values.get(0));
    }
  }

  @Test
  void anOffsetDoesNotCoarsenSmallSteps() {
    for (int i = 0; i < 100; i++) {
      values.append(i, 40 + 1e-4 * Math.sin(i));
    }
    for (int i = 0; i < 100; i++) { // a 2^24th of 40 is finer than a 2^15th of 2e-4
      assertThat(values.get(i)).isEqualTo(40 + 1e-4 * Math.sin(i), within(40 * 0x1p-24));
    }
  }

  @Test
  void whatIsReadAsFloatsIsWhatIsKept() {
    for (int i = 0; i < 50; i++) {
      values.append(i, i * i);
    }
    float[] floats = new float[50];
    values.read(50, floats);
    for (int i = 0; i < 50; i++) {
      assertThat(floats[i]).isEqualTo((float) values.get(i));
      assertThat(values.get(i)).isEqualTo(i * i, within(0.5 * unit()));
    }
  }

  @Test
  void constantsAndTheLargestValuesFit() {
    for (double constant : new double[] {0, 139, -139}) {
      for (int i = 0; i < 100; i++) {
        values.append(i, constant);
        assertThat(values.get(i)).isEqualTo(constant);
      }
      values.drop(32, 68);
      assertThat(values.get(67)).isEqualTo(constant);
    }
  }

  /** Expected: {@code torch.tensor(x).to(torch.bfloat16).float()}. */
  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1.00390625, 1", // between two: the even one
    "1.01171875, 1.015625", // the same
    "-3.14159, -3.140625",
    "0.1, 0.10009765625",
    "0.33333333, 0.333984375",
    "65504, 65536",
    "1e-40, 9.183549615799121e-41",
    "3.3e38, 3.2964854295465914e38",
    "-0.0, -0.0",
    "NaN, NaN",
    "Infinity, Infinity"
  })
  void aNumberIsRoundedAsTorchRoundsIt(float value, float expected) {
    short[] shorts = {1, 2, 3, 4};
    Bfloat16Slice slice = new Bfloat16Slice().at(shorts, 1);
    slice.set(1, value);
    assertThat(slice.get(1)).isEqualTo(Float.valueOf(expected));
    assertThat(slice.row(1).get(0)).isEqualTo(Float.valueOf(expected));
    assertThat(shorts[0]).isEqualTo((short) 1);
    assertThat(shorts[1]).isEqualTo((short) 2);
    assertThat(shorts[3]).isEqualTo((short) 4);
  }
}
