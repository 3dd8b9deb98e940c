package dev.weir.cli.model;

import dev.weir.forecast.network.SeasonalInputs;
import dev.weir.model.SeasonalWindow;
import java.util.Arrays;

/**
 * Values of one series that a network could have forecast at: its inputs there, and the truth of
 * each step ahead. All in units of the inputs' scale, relative to the newest value; a weight makes
 * errors relative to the mean error of the better naive method in this series.
 */
final class SeasonalSamples {

  private static final int CANDIDATES = SeasonalWindow.CANDIDATES.size();
  private static final double LARGEST = 30;
  private static final double LARGEST_WEIGHT = 30;

  private final int length; // floats of a sample's inputs
  private final int horizon;
  private float[] inputs = {};
  private float[] candidates = {}; // (samples, horizon, CANDIDATES)
  private float[] targets = {}; // (samples, horizon)
  private double[] scales = {}; // (samples), as the next
  private float[] units = {}; // in units of the scale
  private int[] known = {}; // (samples), steps whose truth is known
  private final double[] errors; // (horizon)
  private int count;

  /**
   * @param length floats that the network reads
   */
  SeasonalSamples(int length, int horizon) {
    this.length = length;
    this.horizon = horizon;
    this.errors = new double[horizon];
  }

  int count() {
    return count;
  }

  int horizon() {
    return horizon;
  }

  /** Takes a value to forecast at, whose {@code values} before and after it are known. */
  void add(SeasonalInputs at, double[] values, int t) {
    if (inputs.length < (count + 1) * length) {
      int room = Math.max(64, 2 * count);
      inputs = Arrays.copyOf(inputs, room * length);
      candidates = Arrays.copyOf(candidates, room * horizon * CANDIDATES);
      targets = Arrays.copyOf(targets, room * horizon);
      scales = Arrays.copyOf(scales, room);
      units = Arrays.copyOf(units, room);
      known = Arrays.copyOf(known, room);
    }
    System.arraycopy(at.input(), 0, inputs, count * length, length);
    known[count] = Math.min(horizon, values.length - 1 - t);
    scales[count] = at.scale();
    units[count] = (float) (at.unit() / at.scale());
    for (int i = 1; i <= horizon; i++) {
      int to = count * horizon + i - 1;
      targets[to] = i <= known[count] ? bounded(values[t + i] - values[t], at.scale()) : 0;
      for (int e = 0; e < CANDIDATES; e++) {
        candidates[to * CANDIDATES + e] = bounded(at.candidate(i, e), at.scale());
      }
    }
    count++;
  }

  private static float bounded(double apart, double scale) {
    return (float) Math.max(-LARGEST, Math.min(LARGEST, apart / scale));
  }

  /**
   * Says what errors are relative to, when the series is known to its end.
   *
   * @param error (horizon), mean error of the better naive method; 0 where it makes none
   */
  void relativeTo(double[] error) {
    System.arraycopy(error, 0, errors, 0, horizon);
  }

  void copy(int sample, Batch batch, int place) {
    System.arraycopy(inputs, sample * length, batch.inputs, place * length, length);
    int from = sample * horizon;
    int to = place * horizon;
    System.arraycopy(
        candidates, from * CANDIDATES, batch.candidates, to * CANDIDATES, horizon * CANDIDATES);
    System.arraycopy(targets, from, batch.targets, to, horizon);
    batch.units[place] = units[sample];
    for (int i = 0; i < horizon; i++) {
      batch.weights[to + i] =
          i < known[sample] && errors[i] > 0
              ? (float) Math.min(LARGEST_WEIGHT, scales[sample] / errors[i])
              : 0;
    }
  }

  /** Samples that a network learns from at once. */
  static final class Batch {

    private static final int INPUTS = SeasonalWindow.INPUTS;
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

    Batch(int size, int steps, int horizon, boolean manyToMany) {
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
}
