package dev.weir.forecast;

import java.util.Arrays;

/**
 * What a model outside of the job forecasts for a series. Of one time, the forecast that was made
 * last counts.
 *
 * @param series name of the series
 * @param model name of the model
 * @param made when it was made, milliseconds since 1970 in UTC; it counts from then on
 * @param times (steps) the times forecast, ascending, milliseconds since 1970 in UTC
 * @param values (steps) the value of each time; NaN for unknown; nobody may write into the arrays
 */
public record OutsideUpdate(String series, String model, long made, long[] times, double[] values)
    implements CovariateEvent {

  @Override
  public boolean equals(Object other) {
    return other instanceof OutsideUpdate o
        && made == o.made
        && series.equals(o.series)
        && model.equals(o.model)
        && Arrays.equals(times, o.times)
        && Arrays.equals(values, o.values);
  }

  @Override
  public int hashCode() {
    return 31 * series.hashCode() + Long.hashCode(made);
  }

  @Override
  public String toString() {
    return "OutsideUpdate[%s by %s, made %s: %s = %s]"
        .formatted(
            series,
            model,
            java.time.Instant.ofEpochMilli(made),
            Arrays.toString(times),
            Arrays.toString(values));
  }
}
