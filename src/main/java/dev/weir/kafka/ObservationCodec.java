package dev.weir.kafka;

import dev.weir.forecast.Observation;
import java.io.IOException;
import java.util.Arrays;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.header.Headers;

/**
 * Observations as plain Avro binary of {@code observation.avsc}. Not thread-safe: buffers are
 * reused.
 */
public final class ObservationCodec {

  private final WriterSchemas writers = WriterSchemas.ofObservations();
  private final AvroBounds bounds = new AvroBounds();
  private final AvroBytes buffer = new AvroBytes();
  private BinaryDecoder decoder;
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

  private Observation read(Schema schema, byte[] bytes) throws MalformedException {
    try {
      decoder = DecoderFactory.get().binaryDecoder(bytes, decoder);
      String series = decoder.readString();
      long time = decoder.readLong();
      double value = decoder.readDouble();
      double[] features =
          schema == WriterSchemas.OBSERVATION ? readFeatures() : Observation.NO_FEATURES;
      return new Observation(series, time, value, features);
    } catch (IOException | AvroRuntimeException e) {
      throw new MalformedException("observation: " + e.getMessage(), e);
    }
  }

  private double[] readFeatures() throws IOException {
    double[] features = Observation.NO_FEATURES;
    int count = 0;
    for (long n = decoder.readArrayStart(); n != 0; n = decoder.arrayNext()) {
      int end = Math.toIntExact(count + n);
      if (end > features.length) { // doubled: a block for each feature would copy all each time
        features = Arrays.copyOf(features, Math.max(end, 2 * features.length));
      }
      for (; count < end; count++) {
        features[count] = decoder.readDouble();
      }
    }
    return count == features.length ? features : Arrays.copyOf(features, count);
  }
}
