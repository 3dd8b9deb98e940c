package dev.weir.classify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelledWindowsTest {

  private static LabelledWindows windows() { // 30 of a, 20 of b, in turn
    float[][] values = new float[50][1];
    int[] labels = new int[50];
    for (int i = 0; i < 50; i++) {
      labels[i] = i % 5 < 3 ? 0 : 1;
    }
    return new LabelledWindows(1, List.of("a", "b"), values, labels);
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 0", "0.3, 9, 6", "0.4, 12, 8", "0.5, 15, 10"})
  void aShareOfEachClassIsChosen(double share, int ofA, int ofB) {
    int[] places = LabelledWindows.places(windows().chosen(share), 1, true);
    assertThat(windows().subset(places).counts()).containsExactly(ofA, ofB);
  }

  @ParameterizedTest
  @CsvSource({"0, 8, 5", "1, 8, 5", "2, 7, 5", "3, 7, 5"})
  void eachPartHasItsShareOfEachClass(int part, int ofA, int ofB) {
    int[] parts = windows().parts(4);
    int[] inside = LabelledWindows.places(parts, part, true);
    int[] outside = LabelledWindows.places(parts, part, false);
    assertThat(windows().subset(inside).counts()).containsExactly(ofA, ofB);
    assertThat(windows().subset(outside).counts()).containsExactly(30 - ofA, 20 - ofB);
    assertThat(outside).doesNotContain(inside);
  }
}
