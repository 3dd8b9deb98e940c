package dev.weir.kafka;

import dev.weir.forecast.Observation;
import java.io.IOException;
import java.util.Arrays;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.header.Headers;

/**
 * Observations as plain Avro binary of {@code observation.avsc}. Not thread-safe: buffers are
 * reused.
 */
public final class ObservationCodec {

  private static final AvroBytes.Fields<Observation> FIELDS = ObservationCodec::write;

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
    return buffer.of(observation, AvroBytes.utf8(observation.series()), FIELDS);
  }

  private static void write(Observation observation, byte[] series, BinaryEncoder out)
      throws IOException {
    out.writeBytes(series);
    out.writeLong(observation.time());
    out.writeDouble(observation.value());
    out.writeArrayStart();
    out.setItemCount(observation.features().length);
    for (double feature : observation.features()) {
      out.startItem();
      out.writeDouble(feature);
    }
    out.writeArrayEnd();
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
