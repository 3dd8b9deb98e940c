package dev.weir.kafka.codec;

import dev.weir.forecast.Observation;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.registry.RegistrySchemas;
import dev.weir.kafka.wire.AheadVectors;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.kafka.wire.ConfluentWireFormat;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.SeriesName;
import dev.weir.kafka.wire.WriterSchemas;
import java.io.IOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.header.Headers;

/**
 * Observations as Avro binary of {@code observation.avsc}: plain, or behind the id of their schema
 * in a registry. Not thread-safe: buffers are reused.
 */
public final class ObservationCodec {

  private final AvroBytes.Fields<Observation> fields = this::write;
  private final AvroBounds bounds = new AvroBounds();
  private final AvroBytes buffer;
  private final RegistrySchemas<ObservationReader> registered; // null: plain Avro
  private final boolean isRegistered; // what is written
  private final int ahead;
  private final SeriesName name = new SeriesName();
  private BinaryDecoder decoder;
  // producers rarely change their schema, so the one that fitted last is tried first
  private Schema usual = WriterSchemas.OBSERVATION;

  /** Plain Avro; reads covariates known ahead of any number, and writes none. */
  public ObservationCodec() {
    this(AheadVectors.ANY_LENGTH);
  }

  /**
   * Plain Avro.
   *
   * @param ahead covariates known ahead; {@link AheadVectors#ANY_LENGTH} to read any
   */
  public ObservationCodec(int ahead) {
    this(new AvroBytes(ConfluentWireFormat.NONE), null, false, ahead);
  }

  /**
   * Reads what writers of any schema in the registry have written; writes nothing.
   *
   * @param ahead covariates known ahead; {@link AheadVectors#ANY_LENGTH} for any
   */
  public ObservationCodec(RegistrySettings registry, int ahead) {
    this(
        new AvroBytes(null),
        new RegistrySchemas<>(registry, writer -> ObservationReader.of(writer, ahead)),
        false,
        ahead);
  }

  private ObservationCodec(
      AvroBytes buffer,
      RegistrySchemas<ObservationReader> registered,
      boolean isRegistered,
      int ahead) {
    this.buffer = buffer;
    this.registered = registered;
    this.isRegistered = isRegistered;
    this.ahead = ahead;
  }

  /**
   * Writes observations for a topic whose schemas are in a registry, after having registered ours.
   *
   * @param ahead covariates known ahead, which the schema has only if there are some
   * @throws IOException when the registry does not answer, or refuses the schema
   */
  public static ObservationCodec registered(RegistrySettings registry, String topic, int ahead)
      throws IOException {
    Schema schema =
        ahead > 0 ? WriterSchemas.REGISTERED_COVARIATE_OBSERVATION : WriterSchemas.OBSERVATION;
    int id = RegistrySubjects.idOf(registry, topic, schema);
    return new ObservationCodec(new AvroBytes(ConfluentWireFormat.of(id)), null, true, ahead);
  }

  /** The header value that names the schema of {@link #encode}'s bytes, if it is not marked. */
  public static byte[] fingerprint() {
    return WriterSchemas.fingerprint(WriterSchemas.OBSERVATION);
  }

  /** The same for an observation that is marked. */
  public static byte[] markedFingerprint() {
    return WriterSchemas.fingerprint(WriterSchemas.LABELLED_OBSERVATION);
  }

  /** The same for an observation with covariates known ahead. */
  public static byte[] aheadFingerprint() {
    return WriterSchemas.fingerprint(WriterSchemas.COVARIATE_OBSERVATION);
  }

  /** The header that carries {@link #fingerprint()}. */
  public static String fingerprintHeader() {
    return WriterSchemas.HEADER;
  }

  /**
   * @throws IllegalArgumentException when the observation is marked and the schema in the registry
   *     has no place for that; or when covariates known ahead are not of the codec's number
   */
  public byte[] encode(Observation observation) {
    if (isRegistered && ahead <= 0 && observation.label() != null) {
      throw new IllegalArgumentException(
          "expected no label with a schema registry, got " + observation);
    }
    return buffer.of(observation, AvroBytes.utf8(observation.series()), fields);
  }

  private void write(Observation observation, byte[] series, BinaryEncoder out) throws IOException {
    out.writeBytes(series);
    out.writeLong(observation.time());
    out.writeDouble(observation.value());
    AvroBytes.writeArray(observation.features(), out);
    boolean knowsAhead = isRegistered ? ahead > 0 : observation.ahead().length > 0;
    if (observation.label() != null || knowsAhead) {
      if (observation.label() == null) {
        AvroBytes.writeNull(out);
      } else {
        AvroBytes.writePresent(out);
        out.writeString(observation.label());
      }
    }
    if (knowsAhead || observation.ahead().length > 0) {
      AheadVectors.write(observation.ahead(), ahead, out);
    }
  }

  /** Reads an observation; says nothing about whether its values make sense. */
  public Observation decode(byte[] bytes, Headers headers) throws MalformedRecordException {
    if (registered != null) {
      return readRegistered(bytes);
    }
    Schema named = WriterSchemas.named(headers);
    if (named != null) {
      bounds.check(named, bytes);
      return read(named, null, bytes, 0);
    }
    MalformedRecordException first = fits(usual, bytes);
    if (first == null) {
      return read(usual, null, bytes, 0);
    }
    for (Schema schema : WriterSchemas.OBSERVATIONS) {
      if (schema != usual && fits(schema, bytes) == null) {
        usual = schema;
        return read(schema, null, bytes, 0);
      }
    }
    throw first;
  }

  private MalformedRecordException fits(Schema schema, byte[] bytes) {
    try {
      bounds.check(schema, bytes);
      return null;
    } catch (MalformedRecordException e) {
      return e;
    }
  }

  private Observation readRegistered(byte[] bytes) throws MalformedRecordException {
    ObservationReader reader = registered.reader(ConfluentWireFormat.id(bytes));
    bounds.check(reader.writer(), bytes, ConfluentWireFormat.LENGTH);
    return read(null, reader, bytes, ConfluentWireFormat.LENGTH);
  }

  /**
   * @param schema of ours; null with a reader of another one
   */
  private Observation read(Schema schema, ObservationReader reader, byte[] bytes, int start)
      throws MalformedRecordException {
    try {
      decoder = DecoderFactory.get().binaryDecoder(bytes, start, bytes.length - start, decoder);
      return reader == null
          ? ObservationReader.own(schema, name, decoder, ahead)
          : reader.read(decoder);
    } catch (AheadVectors.LengthException e) {
      throw e;
    } catch (IOException | AvroRuntimeException e) {
      throw new MalformedRecordException("observation: " + e.getMessage(), e);
    }
  }
}
