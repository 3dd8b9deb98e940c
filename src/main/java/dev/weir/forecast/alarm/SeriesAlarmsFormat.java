package dev.weir.forecast.alarm;

import dev.weir.forecast.alarm.threshold.ThresholdStateFormat;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The bytes of a {@link SeriesAlarms}, independent of the engine that stores them: whether there is
 * none, one, or one with an open incident, and whether there are thresholds; the id of the
 * settings; the {@link AlarmStateFormat}; the incident; the {@link ThresholdStateFormat}. Numbers
 * of all but the third part are big-endian.
 */
public final class SeriesAlarmsFormat {

  private static final byte NONE = 0;
  private static final byte QUIET = 1;
  private static final byte OPEN = 2;

  /** Added to one of the others. */
  private static final byte WITH_THRESHOLDS = 4;

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
    target.writeByte((incident == null ? QUIET : OPEN) + (hasThresholds ? WITH_THRESHOLDS : 0));
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
    boolean hasThresholds = kind > WITH_THRESHOLDS;
    int without = hasThresholds ? kind - WITH_THRESHOLDS : kind;
    if (without != QUIET && without != OPEN) {
      throw new IOException("alarms: expected 0, 1, 2, 5 or 6 as their kind, got " + kind);
    }
    long settings = source.readLong();
    AlarmState detection = AlarmStateFormat.read(source);
    OpenIncident incident = without == OPEN ? readIncident(source) : null;
    SeriesAlarms alarms = new SeriesAlarms(detection, settings, incident);
    if (hasThresholds) {
      alarms.thresholds().addAll(ThresholdStateFormat.read(source));
    }
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
