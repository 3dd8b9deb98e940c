package dev.weir.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ForecastDemoTest {

  /** 48 values are sent before the first forecast, 288 more at 50 a second, then the usual ones. */
  @Test
  void aHistoryIsSentQuicklyAndTheRestAtTheUsualRate() {
    assertThat(ForecastDemo.dueSeconds(48, 4)).isZero();
    assertThat(ForecastDemo.dueSeconds(148, 4)).isEqualTo(2);
    assertThat(ForecastDemo.dueSeconds(336, 4)).isCloseTo(5.76, within(1e-9));
    assertThat(ForecastDemo.dueSeconds(346, 4)).isCloseTo(5.76 + 2.5, within(1e-9));
  }

  @Test
  void aRateAboveThatOfTheHistoryIsUsedForBoth() {
    assertThat(ForecastDemo.dueSeconds(148, 200)).isEqualTo(0.5);
    assertThat(ForecastDemo.dueSeconds(536, 200)).isCloseTo(488 / 200.0, within(1e-9));
  }
}
