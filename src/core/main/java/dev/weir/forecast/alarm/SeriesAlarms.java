package dev.weir.forecast.alarm;

import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.StateFields;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * State of one series' alarms: the detector's state, an open incident, a state for each threshold,
 * and the dismissals. Mutable, not thread-safe.
 */
public final class SeriesAlarms {

  final AlarmState detection;
  long settings; // id of those of the newest value
  OpenIncident incident; // null if absent
  private final List<ThresholdState> thresholds = new ArrayList<>(0);
  BreakState breaks; // null without detection of breaks
  AlarmFeedback feedback; // null if no incident was reported

  /** Of a series without values. */
  public SeriesAlarms(IncidentSettings settings) {
    this(new AlarmState(), settings.id(), null);
    breaks = settings.alarms().reasons().contains(Reason.BREAK) ? new BreakState() : null;
  }

  SeriesAlarms(AlarmState detection, long settings, OpenIncident incident) {
    this.detection = detection;
    this.settings = settings;
    this.incident = incident;
  }

  /**
   * Declares all fields; null takes one byte.
   *
   * @throws IOException if the fields read are invalid
   */
  public static SeriesAlarms fields(StateFields fields, SeriesAlarms alarms) throws IOException {
    return fields.optional(
        "alarms", alarms, () -> new SeriesAlarms(new AlarmState(), 0, null), SeriesAlarms::parts);
  }

  private SeriesAlarms parts(StateFields fields) throws IOException {
    settings = fields.number("id of the settings", settings);
    detection.fields(fields);
    incident =
        fields.optional("incident", incident, () -> new OpenIncident(0), OpenIncident::fields);
    ThresholdState.all(thresholds, fields);
    breaks = fields.optional("breaks", breaks, BreakState::new, BreakState::fields);
    feedback = AlarmFeedback.fields(fields, feedback);
    return this;
  }

  /** The open incident; null if absent. */
  public OpenIncident incident() {
    return incident;
  }

  /** Restores an incident, or none. */
  public void incident(OpenIncident before) {
    incident = before;
  }

  /** The newest incident was reported: a break can't be dismissed, any other one can. */
  public void reported(OpenIncident newest, boolean isOpened) {
    if (newest.reason == Reason.BREAK) {
      if (feedback != null) {
        feedback.forget(newest.start);
      }
    } else if (isOpened) {
      feedback = feedback == null ? new AlarmFeedback() : feedback;
      feedback.report(newest.start);
    }
  }

  /**
   * Dismisses an incident as a false alarm; repetitions have no effect. The next value closes an
   * open one.
   *
   * @return the reason in one line if it can't be dismissed; else null
   */
  public String dismiss(FeedbackEvent dismissed) {
    if (feedback == null || !feedback.dismiss(dismissed.reason(), dismissed.start())) {
      return "id: expected that of one of the newest %d incidents of novelty, level, drift or error that the series has reported, got another"
          .formatted(AlarmFeedback.MAX_REPORTED);
    }
    if (incident != null && incident.start == dismissed.start()) {
      incident.dismissed = true;
    }
    return null;
  }

  void advanceFeedback() {
    if (feedback != null && !feedback.advance()) {
      feedback = null;
    }
  }

  /** Number of values; after a break, those since it and some before it. */
  public long values() {
    return detection.values();
  }

  /** Of each threshold, in the order of the options; may be changed. */
  public List<ThresholdState> thresholds() {
    return thresholds;
  }

  /** Whether an incident is open that was reported, or a warning. */
  public boolean isOpen() {
    boolean open = incident != null && incident.isReported();
    for (int i = 0; i < thresholds.size() && !open; i++) {
      open = thresholds.get(i).warning() != null;
    }
    return open;
  }

  /**
   * Values since the last break; {@link Integer#MAX_VALUE} if that is long ago, or without
   * detection of breaks.
   */
  public int age() {
    int age = breaks == null ? BreakDetector.MOST : breaks.ints[BreakState.AGE];
    return age >= BreakDetector.MOST ? Integer.MAX_VALUE : age;
  }

  /** A copy that shares nothing. */
  public SeriesAlarms copy() {
    SeriesAlarms copy =
        new SeriesAlarms(
            new AlarmState(detection), settings, incident == null ? null : incident.copy());
    thresholds.forEach(threshold -> copy.thresholds.add(threshold.copy()));
    copy.breaks = breaks == null ? null : new BreakState(breaks);
    copy.feedback = feedback == null ? null : feedback.copy();
    return copy;
  }

  /** Size of the numbers. */
  public int bytes() {
    int bytes = AlarmState.BYTES + Long.BYTES + (incident == null ? 0 : OpenIncident.BYTES);
    bytes += breaks == null ? 0 : BreakState.BYTES;
    bytes += feedback == null ? 0 : feedback.bytes();
    for (int i = 0; i < thresholds.size(); i++) {
      bytes += thresholds.get(i).bytes();
    }
    return bytes;
  }
}
