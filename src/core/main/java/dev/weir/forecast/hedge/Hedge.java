package dev.weir.forecast.hedge;

import static dev.weir.rnn.LinearColumns.TILE;

import dev.weir.forecast.expert.NewestWeight;
import dev.weir.forecast.math.FastMath;
import dev.weir.forecast.slot.FloatSlice;
import java.util.Arrays;

/**
 * Weights by running error (Littlestone and Warmuth 1994; here with discounted absolute errors,
 * relative to the best, so that no scale has to be known):
 *
 * <pre>
 * L_e = discount L_e + (1 - discount) |error_e|;   w_e ~ exp(-eta (L_e / min L - 1))
 * </pre>
 *
 * After a change of the series L is, for a while, the plain mean of the errors since: see {@link
 * NewestWeight}.
 *
 * <p>Keeps settings and scratch; the running errors are passed in.
 */
public final class Hedge {

  /** Below this weight (e^-40) an exponential is not worth its time. */
  private static final double HOPELESS = 40;

  private static final float NOTHING = 1e-18f; // less than e^-40

  private static final int FEW = 2 * TILE; // exponentials, not worth whole tiles
  private static final double SHOCK = 10;
  private static final double LARGEST = 1e37;

  private final double eta;
  private final float discount;
  private float[] powers = {}; // (rows, experts), padded

  public Hedge(double eta, double discount) {
    this.eta = eta;
    this.discount = (float) discount;
  }

  /**
   * What of a running error each value leaves: errors of far steps come in runs as long as these.
   */
  private float discount(int step) {
    return Math.max(discount, 1 - 1f / step);
  }

  /**
   * Takes one error of each expert into its running error; a forecast of NaN is none. What all
   * errors have in common beyond {@value #SHOCK} times the least running error is left out: a
   * spike, which no expert forecast, would otherwise make all experts look alike for as long as it
   * is remembered.
   *
   * @param step steps ahead that the errors are of
   * @param age values since the series changed, or {@link NewestWeight#UNCHANGED}
   */
  public void learn(
      FloatSlice losses, int experts, double[] forecasts, double truth, int step, int age) {
    float discount = discount(step);
    float kept = age == NewestWeight.UNCHANGED ? discount : 1 - NewestWeight.of(1 - discount, age);
    float[] all = losses.array();
    int from = losses.from();
    float usual = least(all, from, experts);
    double least = Double.POSITIVE_INFINITY;
    for (int e = 0; e < experts; e++) {
      double error = Math.abs(truth - forecasts[e]);
      least = error < least ? error : least;
    }
    double common = usual > 0 ? Math.max(0, least - SHOCK * usual) : 0;
    for (int e = 0; e < experts; e++) {
      double error = Math.abs(truth - forecasts[e]) - common;
      if (Double.isNaN(error)) {
        continue;
      }
      all[from + e] =
          kept * all[from + e] + (1 - kept) * (float) (error < LARGEST ? error : LARGEST);
    }
  }

  /**
   * Fills weights, one for each running error; those of a row sum to 1.
   *
   * @param losses (rows, experts)
   * @param weights (rows, experts); overwritten
   */
  public void weigh(FloatSlice losses, int rows, int experts, double[] weights) {
    int count = rows * experts;
    int padded = (count + TILE - 1) / TILE * TILE;
    if (powers.length < padded) {
      powers = new float[padded];
    }
    for (int from = 0; from < count; from += experts) {
      fillExponents(losses.array(), losses.from() + from, from, experts);
    }
    if (count < FEW) {
      for (int k = 0; k < count; k++) {
        powers[k] = FastMath.exp(powers[k]);
      }
    } else {
      Arrays.fill(powers, count, padded, 0); // what came of others may be too small to be fast
      FastMath.exps(powers, padded);
    }
    for (int from = 0; from < count; from += experts) {
      normalize(from, experts, weights);
    }
  }

  private void fillExponents(float[] losses, int first, int to, int experts) {
    float least = least(losses, first, experts);
    double steepness = eta / Math.max(least, Float.MIN_NORMAL);
    for (int e = 0; e < experts; e++) {
      double exponent = steepness * ((double) losses[first + e] - least);
      powers[to + e] = exponent < HOPELESS ? (float) -exponent : Float.NEGATIVE_INFINITY;
    }
  }

  /**
   * The least of some running errors that is not NaN; as integers, whose order is the same, since
   * the compiler compares floats by branches that are often mispredicted.
   */
  public static float least(float[] losses, int first, int experts) {
    int least = Float.floatToIntBits(Float.POSITIVE_INFINITY);
    for (int e = 0; e < experts; e++) {
      least = Math.min(least, Float.floatToRawIntBits(losses[first + e]) & Integer.MAX_VALUE);
    }
    return Float.intBitsToFloat(least);
  }

  private void normalize(int from, int experts, double[] weights) {
    double sum = 0;
    for (int e = 0; e < experts; e++) {
      float power = powers[from + e];
      weights[from + e] = power < NOTHING ? 0 : power;
      sum += weights[from + e];
    }
    double share = 1 / sum;
    for (int e = 0; e < experts; e++) {
      weights[from + e] *= share;
    }
  }
}
