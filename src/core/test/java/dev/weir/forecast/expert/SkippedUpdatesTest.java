package dev.weir.forecast.expert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class SkippedUpdatesTest {

  @SuppressWarnings("unused") // by the tests' annotation
  static final java.util.List<String> NETWORKS = Experts.NETWORKS;

  @ParameterizedTest
  @FieldSource("NETWORKS")
  void anUpdateWhoseLossIsNoNumberIsLeftOutAndCounted(String name) {
    SingleExpert single =
        new SingleExpert(Experts.create(name, 12, 8, 500, NetworkTraining.DEFAULT), 3, 7);
    for (int t = 0; t < 300; t++) {
      single.next(Math.sin(t));
    }
    assertThat(single.expert.skippedUpdates()).isZero();
    int slice = History.floats(single.shape);
    single.floats[slice] = Float.NaN; // a weight
    float[] before = Arrays.copyOfRange(single.floats, slice, slice + 100);
    single.next(1);
    assertThat(single.expert.skippedUpdates()).isEqualTo(1);
    // one that was left out moves no weight
    assertThat(Arrays.copyOfRange(single.floats, slice, slice + 100)).isEqualTo(before);
    single.next(2);
    assertThat(single.expert.skippedUpdates()).isEqualTo(2);
  }
}
