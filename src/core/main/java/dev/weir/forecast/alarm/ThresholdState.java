package dev.weir.forecast.alarm;

import java.util.Arrays;

/**
 * What is known of one threshold of one series, of constant size. Mutable, not thread-safe.
 *
 * <p>Predictions wait in a ring until the values have come that they are about.
 */
public final class ThresholdState {

  final double limit;
  final boolean above;
  final int within;
  final double[] weights = new double[CrossingProbability.WEIGHTS];
  final double[] covariances = new double[CrossingProbability.COVARIANCES];
  final float[] waiting; // (within, 2), of the values before; NaN for no prediction
  int next; // in the ring
  int sinceCrossed = Integer.MAX_VALUE; // values after the last one beyond the limit
  ThresholdWarning warning; // null if absent

  /** Of a series without values. */
  ThresholdState(double limit, boolean above, int within) {
    this.limit = limit;
    this.above = above;
    this.within = within;
    this.waiting = new float[2 * within];
    CrossingProbability.reset(weights, covariances);
    dropWaiting();
  }

  /** Forgets predictions that are about times at which values are missing. */
  public void dropWaiting() {
    Arrays.fill(waiting, Float.NaN);
  }

  /** Whether it is about the event of a threshold. */
  boolean fits(Threshold threshold) {
    return limit == threshold.limit() && above == threshold.above() && within == threshold.within();
  }

  /** The open warning; null if absent. */
  public ThresholdWarning warning() {
    return warning;
  }

  /** The limit, as its threshold has it. */
  public double limit() {
    return limit;
  }

  public boolean above() {
    return above;
  }

  public int within() {
    return within;
  }

  /** A copy that shares nothing. */
  public ThresholdState copy() {
    ThresholdState copy = new ThresholdState(limit, above, within);
    System.arraycopy(weights, 0, copy.weights, 0, weights.length);
    System.arraycopy(covariances, 0, copy.covariances, 0, covariances.length);
    System.arraycopy(waiting, 0, copy.waiting, 0, waiting.length);
    copy.next = next;
    copy.sinceCrossed = sinceCrossed;
    copy.warning = warning == null ? null : warning.copy();
    return copy;
  }

  /** Size of its numbers. */
  public int bytes() {
    return ThresholdStateFormat.bytes(within) + (warning == null ? 0 : ThresholdWarning.BYTES);
  }
}
