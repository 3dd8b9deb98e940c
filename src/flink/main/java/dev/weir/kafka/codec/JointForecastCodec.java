package dev.weir.kafka.codec;

import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.JointForecast;
import dev.weir.forecast.JointForecast.Target;
import dev.weir.forecast.JointForecast.Total;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.avro.Forecast;
import dev.weir.kafka.avro.TargetForecast;
import dev.weir.kafka.avro.TargetRegion;
import dev.weir.kafka.wire.AvroBytes;
import java.io.IOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.io.BinaryEncoder;

/**
 * Forecasts of several targets as {@code joint_forecast.avsc}, in the same forms as {@link
 * ForecastCodec}. Not thread-safe: buffers are reused.
 */
public final class JointForecastCodec
    extends RecordCodec<JointForecast, dev.weir.kafka.avro.JointForecast> {

  public static final Schema SCHEMA = dev.weir.kafka.avro.JointForecast.getClassSchema();

  private final ForecastCodec forecasts = new ForecastCodec(null, false);
  private final AvroBytes.Element<Target> target = this::write;

  /** As {@link ForecastCodec#ForecastCodec(RegistrySettings)}. */
  public JointForecastCodec(RegistrySettings registry) {
    this(registry, true);
  }

  JointForecastCodec(RegistrySettings registry, boolean isReader) {
    super(
        "joint forecast",
        dev.weir.kafka.avro.JointForecast.class,
        registry,
        RegistrySettings::forecastId,
        isReader);
  }

  @Override
  String series(JointForecast record) {
    return record.series();
  }

  @Override
  void write(JointForecast joint, byte[] series, BinaryEncoder out) throws IOException {
    out.writeBytes(series);
    out.writeLong(joint.origin());
    ForecastCodec.write(joint.mode(), out);
    AvroBytes.writeArray(joint.targets(), out, target);
    AvroBytes.writeArray(
        joint.totals(),
        out,
        (total, to) -> {
          to.writeString(total.name());
          ForecastCodec.write(null, total.steps(), to);
        });
  }

  private void write(Target one, BinaryEncoder out) throws IOException {
    out.writeString(one.name());
    out.writeLong(one.forecast().windowStart());
    out.writeInt(one.forecast().seqLen());
    forecasts.writeBody(one.forecast(), out);
    Interval region = one.region();
    if (region == null) {
      AvroBytes.writeNull(out);
    } else {
      AvroBytes.writePresent(out);
      out.writeDouble(region.level());
      AvroBytes.writeArray(region.lower(), out);
      AvroBytes.writeArray(region.upper(), out);
    }
  }

  @Override
  JointForecast of(dev.weir.kafka.avro.JointForecast record) {
    return new JointForecast(
        record.getSeries(),
        record.getOrigin().toEpochMilli(),
        ForecastCodec.mode(record.getMode()),
        record.getTargets().stream().map(one -> of(one, record)).toList(),
        record.getTotals().stream()
            .map(
                total ->
                    new Total(
                        total.getName(), ForecastCodec.steps(total.getSteps(), total.getLevel())))
            .toList());
  }

  private Target of(TargetForecast one, dev.weir.kafka.avro.JointForecast joint) {
    Forecast forecast = new Forecast();
    for (Field field : ForecastCodec.SCHEMA.getFields()) {
      Field same = one.getSchema().getField(field.name());
      if (same != null) {
        forecast.put(field.pos(), one.get(same.pos()));
      }
    }
    forecast.setSeries(JointForecast.nameOf(joint.getSeries(), one.getTarget()));
    forecast.setOrigin(joint.getOrigin());
    forecast.setMode(joint.getMode());
    int horizon = one.getSteps().size();
    TargetRegion region = one.getRegion();
    return new Target(
        one.getTarget(),
        forecasts.of(forecast),
        region == null
            ? null
            : new Interval(
                region.getLevel(),
                array(region.getLower(), horizon),
                array(region.getUpper(), horizon)));
  }

  private static double[] array(List<Double> numbers, int length) {
    if (numbers.size() != length) {
      throw new IllegalArgumentException(
          "region: expected %d steps, got %d".formatted(length, numbers.size()));
    }
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
