package dev.weir.forecast.alarm;

import dev.weir.forecast.Incident.Reason;
import java.io.Serializable;
import java.util.Set;

/**
 * How many alarms a series may raise, and why. Immutable; may change between two values of a
 * series.
 *
 * @param reasons that may raise an alarm; at least one
 */
public record AlarmSettings(AlarmRate budget, Set<Reason> reasons) implements Serializable {

  public AlarmSettings {
    if (reasons.isEmpty()) {
      throw new IllegalArgumentException("reasons: expected at least one, got none");
    }
    reasons = Set.copyOf(reasons);
  }

  /** One alarm per 1,000 values, for any reason. */
  public static AlarmSettings defaults() {
    return new AlarmSettings(AlarmRate.DEFAULT, Set.copyOf(Reason.OF_VALUES));
  }
}
