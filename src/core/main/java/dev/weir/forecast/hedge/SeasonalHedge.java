package dev.weir.forecast.hedge;

import dev.weir.forecast.expert.NewestWeight;
import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.FloatSlice;

/**
 * A {@link Hedge} that also knows at what time of a season each expert is good: some foresee the
 * night, others the rush. Beside the running errors L of each step, it keeps for each {@value
 * #PHASES}th of a season a running error R, relative to what is usual, that all steps share:
 *
 * <pre>
 * R_e[phase] = d R_e[phase] + (1 - d) |error_e| / min L,   d = .9^(1/s): s errors for each value
 * l_e = .7 L_e / min L + .3 R_e[phase of the target] / min R
 * </pre>
 *
 * and l takes the place of L in the weights. Without a season, l is L.
 *
 * <p>Keeps settings and scratch; L and R are passed in, each as a slice of (experts).
 */
public final class SeasonalHedge {

  private static final int PHASES = 24;
  private static final double SHARE = 0.3; // of R

  /** R looks back about ten values at the phase. */
  private static final double DISCOUNT = 0.9;

  /** An error counts up to this many times the usual one. */
  private static final double MOST = 20;

  private final Hedge hedge;
  private final int experts;
  private final float discount;
  private final FloatSlice combined; // (steps, experts), l of each row

  /**
   * @param steps that errors are learned of, and the rows that are weighed at once, at most
   */
  public SeasonalHedge(Hedge hedge, int experts, int steps) {
    this.hedge = hedge;
    this.experts = experts;
    this.discount = (float) Math.pow(DISCOUNT, 1.0 / steps);
    this.combined = new FloatSlice().at(new float[steps * experts], 0);
  }

  /** 16-bit numbers of R: (phases, experts). */
  public static int shorts(int season, int experts) {
    return season > 1 ? phases(season) * experts : 0;
  }

  private static int phases(int season) {
    return Math.min(season, PHASES);
  }

  /** Where the R of an index's phase lie. */
  public static int place(int season, int experts, long index) {
    return (int) (index % season * phases(season) / season) * experts;
  }

  /**
   * Takes one error of each expert in.
   *
   * @param losses the step's L
   * @param phase R at the time of the truth; null without a season
   * @param step steps ahead
   * @param age values since the series changed, or {@link NewestWeight#UNCHANGED}
   */
  public void learn(
      FloatSlice losses, Bfloat16Slice phase, double[] forecasts, double truth, int step, int age) {
    hedge.learn(losses, experts, forecasts, truth, step, age);
    float least = Hedge.least(losses.array(), losses.from(), experts);
    if (phase == null || !(least > 0)) {
      return;
    }
    double perLeast = 1.0 / least;
    for (int e = 0; e < experts; e++) {
      float ratio = (float) Math.min(MOST, Math.abs(truth - forecasts[e]) * perLeast);
      phase.set(e, discount * phase.get(e) + (1 - discount) * ratio);
    }
  }

  /**
   * Takes in the running errors that the weights of one row will follow: see {@link #weigh}.
   *
   * @param losses L of the step, which may be a shorter one
   * @param phase R at the time that is forecast; null without a season
   */
  public void prepare(int row, FloatSlice losses, Bfloat16Slice phase) {
    float[] all = losses.array();
    int from = losses.from();
    int to = row * experts;
    float least = Hedge.least(all, from, experts);
    if (phase == null || !(least > 0)) {
      System.arraycopy(all, from, combined.array(), to, experts);
      return;
    }
    float leastHere = Math.max(least(phase), Float.MIN_NORMAL);
    double ofStep = (1 - SHARE) / least;
    double ofPhase = SHARE / leastHere;
    for (int e = 0; e < experts; e++) {
      combined.set(to + e, (float) (ofStep * all[from + e] + ofPhase * phase.get(e)));
    }
  }

  /**
   * Fills the weights of the first rows; those of a row sum to 1.
   *
   * @param weights (rows, experts); overwritten
   */
  public void weigh(int rows, double[] weights) {
    hedge.weigh(combined, rows, experts, weights);
  }

  private float least(Bfloat16Slice phase) {
    int least = Float.floatToIntBits(Float.POSITIVE_INFINITY);
    for (int e = 0; e < experts; e++) {
      least = Math.min(least, Float.floatToRawIntBits(phase.get(e)) & Integer.MAX_VALUE);
    }
    return Float.intBitsToFloat(least);
  }
}
