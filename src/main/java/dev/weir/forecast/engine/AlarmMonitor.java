package dev.weir.forecast.engine;

import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Value;
import dev.weir.forecast.Incident.Worst;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.alarm.IncidentTracker;
import dev.weir.forecast.alarm.IncidentTracker.Event;
import dev.weir.forecast.alarm.OpenIncident;
import dev.weir.forecast.alarm.SeriesAlarms;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.SequenceWindow;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges each observed value by the forecast of one step that was issued before it, and reports
 * incidents to the {@link SeriesContext}. One instance for each task; not thread-safe. A value
 * without an incident allocates nothing.
 */
final class AlarmMonitor {

  private final IncidentTracker tracker;
  private final Learner learner;
  private final SeriesContext context;
  private final double[] next = new double[2];
  private final double[] before = new double[2];

  AlarmMonitor(IncidentSettings settings, Learner learner, SeriesContext context) {
    this.tracker = new IncidentTracker(settings);
    this.learner = learner;
    this.context = context;
  }

  /**
   * Judges the newest value of a window, before it is learned. After missing values the forecast of
   * one step was meant for another time, so such a value has none.
   *
   * @param isNew false for a value that is learned again, of which nothing is reported. It is not
   *     judged if the values before were judged by other settings, and begins or ends no reported
   *     incident, which another model's forecast could make it do
   * @return whether something was reported: then the value must never be learned again
   */
  boolean observe(
      LearnerState state, SequenceWindow window, boolean isNew, String model, long version) {
    SeriesAlarms alarms = state.alarms();
    if (alarms == null) {
      alarms = tracker.newSeries();
      state.alarms(alarms);
    }
    if (!isNew && !tracker.fits(alarms)) {
      tracker.skip(alarms);
      return false;
    }
    boolean reported = false;
    OpenIncident open = alarms.incident();
    boolean isBack = open != null && window.origin() <= open.end(); // the series went back in time
    if (isBack && (isNew || !open.isReported())) {
      reported = open.isReported();
      report(tracker.close(alarms), window.series(), window, isNew, model, version);
    }
    next[0] = Double.NaN;
    next[1] = Double.NaN;
    before[0] = Double.NaN;
    before[1] = 0;
    if (tracker.leastLag() > 0) {
      learner.seasonsBefore(state, tracker.leastLag(), before);
    }
    if (window.missing() > 0) {
      tracker.skip(alarms);
      before[0] = Double.NaN; // it is that of another time, too
    } else {
      learner.next(state, next);
    }
    OpenIncident known = isNew || alarms.incident() == null ? null : alarms.incident().copy();
    Event event =
        tracker.observe(
            alarms, window.origin(), window.last(), next[0], next[1], before[0], (int) before[1]);
    if (event != null && !isNew) {
      alarms.incident(known);
    } else if (event != null) {
      report(event, window.series(), window, isNew, model, version);
      reported = true;
    }
    open = alarms.incident();
    if (isNew && open != null && open.isReported()) {
      context.incident(window.series(), true);
    }
    return reported;
  }

  /**
   * Closes the open incident of a series that is dropped.
   *
   * @param state what was known of it; null for nothing
   */
  void drop(LearnerState state, String series, String model, long version) {
    if (state != null && state.alarms() != null) {
      report(tracker.close(state.alarms()), series, null, true, model, version);
    }
  }

  private void report(
      Event event,
      String series,
      SequenceWindow window,
      boolean isNew,
      String model,
      long version) {
    if (event == null || !isNew) {
      return;
    }
    if (event == Event.CLOSED) {
      context.incident(series, false);
    }
    OpenIncident incident = tracker.newest();
    context.collect(
        new Incident(
            series,
            Incident.id(series, incident.start()),
            event,
            window == null ? incident.end() : window.origin(),
            incident.start(),
            incident.end(),
            incident.values(),
            new Worst(
                incident.worstTime(),
                incident.worst(),
                incident.expected(),
                incident.error(),
                incident.surprise()),
            incident.reason(),
            incident.severity(),
            newest(window),
            model,
            version));
  }

  private static List<Value> newest(SequenceWindow window) {
    List<Value> newest = new ArrayList<>();
    int size = window == null ? 0 : window.size();
    for (int i = Math.max(0, size - Incident.NEWEST); i < size; i++) {
      newest.add(new Value(window.time(i), window.value(i)));
    }
    return newest;
  }
}
