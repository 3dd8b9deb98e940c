package dev.weir.forecast.learn;

import dev.weir.forecast.expert.FloatSlice;
import dev.weir.forecast.expert.NewestWeight;

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
 * <p>Keeps settings only; the running errors are passed in.
 */
final class Hedge {

  /** Below this weight (e^-40) an exponential is not worth its time. */
  private static final double HOPELESS = 40;

  private static final double SHOCK = 10;
  private static final double LARGEST = 1e37;

  private final double eta;
  private final float discount;

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
   * Takes one error of each expert into its running error. What all errors have in common beyond
   * {@value #SHOCK} times the least running error is left out: a spike that nobody foresaw would
   * otherwise make all experts look alike for as long as it is remembered.
   *
   * @param step steps ahead that the errors are of
   * @param age values since the series changed, or {@link NewestWeight#UNCHANGED}
   */
  public void learn(
      FloatSlice losses, int experts, double[] said, double truth, int step, int age) {
    float discount = discount(step);
    float kept = age == NewestWeight.UNCHANGED ? discount : 1 - NewestWeight.of(1 - discount, age);
    float[] all = losses.array();
    int from = losses.from();
    double least = Double.POSITIVE_INFINITY;
    float usual = Float.POSITIVE_INFINITY;
    for (int e = 0; e < experts; e++) {
      double error = Math.abs(truth - said[e]);
      least = error < least ? error : least;
      usual = all[from + e] < usual ? all[from + e] : usual;
    }
    double common = usual > 0 ? Math.max(0, least - SHOCK * usual) : 0;
    for (int e = 0; e < experts; e++) {
      double error = Math.abs(truth - said[e]) - common;
      all[from + e] =
          kept * all[from + e] + (1 - kept) * (float) (error < LARGEST ? error : LARGEST);
    }
  }

  /** Fills weights, one for each of {@code experts} running errors; they sum to 1. */
  public void weigh(FloatSlice losses, int experts, double[] weights) {
    float[] all = losses.array();
    int from = losses.from();
    float least = Float.POSITIVE_INFINITY;
    for (int e = 0; e < experts; e++) {
      least = all[from + e] < least ? all[from + e] : least;
    }
    double steepness = eta / Math.max(least, Float.MIN_NORMAL);
    double sum = 0;
    for (int e = 0; e < experts; e++) {
      double behind = (double) all[from + e] - least;
      double exponent = behind == 0 ? 0 : steepness * behind;
      weights[e] = exponent < HOPELESS ? FastMath.exp((float) -exponent) : 0;
      sum += weights[e];
    }
    double share = 1 / sum;
    for (int e = 0; e < experts; e++) {
      weights[e] *= share;
    }
  }
}
