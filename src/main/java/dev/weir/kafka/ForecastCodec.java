package dev.weir.kafka;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.model.Mode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
      writeIntervals(forecast.intervals(), i);
    }
    encoder.writeArrayEnd();
    List<Interval> intervals = forecast.intervals();
    writeOptional(intervals.isEmpty() ? Double.NaN : intervals.get(0).level(), encoder);
    encoder.writeString(forecast.model());
    encoder.writeLong(forecast.modelVersion());
    encoder.writeLong(forecast.learningSteps());
    encoder.writeString(forecast.status().name());
    encoder.flush();
    return buffer.toByteArray();
  }

  /** The narrowest interval has fields of its own, which any consumer can read without a loop. */
  private void writeIntervals(List<Interval> intervals, int step) throws IOException {
    boolean none = intervals.isEmpty();
    writeOptional(none ? Double.NaN : intervals.get(0).lower()[step], encoder);
    writeOptional(none ? Double.NaN : intervals.get(0).upper()[step], encoder);
    encoder.writeArrayStart();
    encoder.setItemCount(Math.max(0, intervals.size() - 1));
    for (int k = 1; k < intervals.size(); k++) {
      encoder.startItem();
      encoder.writeDouble(intervals.get(k).level());
      encoder.writeDouble(intervals.get(k).lower()[step]);
      encoder.writeDouble(intervals.get(k).upper()[step]);
    }
    encoder.writeArrayEnd();
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
    } catch (IOException | RuntimeException e) {
      throw new MalformedException("forecast: " + e.getMessage(), e);
    }
  }

  private static Forecast toForecast(dev.weir.kafka.avro.Forecast record) {
    List<dev.weir.kafka.avro.ForecastStep> steps = record.getSteps();
    int horizon = steps.size();
    boolean timed = horizon > 0 && steps.get(0).getTime() != null;
    long[] times = timed ? new long[horizon] : null;
    double[] values = new double[horizon];
    for (int i = 0; i < horizon; i++) {
      values[i] = steps.get(i).getValue();
      if (timed) {
        times[i] = millis(steps.get(i).getTime());
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
        intervals(record, steps),
        record.getModel(),
        record.getModelVersion(),
        record.getLearningSteps(),
        Forecast.Status.valueOf(record.getStatus()));
  }

  private static List<Interval> intervals(
      dev.weir.kafka.avro.Forecast record, List<dev.weir.kafka.avro.ForecastStep> steps) {
    if (record.getLevel() == null) {
      return List.of();
    }
    List<Interval> intervals = new ArrayList<>();
    intervals.add(interval(record.getLevel(), steps.size()));
    steps.get(0).getIntervals().forEach(i -> intervals.add(interval(i.getLevel(), steps.size())));
    for (int i = 0; i < steps.size(); i++) {
      dev.weir.kafka.avro.ForecastStep step = steps.get(i);
      intervals.get(0).lower()[i] = step.getLower();
      intervals.get(0).upper()[i] = step.getUpper();
      for (int k = 1; k < intervals.size(); k++) {
        intervals.get(k).lower()[i] = step.getIntervals().get(k - 1).getLower();
        intervals.get(k).upper()[i] = step.getIntervals().get(k - 1).getUpper();
      }
    }
    return intervals;
  }

  private static Interval interval(double level, int horizon) {
    return new Interval(level, new double[horizon], new double[horizon]);
  }

  private static long millis(Instant instant) {
    return instant.toEpochMilli();
  }
}
