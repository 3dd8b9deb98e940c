package dev.weir.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BoundsTest {

  private static final double INFINITY = Double.POSITIVE_INFINITY;

  @Test
  void forecastsGoToTheNearestValueAndEndsOutward() {
    Bounds counts = new Bounds(0, 40, true);
    assertThat(counts.value(2.6)).isEqualTo(3);
    assertThat(counts.value(2.5)).isEqualTo(2); // of two, the even one
    assertThat(counts.value(-7)).isEqualTo(0);
    assertThat(counts.value(40.6)).isEqualTo(40);
    assertThat(counts.lower(2.9)).isEqualTo(2);
    assertThat(counts.lower(-0.1)).isEqualTo(0);
    assertThat(counts.lower(51)).isEqualTo(40);
    assertThat(counts.upper(2.1)).isEqualTo(3);
    assertThat(counts.upper(-3)).isEqualTo(0);
    assertThat(counts.upper(39.1)).isEqualTo(40);
  }

  @Test
  void realNumbersAreOnlyClipped() {
    Bounds atLeast = new Bounds(-1.5, INFINITY, false);
    assertThat(atLeast.value(-1.6)).isEqualTo(-1.5);
    assertThat(atLeast.value(2.6)).isEqualTo(2.6);
    assertThat(atLeast.lower(2.9)).isEqualTo(2.9);
    assertThat(atLeast.upper(1e300)).isEqualTo(1e300);
  }

  @Test
  void zeroHasNoSign() {
    Bounds whole = new Bounds(-INFINITY, INFINITY, true);
    assertThat(Double.doubleToRawLongBits(whole.value(-0.3))).isZero();
    assertThat(Double.doubleToRawLongBits(new Bounds(0, 9, false).upper(-0.0))).isZero();
  }

  @Test
  void withoutBoundsEachNumberKeepsItsBits() {
    assertThat(Bounds.NONE.isUnbounded()).isTrue();
    assertThat(new Bounds(-INFINITY, INFINITY, false).isUnbounded()).isTrue(); // as after a restore
    assertThat(new Bounds(-INFINITY, INFINITY, true).isUnbounded()).isFalse();
    assertThat(Double.doubleToRawLongBits(Bounds.NONE.value(-0.0))).isEqualTo(Long.MIN_VALUE);
    double[] relative = {0.1, -0.0};
    Bounds.NONE.apply(relative, 1e16);
    assertThat(relative).containsExactly(0.1, -0.0);
  }

  @Test
  void relativeForecastsAreBoundedWhereTheyAre() {
    double[] relative = {-12.2, 0.6, 40};
    new Bounds(0, 30, true).apply(relative, 10);
    assertThat(relative).containsExactly(-10, 1, 20); // 0, 11 and 30
  }

  @Test
  void quantilesAreBoundedAsEndsOfIntervals() {
    double[] quantiles = {-4.5, -1.5, 0, 0.5, 30};
    new Bounds(0, 20, true).applyToQuantiles(quantiles, 3);
    assertThat(quantiles).containsExactly(-3, -2, 0, 1, 17); // 0, 1, 3, 4 and 20
  }

  @Test
  void contradictionsAreRejected() {
    assertThatThrownBy(() -> new Bounds(2, 2, false))
        .hasMessage("min: expected less than max (2.0), got 2.0");
    assertThatThrownBy(() -> new Bounds(Double.NaN, 2, false))
        .hasMessage("min: expected less than max (2.0), got NaN");
    assertThatThrownBy(() -> new Bounds(0.5, INFINITY, true))
        .hasMessage("min: expected a whole number with integer, got 0.5");
    assertThatThrownBy(() -> new Bounds(0, 7.5, true))
        .hasMessage("max: expected a whole number with integer, got 7.5");
  }
}
