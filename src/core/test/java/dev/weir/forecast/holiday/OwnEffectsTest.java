package dev.weir.forecast.holiday;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Days are years here; each has two forecasts of equal weight. */
class OwnEffectsTest {

  private static final int EASTER = 7;
  private static final int CHRISTMAS = 11;

  private final OwnEffects effects = new OwnEffects();

  @BeforeEach
  void bind() {
    effects.bind(new float[3 + OwnEffects.FLOATS], 3);
  }

  private void learn(int id, long day, double plain, double corrected) {
    effects.learn(id, day, plain, corrected, 2);
    effects.learn(id, day, plain, corrected, 2);
  }

  @Test
  void effectIsTheMeanOfEarlierDaysShrunkTowardsZero() {
    assertThat(effects.effect(EASTER, 1)).isZero();
    learn(EASTER, 1, 3, 2);
    learn(CHRISTMAS, 2, 3, -4);
    assertThat(effects.effect(EASTER, 1)).isZero(); // by no value of the same day
    assertThat(effects.effect(EASTER, 3)).isEqualTo(2.0 / 3); // 2 * 1 / (1 + 2)
    assertThat(effects.effect(CHRISTMAS, 4)).isEqualTo(-4.0 / 3);
    effects.learn(EASTER, 3, 3, 1, 2);
    assertThat(effects.effect(EASTER, 3)).isEqualTo(2.0 / 3);
    effects.learn(EASTER, 3, 3, 1, 2);
    assertThat(effects.effect(EASTER, 5)).isEqualTo(0.75); // 1.5 * 2 / (2 + 2)
    learn(EASTER, 5, 50, 50); // counts as 6
    assertThat(effects.effect(EASTER, 7)).isEqualTo(1.8); // 3 * 3 / (3 + 2)
  }

  @Test
  void oldDaysAreForgottenAfterTen() {
    for (int day = 0; day < 60; day++) {
      learn(EASTER, day, 1, day < 30 ? 1 : -1);
    }
    assertThat(effects.effect(EASTER, 60)).isCloseTo(-11.0 / 13, within(0.1)); // 10 and 1
  }

  @Test
  void holidaysBeyondTheLargestNumberHaveNoEffect() {
    assertThat(OwnEffects.FLOATS).isEqualTo(5 + 20 * 6);
    for (int id = 1; id <= OwnEffects.MAX_HOLIDAYS + 1; id++) {
      learn(id, id, 1, 3);
    }
    learn(HolidayDays.UNNAMED, 99, 1, 3);
    assertThat(effects.effect(OwnEffects.MAX_HOLIDAYS, 100)).isEqualTo(1);
    assertThat(effects.effect(OwnEffects.MAX_HOLIDAYS + 1, 100)).isZero();
    assertThat(effects.effect(HolidayDays.UNNAMED, 100)).isZero();
    assertThat(effects.effect(1, 100)).isEqualTo(1);
  }

  @Test
  void effectsCountFromTheThirdDayWithOneOn() {
    learn(EASTER, 1, 3, 3); // had none before
    learn(EASTER, 2, 3, 3);
    assertThat(effects.areTrusted(3)).isFalse();
    learn(EASTER, 3, 3, 3);
    assertThat(effects.areTrusted(3)).isFalse();
    assertThat(effects.areTrusted(4)).isTrue();
  }

  @Test
  void effectsMustBeBetterThanTheOtherForecasts() {
    for (int day = 1; day < 20; day++) {
      learn(EASTER, day, 3, day % 2 == 0 ? 2 : -2); // nothing repeats
    }
    assertThat(effects.areTrusted(20)).isFalse();
    bind();
    for (int day = 1; day < 20; day++) {
      learn(EASTER, day, 0.1, 2); // the plain forecast is right
    }
    assertThat(effects.areTrusted(20)).isFalse();
    bind();
    for (int day = 1; day < 20; day++) {
      learn(EASTER, day, 3, 2);
    }
    assertThat(effects.areTrusted(20)).isTrue();
  }

  @Test
  void damagedStateHasNoEffect() {
    learn(EASTER, 1, 1, Double.NaN);
    assertThat(effects.effect(EASTER, 2)).isZero();
  }
}
