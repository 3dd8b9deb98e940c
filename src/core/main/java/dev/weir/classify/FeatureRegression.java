package dev.weir.classify;

import dev.weir.forecast.Bfloat16;
import dev.weir.forecast.StateFields;
import java.io.IOException;
import java.util.Arrays;

/**
 * Logistic regression on features that others compute of a row or a window, by recursive least
 * squares. All that is learned is in the state, as for {@link StreamClassifier}. Not thread-safe.
 */
final class FeatureRegression {

  private static final double FORGETTING = 0.9998;

  /** Bound of a feature: its square must fit into a float. */
  private static final float LARGEST = 1e6f;

  private final int features;
  private final int waiting;
  private final float newBias;
  private final RecursiveRegression regression;
  private final float[] row; // (features, 1)
  private float[] logits = {};
  private double[] learned = {};

  /**
   * @param features of a row
   * @param waiting rows that wait for their label at most
   * @param newBias of a class before its first label
   */
  FeatureRegression(int features, int waiting, float newBias) {
    this.features = features;
    this.waiting = waiting;
    this.newBias = newBias;
    this.regression = new RecursiveRegression(features + 1, FORGETTING);
    this.row = new float[features + 1];
    row[features] = 1f;
  }

  /** State of a series: the regression, and the features of rows that wait. */
  static final class State {

    private float[] learned = {};
    WaitingRows rows = new WaitingRows();

    State() {}

    State(State other) {
      learned = other.learned.clone();
      rows = new WaitingRows(other.rows);
    }

    static State fields(State state, StateFields fields) throws IOException {
      state.learned = fields.array("numbers", state.learned);
      WaitingRows.fields(state.rows, fields);
      return state;
    }

    int bytes() {
      return Float.BYTES * learned.length + rows.bytes();
    }
  }

  /** Bytes of a series of which some rows wait for their label. */
  int bytes(int classes, int waiting) {
    return Float.BYTES * regression.weightsAt(classes) + Character.BYTES * features * (1 + waiting);
  }

  /** The state before the first row. */
  State newState() {
    State state = new State();
    state.learned = regression.start();
    return state;
  }

  /** Whether a state is one of as many features. */
  boolean fits(State state) {
    int weights = state.learned.length - regression.weightsAt(0);
    return weights >= 0 && weights % row.length == 0 && state.rows.fits(features);
  }

  /** Makes room for as many classes. */
  private void grow(State state, int classes) {
    int before = (state.learned.length - regression.weightsAt(0)) / row.length;
    if (before < classes) {
      state.learned = Arrays.copyOf(state.learned, regression.weightsAt(classes));
      for (int k = before; k < classes; k++) {
        state.learned[regression.weightsAt(k) + features] = newBias;
      }
    }
    if (logits.length < classes) {
      logits = new float[classes];
      learned = new double[classes];
    }
  }

  /**
   * Sets a class's first weights.
   *
   * @param weights (features)
   */
  void setWeights(State state, int label, float[] weights, float bias) {
    grow(state, label + 1);
    int to = regression.weightsAt(label);
    System.arraycopy(weights, 0, state.learned, to, features);
    state.learned[to + features] = bias;
  }

  /**
   * Classifies the next row.
   *
   * @param values (features)
   * @param needed rows before it that may still be learned
   * @param classCount classes so far
   * @param probabilities (classes or more); overwritten
   */
  void classify(State state, float[] values, int needed, int classCount, double[] probabilities) {
    grow(state, classCount);
    state.rows.keep(Math.min(needed, state.rows.count), features, 1);
    int at = state.rows.add(features, 1, 1 + waiting);
    for (int i = 0; i < features; i++) {
      float value = Float.isNaN(values[i]) ? 0f : values[i];
      value = Math.max(-LARGEST, Math.min(LARGEST, value));
      state.rows.numbers[at + i] = (char) Bfloat16.bits(value);
    }
    recall(state, 0, classCount, probabilities);
  }

  /** Reads a row and computes the classes' current probabilities. */
  private void recall(State state, int age, int classCount, double[] probabilities) {
    int at = state.rows.place(age, features);
    for (int i = 0; i < features; i++) {
      row[i] = Bfloat16.value((short) state.rows.numbers[at + i]);
    }
    regression.logits(state.learned, row, classCount, logits);
    Probabilities.softmax(logits, classCount, probabilities);
  }

  /**
   * Learns the label of a row, if it was classified.
   *
   * @param age rows after it
   */
  void learn(State state, int age, int classCount, int label) {
    if (age >= state.rows.count) {
      return;
    }
    grow(state, classCount);
    recall(state, age, classCount, learned);
    regression.learn(state.learned, row, learned, classCount, label);
  }
}
