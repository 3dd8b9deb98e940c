package dev.weir.forecast.alarm;

/**
 * The part of {@link AlarmRules} that applies to one series. Never saved: derived from the series'
 * name. Immutable; callers must not change its array.
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

  /** Whether it is of these rules, by identity. */
  public boolean isOf(AlarmRules others) {
    return rules == others;
  }

  /** Number of the override that applies, from 0; or {@link #COMMON}. */
  public int override() {
    return override;
  }

  /** The settings that apply; null for no alarms. */
  public IncidentSettings settings() {
    return override == COMMON ? rules.common() : rules.overrides().get(override).settings();
  }

  /** Numbers of the thresholds that apply, ascending. */
  public int[] thresholds() {
    return thresholds;
  }
}
