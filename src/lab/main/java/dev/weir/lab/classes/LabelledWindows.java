package dev.weir.lab.classes;

import java.util.List;

/**
 * Windows of one or more channels, each with its class. Windows may have different lengths.
 * Immutable by convention: nobody may write into the arrays.
 *
 * @param channels values of each step
 * @param classes names of the classes; a label is a place in this list
 * @param windows one array of (steps, channels) values for each window, row-major; finite
 * @param labels class of each window
 */
record LabelledWindows(int channels, List<String> classes, float[][] windows, int[] labels) {

  /** Most steps of a window. */
  static final int MAX_STEPS = 100_000;

  /** Most classes. */
  static final int MAX_CLASSES = 1_000;

  /** Most channels. */
  static final int MAX_CHANNELS = 2_000;

  /**
   * @throws IllegalArgumentException when a window is empty, has no whole steps or a value that is
   *     not finite, or when a label is not the place of a class
   */
  LabelledWindows {
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

  private static void checkFinite(String what, float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException(
            "%s: expected finite values, got %s".formatted(what, value));
      }
    }
  }

  private static void check(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s: expected %d to %d, got %d".formatted(what, least, most, value));
    }
  }

  int size() {
    return windows.length;
  }

  /** Steps of a window. */
  int steps(int window) {
    return windows[window].length / channels;
  }
}
