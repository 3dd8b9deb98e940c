package dev.weir.classify;

import dev.weir.model.InputView;
import java.util.List;

/** Fits {@link InputView}s to windows. */
public final class InputViews {

  /** Steps that a network has, at most about twice of it. */
  private static final int NETWORK_STEPS = 30;

  private InputViews() {}

  /** A view with the figures of these windows, and the patch that suits their length. */
  public static InputView of(LabelledWindows windows, List<InputView.Block> blocks) {
    int patch = Math.max(1, windows.longest() / NETWORK_STEPS);
    return of(windows.windows(), windows.channels(), blocks, patch);
  }

  /** A view with the figures of these sequences, each of whose steps is one of the network. */
  public static InputView of(LabelledSequences sequences, List<InputView.Block> blocks) {
    return of(sequences.values(), sequences.channels(), blocks, 1);
  }

  private static InputView of(
      float[][] windows, int channels, List<InputView.Block> blocks, int patch) {
    float[] mean = new float[channels];
    float[] deviation = new float[channels];
    float[] change = new float[channels];
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      double squares = 0;
      double changes = 0;
      long count = 0;
      long pairs = 0;
      for (float[] window : windows) {
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
    return deviation > 1e-30 && deviation < Float.MAX_VALUE ? (float) deviation : 1f;
  }
}
