package dev.weir.forecast.alarm;

import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.StateFields;
import java.io.IOException;

/**
 * By how much the evidence of each reason is lowered after dismissed incidents of a series. Part of
 * its {@link SeriesAlarms}, which has none until an incident is dismissed, and when all of it is
 * forgotten. Mutable, not thread-safe.
 */
final class AlarmFeedback {

  static final double STEP = 0.4; // of evidence, for each dismissal
  static final double MAX_DEMAND = 2;
  static final double HALF_LIFE = 5_000; // values
  static final int BYTES = Double.BYTES * Reason.OF_EVIDENCE.size();

  private static final double DECAY = Math.exp(-Math.log(2) / HALF_LIFE); // per value
  private static final double FORGOTTEN = 0.02;

  private final double[] demands = new double[Reason.OF_EVIDENCE.size()];

  AlarmFeedback fields(StateFields fields) throws IOException {
    for (int i = 0; i < demands.length; i++) {
      demands[i] = fields.number("demanded of " + Reason.OF_EVIDENCE.get(i).label(), demands[i]);
      if (!(demands[i] >= 0 && demands[i] <= MAX_DEMAND)) {
        throw new IOException("alarms: expected a demand of 0 to 2, got " + demands[i]);
      }
    }
    return this;
  }

  AlarmFeedback copy() {
    AlarmFeedback copy = new AlarmFeedback();
    System.arraycopy(demands, 0, copy.demands, 0, demands.length);
    return copy;
  }

  /** By how much the evidence of a reason is lowered. */
  double demand(Reason reason) {
    return demands[reason.ordinal()];
  }

  void dismiss(Reason reason) {
    demands[reason.ordinal()] = Math.min(MAX_DEMAND, demand(reason) + STEP);
  }

  /**
   * Goes on by a value: demands fade.
   *
   * @return whether anything is left
   */
  boolean advance() {
    boolean isLeft = false;
    for (int i = 0; i < demands.length; i++) {
      demands[i] = demands[i] < FORGOTTEN ? 0 : demands[i] * DECAY;
      isLeft |= demands[i] > 0;
    }
    return isLeft;
  }
}
