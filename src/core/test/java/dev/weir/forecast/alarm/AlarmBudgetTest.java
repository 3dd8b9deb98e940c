package dev.weir.forecast.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AlarmBudgetTest {

  private final AlarmState state = new AlarmState();

  private boolean take(AlarmBudget budget, double surprise) {
    boolean alarm = budget.take(state, surprise, 0);
    state.longs[AlarmState.VALUES]++;
    return alarm;
  }

  /** Indices of the alarms if each value has the greatest surprise. */
  private List<Integer> alarms(double of, int values) {
    AlarmBudget budget = new AlarmBudget(new AlarmRate(of, 0));
    List<Integer> alarms = new ArrayList<>();
    for (int i = 0; i < values; i++) {
      if (take(budget, AlarmDetector.MAX_SURPRISE)) {
        alarms.add(i);
      }
    }
    return alarms;
  }

  @Test
  void thresholdIsTwoAndAHalfTimesTheBudget() {
    AlarmBudget budget = new AlarmBudget(new AlarmRate(0.001, 0));
    state.longs[AlarmState.VALUES] = AlarmBudget.BEGINNING;
    double threshold = 2.60206; // -log10(0.0025)
    assertThat(take(budget, threshold - 1e-4)).isFalse();
    assertThat(take(budget, threshold + 1e-4)).isTrue();
  }

  @Test
  void eachAlarmRaisesTheThresholdAndTimeLowersIt() {
    AlarmBudget budget = new AlarmBudget(new AlarmRate(0.001, 0));
    state.longs[AlarmState.VALUES] = AlarmBudget.BEGINNING;
    assertThat(take(budget, 4)).isTrue();
    assertThat(state.doubles[AlarmState.PENALTY]).isEqualTo(0.4);
    for (int i = 0; i < 100; i++) {
      assertThat(take(budget, 2.9)).isFalse();
    }
    // 0.4 * 1.9 * 0.001 with each value
    assertThat(state.doubles[AlarmState.PENALTY]).isEqualTo(0.324, within(1e-9));
    assertThat(take(budget, 2.95)).isTrue(); // 2.602 + 0.323
  }

  @Test
  void beginningAndTimeAfterAnAlarmAreSilent() {
    List<Integer> alarms = alarms(0.05, 400);
    assertThat(alarms.get(0)).isEqualTo(300);
    assertThat(alarms.get(1)).isEqualTo(331);
  }

  @Test
  void anyStretchKeepsTheBudgetIfEachValueIsUnusual() {
    for (double budget : new double[] {0.0003, 0.001, 0.01, 0.05}) {
      state.longs[AlarmState.VALUES] = 0;
      state.doubles[AlarmState.PENALTY] = 0;
      state.doubles[AlarmState.SPENT] = 0;
      state.longs[AlarmState.QUIET_UNTIL] = 0;
      check(alarms(budget, 60_000), budget);
    }
  }

  @Test
  void anyStretchKeepsTheBudgetIfSurprisesComeInBursts() {
    SplittableRandom random = new SplittableRandom(11);
    AlarmBudget budget = new AlarmBudget(new AlarmRate(0.002, 0));
    List<Integer> alarms = new ArrayList<>();
    for (int i = 0; i < 90_000; i++) {
      boolean burst = i / 7_000 % 2 == 1;
      if (take(budget, burst ? 5 * random.nextDouble() : 0)) {
        alarms.add(i);
      }
    }
    check(alarms, 0.002);
    assertThat(alarms.size()).isGreaterThan(60); // and it is used
  }

  /** No stretch has more alarms than its length times the budget, and ten. */
  static void check(List<Integer> alarms, double budget) {
    for (int i = 0; i < alarms.size(); i++) {
      for (int j = i; j < alarms.size(); j++) {
        int values = alarms.get(j) - alarms.get(i) + 1;
        assertThat(j - i + 1.0).isLessThanOrEqualTo(budget * values + AlarmBudget.BURST + 1e-6);
      }
    }
  }
}
