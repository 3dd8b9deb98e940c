package dev.weir.forecast.alarm;

import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The bytes of a {@link SeriesAlarms}, independent of the engine that stores them: whether there is
 * none, one, or one with an open incident, whether there are thresholds and whether breaks are
 * looked for; the id of the settings; the {@link AlarmStateFormat}; the incident; the {@link
 * ThresholdStateFormat}; the {@link BreakState}. Numbers of all parts but the third are big-endian.
 */
public final class SeriesAlarmsFormat {

  private static final byte NONE = 0;
  private static final byte QUIET = 1;
  private static final byte OPEN = 2;

  // Added to one of the two before.
  private static final byte WITH_THRESHOLDS = 4;
  private static final byte WITH_BREAKS = 8;

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
    boolean hasThresholds = !alarms.thresholds().isEmpty();
    int kind = incident == null ? QUIET : OPEN;
    kind += hasThresholds ? WITH_THRESHOLDS : 0;
    kind += alarms.breaks == null ? 0 : WITH_BREAKS;
    target.writeByte(kind);
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
    if (hasThresholds) {
      ThresholdStateFormat.write(alarms.thresholds(), target);
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
    boolean hasThresholds = (kind & WITH_THRESHOLDS) != 0;
    boolean hasBreaks = (kind & WITH_BREAKS) != 0;
    int open = kind & ~(WITH_THRESHOLDS | WITH_BREAKS);
    if (open != QUIET && open != OPEN) {
      throw new IOException(
          "alarms: expected 0, or 1 or 2 with 4 and 8 added or not, as their kind, got " + kind);
    }
    long settings = source.readLong();
    AlarmState detection = AlarmStateFormat.read(source);
    OpenIncident incident = open == OPEN ? readIncident(source) : null;
    SeriesAlarms alarms = new SeriesAlarms(detection, settings, incident);
    if (hasThresholds) {
      alarms.thresholds().addAll(ThresholdStateFormat.read(source));
    }
    alarms.breaks = hasBreaks ? BreakState.read(source) : null;
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
        || reason >= Reason.OF_VALUES.size()
        || reported < -1
        || reported >= Severity.values().length) {
      throw new IOException("alarms: expected an incident, got other numbers");
    }
    incident.reason = Reason.values()[reason];
    incident.reported = reported < 0 ? null : Severity.values()[reported];
    return incident;
  }
}
