package dev.weir.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class LabelledSequencesTest {

  /** A sequence of seven steps and one of two, with two channels. */
  private static LabelledSequences sequences() {
    float[][] values = {
      {0, 10, 1, 11, 2, 12, 3, 13, 4, 14, 5, 15, 6, 16}, {20, 30, 21, 31},
    };
    int[][] labels = {{0, 0, 1, 1, 2, 2, 2}, {1, 0}};
    return new LabelledSequences(2, List.of("a", "b", "c"), values, labels);
  }

  @Test
  void piecesCoverEachSequenceAndEndWithIt() {
    int[] starts = new int[5];
    for (int seed = 0; seed < 300; seed++) {
      LabelledSequences pieces = sequences().pieces(3, seed);
      int count = pieces.size() - 1; // the short one is one
      float before = -1;
      for (int i = 0; i < count; i++) {
        float[] values = pieces.values()[i];
        int first = (int) values[0];
        assertThat(values)
            .containsExactly(first, 10 + first, 1 + first, 11 + first, 2 + first, 12 + first);
        assertThat(values[0] - before).isBetween(1f, 3f);
        assertThat(pieces.labels()[i])
            .containsExactly(label(first), label(first + 1), label(first + 2));
        before = values[0];
        starts[first]++;
      }
      assertThat(before).isEqualTo(4);
      assertThat(pieces.values()[count]).containsExactly(20, 30, 21, 31);
      assertThat(pieces.labels()[count]).containsExactly(1, 0);
    }
    assertThat(starts).startsWith(300).doesNotContain(0).endsWith(300);
    assertThat(starts[2]).isBetween(100, 170); // 4 of 9 have a piece that starts there
  }

  private static int label(int step) {
    return sequences().labels()[0][step];
  }

  @Test
  void theLastShareIsHeldBackOfEachSequence() {
    LabelledSequences rest = sequences().withoutLast(0.3);
    LabelledSequences last = sequences().last(0.3); // 2.1 and .6 steps
    assertThat(rest.labels()).isDeepEqualTo(new int[][] {{0, 0, 1, 1, 2}, {1, 0}});
    assertThat(last.labels()).isDeepEqualTo(new int[][] {{2, 2}});
    assertThat(last.values()[0]).containsExactly(5, 15, 6, 16);
    assertThat(sequences().counts()).containsExactly(3, 3, 3);
    assertThat(last.counts()).containsExactly(0, 0, 2);
  }

  @Test
  void wrongSequencesAreNamed() {
    float[][] values = {{1, 2}, {3, 4}};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(values, new int[][] {{0, 1}, {0}}))
        .withMessage("values of sequence 1: expected 1 to 1, got 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(values, new int[][] {{0, 1}, {0, 2}}))
        .withMessage("label in sequence 1: expected 0 to 1, got 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(new float[][] {{1, Float.NaN}}, new int[][] {{0, 1}}))
        .withMessage("sequence 0: expected finite values, got NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(values, new int[][] {{0, 1}}))
        .withMessage("sequences of labels: expected 2 to 2, got 1");
  }

  private static LabelledSequences of(float[][] values, int[][] labels) {
    return new LabelledSequences(1, List.of("a", "b"), values, labels);
  }
}
