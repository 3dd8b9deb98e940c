package dev.weir.kafka;

import dev.weir.forecast.Forecast;
import dev.weir.model.Mode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;

/** Forecasts as plain Avro binary of {@code forecast.avsc}. Not thread-safe: buffers are reused. */
public final class ForecastCodec {

  private static final int NULL_BRANCH = 0;
  private static final int VALUE_BRANCH = 1;

  private final AvroBounds bounds = new AvroBounds();
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
  private final SpecificDatumReader<dev.weir.kafka.avro.Forecast> reader =
      new SpecificDatumReader<>(dev.weir.kafka.avro.Forecast.class);
  private BinaryEncoder encoder;
  private BinaryDecoder decoder;

  /** The header value that names the schema of {@link #encode}'s bytes. */
  public static byte[] fingerprint() {
    return WriterSchemas.fingerprint(dev.weir.kafka.avro.Forecast.getClassSchema());
  }

  /** Writes the fields straight in the schema's order: no generated object for each record. */
  public byte[] encode(Forecast forecast) throws IOException {
    buffer.reset();
    encoder = EncoderFactory.get().binaryEncoder(buffer, encoder);
    encoder.writeString(forecast.series());
    encoder.writeLong(forecast.origin());
    encoder.writeLong(forecast.windowStart());
    encoder.writeInt(forecast.seqLen());
    encoder.writeString(forecast.mode().label());
    encoder.writeArrayStart();
    encoder.setItemCount(forecast.values().length);
    for (int i = 0; i < forecast.values().length; i++) {
      encoder.startItem();
      if (forecast.times() == null) {
        encoder.writeIndex(NULL_BRANCH);
      } else {
        encoder.writeIndex(VALUE_BRANCH);
        encoder.writeLong(forecast.times()[i]);
      }
      encoder.writeDouble(forecast.values()[i]);
      writeOptional(forecast.lower() == null ? Double.NaN : forecast.lower()[i], encoder);
      writeOptional(forecast.upper() == null ? Double.NaN : forecast.upper()[i], encoder);
    }
    encoder.writeArrayEnd();
    writeOptional(forecast.level(), encoder);
    encoder.writeString(forecast.model());
    encoder.writeLong(forecast.modelVersion());
    encoder.writeLong(forecast.learningSteps());
    encoder.writeString(forecast.status().name());
    encoder.flush();
    return buffer.toByteArray();
  }

  /** A union of null and double, NaN being null. */
  static void writeOptional(double value, BinaryEncoder encoder) throws IOException {
    if (Double.isNaN(value)) {
      encoder.writeIndex(NULL_BRANCH);
    } else {
      encoder.writeIndex(VALUE_BRANCH);
      encoder.writeDouble(value);
    }
  }

  public Forecast decode(byte[] bytes) throws MalformedException {
    bounds.check(reader.getSchema(), bytes);
    try {
      decoder = DecoderFactory.get().binaryDecoder(bytes, decoder);
      return toForecast(reader.read(null, decoder));
    } catch (IOException | AvroRuntimeException | IllegalArgumentException e) {
      throw new MalformedException("forecast: " + e.getMessage(), e);
    }
  }

  private static Forecast toForecast(dev.weir.kafka.avro.Forecast record) {
    List<dev.weir.kafka.avro.ForecastStep> steps = record.getSteps();
    int horizon = steps.size();
    boolean timed = horizon > 0 && steps.get(0).getTime() != null;
    boolean hasInterval = horizon > 0 && steps.get(0).getLower() != null;
    long[] times = timed ? new long[horizon] : null;
    double[] values = new double[horizon];
    double[] lower = hasInterval ? new double[horizon] : null;
    double[] upper = hasInterval ? new double[horizon] : null;
    for (int i = 0; i < horizon; i++) {
      dev.weir.kafka.avro.ForecastStep step = steps.get(i);
      values[i] = step.getValue();
      if (timed) {
        times[i] = millis(step.getTime());
      }
      if (hasInterval) {
        lower[i] = step.getLower();
        upper[i] = step.getUpper();
      }
    }
    return new Forecast(
        record.getSeries(),
        millis(record.getOrigin()),
        millis(record.getWindowStart()),
        record.getSeqLen(),
        Mode.ofLabel(record.getMode()),
        times,
        values,
        lower,
        upper,
        record.getLevel() == null ? Double.NaN : record.getLevel(),
        record.getModel(),
        record.getModelVersion(),
        record.getLearningSteps(),
        Forecast.Status.valueOf(record.getStatus()));
  }

  private static long millis(Instant instant) {
    return instant.toEpochMilli();
  }
}
