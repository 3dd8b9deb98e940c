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
    LabelledSequences pieces = sequences().pieces(3, 2);
    assertThat(pieces.labels())
        .isDeepEqualTo(new int[][] {{0, 0, 1}, {1, 1, 2}, {2, 2, 2}, {1, 0}});
    assertThat(pieces.values()[1]).containsExactly(2, 12, 3, 13, 4, 14);
    assertThat(pieces.values()[2]).containsExactly(4, 14, 5, 15, 6, 16);
    assertThat(pieces.values()[3]).containsExactly(20, 30, 21, 31);
    assertThat(sequences().pieces(3, 3).labels())
        .isDeepEqualTo(new int[][] {{0, 0, 1}, {1, 2, 2}, {2, 2, 2}, {1, 0}});
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
    assertThat(rest.allLabels()).containsExactly(0, 0, 1, 1, 2, 1, 0);
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
