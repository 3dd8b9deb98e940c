package dev.weir.forecast.alarm;

/**
 * Limits the alarms of a series. An alarm needs a surprise of at least -log10(2.5 budget) plus a
 * penalty, which each alarm raises by 0.4 and time lowers; so the most surprising values get the
 * alarms. A token bucket bounds them on any sequence: any n successive values raise at most {@code
 * budget * n + 10} alarms.
 *
 * <p>After an alarm 30 values raise none. Not thread-safe.
 */
final class AlarmBudget {

  /** Alarms that may come at once, apart from the silence after each. */
  static final int BURST = 10;

  /** Values without an alarm after an alarm. */
  static final int SILENCE = 30;

  /** Values at the beginning of a series without an alarm. */
  static final int BEGINNING = 300;

  static final double PENALTY = 0.4;

  private static final double CHANCE = 2.5; // of a value that is surprising enough, over the budget
  private static final double RELAXATION = 1.9;

  private final AlarmRate rate;
  private double budget; // alarms per value, of the newest one
  private double threshold;

  AlarmBudget(AlarmRate rate) {
    this.rate = rate;
  }

  /** Whether a surprise is large enough for an alarm where no alarm came before. */
  boolean isSurprising(double surprise) {
    return surprise >= threshold;
  }

  /** Suppresses alarms of the next values. */
  static void rest(AlarmState state) {
    state.longs[AlarmState.QUIET_UNTIL] = state.longs[AlarmState.VALUES] + SILENCE + 1;
  }

  /**
   * Whether the value raises an alarm, which is then charged; called once for each value.
   *
   * @param spacing usual time between values, in milliseconds; 0 if unknown
   */
  boolean take(AlarmState state, double surprise, long spacing) {
    double now = rate.perValue(spacing);
    if (now != budget) {
      budget = now;
      threshold = -Math.log10(CHANCE * now);
    }
    double[] doubles = state.doubles;
    long[] longs = state.longs;
    double penalty = Math.max(0, doubles[AlarmState.PENALTY] - PENALTY * RELAXATION * budget);
    double spent = Math.max(0, doubles[AlarmState.SPENT] - budget);
    long t = longs[AlarmState.VALUES];
    boolean alarm =
        t >= BEGINNING
            && t >= longs[AlarmState.QUIET_UNTIL]
            && spent <= BURST - 1
            && surprise >= threshold + penalty;
    if (alarm) {
      penalty += PENALTY;
      spent++;
      rest(state);
    }
    doubles[AlarmState.PENALTY] = penalty;
    doubles[AlarmState.SPENT] = spent;
    return alarm;
  }
}
