package dev.weir.classify;

import dev.weir.model.Convolution;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Windows of one or more channels, each with its class. Windows may have different lengths.
 * Immutable by convention: nobody may write into the arrays.
 *
 * @param channels values of each step
 * @param classes names of the classes; a label is a place in this list
 * @param windows one array of (steps, channels) values for each window, row-major; finite
 * @param labels class of each window
 */
public record LabelledWindows(int channels, List<String> classes, float[][] windows, int[] labels) {

  /** Most steps of a window. */
  public static final int MAX_STEPS = Convolution.MAX_STEPS;

  /** Most classes. */
  public static final int MAX_CLASSES = 1_000;

  /** Most channels. */
  public static final int MAX_CHANNELS = 2_000;

  /**
   * @throws IllegalArgumentException when a window is empty, has no whole steps or a value that is
   *     not finite, or when a label is not the place of a class
   */
  public LabelledWindows {
    classes = List.copyOf(classes);
    check("channels", channels, 1, MAX_CHANNELS);
    check("classes", classes.size(), 1, MAX_CLASSES);
    if (windows.length != labels.length) {
      throw new IllegalArgumentException(
          "labels: expected one for each of %d windows, got %d"
              .formatted(windows.length, labels.length));
    }
    for (int i = 0; i < windows.length; i++) {
      if (windows[i].length == 0 || windows[i].length % channels != 0) {
        throw new IllegalArgumentException(
            "window %d: expected steps of %d values, got %d values"
                .formatted(i, channels, windows[i].length));
      }
      check("steps of window " + i, windows[i].length / channels, 1, MAX_STEPS);
      check("label of window " + i, labels[i], 0, classes.size() - 1);
      checkFinite("window " + i, windows[i]);
    }
  }

  static void checkFinite(String what, float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException(
            "%s: expected finite values, got %s".formatted(what, value));
      }
    }
  }

  static void check(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s: expected %d to %d, got %d".formatted(what, least, most, value));
    }
  }

  public int size() {
    return windows.length;
  }

  /** Steps of a window. */
  public int steps(int window) {
    return windows[window].length / channels;
  }

  /** Steps of the longest window; 0 without windows. */
  public int longest() {
    int longest = 0;
    for (int i = 0; i < size(); i++) {
      longest = Math.max(longest, steps(i));
    }
    return longest;
  }

  /** How many windows each class has. */
  public int[] counts() {
    int[] counts = new int[classes.size()];
    for (int label : labels) {
      counts[label]++;
    }
    return counts;
  }

  /** Some of the windows, in the given order. Shares their values. */
  public LabelledWindows subset(int[] places) {
    float[][] some = new float[places.length][];
    int[] theirs = new int[places.length];
    for (int i = 0; i < places.length; i++) {
      some[i] = windows[places[i]];
      theirs[i] = labels[places[i]];
    }
    return new LabelledWindows(channels, classes, some, theirs);
  }

  /**
   * Splits the windows into parts of about equal size, with about the same share of each class.
   *
   * @return the part of each window, from 0 on; as {@link #places} reads it
   */
  public int[] parts(int count) {
    int[] parts = new int[size()];
    int next = 0; // of the windows class by class
    for (int c = 0; c < classes.size(); c++) {
      for (int i = 0; i < size(); i++) {
        if (labels[i] == c) {
          parts[i] = next++ % count;
        }
      }
    }
    return parts;
  }

  /**
   * Chooses a share of the windows, with about the same share of each class.
   *
   * @return 1 for each window that is chosen, else 0; as {@link #places} reads it
   */
  public int[] chosen(double share) {
    int[] chosen = parts(size()); // class by class
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = (int) (Math.floor((chosen[i] + 1) * share) - Math.floor(chosen[i] * share));
    }
    return chosen;
  }

  /** Places of the windows that are, or are not, in a part. */
  public static int[] places(int[] parts, int part, boolean inside) {
    return IntStream.range(0, parts.length).filter(i -> (parts[i] == part) == inside).toArray();
  }
}
