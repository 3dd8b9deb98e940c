package dev.weir.cli.model;

import dev.weir.model.SeasonalWindow;

/** Samples of {@link SeasonalSamples} that a network learns from at once. */
final class SeasonalBatch {

  private static final int INPUTS = SeasonalWindow.INPUTS;
  private static final int CANDIDATES = SeasonalWindow.CANDIDATES.size();

  private static final int DIFFERENCE = 9; // changes its sign, too

  final int size;
  final int horizon;
  final float[] inputs; // (size, steps, INPUTS)
  final float[] candidates; // (size, horizon, CANDIDATES)
  final float[] units; // (size)
  final float[] targets; // (size, horizon), as the next
  final float[] weights; // of errors; 0 where the truth is not known
  private final int steps;
  private final int signed; // inputs of a step that change their sign with the series

  SeasonalBatch(int size, int steps, int horizon, boolean manyToMany) {
    this.size = size;
    this.steps = steps;
    this.horizon = horizon;
    this.signed = manyToMany ? 3 : 5;
    this.inputs = new float[size * steps * INPUTS];
    this.candidates = new float[size * horizon * CANDIDATES];
    this.units = new float[size];
    this.targets = new float[size * horizon];
    this.weights = new float[size * horizon];
  }

  /** Turns one sample upside down. */
  void flip(int place) {
    for (int s = place * steps; s < (place + 1) * steps; s++) {
      for (int i = 0; i < signed; i++) {
        inputs[s * INPUTS + i] *= -1;
      }
      inputs[s * INPUTS + DIFFERENCE] *= -1;
    }
    for (int j = place * horizon; j < (place + 1) * horizon; j++) {
      targets[j] *= -1;
      for (int e = 0; e < CANDIDATES; e++) {
        candidates[j * CANDIDATES + e] *= -1;
      }
    }
  }
}
