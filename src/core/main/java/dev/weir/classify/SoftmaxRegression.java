package dev.weir.classify;

import dev.weir.rnn.Linear;

/**
 * Logistic regression of the classes on features, by stochastic gradient descent with a step that
 * is normalized by the features' size. State: weights (classes, inputs).
 */
final class SoftmaxRegression {

  private final int inputs;
  private final int classes;
  private final float rate;
  private final int at;

  SoftmaxRegression(int inputs, int classes, double rate, Parts parts) {
    this.inputs = inputs;
    this.classes = classes;
    this.rate = (float) rate;
    this.at = parts.add(classes, inputs);
  }

  void logits(float[] state, float[] features, float[] logits) {
    Linear.forward(state, at, null, 0, inputs, classes, features, 0, logits, 0);
  }

  /**
   * @param probabilities of the classes, before this row was learned
   */
  void learn(float[] state, float[] features, double[] probabilities, int label) {
    float square = 1f;
    for (int i = 0; i < inputs; i++) {
      square = Math.fma(features[i], features[i], square);
    }
    for (int k = 0; k < classes; k++) {
      float error = (float) ((k == label ? 1 : 0) - probabilities[k]);
      float step = rate * error * 10f / (10f + square);
      int row = at + k * inputs;
      for (int i = 0; i < inputs; i++) {
        state[row + i] = Math.fma(step, features[i], state[row + i]);
      }
    }
  }
}
