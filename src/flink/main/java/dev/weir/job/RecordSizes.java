package dev.weir.job;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.kafka.codec.ForecastCodec;
import java.util.Arrays;
import java.util.List;

/** Compares the size of a job's forecasts with what their topic and the job's producer accept. */
public final class RecordSizes {

  /** A number of as many characters as there are: 24. */
  private static final double LONGEST = -1.234_567_890_123_456_7e-100;

  /** The series' and the model's name, key, headers and framing, as they mostly are. */
  private static final int REST = 1_024;

  private RecordSizes() {}

  /** Bytes of the job's largest forecast, at most, by one that is written; 0 without forecasts. */
  public static int forecastBytes(JobSettings job) {
    boolean isJson = job.kafka().topics().isJson();
    return job.forecast().modes().stream()
        .map(RecordSizes::longest)
        .mapToInt(
            forecast ->
                REST
                    + (isJson
                        ? new ForecastCodec().toJson(forecast).length
                        : new ForecastCodec().encode(forecast).length))
        .max()
        .orElse(0);
  }

  private static Forecast longest(ModeSettings mode) {
    double[] numbers = new double[mode.horizon()];
    Arrays.fill(numbers, LONGEST);
    long[] times = new long[numbers.length];
    Arrays.fill(times, Integer.MAX_VALUE * 1_000L + 1); // with its milliseconds
    List<Double> levels = mode.learning() == null ? List.of() : mode.learning().learner().levels();
    List<Interval> intervals =
        levels.stream().map(level -> new Interval(level, numbers, numbers)).toList();
    Forecast.Steps steps = new Forecast.Steps(numbers, numbers, intervals);
    return new Forecast(
        "", 1, 1, 1, mode.mode(), times, steps, "", 1, 1, Forecast.Status.OK, 0, null);
  }

  /**
   * Why the job's forecasts are not taken, in one line; null if they are, or if nobody can know
   * since they are compressed.
   *
   * @param taken bytes of a record that their topic takes; null if this is not known
   */
  public static String problem(JobSettings job, Integer taken) {
    long most = Math.min(taken == null ? Integer.MAX_VALUE : taken, job.kafka().maxRequest());
    int bytes = forecastBytes(job);
    return bytes <= most || !job.kafka().compression().equals("none")
        ? null
        : "forecasts of up to %,d bytes, got room for %,d in a record; raise %s, lower the horizon%s"
            .formatted(
                bytes,
                most,
                taken != null && taken == most
                    ? "max.message.bytes of topic " + job.kafka().topics().forecasts()
                    : "kafka.properties.max.request.size",
                job.kafka().topics().isJson() ? " or set forecasts.format: avro" : "");
  }
}
