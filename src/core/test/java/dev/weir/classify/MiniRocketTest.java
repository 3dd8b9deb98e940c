package dev.weir.classify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MiniRocketTest {

  private static float[][] windows(int count, int steps, int channels, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] windows = new float[count][steps * channels];
    for (float[] window : windows) {
      for (int i = 0; i < window.length; i++) {
        window[i] = (float) random.nextGaussian();
      }
    }
    return windows;
  }

  /** The convolution written out: weights of -1, and 2 at three places, over the whole window. */
  private static float[] convolution(
      float[] window, int channels, int[] some, int dilation, int[] places) {
    int steps = window.length / channels;
    float[] sums = new float[steps];
    for (int t = 0; t < steps; t++) {
      double sum = 0;
      for (int channel : some) {
        for (int j = 0; j < 9; j++) {
          int at = t + (j - 4) * dilation;
          boolean two = j == places[0] || j == places[1] || j == places[2];
          if (at >= 0 && at < steps) {
            sum += (two ? 2 : -1) * window[at * channels + channel];
          }
        }
      }
      sums[t] = (float) sum;
    }
    return sums;
  }

  @Test
  void featuresAreSharesOfStepsAboveTheBias() {
    int channels = 3;
    float[][] windows = windows(4, 37, channels, 1);
    MiniRocket rocket = MiniRocket.fit(windows, channels, 420, 9);
    assertThat(rocket.features()).isEqualTo(420);
    float[] features = new float[420];
    rocket.transform(windows[2], features, new MiniRocket.Scratch());
    int feature = 0;
    for (int d = 0; d < rocket.dilations(); d++) {
      for (int kernel = 0; kernel < MiniRocket.KERNELS; kernel++) {
        float[] sums =
            convolution(
                windows[2],
                channels,
                rocket.channels(d, kernel),
                rocket.dilation(d),
                MiniRocket.places(kernel));
        int margin = (d + kernel) % 2 == 1 ? 4 * rocket.dilation(d) : 0;
        for (int k = 0; k < rocket.featuresPerKernel(d); k++) {
          int above = 0;
          int close = 0; // rounding may decide
          for (int t = margin; t < sums.length - margin; t++) {
            above += sums[t] > rocket.bias(feature) ? 1 : 0;
            close += Math.abs(sums[t] - rocket.bias(feature)) < 1e-4 ? 1 : 0;
          }
          float steps = sums.length - 2 * margin;
          assertThat(features[feature])
              .as("feature %d", feature)
              .isBetween((above - close) / steps, (above + close) / steps);
          feature++;
        }
      }
    }
    assertThat(feature).isEqualTo(420);
    for (int count = 1; count <= channels; count++) { // 2 to a power below log2 of one more
      int some = count;
      assertThat(IntStream.range(0, MiniRocket.KERNELS))
          .anyMatch(kernel -> rocket.channels(0, kernel).length == some);
    }
  }

  @Test
  void biasesAreOfAnyOfTheWindows() {
    float[][] windows = {new float[20], windows(1, 20, 1, 3)[0]}; // of the first all are 0
    MiniRocket rocket = MiniRocket.fit(windows, 1, 84, 5);
    assertThat(IntStream.range(0, 84)).anyMatch(k -> rocket.bias(k) == 0);
    assertThat(IntStream.range(0, 84)).anyMatch(k -> rocket.bias(k) != 0);
  }

  @Test
  void dilationsReachToTheLengthOfAWindow() {
    MiniRocket rocket = MiniRocket.fit(windows(2, 129, 1, 2), 1, 9_996, 1);
    assertThat(rocket.dilation(0)).isEqualTo(1);
    assertThat(rocket.dilation(rocket.dilations() - 1)).isEqualTo(16); // (129 - 1) / (9 - 1)
    assertThat(rocket.features()).isEqualTo(9_996);
  }

  @Test
  void shortWindowsAreFilledUp() {
    float[][] windows = windows(3, 2, 1, 4);
    MiniRocket rocket = MiniRocket.fit(windows, 1, 84, 1);
    float[] features = new float[84];
    rocket.transform(windows[0], features, new MiniRocket.Scratch());
    float[] filledUp = new float[10];
    Arrays.fill(filledUp, windows[0][1]);
    filledUp[0] = windows[0][0];
    float[] same = new float[84];
    rocket.transform(filledUp, same, new MiniRocket.Scratch());
    assertThat(features).isEqualTo(same);
  }
}
