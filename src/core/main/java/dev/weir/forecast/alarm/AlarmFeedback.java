package dev.weir.forecast.alarm;

import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.StateFields;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which incidents of a series were reported, so that they can be dismissed, and by how much the
 * evidence of each reason is lowered after those that were. Part of its {@link SeriesAlarms}, which
 * has none until an incident is reported. Mutable, not thread-safe.
 */
final class AlarmFeedback {

  static final double STEP = 0.4; // of evidence, for each dismissal
  static final double MAX_DEMAND = 2;
  static final double HALF_LIFE = 5_000; // values
  static final int MAX_REPORTED = 32; // the newest ones

  private static final double DECAY = Math.exp(-Math.log(2) / HALF_LIFE); // per value
  private static final double FORGOTTEN = 0.02;

  /** What was saved: numbers of each are one byte, and the first two never change. */
  private enum Layout {
    NONE,
    DEMANDS,
    REPORTED
  }

  private final double[] demands = new double[Reason.OF_EVIDENCE.size()];
  private final List<Long> reported = new ArrayList<>(0); // starts; ~start once it is dismissed

  /**
   * @param feedback null for none, as what is returned
   */
  static AlarmFeedback fields(StateFields fields, AlarmFeedback feedback) throws IOException {
    Layout layout = Layout.NONE;
    if (feedback != null) {
      layout = feedback.reported.isEmpty() ? Layout.DEMANDS : Layout.REPORTED;
    }
    layout = fields.choice("feedback", layout, List.of(Layout.values()));
    if (layout == Layout.NONE) {
      return null;
    }
    AlarmFeedback of = fields.reads() ? new AlarmFeedback() : feedback;
    of.demands(fields);
    if (layout == Layout.REPORTED) {
      fields.list(
          "reported", of.reported, MAX_REPORTED, 0L, (start, to) -> to.number("start", start));
    }
    return of;
  }

  private void demands(StateFields fields) throws IOException {
    for (int i = 0; i < demands.length; i++) {
      demands[i] = fields.number("demanded of " + Reason.OF_EVIDENCE.get(i).label(), demands[i]);
      if (!(demands[i] >= 0 && demands[i] <= MAX_DEMAND)) {
        throw new IOException("alarms: expected a demand of 0 to 2, got " + demands[i]);
      }
    }
  }

  int bytes() {
    return Double.BYTES * demands.length + Long.BYTES * reported.size();
  }

  AlarmFeedback copy() {
    AlarmFeedback copy = new AlarmFeedback();
    System.arraycopy(demands, 0, copy.demands, 0, demands.length);
    copy.reported.addAll(reported);
    return copy;
  }

  /** By how much the evidence of a reason is lowered. */
  double demand(Reason reason) {
    return demands[reason.ordinal()];
  }

  /** An incident was reported: it may be dismissed unless newer ones take its place. */
  void report(long start) {
    if (reported.size() == MAX_REPORTED) {
      reported.remove(0);
    }
    reported.add(start);
  }

  /** It has become one that can't be dismissed. */
  void forget(long start) {
    reported.removeIf(known -> known == start || known == ~start);
  }

  /**
   * Takes in that an incident was a false alarm, once.
   *
   * @return whether it was reported
   */
  boolean dismiss(Reason reason, long start) {
    int place = reported.indexOf(start);
    if (place < 0) {
      return reported.contains(~start);
    }
    reported.set(place, ~start);
    dismiss(reason);
    return true;
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
    boolean isLeft = !reported.isEmpty();
    for (int i = 0; i < demands.length; i++) {
      demands[i] = demands[i] < FORGOTTEN ? 0 : demands[i] * DECAY;
      isLeft |= demands[i] > 0;
    }
    return isLeft;
  }
}
