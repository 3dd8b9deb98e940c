package dev.weir.forecast.alarm;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The bytes of a {@link SeriesAlarms}, independent of the engine that stores them: whether there is
 * none, one, or one with an open incident, and whether breaks are looked for; the id of the
 * settings; the {@link AlarmStateFormat}; the incident; the {@link BreakState}. Numbers of all
 * parts but the third are big-endian.
 */
public final class SeriesAlarmsFormat {

  private static final byte NONE = 0;
  private static final byte QUIET = 1;
  private static final byte OPEN = 2;
  private static final byte BREAKS = 4; // added to the two before; never set by versions without

  private SeriesAlarmsFormat() {}

  /**
   * @param alarms null for none, which takes one byte
   */
  public static void write(SeriesAlarms alarms, DataOutput target) throws IOException {
    if (alarms == null) {
      target.writeByte(NONE);
      return;
    }
    OpenIncident incident = alarms.incident;
    int kind = incident == null ? QUIET : OPEN;
    target.writeByte(alarms.breaks == null ? kind : kind | BREAKS);
    target.writeLong(alarms.settings);
    AlarmStateFormat.write(alarms.detection, target);
    if (incident != null) {
      target.writeLong(incident.start);
      target.writeLong(incident.end);
      target.writeLong(incident.values);
      target.writeLong(incident.since);
      target.writeLong(incident.worstTime);
      target.writeDouble(incident.worst);
      target.writeDouble(incident.expected);
      target.writeDouble(incident.error);
      target.writeDouble(incident.surprise);
      target.writeByte(incident.reason.ordinal());
      target.writeByte(incident.reported == null ? -1 : incident.reported.ordinal());
    }
    if (alarms.breaks != null) {
      alarms.breaks.write(target);
    }
  }

  /**
   * @return null for none
   * @throws IOException if the bytes end early or are no such state
   */
  public static SeriesAlarms read(DataInput source) throws IOException {
    byte kind = source.readByte();
    if (kind == NONE) {
      return null;
    }
    int open = kind & ~BREAKS;
    if (open != QUIET && open != OPEN) {
      throw new IOException("alarms: expected 0, 1, 2, 5 or 6 as their kind, got " + kind);
    }
    long settings = source.readLong();
    AlarmState detection = AlarmStateFormat.read(source);
    OpenIncident incident = open == OPEN ? readIncident(source) : null;
    SeriesAlarms alarms = new SeriesAlarms(detection, settings, incident);
    alarms.breaks = kind == open ? null : BreakState.read(source);
    return alarms;
  }

  private static OpenIncident readIncident(DataInput source) throws IOException {
    OpenIncident incident = new OpenIncident(source.readLong());
    incident.end = source.readLong();
    incident.values = source.readLong();
    incident.since = source.readLong();
    incident.worstTime = source.readLong();
    incident.worst = source.readDouble();
    incident.expected = source.readDouble();
    incident.error = source.readDouble();
    incident.surprise = source.readDouble();
    byte reason = source.readByte();
    byte reported = source.readByte();
    boolean isOrdered = incident.start <= incident.worstTime && incident.worstTime <= incident.end;
    if (!isOrdered
        || incident.values < 1
        || incident.values > Long.MAX_VALUE / 2
        || incident.since < 0
        || incident.since > IncidentSettings.MAX_VALUES
        || Double.isInfinite(incident.expected)
        || Double.isInfinite(incident.error)
        || !Double.isFinite(incident.worst)
        || !(incident.surprise >= 0 && incident.surprise <= AlarmDetector.MAX_SURPRISE)
        || reason < 0
        || reason >= Reason.values().length
        || reported < -1
        || reported >= Severity.values().length) {
      throw new IOException("alarms: expected an incident, got other numbers");
    }
    incident.reason = Reason.values()[reason];
    incident.reported = reported < 0 ? null : Severity.values()[reported];
    return incident;
  }
}
