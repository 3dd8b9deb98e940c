package dev.weir.forecast.alarm;

import dev.weir.forecast.StateFields;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * State of one threshold of one series, of constant size. Mutable, not thread-safe.
 *
 * <p>Predictions wait in a ring for the values that they predict.
 */
public final class ThresholdState {

  /** Placeholder of a reader; shared, never changed. */
  private static final ThresholdState BLANK = new ThresholdState(0, true, 1);

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

  /** Declares those of a series; fails if the fields read are invalid. */
  static void all(List<ThresholdState> states, StateFields fields) throws IOException {
    fields.list("thresholds", states, AlarmRules.MAX_THRESHOLDS, BLANK, ThresholdState::fields);
  }

  private static ThresholdState fields(ThresholdState from, StateFields fields) throws IOException {
    double limit = fields.number("limit", from.limit);
    boolean above = fields.flag("above", from.above);
    int within = fields.number("within", from.within);
    ThresholdState state = from;
    if (fields.reads()) {
      check(Math.abs(limit) <= Threshold.MAX_LIMIT, "a limit");
      check(within >= 1 && within <= Threshold.MAX_WITHIN, "1 to " + Threshold.MAX_WITHIN);
      state = new ThresholdState(limit, above, within);
    }
    state.learned(fields);
    return state;
  }

  private void learned(StateFields fields) throws IOException {
    next = fields.number("place in the ring", next);
    sinceCrossed = fields.number("values since it was crossed", sinceCrossed);
    fields.numbers("weights", weights);
    fields.numbers("covariances", covariances);
    fields.numbers("predictions that wait", waiting);
    warning =
        fields.optional(
            "warning", warning, () -> new ThresholdWarning(0), ThresholdWarning::fields);
    if (fields.reads()) {
      for (float each : waiting) {
        check(!(Math.abs(each) > 2 * CrossingProbability.MAX_LOGIT), "logits");
      }
      check(next >= 0 && next < within && sinceCrossed >= 0, "counts");
      check(CrossingProbability.areSound(weights, covariances), "weights");
    }
  }

  static void check(boolean holds, String expected) throws IOException {
    if (!holds) {
      throw new IOException("thresholds: expected %s, got other numbers".formatted(expected));
    }
  }

  /** Drops the waiting predictions, whose values are missing. */
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
    int numbers = 1 + weights.length + covariances.length;
    return Double.BYTES * numbers
        + 2
        + 3 * Integer.BYTES
        + Float.BYTES * waiting.length
        + (warning == null ? 0 : ThresholdWarning.BYTES);
  }
}
