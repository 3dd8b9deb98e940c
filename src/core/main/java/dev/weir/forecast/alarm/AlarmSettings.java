package dev.weir.forecast.alarm;

import dev.weir.forecast.Incident.Reason;
import java.io.Serializable;
import java.util.Set;

/**
 * How many alarms a series may raise, and why. Immutable; may change between two values of a
 * series.
 *
 * @param budget alarms per value; {@link #MIN_BUDGET} to {@link #MAX_BUDGET}
 * @param reasons that may raise an alarm; at least one
 */
public record AlarmSettings(double budget, Set<Reason> reasons) implements Serializable {

  public static final double DEFAULT_BUDGET = 1e-3;

  /** A smaller one would ask for more surprise than {@link AlarmDetector#MAX_SURPRISE}. */
  public static final double MIN_BUDGET = 1e-5;

  public static final double MAX_BUDGET = 0.05;

  public AlarmSettings {
    if (!(budget >= MIN_BUDGET && budget <= MAX_BUDGET)) {
      throw new IllegalArgumentException(
          "budget: expected %s to %s alarms per value, got %s"
              .formatted(MIN_BUDGET, MAX_BUDGET, budget));
    }
    if (reasons.isEmpty()) {
      throw new IllegalArgumentException("reasons: expected at least one, got none");
    }
    reasons = Set.copyOf(reasons);
  }

  /** One alarm per 1,000 values, for any reason. */
  public static AlarmSettings defaults() {
    return new AlarmSettings(DEFAULT_BUDGET, Set.copyOf(Reason.OF_VALUES));
  }
}
