package dev.weir.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.model.InputView;
import dev.weir.model.InputView.Block;
import java.util.List;
import org.junit.jupiter.api.Test;

class InputViewTest {

  @Test
  void showsEachBlockOfEachChannel() {
    // two channels, three steps: (1, 10), (3, 10), (5, 40)
    float[] window = {1, 10, 3, 10, 5, 40};
    LabelledWindows windows =
        new LabelledWindows(2, List.of("a"), new float[][] {window}, new int[] {0});
    InputView view =
        InputViews.of(windows, List.of(Block.RAW, Block.GLOBAL, Block.WINDOW, Block.DIFFERENCE));
    assertThat(view.patch()).isEqualTo(1);
    assertThat(view.inputSize()).isEqualTo(8);
    assertThat(view.mean()).containsExactly(3, 20);
    // variances 8/3 and 200; differences 2, 2 and 0, 30: mean squares 4 and 450
    float[] input = new float[3 * 8];
    view.fill(window, input, 0);
    double a = Math.sqrt(8 / 3.0);
    double b = Math.sqrt(200);
    double change = Math.sqrt(450);
    double[] expected = {
      1, 10, -2 / a, -10 / b, -2 / a, -10 / b, 0, 0,
      3, 10, 0, -10 / b, 0, -10 / b, 1, 0,
      5, 40, 2 / a, 20 / b, 2 / a, 20 / b, 1, 30 / change
    };
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) input[i]).as("input %d", i).isCloseTo(expected[i], within(1e-5));
    }
  }

  @Test
  void joinsStepsOfLongWindowsAndFillsUpTheFront() {
    float[] window = new float[61];
    for (int t = 0; t < window.length; t++) {
      window[t] = t + 1;
    }
    InputView view =
        InputViews.of(
            new LabelledWindows(1, List.of("a"), new float[][] {window}, new int[] {0}),
            List.of(Block.RAW));
    assertThat(view.patch()).isEqualTo(2);
    assertThat(view.steps(61)).isEqualTo(31);
    float[] input = new float[31 * 2];
    view.fill(window, input, 0);
    assertThat(input).startsWith(1, 1, 2, 3, 4, 5).endsWith(60, 61);
  }

  @Test
  void aConstantWindowIsZero() {
    LabelledWindows windows =
        new LabelledWindows(
            1, List.of("a"), new float[][] {{1, 2, 3, 4}, {7, 7, 7, 7}}, new int[] {0, 0});
    InputView view = InputViews.of(windows, List.of(Block.WINDOW, Block.DIFFERENCE));
    float[] input = new float[8];
    view.fill(windows.windows()[1], input, 0);
    assertThat(input).containsOnly(0f);
  }
}
