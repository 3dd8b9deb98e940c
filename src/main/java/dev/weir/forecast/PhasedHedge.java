package dev.weir.forecast;

import java.util.Arrays;

/**
 * A {@link Hedge} that also knows at what time of a season each expert is good: some foresee the
 * night, others the rush. Beside the running errors L of each step, it keeps for each {@value
 * #PHASES}th of a season a running error R, relative to what is usual, that all steps share:
 *
 * <pre>
 * R_e[phase] = d R_e[phase] + (1 - d) |error_e| / min L,   d = .9^(1/h): h errors for each value
 * l_e = .7 L_e / min L + .3 R_e[phase of the target] / min R
 * </pre>
 *
 * and l takes the place of L in the weights. Without a season, l is L.
 *
 * <p>Stateless but for scratch: L and R lie in the caller's array.
 */
final class PhasedHedge {

  private static final int PHASES = 24;
  private static final double SHARE = 0.3; // of R

  /** R looks back about ten values at the phase. */
  private static final double DISCOUNT = 0.9;

  /** An error counts up to this many times the usual one. */
  private static final double MOST = 20;

  private final Hedge hedge;
  private final int experts;
  private final float discount;
  private final float[] combined; // (experts)

  PhasedHedge(Hedge hedge, int experts, int horizon) {
    this.hedge = hedge;
    this.experts = experts;
    this.discount = (float) Math.pow(DISCOUNT, 1.0 / horizon);
    this.combined = new float[experts];
  }

  /** R: (phases, experts). */
  int floats(int season) {
    return season > 1 ? phases(season) * experts : 0;
  }

  private static int phases(int season) {
    return Math.min(season, PHASES);
  }

  private int at(int phases, int season, long index) {
    return phases + (int) (index % season * phases(season) / season) * experts;
  }

  /** Sets R to "as usual", for a season that is new. */
  void beginSeason(float[] floats, int phases, int season) {
    Arrays.fill(floats, phases, phases + floats(season), 1);
  }

  /**
   * Takes one error of each expert in.
   *
   * @param losses where the step's L lie
   * @param phases where R lies
   * @param index of the value that told the truth
   */
  void learn(
      float[] floats, int losses, int phases, int season, long index, double[] said, double truth) {
    hedge.learn(floats, losses, experts, said, truth);
    float least = least(floats, losses, experts);
    if (season == 1 || !(least > 0)) {
      return;
    }
    int at = at(phases, season, index);
    for (int e = 0; e < experts; e++) {
      float ratio = (float) Math.min(MOST, Math.abs(truth - said[e]) / least);
      floats[at + e] = discount * floats[at + e] + (1 - discount) * ratio;
    }
  }

  /**
   * Fills the weights of the first {@code count} experts; they sum to 1.
   *
   * @param index of the value that is forecast
   */
  void weigh(
      float[] floats, int losses, int phases, int season, long index, int count, double[] weights) {
    float least = least(floats, losses, count);
    if (season == 1 || !(least > 0)) {
      hedge.weigh(floats, losses, count, weights);
      return;
    }
    int at = at(phases, season, index);
    float leastHere = Math.max(least(floats, at, count), Float.MIN_NORMAL);
    for (int e = 0; e < count; e++) {
      combined[e] =
          (float) ((1 - SHARE) * floats[losses + e] / least + SHARE * floats[at + e] / leastHere);
    }
    hedge.weigh(combined, 0, count, weights);
  }

  private static float least(float[] floats, int at, int count) {
    float least = Float.POSITIVE_INFINITY;
    for (int e = 0; e < count; e++) {
      least = Math.min(least, floats[at + e]);
    }
    return least;
  }
}
