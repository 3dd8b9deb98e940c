package dev.weir.kafka.codec;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.Explanation.Part;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.model.Mode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;

/**
 * Forecasts as Avro binary of {@code forecast.avsc}: plain, or behind the id of their schema in a
 * registry; or as JSON with the same fields. Not thread-safe: buffers are reused.
 */
public final class ForecastCodec extends RecordCodec<Forecast, dev.weir.kafka.avro.Forecast> {

  private static final byte[][] MODES = utf8(Mode.values(), Mode::label);
  private static final byte[][] STATUSES = utf8(Forecast.Status.values(), Enum::name);

  public static final Schema SCHEMA = dev.weir.kafka.avro.Forecast.getClassSchema();

  private String model = ""; // whose bytes are next; the same one for many forecasts
  private byte[] modelBytes = {};

  /** Plain Avro. */
  public ForecastCodec() {
    this(null);
  }

  /**
   * Reads and writes plain Avro, or what a registry knows.
   *
   * @param registry null for plain Avro; to write, our schema must be registered there
   */
  public ForecastCodec(RegistrySettings registry) {
    super("forecast", dev.weir.kafka.avro.Forecast.class, registry, RegistrySettings::forecastId);
  }

  private static <T extends Enum<T>> byte[][] utf8(T[] values, Function<T, String> text) {
    return Arrays.stream(values).map(text).map(AvroBytes::utf8).toArray(byte[][]::new);
  }

  @Override
  String series(Forecast record) {
    return record.series();
  }

  @Override
  void write(Forecast forecast, byte[] series, BinaryEncoder out) throws IOException {
    out.writeBytes(series);
    out.writeLong(forecast.origin());
    out.writeLong(forecast.windowStart());
    out.writeInt(forecast.seqLen());
    out.writeBytes(MODES[forecast.mode().ordinal()]);
    double[] values = forecast.values();
    out.writeArrayStart();
    out.setItemCount(values.length);
    for (int i = 0; i < values.length; i++) {
      out.startItem();
      if (forecast.times() == null) {
        AvroBytes.writeNull(out);
      } else {
        AvroBytes.writePresent(out);
        out.writeLong(forecast.times()[i]);
      }
      out.writeDouble(values[i]);
      out.writeDouble(forecast.steps().mean()[i]);
      writeIntervals(forecast.intervals(), i, out);
    }
    out.writeArrayEnd();
    List<Interval> intervals = forecast.intervals();
    AvroBytes.writeOptional(intervals.isEmpty() ? Double.NaN : intervals.get(0).level(), out);
    out.writeBytes(modelBytes(forecast.model()));
    out.writeLong(forecast.modelVersion());
    out.writeLong(forecast.learningSteps());
    out.writeBytes(STATUSES[forecast.status().ordinal()]);
    out.writeInt(forecast.covariatesMissing());
    write(forecast.explanation(), out);
  }

  private static void write(Explanation explanation, BinaryEncoder out) throws IOException {
    if (explanation == null) {
      AvroBytes.writeNull(out);
      return;
    }
    AvroBytes.writePresent(out);
    AvroBytes.writeArray(
        explanation.parts(),
        out,
        (part, to) -> {
          to.writeString(part.name());
          to.writeDouble(part.amount());
        });
  }

  private byte[] modelBytes(String name) {
    if (!name.equals(model)) {
      model = name;
      modelBytes = AvroBytes.utf8(name);
    }
    return modelBytes;
  }

  /** The narrowest interval has fields of its own, which any consumer can read without a loop. */
  private static void writeIntervals(List<Interval> intervals, int step, BinaryEncoder out)
      throws IOException {
    boolean none = intervals.isEmpty();
    AvroBytes.writeOptional(none ? Double.NaN : intervals.get(0).lower()[step], out);
    AvroBytes.writeOptional(none ? Double.NaN : intervals.get(0).upper()[step], out);
    out.writeArrayStart();
    out.setItemCount(Math.max(0, intervals.size() - 1));
    for (int k = 1; k < intervals.size(); k++) {
      out.startItem();
      out.writeDouble(intervals.get(k).level());
      out.writeDouble(intervals.get(k).lower()[step]);
      out.writeDouble(intervals.get(k).upper()[step]);
    }
    out.writeArrayEnd();
  }

  @Override
  Forecast of(dev.weir.kafka.avro.Forecast record) {
    List<dev.weir.kafka.avro.ForecastStep> steps = record.getSteps();
    int horizon = steps.size();
    boolean timed = horizon > 0 && steps.get(0).getTime() != null;
    long[] times = timed ? new long[horizon] : null;
    double[] values = new double[horizon];
    double[] mean = new double[horizon];
    for (int i = 0; i < horizon; i++) {
      values[i] = steps.get(i).getValue();
      mean[i] = steps.get(i).getMean();
      if (timed) {
        times[i] = millis(steps.get(i).getTime());
      }
    }
    return new Forecast(
        record.getSeries(),
        millis(record.getOrigin()),
        millis(record.getWindowStart()),
        record.getSeqLen(),
        mode(record.getMode()),
        times,
        new Forecast.Steps(values, mean, intervals(record, steps)),
        record.getModel(),
        record.getModelVersion(),
        record.getLearningSteps(),
        Forecast.Status.valueOf(record.getStatus()),
        record.getCovariatesMissing(),
        record.getExplanation() == null
            ? null
            : new Explanation(
                values[0],
                record.getExplanation().stream()
                    .map(part -> new Part(part.getName(), part.getAmount()))
                    .toList()));
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

  /**
   * @throws IllegalArgumentException when there is no such mode
   */
  static Mode mode(String label) {
    Mode mode = Mode.ofLabel(label);
    if (mode == null) {
      throw new IllegalArgumentException(
          "mode: expected many-to-one or many-to-many, got " + AvroBounds.quoted(label));
    }
    return mode;
  }
}
