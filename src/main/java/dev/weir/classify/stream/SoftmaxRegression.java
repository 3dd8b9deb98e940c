package dev.weir.classify.stream;

/**
 * Logistic regression of the classes on features, by stochastic gradient descent with a step that
 * is normalized by the features' size. State: weights (classes, inputs).
 */
final class SoftmaxRegression {

  private final int inputs;
  private final int classes;
  private final float rate;
  private final int at;

  SoftmaxRegression(int inputs, int classes, double rate, int at) {
    this.inputs = inputs;
    this.classes = classes;
    this.rate = (float) rate;
    this.at = at;
  }

  int length() {
    return classes * inputs;
  }

  void logits(float[] state, float[] features, int from, float[] logits) {
    for (int k = 0; k < classes; k++) {
      float sum = 0f;
      int row = at + k * inputs;
      for (int i = 0; i < inputs; i++) {
        sum = Math.fma(state[row + i], features[from + i], sum);
      }
      logits[k] = sum;
    }
  }

  /**
   * @param probabilities what it had said
   */
  void learn(float[] state, float[] features, int from, double[] probabilities, int label) {
    float square = 1f;
    for (int i = 0; i < inputs; i++) {
      square = Math.fma(features[from + i], features[from + i], square);
    }
    for (int k = 0; k < classes; k++) {
      float error = (float) ((k == label ? 1 : 0) - probabilities[k]);
      float step = rate * error * 10f / (10f + square);
      int row = at + k * inputs;
      for (int i = 0; i < inputs; i++) {
        state[row + i] = Math.fma(step, features[from + i], state[row + i]);
      }
    }
  }
}
