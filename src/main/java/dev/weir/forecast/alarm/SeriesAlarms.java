package dev.weir.forecast.alarm;

/**
 * All that is known of one series' alarms: the detector's state, and an incident while it is open.
 * Mutable, not thread-safe.
 */
public final class SeriesAlarms {

  final AlarmState detection;
  long settings; // id of those that the newest value was judged by
  OpenIncident incident; // null if absent

  /** Of a series without values. */
  public SeriesAlarms(IncidentSettings settings) {
    this(new AlarmState(), settings.id(), null);
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

  /** A copy that shares nothing. */
  public SeriesAlarms copy() {
    return new SeriesAlarms(
        new AlarmState(detection), settings, incident == null ? null : incident.copy());
  }

  /** Size of the numbers. */
  public int bytes() {
    return AlarmStateFormat.BYTES + Long.BYTES + (incident == null ? 0 : OpenIncident.BYTES);
  }
}
