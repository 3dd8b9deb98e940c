package dev.weir.kafka;

import dev.weir.forecast.Observation;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.kafka.common.header.Headers;

/**
 * Observations as plain Avro binary of {@code observation.avsc}. Not thread-safe: buffers are
 * reused.
 */
public final class ObservationCodec {

  private final WriterSchemas writers = WriterSchemas.ofObservations();
  private final AvroBounds bounds = new AvroBounds();
  private final AvroBytes buffer = new AvroBytes();
  private byte[] bytes; // being read, from position on
  private int position;
  // producers rarely change their schema, so the one that fitted last is tried first
  private Schema usual = WriterSchemas.OBSERVATION;

  /** The header value that names the schema of {@link #encode}'s bytes. */
  public static byte[] fingerprint() {
    return WriterSchemas.fingerprint(WriterSchemas.OBSERVATION);
  }

  /** The header that carries {@link #fingerprint()}. */
  public static String fingerprintHeader() {
    return WriterSchemas.HEADER;
  }

  public byte[] encode(Observation observation) {
    buffer.clear();
    buffer.writeString(observation.series());
    buffer.writeLong(observation.time());
    buffer.writeDouble(observation.value());
    buffer.startArray(observation.features().length);
    for (double feature : observation.features()) {
      buffer.writeDouble(feature);
    }
    buffer.endArray();
    return buffer.copy();
  }

  /** Reads an observation; says nothing about whether its values make sense. */
  public Observation decode(byte[] bytes, Headers headers) throws MalformedException {
    Schema named = writers.named(headers);
    if (named != null) {
      bounds.check(named, bytes);
      return read(named, bytes);
    }
    MalformedException first = fits(usual, bytes);
    if (first == null) {
      return read(usual, bytes);
    }
    for (Schema schema : writers.all()) {
      if (schema != usual && fits(schema, bytes) == null) {
        usual = schema;
        return read(schema, bytes);
      }
    }
    throw first;
  }

  private MalformedException fits(Schema schema, byte[] bytes) {
    try {
      bounds.check(schema, bytes);
      return null;
    } catch (MalformedException e) {
      return e;
    }
  }

  /** The bounds have been checked, so what the bytes claim is there. */
  private Observation read(Schema schema, byte[] record) {
    bytes = record;
    position = 0;
    int length = (int) readLong();
    String series = new String(bytes, position, length, StandardCharsets.UTF_8);
    position += length;
    long time = readLong();
    double value = readDouble();
    double[] features =
        schema == WriterSchemas.OBSERVATION ? readFeatures() : Observation.NO_FEATURES;
    bytes = null; // or it would be kept until the next one comes
    return new Observation(series, time, value, features);
  }

  private double[] readFeatures() {
    double[] features = Observation.NO_FEATURES;
    int count = 0;
    for (long n = readLong(); n != 0; n = readLong()) {
      if (n < 0) { // the block's size in bytes follows, for readers that skip it
        n = -n;
        readLong();
      }
      int end = Math.toIntExact(count + n);
      if (end > features.length) { // doubled: a block for each feature would copy all each time
        features = Arrays.copyOf(features, Math.max(end, 2 * features.length));
      }
      for (; count < end; count++) {
        features[count] = readDouble();
      }
    }
    return count == features.length ? features : Arrays.copyOf(features, count);
  }

  private double readDouble() {
    double value = (double) AvroBytes.DOUBLE.get(bytes, position);
    position += Double.BYTES;
    return value;
  }

  private long readLong() {
    long value = 0;
    byte b;
    int shift = 0;
    do {
      b = bytes[position++];
      value |= (b & 0x7FL) << shift;
      shift += 7;
    } while (b < 0);
    return (value >>> 1) ^ -(value & 1);
  }
}
