package dev.weir.classify;

import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Features of a window by the 84 fixed kernels of MiniRocket: a kernel has 9 weights, six of -1 and
 * three of 2, is spread by several dilations, and sums a few channels. A feature is the share of
 * the window's steps at which the convolution is above a bias; biases are quantiles of convolutions
 * of training windows.
 *
 * <p>Windows may have different lengths. Outside a window values are 0; every second kernel is only
 * read where it lies within the window, if it is anywhere.
 *
 * <p>Safe for use by several threads at once, each with its own {@link Scratch}.
 *
 * @see <a href="https://arxiv.org/abs/2012.08791">Dempster, Schmidt and Webb, MiniRocket, 2021</a>
 */
final class MiniRocket {

  /** Number of kernels: 3 of 9 places. */
  static final int KERNELS = 84;

  /** Steps to which a shorter window is filled up with its last step. */
  static final int LEAST_STEPS = 10;

  private static final int LENGTH = 9;
  private static final int MIDDLE = LENGTH / 2;
  private static final int STANDARD_WINDOWS = 32;
  private static final double STANDARD_CORRELATION = 0.8; // of neighbouring steps
  private static final int MAX_DILATIONS = 32;
  private static final int MAX_CHANNELS = 9; // of a kernel
  private static final double GOLDEN_RATIO = (Math.sqrt(5) + 1) / 2;
  private static final int[][] PLACES = places(); // (KERNELS)(3) of the weights that are 2

  private final int channels;
  private final int[] dilations;
  private final int[] featuresPerKernel; // of each dilation
  private final int[][] combinations; // (dilations * KERNELS)(channels that are summed)
  private final float[] biases;

  private MiniRocket(int steps, int channels, SplittableRandom random, float[] biases) {
    this.channels = channels;
    this.biases = biases;
    int perKernel = biases.length / KERNELS;
    int most = Math.min(perKernel, MAX_DILATIONS);
    double reach = Math.max(steps, LEAST_STEPS) - 1;
    double exponent = StrictMath.log(reach / (LENGTH - 1)) / StrictMath.log(2);
    int[] all = new int[most];
    for (int i = 0; i < most; i++) {
      all[i] = (int) StrictMath.pow(2, most == 1 ? 0 : exponent * i / (most - 1));
    }
    this.dilations = Arrays.stream(all).distinct().toArray();
    this.featuresPerKernel = new int[dilations.length];
    int given = 0;
    for (int d = 0; d < dilations.length; d++) {
      int dilation = dilations[d];
      long same = Arrays.stream(all).filter(one -> one == dilation).count();
      featuresPerKernel[d] = (int) (same * perKernel / most);
      given += featuresPerKernel[d];
    }
    for (int d = 0; given < perKernel; d = (d + 1) % dilations.length) {
      featuresPerKernel[d]++;
      given++;
    }
    this.combinations = new int[dilations.length * KERNELS][];
    double channelExponent =
        StrictMath.log(Math.min(channels, MAX_CHANNELS) + 1) / StrictMath.log(2);
    for (int i = 0; i < combinations.length; i++) {
      int count = (int) StrictMath.pow(2, random.nextDouble() * channelExponent);
      combinations[i] = choose(channels, Math.max(1, count), random);
    }
  }

  private static int[][] places() {
    int[][] places = new int[KERNELS][];
    int next = 0;
    for (int a = 0; a < LENGTH; a++) {
      for (int b = a + 1; b < LENGTH; b++) {
        for (int c = b + 1; c < LENGTH; c++) {
          places[next++] = new int[] {a, b, c};
        }
      }
    }
    return places;
  }

  /** Temporary arrays of one thread. */
  static final class Scratch {
    private float[] padded = {}; // (steps, channels)
    private float[][] sums = {}; // (channels)(steps): the six weights of -1, and the three as well
    private float[] convolved = {}; // (steps)

    private void grow(int channels, int steps) {
      if (sums.length < channels || sums[0].length < steps) {
        sums = new float[channels][steps];
        convolved = new float[steps];
      }
    }
  }

  /**
   * Draws dilations and channels, and takes the biases from windows.
   *
   * @param windows at least one, of (steps, channels) values each
   * @param features about so many; rounded down to a multiple of {@link #KERNELS}
   * @param seed of the choice of channels and windows
   */
  static MiniRocket fit(float[][] windows, int channels, int features, long seed) {
    int longest = 0;
    for (float[] window : windows) {
      longest = Math.max(longest, window.length / channels);
    }
    SplittableRandom random = new SplittableRandom(seed);
    float[] biases = new float[Math.max(1, features / KERNELS) * KERNELS];
    MiniRocket rocket = new MiniRocket(longest, channels, random, biases);
    rocket.fitBiases(windows, random);
    return rocket;
  }

  /**
   * Takes the biases from random series instead of training windows: for windows whose channels are
   * standardized, before any of them has come.
   *
   * @param steps of a window at most
   */
  static MiniRocket standard(int steps, int channels, int features, long seed) {
    return fit(standardWindows(STANDARD_WINDOWS, steps, channels, seed), channels, features, seed);
  }

