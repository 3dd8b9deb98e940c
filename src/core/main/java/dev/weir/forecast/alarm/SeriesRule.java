package dev.weir.forecast.alarm;

/**
 * What of some {@link AlarmRules} counts for one series. Never saved: it is found again by the name
 * of the series. Immutable, and its array is not to be changed.
 */
public final class SeriesRule {

  /** The number of the override where none matches. */
  public static final int COMMON = -1;

  private final AlarmRules rules;
  private final int override;
  private final int[] thresholds;

  SeriesRule(AlarmRules rules, int override, int[] thresholds) {
    this.rules = rules;
    this.override = override;
    this.thresholds = thresholds;
  }

  /** Whether it is of these rules, the very same object. */
  public boolean isOf(AlarmRules others) {
    return rules == others;
  }

  /** Number of the override that counts, from 0; or {@link #COMMON}. */
  public int override() {
    return override;
  }

  /** Which alarms count; null for none. */
  public IncidentSettings settings() {
    return override == COMMON ? rules.common() : rules.overrides().get(override).settings();
  }

  /** Numbers of the thresholds that count, ascending. */
  public int[] thresholds() {
    return thresholds;
  }
}
