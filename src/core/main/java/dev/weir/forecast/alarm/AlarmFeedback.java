package dev.weir.forecast.alarm;

import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.StateFields;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What people have said of a series' alarms: by how much the evidence of each reason is lowered,
 * and when the series is muted. Part of its {@link SeriesAlarms}, which has none until somebody
 * says something, and when all of it is forgotten. Mutable, not thread-safe.
 */
public final class AlarmFeedback {

  /** Mutes of a series at most. */
  public static final int MAX_MUTES = 8;

  static final double STEP = 0.4; // of evidence, for each dismissal
  static final double MAX_DEMAND = 2;
  static final double HALF_LIFE = 5_000; // values

  private static final double DECAY = Math.exp(-Math.log(2) / HALF_LIFE); // per value
  private static final double FORGOTTEN = 0.02;

  private record Mute(long from, long until, String note) {

    static Mute fields(Mute mute, StateFields fields) throws IOException {
      return new Mute(
          fields.number("from", mute.from),
          fields.number("until", mute.until),
          fields.text("note", mute.note, 4 * FeedbackEvent.MAX_NOTE_LENGTH));
    }
  }

  private final double[] demands = new double[Reason.OF_EVIDENCE.size()];
  private final List<Mute> mutes = new ArrayList<>(0);

  AlarmFeedback fields(StateFields fields) throws IOException {
    for (int i = 0; i < demands.length; i++) {
      demands[i] = fields.number("demanded of " + Reason.OF_EVIDENCE.get(i).label(), demands[i]);
      if (!(demands[i] >= 0 && demands[i] <= MAX_DEMAND)) {
        throw new IOException("alarms: expected a demand of 0 to 2, got " + demands[i]);
      }
    }
    fields.list("mute", mutes, MAX_MUTES, new Mute(0, 0, ""), Mute::fields);
    return this;
  }

  AlarmFeedback copy() {
    AlarmFeedback copy = new AlarmFeedback();
    System.arraycopy(demands, 0, copy.demands, 0, demands.length);
    copy.mutes.addAll(mutes);
    return copy;
  }

  int bytes() {
    int bytes = Double.BYTES * demands.length + Integer.BYTES;
    for (int i = 0; i < mutes.size(); i++) {
      bytes += 2 * Long.BYTES + Integer.BYTES + 2 * mutes.get(i).note.length();
    }
    return bytes;
  }

  /** By how much the evidence of a reason is lowered. */
  double demand(Reason reason) {
    return demands[reason.ordinal()];
  }

  void dismiss(Reason reason) {
    demands[reason.ordinal()] = Math.min(MAX_DEMAND, demand(reason) + STEP);
  }

  void confirm(Reason reason) {
    demands[reason.ordinal()] = Math.max(0, demand(reason) - STEP);
  }

  /**
   * Mutes incidents that start from a time on and before another.
   *
   * @return false if there are {@link #MAX_MUTES} already
   */
  boolean mute(long from, long until, String note) {
    return mutes.size() < MAX_MUTES && mutes.add(new Mute(from, until, note));
  }

  void unmute() {
    mutes.clear();
  }

  /** The note of the mute in which an incident started; null if it is not muted. */
  public String muted(long start) {
    for (int i = 0; i < mutes.size(); i++) {
      Mute mute = mutes.get(i);
      if (start >= mute.from && start < mute.until) {
        return mute.note;
      }
    }
    return null;
  }

  /**
   * Goes on by a value: demands fade, and mutes that are over are dropped.
   *
   * @param isOpen whether an incident or a warning is open, which an old mute may be of
   * @return whether anything is left
   */
  boolean advance(long time, boolean isOpen) {
    boolean isLeft = false;
    for (int i = 0; i < demands.length; i++) {
      demands[i] = demands[i] < FORGOTTEN ? 0 : demands[i] * DECAY;
      isLeft |= demands[i] > 0;
    }
    for (int i = mutes.size() - 1; i >= 0 && !isOpen; i--) {
      if (mutes.get(i).until <= time) {
        mutes.remove(i);
      }
    }
    return isLeft || !mutes.isEmpty();
  }
}