  /** Random series whose channels are standardized, of (steps, channels) values each. */
  static float[][] standardWindows(int count, int steps, int channels, long seed) {
    Random random = new Random(seed);
    float[][] windows = new float[count][steps * channels];
    double fresh = Math.sqrt(1 - STANDARD_CORRELATION * STANDARD_CORRELATION);
    for (float[] window : windows) {
      for (int at = 0; at < window.length; at++) {
        double noise = random.nextGaussian();
        window[at] =
            (float)
                (at < channels
                    ? noise
                    : STANDARD_CORRELATION * window[at - channels] + fresh * noise);
      }
    }
    return windows;
  }

  private static int[] choose(int from, int count, SplittableRandom random) {
    int[] all = new int[from];
    Arrays.setAll(all, i -> i);
    for (int i = 0; i < count; i++) {
      int other = i + random.nextInt(from - i);
      int kept = all[i];
      all[i] = all[other];
      all[other] = kept;
    }
    return Arrays.copyOf(all, count);
  }

  private void fitBiases(float[][] windows, SplittableRandom random) {
    Scratch scratch = new Scratch();
    int feature = 0;
    for (int d = 0; d < dilations.length; d++) {
      for (int kernel = 0; kernel < KERNELS; kernel++) {
        float[] window = padded(windows[random.nextInt(windows.length)], scratch);
        int steps = window.length / channels;
        scratch.grow(channels, steps);
        sum(window, steps, dilations[d], combinations[d * KERNELS + kernel], scratch.sums);
        convolve(window, steps, d, kernel, scratch);
        float[] sorted = Arrays.copyOf(scratch.convolved, steps);
        Arrays.sort(sorted);
        for (int k = 0; k < featuresPerKernel[d]; k++) {
          double quantile = (feature + 1) * GOLDEN_RATIO % 1;
          double at = quantile * (steps - 1);
          int below = (int) at;
          int above = Math.min(below + 1, steps - 1);
          biases[feature++] =
              (float) (sorted[below] + (at - below) * (sorted[above] - sorted[below]));
        }
      }
    }
  }

  int features() {
    return biases.length;
  }

  /**
   * Computes the features of one window.
   *
   * @param window (steps, channels)
   * @param features (features); overwritten
   */
  void transform(float[] window, float[] features, Scratch scratch) {
    float[] values = padded(window, scratch);
    int steps = values.length / channels;
    scratch.grow(channels, steps);
    int feature = 0;
    for (int d = 0; d < dilations.length; d++) {
      for (int c = 0; c < channels; c++) {
        sum(values, steps, dilations[d], c, scratch.sums[c]);
      }
      int margin = MIDDLE * dilations[d];
      for (int kernel = 0; kernel < KERNELS; kernel++) {
        convolve(values, steps, d, kernel, scratch);
        boolean inside = (d + kernel) % 2 == 1 && steps > 2 * margin;
        int from = inside ? margin : 0;
        int to = inside ? steps - margin : steps;
        for (int k = 0; k < featuresPerKernel[d]; k++) {
          features[feature] = share(scratch.convolved, from, to, biases[feature]);
          feature++;
        }
      }
    }
  }

  int dilations() {
    return dilations.length;
  }

  int dilation(int d) {
    return dilations[d];
  }

  int featuresPerKernel(int d) {
    return featuresPerKernel[d];
  }

  int[] channels(int d, int kernel) {
    return combinations[d * KERNELS + kernel];
  }

  /** The places of a kernel's weights that are 2. */
  static int[] places(int kernel) {
    return PLACES[kernel];
  }

  float bias(int feature) {
    return biases[feature];
  }

  private float[] padded(float[] window, Scratch scratch) {
    int length = LEAST_STEPS * channels;
    if (window.length >= length) {
      return window;
    }
    if (scratch.padded.length != length) {
      scratch.padded = new float[length];
    }
    System.arraycopy(window, 0, scratch.padded, 0, window.length);
    for (int at = window.length; at < length; at++) {
      scratch.padded[at] = scratch.padded[at - channels];
    }
    return scratch.padded;
  }

  private void sum(float[] values, int steps, int dilation, int[] some, float[][] sums) {
    for (int channel : some) {
      sum(values, steps, dilation, channel, sums[channel]);
    }
  }

  /** Less the sum of the nine values of each step. */
  private void sum(float[] values, int steps, int dilation, int channel, float[] sums) {
    for (int t = 0; t < steps; t++) {
      float sum = 0f;
      for (int j = -MIDDLE; j <= MIDDLE; j++) {
        int at = t + j * dilation;
        sum -= at >= 0 && at < steps ? values[at * channels + channel] : 0f;
      }
      sums[t] = sum;
    }
  }

  private void convolve(float[] values, int steps, int d, int kernel, Scratch scratch) {
    float[] convolved = scratch.convolved;
    Arrays.fill(convolved, 0, steps, 0f);
    for (int channel : combinations[d * KERNELS + kernel]) {
      float[] sums = scratch.sums[channel];
      for (int t = 0; t < steps; t++) {
        convolved[t] += sums[t];
      }
      for (int place : PLACES[kernel]) {
        int shift = (place - MIDDLE) * dilations[d];
        int from = Math.max(0, -shift);
        int to = Math.min(steps, steps - shift);
        for (int t = from; t < to; t++) {
          convolved[t] += 3f * values[(t + shift) * channels + channel];
        }
      }
    }
  }

  private static float share(float[] values, int from, int to, float bias) {
    int above = 0;
    for (int t = from; t < to; t++) {
      above += values[t] > bias ? 1 : 0;
    }
    return (float) above / (to - from);
  }
}
