package dev.weir.forecast.alarm;

import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;

/**
 * Turns the alarms of a series into incidents. An alarm starts one, and surprising values that are
 * far from their forecasts continue it, whether or not they raise an alarm; so do values of a
 * change that {@link BreakDetector} detects and that may last. It is closed after a run of values
 * that are neither, whatever the means of the newest values contain.
 *
 * <p>An incident is reported at its first value, or once it has lasted for the least number of
 * values; then each time that its {@link Severity} rises, at most twice; when it becomes a break;
 * and when it is closed. One that never lasts long enough is never reported.
 *
 * <p>When a change of the series has lasted (see {@link BreakDetector}), the open incident becomes
 * a {@link Reason#BREAK}, whatever its reason was before, or one begins; it is reported at once,
 * and closed after the same number of values, surprising or not. This takes no part in the budget.
 *
 * <p>A dismissed incident is closed at the next value, unless this makes it a break.
 *
 * <p>A flyweight: the state of a series is in its {@link SeriesAlarms}. Not thread-safe. Allocates
 * nothing but an {@link OpenIncident} for each.
 */
public final class IncidentTracker {

  private final IncidentSettings settings;
  private final long id;
  private final AlarmDetector detector;
  private final BreakDetector breaks; // null without detection of breaks
  private OpenIncident newest;
  private boolean alarm;

  public IncidentTracker(IncidentSettings settings) {
    this.settings = settings;
    this.id = settings.id();
    this.detector = new AlarmDetector(settings.alarms());
    this.breaks = settings.alarms().reasons().contains(Reason.BREAK) ? new BreakDetector() : null;
  }

  /** Of a series without values. */
  public SeriesAlarms newSeries() {
    return new SeriesAlarms(settings);
  }

  /** Least lag of the value that a value is compared with; 0 for none. */
  public int leastLag() {
    return breaks == null ? 0 : BreakDetector.LEAST_LAG;
  }

  /** Whether the newest value was judged by these settings. */
  public boolean fits(SeriesAlarms alarms) {
    return alarms.settings == id;
  }

  /** Passes missing values, whether or not something was filled in for them. */
  public void skip(SeriesAlarms alarms) {
    detector.skip(alarms.detection);
  }

  /** Suppresses alarms of the next values after an incident of silence. */
  public void returned(SeriesAlarms alarms) {
    detector.returned(alarms.detection);
  }

  /**
   * As {@link #observe(SeriesAlarms, long, double, double, double, double, int, long)}, of a value
   * that is compared with none before it.
   */
  public Event observe(
      SeriesAlarms alarms, long time, double value, double forecast, double halfWidth) {
    int lag = alarms.breaks == null ? 0 : alarms.breaks.ints[BreakState.LAG];
    return observe(alarms, time, value, forecast, halfWidth, Double.NaN, lag, 0);
  }

  /**
   * Judges the next value of a series.
   *
   * @param time of the value, milliseconds since 1970
   * @param forecast of this value, made at the one before; NaN without one
   * @param halfWidth half the width of the forecast's interval; NaN or 0 without one
   * @param before a value some seasons before; NaN without one
   * @param lag how many values before
   * @param spacing usual time between values, in milliseconds; 0 if unknown
   * @return the event of the {@link #newest} incident to report; null for none
   * @throws IllegalArgumentException if the value is not a finite number
   */
  public Event observe(
      SeriesAlarms alarms,
      long time,
      double value,
      double forecast,
      double halfWidth,
      double before,
      int lag,
      long spacing) {
    alarms.settings = id;
    alarms.advanceFeedback();
    alarm =
        detector.observe(alarms.detection, alarms.feedback, value, forecast, halfWidth, spacing);
    boolean lasting = observeBreak(alarms, value - before, lag);
    OpenIncident open = alarms.incident;
    if (open == null) {
      if (!alarm && !lasting) {
        return null;
      }
      open = new OpenIncident(time);
      alarms.incident = open;
    } else if (open.dismissed && !lasting) {
      return close(alarms);
    } else if (lasting || open.reason != Reason.BREAK && continues()) {
      open.values += open.since + 1;
      open.since = 0;
      open.end = time;
    } else {
      open.since++;
      return open.since >= settings.quiet() ? close(alarms) : null;
    }
    if (detector.surprise() > open.surprise || open.reason == null) {
      open.worstTime = time;
      open.worst = value;
      open.expected = detector.expected();
      open.error = detector.error();
      open.surprise = detector.surprise();
      open.reason = detector.reason();
    }
    newest = open;
    if (lasting) {
      detector.restart(alarms.detection);
      open.surprise = Math.max(open.surprise, breaks.surprise());
      return reportBreak(open);
    }
    return report(open);
  }

  private boolean continues() {
    return detector.isSurprising() && !detector.isExpected() || breaks != null && breaks.isFar();
  }

  /** Whether the newest value raised an alarm. */
  public boolean isAlarm() {
    return alarm;
  }

  /** Surprise of the newest value, as {@link AlarmDetector#surprise}. */
  public double surprise() {
    return detector.surprise();
  }

  /** Reason of the newest value's surprise; null for none. */
  public Reason reason() {
    return detector.reason();
  }

  private boolean observeBreak(SeriesAlarms alarms, double apart, int lag) {
    if (breaks == null) {
      alarms.breaks = null;
      return false;
    }
    if (alarms.breaks == null) {
      alarms.breaks = new BreakState();
    }
    return breaks.observe(alarms.breaks, detector.error(), apart, lag);
  }

  private static Event reportBreak(OpenIncident open) {
    Event event = open.isReported() ? Event.UPDATED : Event.OPENED;
    open.reason = Reason.BREAK;
    open.reported = open.severity();
    return event;
  }

  private Event report(OpenIncident open) {
    Severity severity = open.severity();
    if (open.reported == null) {
      if (open.values < settings.minDuration()) {
        return null;
      }
      open.reported = severity;
      return Event.OPENED;
    }
    if (severity.compareTo(open.reported) <= 0) {
      return null;
    }
    open.reported = severity;
    return Event.UPDATED;
  }

  /**
   * Ends the open incident of a series, if there is one, as when the series is dropped.
   *
   * @return {@link Event#CLOSED} if the {@link #newest} incident was reported, else null
   */
  public Event close(SeriesAlarms alarms) {
    OpenIncident open = alarms.incident;
    alarms.incident = null;
    newest = open;
    return open != null && open.isReported() ? Event.CLOSED : null;
  }

  /** The incident that the last event is of. */
  public OpenIncident newest() {
    return newest;
  }
}
