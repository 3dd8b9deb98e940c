package dev.weir.forecast.alarm;

import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.StateFields;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The reported incidents of a series, which can be dismissed, and how much dismissals lower the
 * evidence of each reason. Part of its {@link SeriesAlarms} from the first reported incident on.
 * Mutable, not thread-safe.
 */
final class AlarmFeedback {

  static final double STEP = 0.4; // of evidence, for each dismissal
  static final double MAX_DEMAND = 2;
  static final double HALF_LIFE = 5_000; // values
  static final int MAX_REPORTED = 32; // the newest ones

  private static final double DECAY = Math.exp(-Math.log(2) / HALF_LIFE); // per value
  private static final double FORGOTTEN = 0.02;

  /** The saved layout: each number is one byte, and the first two never change. */
  private enum Layout {
    NONE,
    DEMANDS,
    REPORTED
  }

  private final double[] demands = new double[Reason.OF_EVIDENCE.size()];
  private final List<Long> reported = new ArrayList<>(0); // starts; ~start once it is dismissed

  /**
   * @param feedback null for none, as the result
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

  /** The reduction of a reason's evidence. */
  double demand(Reason reason) {
    return demands[reason.ordinal()];
  }

  /** Keeps a reported incident, which can be dismissed while it is among the newest. */
  void report(long start) {
    if (reported.size() == MAX_REPORTED) {
      reported.remove(0);
    }
    reported.add(start);
  }

  /** Drops an incident that can no longer be dismissed. */
  void forget(long start) {
    reported.removeIf(each -> each == start || each == ~start);
  }

  /**
   * Dismisses an incident as a false alarm, once.
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
   * Moves on by a value: demands decay.
   *
   * @return whether any state is left
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
