package dev.weir.forecast.network;

import dev.weir.model.ForecastModel;
import dev.weir.model.Scaling;
import java.util.Arrays;

/**
 * A window's targets as a network reads them, and its answers on their scales again: each target is
 * scaled by itself, and one that is missing is the newest before it, else the next after it, else
 * 0. Holds scratch: not thread-safe.
 */
final class TargetInputs {

  private final Scaling scaling;
  private final double[][] values; // (targets, seq_len)
  private final double[] center; // (targets)
  private final double[] scale; // (targets)

  TargetInputs(ForecastModel model) {
    this(model.scaling(), model.targets().count(), model.seqLen());
  }

  TargetInputs(Scaling scaling, int targets, int seqLen) {
    this.scaling = scaling;
    this.values = new double[targets][seqLen];
    this.center = new double[targets];
    this.scale = new double[targets];
  }

  /** How many targets. */
  int count() {
    return values.length;
  }

  /** Whether the windows give the scale. */
  boolean readsWindow() {
    return scaling.readsWindow();
  }

  /** The values of one target, (seq_len), to be set before {@link #scale}; NaN is missing. */
  double[] values(int target) {
    return values[target];
  }

  /** Fills what is missing and measures each target. */
  void scale() {
    for (int k = 0; k < values.length; k++) {
      fill(values[k]);
      center[k] = scaling.center(k, values[k], 0, values[k].length);
      scale[k] = scaling.scale(k, values[k], 0, values[k].length);
    }
  }

  private static void fill(double[] values) {
    int first = 0;
    while (first < values.length && Double.isNaN(values[first])) {
      first++;
    }
    Arrays.fill(values, 0, first, first < values.length ? values[first] : 0);
    for (int t = first + 1; t < values.length; t++) {
      if (Double.isNaN(values[t])) {
        values[t] = values[t - 1];
      }
    }
  }

  /** Writes all targets of a step side by side. */
  void write(int step, float[] input, int at) {
    for (int k = 0; k < values.length; k++) {
      input[at + k] = (float) ((values[k][step] - center[k]) / scale[k]);
    }
  }

  double center(int target) {
    return center[target];
  }

  double scale(int target) {
    return scale[target];
  }
}
