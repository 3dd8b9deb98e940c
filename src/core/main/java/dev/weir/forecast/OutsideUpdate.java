package dev.weir.forecast;

import java.util.Arrays;

/**
 * A forecast of a series by a model outside of the job. Of one time, the newest forecast counts.
 *
 * @param series name of the series
 * @param model name of the model
 * @param issued time of issue, milliseconds since 1970 in UTC; it counts from then on
 * @param times (steps) the times forecast, ascending, milliseconds since 1970 in UTC
 * @param values (steps) the value of each time; NaN for missing; the arrays must not be changed
 */
public record OutsideUpdate(String series, String model, long issued, long[] times, double[] values)
    implements CovariateEvent {

  @Override
  public boolean equals(Object other) {
    return other instanceof OutsideUpdate o
        && issued == o.issued
        && series.equals(o.series)
        && model.equals(o.model)
        && Arrays.equals(times, o.times)
        && Arrays.equals(values, o.values);
  }

  @Override
  public int hashCode() {
    return 31 * series.hashCode() + Long.hashCode(issued);
  }

  @Override
  public String toString() {
    return "OutsideUpdate[%s by %s, issued %s: %s = %s]"
        .formatted(
            series,
            model,
            java.time.Instant.ofEpochMilli(issued),
            Arrays.toString(times),
            Arrays.toString(values));
  }
}
