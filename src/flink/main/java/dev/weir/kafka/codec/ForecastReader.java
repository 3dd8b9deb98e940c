package dev.weir.kafka.codec;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.JointForecast;
import dev.weir.forecast.Output;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.wire.Decoder;
import dev.weir.kafka.wire.MalformedRecordException;
import java.util.List;

/**
 * Reads the records of a topic of forecasts, be they of one target or of several. A topic rarely
 * changes its kind, so the one that fitted last is tried first. Not thread-safe.
 */
public final class ForecastReader implements Decoder<Output> {

  private final ForecastCodec forecasts;
  private final JointForecastCodec joint;
  private boolean isJoint; // the last one

  /**
   * @param registry null for plain Avro and JSON
   */
  public ForecastReader(RegistrySettings registry) {
    forecasts = new ForecastCodec(registry);
    joint = new JointForecastCodec(registry);
  }

  /** Reads a {@link Forecast} or a {@link JointForecast}. */
  @Override
  public Output decode(byte[] bytes) throws MalformedRecordException {
    try {
      return decode(bytes, isJoint);
    } catch (MalformedRecordException first) {
      Output other;
      try {
        other = decode(bytes, !isJoint);
      } catch (MalformedRecordException e) {
        throw first;
      }
      isJoint = !isJoint;
      return other;
    }
  }

  private Output decode(byte[] bytes, boolean asJoint) throws MalformedRecordException {
    return asJoint ? joint.decode(bytes) : forecasts.decode(bytes);
  }

  /**
   * The forecasts of single values in a record, whose series are called as in {@link
   * JointForecast#nameOf} where it has several targets.
   */
  public static List<Forecast> forecasts(Output record) {
    return record instanceof JointForecast joint
        ? joint.targets().stream().map(JointForecast.Target::forecast).toList()
        : List.of((Forecast) record);
  }
}
