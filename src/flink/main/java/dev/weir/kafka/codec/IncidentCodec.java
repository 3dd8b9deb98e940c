package dev.weir.kafka.codec;

import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Outcome;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.avro.IncidentThreshold;
import dev.weir.kafka.wire.AvroBytes;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;

/**
 * Incidents as Avro binary of {@code incident.avsc}: plain, or behind the id of their schema in a
 * registry; or as JSON with the same fields. Not thread-safe: buffers are reused.
 */
public final class IncidentCodec extends RecordCodec<Incident, dev.weir.kafka.avro.Incident> {

  public static final Schema SCHEMA = dev.weir.kafka.avro.Incident.getClassSchema();

  /** Plain Avro. */
  public IncidentCodec() {
    this(null);
  }

  /** As {@link ForecastCodec#ForecastCodec(RegistrySettings)}. */
  public IncidentCodec(RegistrySettings registry) {
    super("incident", dev.weir.kafka.avro.Incident.class, registry, RegistrySettings::alarmId);
  }

  @Override
  String series(Incident record) {
    return record.series();
  }

  @Override
  void write(Incident incident, byte[] series, BinaryEncoder out) throws IOException {
    out.writeBytes(series);
    out.writeString(incident.id());
    out.writeString(incident.event().name());
    out.writeLong(incident.time());
    out.writeLong(incident.start());
    out.writeLong(incident.end());
    out.writeLong(incident.duration());
    out.writeLong(incident.values());
    out.writeString(incident.reason().label());
    out.writeString(incident.severity().label());
    out.writeDouble(incident.worst().surprise());
    out.writeLong(incident.worst().time());
    out.writeDouble(incident.worst().value());
    AvroBytes.writeOptional(incident.worst().expected(), out);
    AvroBytes.writeOptional(incident.worst().error(), out);
    AvroBytes.writeArray(
        incident.newest(),
        out,
        (value, to) -> {
          to.writeLong(value.time());
          to.writeDouble(value.value());
        });
    out.writeString(incident.model());
    out.writeLong(incident.modelVersion());
    write(incident.warning(), out);
  }

  private static void write(Incident.Warning warning, BinaryEncoder out) throws IOException {
    out.writeIndex(warning == null ? 0 : 1);
    if (warning == null) {
      return;
    }
    out.writeDouble(warning.limit());
    out.writeString(warning.direction());
    out.writeInt(warning.within());
    out.writeDouble(warning.probability());
    out.writeIndex(warning.crossing() == null ? 0 : 1);
    if (warning.crossing() != null) {
      out.writeLong(warning.crossing());
    }
    out.writeIndex(warning.outcome() == null ? 0 : 1);
    if (warning.outcome() != null) {
      out.writeString(warning.outcome().label());
    }
  }

  private static Incident.Warning warning(IncidentThreshold threshold) {
    if (threshold == null) {
      return null;
    }
    boolean above = threshold.getDirection().equals("above");
    if (!above && !threshold.getDirection().equals("below")) {
      throw new IllegalArgumentException(
          "direction: expected above or below, got '%s'".formatted(threshold.getDirection()));
    }
    return new Incident.Warning(
        threshold.getLimit(),
        above,
        threshold.getWithin(),
        threshold.getProbability(),
        threshold.getCrossingTime() == null ? null : threshold.getCrossingTime().toEpochMilli(),
        threshold.getOutcome() == null ? null : Outcome.ofLabel(threshold.getOutcome()));
  }

  @Override
  Incident of(dev.weir.kafka.avro.Incident record) {
    return new Incident(
        record.getSeries(),
        record.getId(),
        Event.valueOf(record.getEvent()),
        record.getTime().toEpochMilli(),
        record.getStart().toEpochMilli(),
        record.getEnd().toEpochMilli(),
        record.getValues(),
        new Incident.Worst(
            record.getWorstTime().toEpochMilli(),
            record.getWorstValue(),
            AvroBytes.orNaN(record.getExpected()),
            AvroBytes.orNaN(record.getError()),
            record.getSurprise()),
        Reason.ofLabel(record.getReason()),
        Severity.ofLabel(record.getSeverity()),
        record.getNewest().stream()
            .map(v -> new Incident.Value(v.getTime().toEpochMilli(), v.getValue()))
            .toList(),
        record.getModel(),
        record.getModelVersion(),
        warning(record.getThreshold()));
  }
}
