package dev.weir.lab.train;

import static dev.weir.model.CandidateShape.FEATURES;
import static dev.weir.model.CandidateShape.GLOBALS;
import static dev.weir.model.CandidateShape.INPUTS;
import static dev.weir.model.CandidateShape.STEP_FEATURES;
import static dev.weir.model.CandidateShape.WINDOW;

import dev.weir.forecast.candidate.Candidates;
import java.util.Arrays;

/**
 * Forecasts of one series that a network could have made, with the truth: its inputs at some values
 * and some steps ahead of each. The targets are relative to the base forecast, in units of its
 * usual error. A weight makes errors relative to the base forecast's mean error in this series, so
 * that the mean loss is that of relative errors.
 */
final class CandidateSamples {

  static final int STEPS = 3;

  private static final int FIXED = WINDOW * INPUTS + GLOBALS;
  private static final double LARGEST_TARGET = 30;
  private static final double LARGEST_WEIGHT = 6;

  private final int[] kinds; // (candidates)
  private final int length; // floats of a sample's inputs
  private float[] inputs = {};
  private float[] targets = {}; // (samples, STEPS)
  private float[] weights = {}; // (samples, STEPS), at first the unit of the target
  private int[] steps = {}; // (samples, STEPS)
  private int count;

  CandidateSamples(int[] kinds) {
    this.kinds = kinds;
    this.length = FIXED + STEPS * (kinds.length * FEATURES + STEP_FEATURES);
  }

  int count() {
    return count;
  }

  int candidates() {
    return kinds.length;
  }

  /**
   * Takes the newest value as one to forecast at.
   *
   * @param ahead (STEPS), ascending
   * @param truth (STEPS), relative to the newest value
   */
  void add(Candidates stage, int[] ahead, double[] truth) {
    if (inputs.length < (count + 1) * length) {
      int room = Math.max(64, 2 * count);
      inputs = Arrays.copyOf(inputs, room * length);
      targets = Arrays.copyOf(targets, room * STEPS);
      weights = Arrays.copyOf(weights, room * STEPS);
      steps = Arrays.copyOf(steps, room * STEPS);
    }
    System.arraycopy(stage.sample(ahead), 0, inputs, count * length, length);
    for (int k = 0; k < STEPS; k++) {
      double unit = stage.scale(ahead[k]);
      double target = (truth[k] - stage.base(ahead[k])) / unit;
      int at = count * STEPS + k;
      targets[at] = (float) Math.max(-LARGEST_TARGET, Math.min(LARGEST_TARGET, target));
      weights[at] = (float) unit;
      steps[at] = ahead[k];
    }
    count++;
  }

  /**
   * Sets the weights, when the series is known to its end.
   *
   * @param baseError mean error of the base forecast by step; 0 where it has none
   */
  void weigh(double[] baseError) {
    for (int i = 0; i < count * STEPS; i++) {
      double error = baseError[steps[i]];
      weights[i] = error > 1e-12 ? (float) Math.min(LARGEST_WEIGHT, weights[i] / error) : 0;
    }
  }

  /** Copies one sample into a batch; candidates that are not here are marked absent. */
  void copy(int sample, Batch batch, int place) {
    TrainableCandidateNetwork.Batch to = batch.inputs;
    int most = batch.candidates;
    int from = sample * length;
    System.arraycopy(inputs, from, to.windows(), place * WINDOW * INPUTS, WINDOW * INPUTS);
    from += WINDOW * INPUTS;
    System.arraycopy(inputs, from, to.globals(), place * GLOBALS, GLOBALS);
    from += GLOBALS;
    Arrays.fill(to.kinds(), place * most, (place + 1) * most, -1);
    System.arraycopy(kinds, 0, to.kinds(), place * most, kinds.length);
    int row = kinds.length * FEATURES;
    for (int k = 0; k < STEPS; k++) {
      System.arraycopy(inputs, from, to.ofCandidates(), (place * STEPS + k) * most * FEATURES, row);
      from += row;
    }
    System.arraycopy(
        inputs, from, to.ofSteps(), place * STEPS * STEP_FEATURES, STEPS * STEP_FEATURES);
    System.arraycopy(targets, sample * STEPS, batch.targets, place * STEPS, STEPS);
    System.arraycopy(weights, sample * STEPS, batch.weights, place * STEPS, STEPS);
  }

  /** Samples that a network learns from at once; see {@link TrainableCandidateNetwork.Batch}. */
  static final class Batch {

    /** Inputs of a value in the window that change their sign with the series. */
    private static final int SIGNED_INPUTS = 13;

    /** The features of a candidate that do: how far it is from the base, and its signed error. */
    private static final int[] SIGNED_FEATURES = {0, 4};

    /** The one of a step that does: the base's signed error. */
    private static final int SIGNED_STEP_FEATURE = 4;

    final TrainableCandidateNetwork.Batch inputs;
    final int candidates;
    final float[] targets;
    final float[] weights;

    Batch(int size, int candidates) {
      this.candidates = candidates;
      inputs =
          new TrainableCandidateNetwork.Batch(
              size,
              STEPS,
              new float[size * WINDOW * INPUTS],
              new float[size * GLOBALS],
              new int[size * candidates],
              new float[size * STEPS * candidates * FEATURES],
              new float[size * STEPS * STEP_FEATURES]);
      targets = new float[size * STEPS];
      weights = new float[size * STEPS];
    }

    /** Turns one sample upside down. */
    void flip(int place) {
      for (int k = 0; k < WINDOW; k++) {
        int at = (place * WINDOW + k) * INPUTS;
        for (int i = 0; i < SIGNED_INPUTS; i++) {
          inputs.windows()[at + i] *= -1;
        }
      }
      for (int j = place * STEPS; j < (place + 1) * STEPS; j++) {
        for (int e = 0; e < candidates; e++) {
          for (int feature : SIGNED_FEATURES) {
            inputs.ofCandidates()[(j * candidates + e) * FEATURES + feature] *= -1;
          }
        }
        inputs.ofSteps()[j * STEP_FEATURES + SIGNED_STEP_FEATURE] *= -1;
        targets[j] *= -1;
      }
    }
  }
}
