package dev.weir.forecast;

import java.util.Arrays;

/**
 * What has become known of one time of a group of series. A later update of the same time replaces
 * it.
 *
 * @param group name of the group, or of the series that is a group of its own
 * @param time the time that the covariates are of, milliseconds since 1970 in UTC
 * @param features one number for each covariate that is known ahead; NaN for unknown; nobody may
 *     write into the array
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
