package dev.weir.forecast;

/**
 * Weights by running error (Littlestone and Warmuth 1994; here with discounted absolute errors,
 * relative to the best, so that no scale has to be known):
 *
 * <pre>
 * L_e = discount L_e + (1 - discount) |error_e|;   w_e ~ exp(-eta (L_e / min L - 1))
 * </pre>
 *
 * Stateless: the errors lie in the caller's array.
 */
final class Hedge {

  /** Below this weight (e^-40) an exponential is not worth its time. */
  private static final double HOPELESS = 40;

  private final double eta;
  private final float discount;

  Hedge(double eta, double discount) {
    this.eta = eta;
    this.discount = (float) discount;
  }

  /** Takes one error of one expert into its running error. */
  void learn(float[] losses, int at, double error) {
    losses[at] = discount * losses[at] + (1 - discount) * (float) Math.min(Math.abs(error), 1e37);
  }

  /** Fills weights, one for each of {@code experts} running errors; they sum to 1. */
  void weigh(float[] losses, int at, int experts, double[] weights) {
    double least = Double.POSITIVE_INFINITY;
    for (int e = 0; e < experts; e++) {
      least = Math.min(least, losses[at + e]);
    }
    double sum = 0;
    for (int e = 0; e < experts; e++) {
      double behind = losses[at + e] - least;
      double exponent = behind == 0 ? 0 : eta * behind / Math.max(least, Float.MIN_NORMAL);
      weights[e] = exponent < HOPELESS ? Math.exp(-exponent) : 0;
      sum += weights[e];
    }
    for (int e = 0; e < experts; e++) {
      weights[e] /= sum;
    }
  }
}
