package dev.weir.kafka.codec;

import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Outcome;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.avro.IncidentThreshold;
import dev.weir.kafka.registry.AvroRecordReader;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.kafka.wire.AvroJson;
import dev.weir.kafka.wire.ConfluentWireFormat;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.WriterSchemas;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;

/**
 * Incidents as Avro binary of {@code incident.avsc}: plain, or behind the id of their schema in a
 * registry; or as JSON with the same fields. Not thread-safe: buffers are reused.
 */
public final class IncidentCodec {

  private static final AvroBytes.Fields<Incident> FIELDS = IncidentCodec::write;

  public static final Schema SCHEMA = dev.weir.kafka.avro.Incident.getClassSchema();

  private final AvroBytes buffer;
  private final AvroJson json = new AvroJson(SCHEMA);
  private final AvroRecordReader<dev.weir.kafka.avro.Incident> reader; // null: only writes

  /** Plain Avro. */
  public IncidentCodec() {
    this(null);
  }

  /**
   * Reads and writes plain Avro, or what a registry knows.
   *
   * @param registry null for plain Avro; to write, our schema must be registered there
   */
  public IncidentCodec(RegistrySettings registry) {
    this(
        registry, new AvroRecordReader<>("incident", dev.weir.kafka.avro.Incident.class, registry));
  }

  private IncidentCodec(
      RegistrySettings registry, AvroRecordReader<dev.weir.kafka.avro.Incident> reader) {
    this.buffer =
        new AvroBytes(
            registry == null
                ? ConfluentWireFormat.NONE
                : ConfluentWireFormat.of(registry.alarmId()));
    this.reader = reader;
  }

  /**
   * Writes, and needs no registry for it, nor a secret: the id of our schema is in the settings.
   */
  static IncidentCodec writing(RegistrySettings registry) {
    return new IncidentCodec(registry, null);
  }

  /** The header value that names the schema of {@link #encode}'s bytes. */
  public static byte[] fingerprint() {
    return WriterSchemas.fingerprint(SCHEMA);
  }

  /** As Avro. */
  public byte[] encode(Incident incident) {
    return encode(incident, AvroBytes.utf8(incident.series()));
  }

  /**
   * @param series the incident's series, in UTF-8
   */
  byte[] encode(Incident incident, byte[] series) {
    return buffer.of(incident, series, FIELDS);
  }

  private static void write(Incident incident, byte[] series, BinaryEncoder out)
      throws IOException {
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
    out.writeArrayStart();
    out.setItemCount(incident.newest().size());
    for (Incident.Value value : incident.newest()) {
      out.startItem();
      out.writeLong(value.time());
      out.writeDouble(value.value());
    }
    out.writeArrayEnd();
    out.writeString(incident.model());
    out.writeLong(incident.modelVersion());
    write(incident.warning(), out);
    out.writeArrayStart();
    out.setItemCount(incident.members().size());
    for (Incident.Member member : incident.members()) {
      out.startItem();
      out.writeString(member.series());
      out.writeDouble(member.surprise());
    }
    out.writeArrayEnd();
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

  /** As JSON, where no registry is asked. */
  public byte[] toJson(Incident incident) {
    return json.toJson(encode(incident));
  }

  /** As {@link #decode}, with whatever reason and event, such as those of a later version. */
  public dev.weir.kafka.avro.Incident decodeFields(byte[] bytes) throws MalformedRecordException {
    if (reader == null) {
      throw new IllegalStateException("expected a codec that reads, got one that only writes");
    }
    return reader.read(AvroJson.isJson(bytes) ? json.toAvro(bytes) : bytes);
  }

  /** Reads Avro or, where no registry is asked, JSON. */
  public Incident decode(byte[] bytes) throws MalformedRecordException {
    dev.weir.kafka.avro.Incident record = decodeFields(bytes);
    try {
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
              orNaN(record.getExpected()),
              orNaN(record.getError()),
              record.getSurprise()),
          Reason.ofLabel(record.getReason()),
          Severity.ofLabel(record.getSeverity()),
          record.getNewest().stream()
              .map(v -> new Incident.Value(v.getTime().toEpochMilli(), v.getValue()))
              .toList(),
          record.getModel(),
          record.getModelVersion(),
          warning(record.getThreshold()),
          record.getMembers().stream()
              .map(m -> new Incident.Member(m.getSeries(), m.getSurprise()))
              .toList());
    } catch (RuntimeException e) {
      throw new MalformedRecordException("incident: " + e.getMessage(), e);
    }
  }

  private static double orNaN(Double value) {
    return value == null ? Double.NaN : value;
  }
}
