package dev.weir.forecast.expert;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Bfloat16SliceTest {

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
    assertThat(slice.moveTo(2).get(0)).isEqualTo(Float.valueOf(expected));
    assertThat(shorts[0]).isEqualTo((short) 1);
    assertThat(shorts[1]).isEqualTo((short) 2);
    assertThat(shorts[3]).isEqualTo((short) 4);
  }
}
