package dev.weir.model;

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

    /** The block with this label, or null if there is no such block. */
    public static Block ofLabel(String label) {
      for (Block block : values()) {
        if (block.label.equals(label)) {
          return block;
        }
      }
      return null;
    }
  }

  /** Most channels. */
  public static final int MAX_CHANNELS = 2_000;

  /** Most steps of a window in a step of the network. */
  public static final int MAX_PATCH = 10_000;

  /**
   * @throws IllegalArgumentException when a number is out of its range, naming it
   */
  public InputView {
    blocks = List.copyOf(blocks);
    within("channels", channels, 1, MAX_CHANNELS);
    within("blocks", blocks.size(), 1, Block.values().length);
    within("patch", patch, 1, MAX_PATCH);
    numbers("mean", mean, channels, false);
    numbers("deviation", deviation, channels, true);
    numbers("change", change, channels, true);
  }

  private static void within(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s: expected %d to %d, got %d".formatted(what, least, most, value));
    }
  }

  private static void numbers(String what, float[] values, int count, boolean positive) {
    if (values.length != count) {
      throw new IllegalArgumentException(
          "%s: expected one number for each of %d channels, got %d"
              .formatted(what, count, values.length));
    }
    for (float value : values) {
      if (!Float.isFinite(value) || positive && value <= 0) {
        throw new IllegalArgumentException(
            "%s: expected finite numbers%s, got %s"
                .formatted(what, positive ? " above 0" : "", value));
      }
    }
  }

  /** A view of the values as they are. */
  public static InputView raw(int channels) {
    float[] ones = new float[channels];
    Arrays.fill(ones, 1f);
    return new InputView(channels, List.of(Block.RAW), 1, new float[channels], ones, ones);
  }

  /** The same view with another patch. */
  public InputView withPatch(int newPatch) {
    return new InputView(channels, blocks, newPatch, mean, deviation, change);
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
