package dev.weir.forecast.alarm;

/**
 * All that is known of one series' alarms: the detector's state, and an incident while it is open.
 * Mutable, not thread-safe.
 */
public final class SeriesAlarms {

  final AlarmState detection;
  long settings; // id of those that the newest value was judged by
  OpenIncident incident; // null if absent
  BreakState breaks; // null if none are looked for

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

  /** The open incident; null if absent. */
  public OpenIncident incident() {
    return incident;
  }

  /** Goes back to an incident, or to none. */
  public void incident(OpenIncident before) {
    incident = before;
  }

  /** How many values were judged. */
  public long values() {
    return detection.values();
  }

  /**
   * Values since the last break; {@link Integer#MAX_VALUE} if that is long ago, or if breaks are
   * not looked for.
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
    copy.breaks = breaks == null ? null : new BreakState(breaks);
    return copy;
  }

  /** Size of the numbers. */
  public int bytes() {
    return AlarmStateFormat.BYTES
        + Long.BYTES
        + (incident == null ? 0 : OpenIncident.BYTES)
        + (breaks == null ? 0 : BreakState.BYTES);
  }
}
