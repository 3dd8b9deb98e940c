package dev.weir.classify.network;

import dev.weir.classify.LabelledWindows;
import java.util.Arrays;
import java.util.List;

/**
 * How a window of values becomes the input of a network: each block shows all channels in one way,
 * and {@code patch} steps are joined to one step of the network, so that a long window stays short.
 * The front is filled up with the first step.
 *
 * @param channels values of each step of a window
 * @param blocks what the network sees of each value, in this order
 * @param patch steps of the window in a step of the network
 * @param mean of each channel in training
 * @param deviation of each channel in training; above 0
 * @param change deviation of each channel's differences in training; above 0
 */
public record InputView(
    int channels, List<Block> blocks, int patch, float[] mean, float[] deviation, float[] change) {

  /** Steps that a network has, at most about twice of it. */
  private static final int NETWORK_STEPS = 30;

  /** Below this share of a channel's deviation in training a window counts as constant. */
  private static final float CONSTANT = 1e-4f;

  /** One way to show a channel. */
  public enum Block {
    /** As it is. */
    RAW("raw"),
    /** Less the window's mean, over the window's deviation. */
    WINDOW("window"),
    /** Less the mean in training, over the deviation in training. */
    GLOBAL("global"),
    /** Less the value a step before, over the deviation of such differences in training. */
    DIFFERENCE("difference");

    private final String label;

    Block(String label) {
      this.label = label;
    }

    /** The word used in model files. */
    public String label() {
      return label;
    }
  }

  /** A view with the figures of these windows, and the patch that suits their length. */
  public static InputView of(LabelledWindows windows, List<Block> blocks) {
    int channels = windows.channels();
    int patch = Math.max(1, windows.longest() / NETWORK_STEPS);
    float[] mean = new float[channels];
    float[] deviation = new float[channels];
    float[] change = new float[channels];
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      double squares = 0;
      double changes = 0;
      long count = 0;
      long pairs = 0;
      for (float[] window : windows.windows()) {
        for (int at = c; at < window.length; at += channels) {
          sum += window[at];
          squares += (double) window[at] * window[at];
          count++;
          if (at >= channels) {
            double difference = (double) window[at] - window[at - channels];
            changes += difference * difference;
            pairs++;
          }
        }
      }
      double center = sum / count;
      mean[c] = (float) center;
      deviation[c] = positive(Math.sqrt(Math.max(0, squares / count - center * center)));
      change[c] = positive(Math.sqrt(changes / Math.max(1, pairs)));
    }
    return new InputView(channels, blocks, patch, mean, deviation, change);
  }

  private static float positive(double deviation) {
    return deviation > 1e-30 && Double.isFinite(deviation) ? (float) deviation : 1f;
  }

  /** Values of a step of the network. */
  public int inputSize() {
    return patch * blocks.size() * channels;
  }

  /** Steps of the network for a window of so many steps. */
  public int steps(int windowSteps) {
    return (windowSteps + patch - 1) / patch;
  }

  /**
   * Writes the network's input for one window.
   *
   * @param window (steps, channels)
   * @param input (steps of the network, input_size) from {@code at} on; overwritten
   */
  public void fill(float[] window, float[] input, int at) {
    int length = window.length / channels;
    int steps = steps(length);
    int padding = steps * patch - length;
    int width = blocks.size() * channels;
    for (int b = 0; b < blocks.size(); b++) {
      for (int c = 0; c < channels; c++) {
        float center = 0f;
        float scale = 1f;
        switch (blocks.get(b)) {
          case RAW -> {}
          case GLOBAL -> {
            center = mean[c];
            scale = 1f / deviation[c];
          }
          case DIFFERENCE -> scale = 1f / change[c];
          case WINDOW -> {
            center = windowMean(window, c);
            float spread = windowDeviation(window, c, center);
            scale = spread > CONSTANT * deviation[c] ? 1f / spread : 0f;
          }
        }
        int to = at + b * channels + c;
        for (int t = 0; t < steps * patch; t++) {
          int step = Math.max(0, t - padding);
          float value = window[step * channels + c];
          if (blocks.get(b) == Block.DIFFERENCE) {
            center = window[Math.max(0, step - 1) * channels + c];
          }
          input[to + t * width] = (value - center) * scale;
        }
      }
    }
  }

  private float windowMean(float[] window, int channel) {
    double sum = 0;
    for (int at = channel; at < window.length; at += channels) {
      sum += window[at];
    }
    return (float) (sum * channels / window.length);
  }

  private float windowDeviation(float[] window, int channel, float mean) {
    double sum = 0;
    for (int at = channel; at < window.length; at += channels) {
      double centered = window[at] - mean;
      sum += centered * centered;
    }
    return (float) Math.sqrt(sum * channels / window.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof InputView that
        && channels == that.channels
        && blocks.equals(that.blocks)
        && patch == that.patch
        && Arrays.equals(mean, that.mean)
        && Arrays.equals(deviation, that.deviation)
        && Arrays.equals(change, that.change);
  }

  @Override
  public int hashCode() {
    return 31 * blocks.hashCode() + Arrays.hashCode(mean);
  }

  @Override
  public String toString() {
    return "InputView[%d channels, %s, patch %d]".formatted(channels, blocks, patch);
  }
}
