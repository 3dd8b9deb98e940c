package dev.weir.classify;

import dev.weir.rnn.Linear;

/**
 * Logistic regression of the classes on features by recursive least squares with forgetting: a step
 * for each row as Newton's, with one matrix for all classes. State: the lower triangle of the
 * matrix (inputs, inputs), then weights (classes, inputs).
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
  private final float forgetting;
  private final int weights; // where they begin
  private final float[] gain; // scratch

  RecursiveRegression(int inputs, double forgetting) {
    this.inputs = inputs;
    this.forgetting = (float) forgetting;
    this.weights = triangle(inputs);
    this.gain = new float[inputs];
  }

  private static int triangle(int rows) {
    return rows * (rows + 1) / 2;
  }

  /** Where a class's weights are in the state. */
  int weightsAt(int label) {
    return weights + label * inputs;
  }

  /** The state before the first row, of no class. */
  float[] start() {
    float[] state = new float[weights];
    for (int i = 0; i < inputs; i++) {
      state[triangle(i) + i] = START;
    }
    return state;
  }

  void logits(float[] state, float[] features, int classes, float[] logits) {
    Linear.forward(state, weights, null, 0, inputs, classes, features, 0, logits, 0);
  }

  void learn(float[] state, float[] features, double[] probabilities, int classes, int label) {
    float trace = 0f;
    for (int i = 0; i < inputs; i++) {
      int row = triangle(i);
      trace += state[row + i];
      Linear.forward(state, row, null, 0, i + 1, 1, features, 0, gain, i);
      float value = features[i];
      for (int j = 0; j < i; j++) {
        gain[j] = Math.fma(value, state[row + j], gain[j]);
      }
    }
    float spread = 0f;
    for (int i = 0; i < inputs; i++) {
      spread = Math.fma(features[i], gain[i], spread);
    }
    float divisor = forgetting + CURVATURE * spread;
    float growth = trace < LARGEST * inputs ? 1f / forgetting : 1f;
    float factor = -CURVATURE / divisor * growth;
    for (int i = 0; i < inputs; i++) {
      float part = factor * gain[i];
      int row = triangle(i);
      for (int j = 0; j <= i; j++) {
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
