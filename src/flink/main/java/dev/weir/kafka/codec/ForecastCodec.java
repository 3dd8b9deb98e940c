package dev.weir.kafka.codec;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.Explanation.Part;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Forecast.Steps;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.avro.ForecastStep;
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
    this(registry, true);
  }

  ForecastCodec(RegistrySettings registry, boolean isReader) {
    super(
        "forecast",
        dev.weir.kafka.avro.Forecast.class,
        registry,
        RegistrySettings::forecastId,
        isReader);
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
    write(forecast.mode(), out);
    writeBody(forecast, out);
  }

  static void write(Mode mode, BinaryEncoder out) throws IOException {
    out.writeBytes(MODES[mode.ordinal()]);
  }

  /** The fields from steps on. */
  void writeBody(Forecast forecast, BinaryEncoder out) throws IOException {
    write(forecast.times(), forecast.steps(), out);
    out.writeBytes(modelBytes(forecast.model()));
    out.writeLong(forecast.modelVersion());
    out.writeLong(forecast.learningSteps());
    out.writeBytes(STATUSES[forecast.status().ordinal()]);
    out.writeInt(forecast.covariatesMissing());
    write(forecast.explanation(), out);
  }

  /**
   * The fields steps and level.
   *
   * @param times null: not known
   */
  static void write(long[] times, Steps steps, BinaryEncoder out) throws IOException {
    double[] values = steps.value();
    out.writeArrayStart();
    out.setItemCount(values.length);
    for (int i = 0; i < values.length; i++) {
      out.startItem();
      if (times == null) {
        AvroBytes.writeNull(out);
      } else {
        AvroBytes.writePresent(out);
        out.writeLong(times[i]);
      }
      out.writeDouble(values[i]);
      out.writeDouble(steps.mean()[i]);
      writeIntervals(steps.intervals(), i, out);
    }
    out.writeArrayEnd();
    List<Interval> intervals = steps.intervals();
    AvroBytes.writeOptional(intervals.isEmpty() ? Double.NaN : intervals.get(0).level(), out);
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
    List<ForecastStep> all = record.getSteps();
    boolean timed = !all.isEmpty() && all.get(0).getTime() != null;
    Steps steps = steps(all, record.getLevel());
    return new Forecast(
        record.getSeries(),
        millis(record.getOrigin()),
        millis(record.getWindowStart()),
        record.getSeqLen(),
        mode(record.getMode()),
        timed ? all.stream().mapToLong(step -> millis(step.getTime())).toArray() : null,
        steps,
        record.getModel(),
        record.getModelVersion(),
        record.getLearningSteps(),
        Forecast.Status.valueOf(record.getStatus()),
        record.getCovariatesMissing(),
        record.getExplanation() == null
            ? null
            : new Explanation(
                steps.value()[0],
                record.getExplanation().stream()
                    .map(part -> new Part(part.getName(), part.getAmount()))
                    .toList()));
  }

  /**
   * Steps as they were written.
   *
   * @param level null without intervals
   */
  static Steps steps(List<ForecastStep> steps, Double level) {
    return new Steps(
        steps.stream().mapToDouble(ForecastStep::getValue).toArray(),
        steps.stream().mapToDouble(ForecastStep::getMean).toArray(),
        level == null ? List.of() : intervals(steps, level));
  }

  private static List<Interval> intervals(List<ForecastStep> steps, double level) {
    List<Interval> intervals = new ArrayList<>();
    intervals.add(interval(level, steps.size()));
    steps.get(0).getIntervals().forEach(i -> intervals.add(interval(i.getLevel(), steps.size())));
    for (int i = 0; i < steps.size(); i++) {
      ForecastStep step = steps.get(i);
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
