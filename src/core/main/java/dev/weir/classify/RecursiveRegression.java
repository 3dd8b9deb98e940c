package dev.weir.classify;

import dev.weir.rnn.Linear;
import java.util.Arrays;

/**
 * Logistic regression of the classes on features by recursive least squares with forgetting: a step
 * for each row as Newton's, with one matrix for all classes. State: the matrix (inputs, inputs),
 * weights (classes, inputs).
 *
 * <p>The matrix is the inverse of the sum of the features' products, times the largest curvature
 * that the loss can have. It grows where nothing is learned for a long time; its trace is bounded.
 *
 * @see <a href="https://doi.org/10.1007/BF00048682">Böhning, Multinomial logistic regression
 *     algorithm, 1992</a>
 */
final class RecursiveRegression {

  private static final float START = 1f; // of the diagonal: one over the ridge penalty
  private static final float LARGEST = 1f; // mean of the diagonal

  /** Of the loss, at most: p (1 - p). With the largest a step never goes too far. */
  private static final float CURVATURE = 0.25f;

  private final int inputs;
  private final int classes;
  private final float forgetting;
  private final int matrix;
  private final int weights;
  private final float[] gain; // scratch

  RecursiveRegression(int inputs, int classes, double forgetting, int at) {
    this.inputs = inputs;
    this.classes = classes;
    this.forgetting = (float) forgetting;
    this.matrix = at;
    this.weights = matrix + inputs * inputs;
    this.gain = new float[inputs];
  }

  int length() {
    return inputs * (inputs + classes);
  }

  /** Where a class's weights are in the state. */
  int weightsAt(int label) {
    return weights + label * inputs;
  }

  void start(float[] state) {
    for (int i = 0; i < inputs; i++) {
      state[matrix + i * inputs + i] = START;
    }
  }

  void logits(float[] state, float[] features, float[] logits) {
    Linear.forward(state, weights, null, 0, inputs, classes, features, 0, logits, 0);
  }

  void learn(float[] state, float[] features, double[] probabilities, int label) {
    Arrays.fill(gain, 0f);
    for (int i = 0; i < inputs; i++) {
      float value = features[i];
      int row = matrix + i * inputs;
      for (int j = 0; j < inputs; j++) {
        gain[j] = Math.fma(value, state[row + j], gain[j]);
      }
    }
    float spread = 0f;
    for (int i = 0; i < inputs; i++) {
      spread = Math.fma(features[i], gain[i], spread);
    }
    float divisor = forgetting + CURVATURE * spread;
    float trace = 0f;
    for (int i = 0; i < inputs; i++) {
      trace += state[matrix + i * inputs + i];
    }
    float growth = trace < LARGEST * inputs ? 1f / forgetting : 1f;
    float factor = -CURVATURE / divisor * growth;
    for (int i = 0; i < inputs; i++) {
      float part = factor * gain[i];
      int row = matrix + i * inputs;
      for (int j = 0; j < inputs; j++) {
        state[row + j] = Math.fma(part, gain[j], growth * state[row + j]);
      }
    }
    for (int k = 0; k < classes; k++) {
      float step = (float) ((k == label ? 1 : 0) - probabilities[k]) / divisor;
      int row = weights + k * inputs;
      for (int i = 0; i < inputs; i++) {
        state[row + i] = Math.fma(step, gain[i], state[row + i]);
      }
    }
  }
}
