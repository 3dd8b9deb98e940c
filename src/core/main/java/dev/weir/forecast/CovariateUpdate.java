package dev.weir.forecast;

import java.util.Arrays;

/**
 * The covariates known ahead of one time of a group of series. A later update of the same time
 * replaces it.
 *
 * @param group name of the group, or of the series that is a group of its own
 * @param time the time of the covariates, milliseconds since 1970 in UTC
 * @param features one number for each covariate; NaN for missing; must not be changed
 */
public record CovariateUpdate(String group, long time, double[] features)
    implements CovariateEvent {

  @Override
  public boolean equals(Object other) {
    return other instanceof CovariateUpdate o
        && time == o.time
        && group.equals(o.group)
        && Arrays.equals(features, o.features);
  }

  @Override
  public int hashCode() {
    return 31 * group.hashCode() + Long.hashCode(time);
  }

  @Override
  public String toString() {
    return "CovariateUpdate[%s %s = %s]"
        .formatted(group, java.time.Instant.ofEpochMilli(time), Arrays.toString(features));
  }
}
