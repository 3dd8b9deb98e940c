package dev.weir.classify;

import dev.weir.model.Convolution;
import dev.weir.model.InputView;

/**
 * The features of a window that the {@link Convolution} of a classifier reads. Allocates nothing
 * for windows of the same length. Use one instance per thread.
 */
public final class ConvolutionFeatures {

  private final InputView view;
  private final MiniRocket rocket;
  private final MiniRocket.Scratch scratch = new MiniRocket.Scratch();
  private final float[] features;
  private float[] input = {};

  private ConvolutionFeatures(InputView view, MiniRocket rocket) {
    this.view = view;
    this.rocket = rocket;
    this.features = new float[rocket.features()];
  }

  /**
   * The features of a model.
   *
   * @param view of the model
   */
  public static ConvolutionFeatures of(InputView view, Convolution model) {
    InputView steps = view.withPatch(1);
    return new ConvolutionFeatures(
        steps, new MiniRocket(model.steps(), steps.inputSize(), model.seed(), model.thresholds()));
  }

  /**
   * Takes thresholds from windows.
   *
   * @param view of the model
   * @param count about so many features; rounded down to a multiple of {@link Convolution#KERNELS}
   * @param seed of the choice of channels and windows
   */
  public static ConvolutionFeatures fit(
      InputView view, LabelledWindows windows, int count, long seed) {
    InputView steps = view.withPatch(1);
    float[][] inputs = new float[windows.size()][];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = new float[windows.steps(i) * steps.inputSize()];
      steps.fill(windows.windows()[i], inputs[i], 0);
    }
    return new ConvolutionFeatures(steps, MiniRocket.fit(inputs, steps.inputSize(), count, seed));
  }

  /** One for each feature. */
  public float[] thresholds() {
    return rocket.biases();
  }

  /**
   * The features of a window.
   *
   * @param window (steps, channels)
   * @return valid until the next call
   */
  public float[] of(float[] window) {
    int length = window.length * view.blocks().size();
    if (input.length != length) {
      input = new float[length];
    }
    view.fill(window, input, 0);
    rocket.transform(input, features, scratch);
    return features;
  }
}
