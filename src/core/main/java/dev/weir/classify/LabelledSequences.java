package dev.weir.classify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Sequences of one or more channels, each of whose steps has its class. Immutable by convention:
 * nobody may write into the arrays.
 *
 * @param channels values of each step
 * @param classes names of the classes; a label is a place in this list
 * @param values one array of (steps, channels) values for each sequence, row-major; finite
 * @param labels class of each step of each sequence
 */
public record LabelledSequences(
    int channels, List<String> classes, float[][] values, int[][] labels) {

  /**
   * @throws IllegalArgumentException when a sequence is empty, has a value that is not finite, or
   *     not one label for each step
   */
  public LabelledSequences {
    classes = List.copyOf(classes);
    LabelledWindows.check("channels", channels, 1, LabelledWindows.MAX_CHANNELS);
    LabelledWindows.check("classes", classes.size(), 1, LabelledWindows.MAX_CLASSES);
    LabelledWindows.check("sequences of labels", labels.length, values.length, values.length);
    for (int i = 0; i < values.length; i++) {
      LabelledWindows.check("steps of sequence " + i, labels[i].length, 1, Integer.MAX_VALUE);
      int expected = labels[i].length * channels;
      LabelledWindows.check("values of sequence " + i, values[i].length, expected, expected);
      LabelledWindows.checkFinite("sequence " + i, values[i]);
      for (int label : labels[i]) {
        LabelledWindows.check("label in sequence " + i, label, 0, classes.size() - 1);
      }
    }
  }

  public int size() {
    return values.length;
  }

  /** Steps of all sequences. */
  public int steps() {
    return Arrays.stream(labels).mapToInt(steps -> steps.length).sum();
  }

  /** How many steps each class has. */
  public int[] counts() {
    int[] counts = new int[classes.size()];
    Arrays.stream(labels).flatMapToInt(Arrays::stream).forEach(label -> counts[label]++);
    return counts;
  }

  /** The first steps of each sequence: all but the last share. */
  public LabelledSequences withoutLast(double share) {
    return parts(share, false);
  }

  /** The last steps of each sequence. */
  public LabelledSequences last(double share) {
    return parts(share, true);
  }

  private LabelledSequences parts(double share, boolean last) {
    List<int[]> parts = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      int cut = labels[i].length - (int) Math.floor(labels[i].length * share);
      parts.add(last ? new int[] {i, cut, labels[i].length} : new int[] {i, 0, cut});
    }
    return cut(parts);
  }

  /**
   * Cuts the sequences into pieces of equal length; one that is shorter stays as it is. A piece
   * starts at random 1 to {@code steps} steps after the one before: where all start at the same
   * hour of the day, the place in the piece would give the hour away.
   *
   * @param steps of a piece
   */
  public LabelledSequences pieces(int steps, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<int[]> parts = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      int length = labels[i].length;
      for (int from = 0; from + steps < length; from += 1 + random.nextInt(steps)) {
        parts.add(new int[] {i, from, from + steps});
      }
      parts.add(new int[] {i, Math.max(0, length - steps), length});
    }
    return cut(parts);
  }

  /**
   * @param parts sequence, first step, end
   */
  private LabelledSequences cut(List<int[]> parts) {
    List<float[]> cutValues = new ArrayList<>();
    List<int[]> cutLabels = new ArrayList<>();
    for (int[] part : parts) {
      if (part[1] < part[2]) {
        float[] sequence = values[part[0]];
        cutValues.add(Arrays.copyOfRange(sequence, part[1] * channels, part[2] * channels));
        cutLabels.add(Arrays.copyOfRange(labels[part[0]], part[1], part[2]));
      }
    }
    return new LabelledSequences(
        channels, classes, cutValues.toArray(float[][]::new), cutLabels.toArray(int[][]::new));
  }
}
