package dev.weir.classify;

/**
 * Logistic regression on features that others compute of a row or a window, by recursive least
 * squares. Keeps the features of the rows whose labels have not come. All that is learned is in the
 * state, as for {@link StreamClassifier}. Allocates nothing. Not thread-safe.
 */
final class FeatureRegression {

  private static final double FORGETTING = 0.9998;

  /** What a feature counts at most: its square must have a place in a float. */
  private static final float LARGEST = 1e6f;

  private final int features;
  private final int waiting;
  private final RecursiveRegression regression;
  private final int nextAt; // place of the next row, then the rows
  private final int length;
  private final float[] row; // (features, 1)
  private final float[] logits;
  private final double[] learned;

  /**
   * @param features of a row
   * @param classes number of classes at most
   * @param waiting rows that wait for their label at most
   */
  FeatureRegression(int features, int classes, int waiting) {
    this.features = features;
    this.waiting = waiting;
    this.regression = new RecursiveRegression(features + 1, classes, FORGETTING, 0);
    this.nextAt = regression.length();
    this.length = nextAt + 1 + waiting * features;
    this.row = new float[features + 1];
    this.logits = new float[classes];
    this.learned = new double[classes];
    row[features] = 1f;
  }

  int stateLength() {
    return length;
  }

  /** The state before the first row. */
  float[] newState() {
    float[] state = new float[length];
    regression.start(state);
    return state;
  }

  /**
   * Sets a class's first weights.
   *
   * @param weights (features) from {@code at} on
   */
  void setWeights(float[] state, int label, float[] weights, int at, float bias) {
    int to = regression.weightsAt(label);
    System.arraycopy(weights, at, state, to, features);
    state[to + features] = bias;
  }

  /** Sets a class's bias: that of one which nothing is known of. */
  void setBias(float[] state, int label, float bias) {
    state[regression.weightsAt(label) + features] = bias;
  }

  /**
   * Classifies the next row.
   *
   * @param values (features)
   * @param known classes that there are so far
   * @param probabilities (classes); overwritten
   */
  void classify(float[] state, float[] values, int known, double[] probabilities) {
    for (int i = 0; i < features; i++) {
      float value = Float.isNaN(values[i]) ? 0f : values[i];
      row[i] = Math.max(-LARGEST, Math.min(LARGEST, value));
    }
    regression.logits(state, row, logits);
    Probabilities.softmax(logits, known, 1, probabilities);
    int next = (int) state[nextAt];
    System.arraycopy(row, 0, state, nextAt + 1 + next * features, features);
    state[nextAt] = (next + 1) % waiting;
  }

  /**
   * Learns the label of a row.
   *
   * @param age rows after it, fewer than may wait
   */
  void learn(float[] state, int age, int known, int label) {
    int place = Math.floorMod((int) state[nextAt] - 1 - age, waiting);
    System.arraycopy(state, nextAt + 1 + place * features, row, 0, features);
    regression.logits(state, row, logits);
    Probabilities.softmax(logits, known, 1, learned);
    regression.learn(state, row, learned, label);
  }
}
