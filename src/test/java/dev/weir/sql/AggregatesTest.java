package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AggregatesTest {

  @Test
  void whatIsTakenBackLeavesNothing() {
    Mase mase = new Mase();
    Mase.Errors errors = mase.createAccumulator();
    mase.accumulate(errors, 0.1, 0.3, 0.7);
    mase.accumulate(errors, 5.0, 4.0, 7.0);
    mase.retract(errors, 0.1, 0.3, 0.7);
    assertThat(mase.getValue(errors)).isCloseTo(0.5, org.assertj.core.api.Assertions.within(1e-12));
    mase.retract(errors, 5.0, 4.0, 7.0);
    assertThat(mase.getValue(errors)).isNull();
    assertThat(errors.ours).isZero();

    Smape smape = new Smape();
    Smape.Sum sum = smape.createAccumulator();
    smape.accumulate(sum, 1.0, 3.0);
    smape.accumulate(sum, 0.0, 0.0);
    assertThat(smape.getValue(sum)).isEqualTo(50); // (200 * 2 / 4 + 0) / 2
    smape.retract(sum, 0.0, 0.0);
    assertThat(smape.getValue(sum)).isEqualTo(100);

    Coverage coverage = new Coverage();
    Coverage.Hits hits = coverage.createAccumulator();
    coverage.accumulate(hits, 1.0, 1.0, 2.0);
    coverage.accumulate(hits, 3.0, 1.0, 2.0);
    assertThat(coverage.getValue(hits)).isEqualTo(0.5);
    coverage.retract(hits, 3.0, 1.0, 2.0);
    assertThat(coverage.getValue(hits)).isEqualTo(1);
  }

  @Test
  void partsOfAGroupComeTogether() {
    Mase mase = new Mase();
    Mase.Errors left = mase.createAccumulator();
    Mase.Errors right = mase.createAccumulator();
    mase.accumulate(left, 10.0, 12.0, 9.0);
    mase.accumulate(right, 20.0, 18.0, 23.0);
    mase.merge(left, List.of(right));
    assertThat(mase.getValue(left)).isEqualTo(1); // (2 + 2) / (1 + 3)
  }

  @Test
  void numbersAtTheEndOfTheirRangeDoNotSpoilTheRest() {
    Smape smape = new Smape();
    Smape.Sum sum = smape.createAccumulator();
    smape.accumulate(sum, Double.MAX_VALUE, -Double.MAX_VALUE);
    assertThat(smape.getValue(sum)).isEqualTo(200);
    smape.accumulate(sum, Double.POSITIVE_INFINITY, 1.0);
    assertThat(sum.rows).isEqualTo(1);
    Mase mase = new Mase();
    Mase.Errors errors = mase.createAccumulator();
    mase.accumulate(errors, Double.MAX_VALUE, -Double.MAX_VALUE, 0.0);
    assertThat(errors.rows).isZero();
  }
}
