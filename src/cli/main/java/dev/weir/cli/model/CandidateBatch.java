package dev.weir.cli.model;

import static dev.weir.model.CandidateShape.FEATURES;
import static dev.weir.model.CandidateShape.GLOBALS;
import static dev.weir.model.CandidateShape.INPUTS;
import static dev.weir.model.CandidateShape.STEP_FEATURES;
import static dev.weir.model.CandidateShape.WINDOW;

import dev.weir.forecast.learn.TrainableCandidateNetwork;

/** Samples that a network learns from at once; see {@link TrainableCandidateNetwork.Batch}. */
final class CandidateBatch {

  /** Inputs of a value in the window that change their sign with the series. */
  private static final int SIGNED_INPUTS = 13;

  /** The features of a candidate that do: how far it is from the base, and its signed error. */
  private static final int[] SIGNED_FEATURES = {0, 4};

  /** The one of a step that does: the base's signed error. */
  private static final int SIGNED_STEP_FEATURE = 4;

  final int size;
  final int candidates;
  final float[] windows;
  final float[] globals;
  final int[] kinds;
  final float[] ofCandidates;
  final float[] ofSteps;
  final float[] targets;
  final float[] weights;

  CandidateBatch(int size, int candidates) {
    this.size = size;
    this.candidates = candidates;
    windows = new float[size * WINDOW * INPUTS];
    globals = new float[size * GLOBALS];
    kinds = new int[size * candidates];
    ofCandidates = new float[size * CandidateSamples.STEPS * candidates * FEATURES];
    ofSteps = new float[size * CandidateSamples.STEPS * STEP_FEATURES];
    targets = new float[size * CandidateSamples.STEPS];
    weights = new float[size * CandidateSamples.STEPS];
  }

  /** Turns one sample upside down. */
  void flip(int place) {
    for (int k = 0; k < WINDOW; k++) {
      int at = (place * WINDOW + k) * INPUTS;
      for (int i = 0; i < SIGNED_INPUTS; i++) {
        windows[at + i] *= -1;
      }
    }
    for (int j = place * CandidateSamples.STEPS; j < (place + 1) * CandidateSamples.STEPS; j++) {
      for (int e = 0; e < candidates; e++) {
        for (int feature : SIGNED_FEATURES) {
          ofCandidates[(j * candidates + e) * FEATURES + feature] *= -1;
        }
      }
      ofSteps[j * STEP_FEATURES + SIGNED_STEP_FEATURE] *= -1;
      targets[j] *= -1;
    }
  }

  TrainableCandidateNetwork.Batch inputs() {
    return new TrainableCandidateNetwork.Batch(
        size, CandidateSamples.STEPS, windows, globals, kinds, ofCandidates, ofSteps);
  }
}
