package dev.weir.forecast.alarm;

/**
 * Turns the alarms of a series into incidents. An alarm starts one, surprising values continue it,
 * whether or not they raise an alarm, and it is closed after some values without a surprising one.
 *
 * <p>An incident is reported at its first value, or once it has lasted for the least number of
 * values; then each time that its {@link Severity} rises, at most twice; and when it is closed. One
 * that never lasts long enough is never reported.
 *
 * <p>A flyweight: what is known of a series is in its {@link SeriesAlarms}. Not thread-safe.
 * Allocates nothing but an {@link OpenIncident} for each.
 */
public final class IncidentTracker {

  /** What became of an incident at a value. */
  public enum Event {
    OPENED,
    UPDATED,
    CLOSED
  }

  private final IncidentSettings settings;
  private final long id;
  private final AlarmDetector detector;
  private OpenIncident newest;

  public IncidentTracker(IncidentSettings settings) {
    this.settings = settings;
    this.id = settings.id();
    this.detector = new AlarmDetector(settings.alarms());
  }

  /** Of a series without values. */
  public SeriesAlarms newSeries() {
    return new SeriesAlarms(settings);
  }

  /** Whether the newest value was judged by these settings. */
  public boolean fits(SeriesAlarms alarms) {
    return alarms.settings == id;
  }

  /** Passes missing values, whether or not something was filled in for them. */
  public void skip(SeriesAlarms alarms) {
    detector.skip(alarms.detection);
  }

  /**
   * Judges the next value of a series.
   *
   * @param time of the value, milliseconds since 1970
   * @param forecast of this value, made at the one before; NaN without one
   * @param halfWidth half the width of the forecast's interval; NaN or 0 without one
   * @return what is to be reported of the {@link #newest} incident; null for nothing
   * @throws IllegalArgumentException if the value is not a finite number
   */
  public Event observe(
      SeriesAlarms alarms, long time, double value, double forecast, double halfWidth) {
    alarms.settings = id;
    boolean alarm = detector.observe(alarms.detection, value, forecast, halfWidth);
    OpenIncident open = alarms.incident;
    if (open == null) {
      if (!alarm) {
        return null;
      }
      open = new OpenIncident(time);
      alarms.incident = open;
    } else if (detector.isSurprising()) {
      open.values += open.since + 1;
      open.since = 0;
      open.end = time;
    } else {
      open.since++;
      return open.since >= settings.quiet() ? close(alarms) : null;
    }
    if (detector.surprise() > open.surprise) {
      open.worstTime = time;
      open.worst = value;
      open.expected = detector.expected();
      open.error = detector.error();
      open.surprise = detector.surprise();
      open.reason = detector.reason();
    }
    newest = open;
    return report(open);
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

  /** Surprise of the newest value, 0 to {@link AlarmDetector#MAX_SURPRISE}. */
  public double surprise() {
    return detector.surprise();
  }

  /** The incident that the last event is of. */
  public OpenIncident newest() {
    return newest;
  }
}
