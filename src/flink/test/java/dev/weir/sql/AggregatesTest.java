package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.sql.aggregate.Accuracy;
import dev.weir.sql.aggregate.Coverage;
import dev.weir.sql.aggregate.Crps;
import dev.weir.sql.aggregate.IntervalScore;
import dev.weir.sql.aggregate.LogLoss;
import dev.weir.sql.aggregate.Mase;
import dev.weir.sql.aggregate.PinballLoss;
import dev.weir.sql.aggregate.Smape;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AggregatesTest {

  @Test
  void whatIsTakenBackLeavesNothing() {
    Mase mase = new Mase();
    Mase.Errors errors = mase.createAccumulator();
    mase.accumulate(errors, 0.1, 0.3, 0.7);
    mase.accumulate(errors, 5.0, 4.0, 7.0);
    mase.retract(errors, 0.1, 0.3, 0.7);
    assertThat(mase.getValue(errors)).isEqualTo(0.5);
    mase.retract(errors, 5.0, 4.0, 7.0);
    assertThat(mase.getValue(errors)).isNull();
    assertThat(errors.ours.sum).isZero();
    assertThat(errors.naive.sum).isZero();

    Smape smape = new Smape();
    var sum = smape.createAccumulator();
    smape.accumulate(sum, 1.0, 3.0);
    smape.accumulate(sum, 0.0, 0.0);
    assertThat(smape.getValue(sum)).isEqualTo(50); // (200 * 2 / 4 + 0) / 2
    smape.retract(sum, 0.0, 0.0);
    assertThat(smape.getValue(sum)).isEqualTo(100);

    Coverage coverage = new Coverage();
    var hits = coverage.createAccumulator();
    coverage.accumulate(hits, 1.0, 1.0, 2.0);
    coverage.accumulate(hits, 3.0, 1.0, 2.0);
    assertThat(coverage.getValue(hits)).isEqualTo(0.5);
    coverage.retract(hits, 3.0, 1.0, 2.0);
    assertThat(coverage.getValue(hits)).isEqualTo(1);
  }

  @Test
  void classesAreScored() {
    Accuracy accuracy = new Accuracy();
    var counts = accuracy.createAccumulator();
    accuracy.accumulate(counts, "a", null);
    assertThat(accuracy.getValue(counts)).isNull();
    accuracy.accumulate(counts, "a", "a");
    accuracy.accumulate(counts, "b", "a");
    accuracy.accumulate(counts, "b", "b");
    accuracy.accumulate(counts, null, "b");
    assertThat(accuracy.getValue(counts)).isEqualTo(2 / 3.0);
    accuracy.retract(counts, "b", "a");
    var other = accuracy.createAccumulator();
    accuracy.accumulate(other, "c", "b");
    accuracy.merge(counts, List.of(other));
    assertThat(accuracy.getValue(counts)).isEqualTo(2 / 3.0);

    LogLoss loss = new LogLoss();
    var sum = loss.createAccumulator();
    loss.accumulate(sum, null, Map.of("a", 1.0));
    loss.accumulate(sum, "a", null);
    loss.accumulate(sum, "a", Map.of("a", Double.NaN));
    assertThat(loss.getValue(sum)).isNull();
    loss.accumulate(sum, "a", Map.of("a", 0.25, "b", 0.75));
    loss.accumulate(sum, "a", Map.of("a", 1.0));
    assertThat(loss.getValue(sum)).isEqualTo(Math.log(4) / 2, within(1e-12));
    loss.retract(sum, "a", Map.of("a", 1.0));
    loss.accumulate(sum, "c", Map.of("a", 1.0)); // a millionth
    var others = loss.createAccumulator();
    loss.accumulate(others, "a", Map.of("a", 0.5));
    loss.merge(sum, List.of(others));
    assertThat(loss.getValue(sum))
        .isEqualTo((Math.log(4) + Math.log(1e6) + Math.log(2)) / 3, within(1e-12));
  }

  @Test
  void distributionsAreScored() {
    PinballLoss pinball = new PinballLoss();
    var loss = pinball.createAccumulator();
    pinball.accumulate(loss, 10.0, 8.0, 0.75); // 1.5
    pinball.accumulate(loss, 6.0, 8.0, 0.75); // 0.5
    assertThat(pinball.getValue(loss)).isEqualTo(1);
    pinball.retract(loss, 6.0, 8.0, 0.75);
    assertThat(pinball.getValue(loss)).isEqualTo(1.5);

    IntervalScore interval = new IntervalScore();
    var score = interval.createAccumulator();
    interval.accumulate(score, 3.0, 2.0, 7.0, 0.75); // 5
    interval.accumulate(score, 8.5, 2.0, 7.0, 0.75); // 5 + 8 * 1.5
    assertThat(interval.getValue(score)).isEqualTo(11);

    Crps crps = new Crps();
    var mean = crps.createAccumulator();
    crps.accumulate(mean, 9.0, 4.0, 4.0, 4.0, 0.8); // a point: the error
    assertThat(crps.getValue(mean)).isEqualTo(5, within(1e-12));
    var other = crps.createAccumulator();
    // a uniform distribution on 0 to 2 with the outer quarters at 0.5 and 1.5:
    // twice the integral of (F - 1)^2 or F^2 from 0.5 to 1: 2 (0.5^3 - 0.25^3) / 3 / 0.5
    crps.accumulate(other, 1.0, 1.0, 0.5, 1.5, 0.5);
    double uniform = 2 * (0.125 - 0.015625) / 3 / 0.5;
    assertThat(crps.getValue(other)).isEqualTo(uniform, within(1e-12));
    crps.merge(mean, List.of(other));
    assertThat(crps.getValue(mean)).isEqualTo((5 + uniform) / 2, within(1e-12));
  }

  @Test
  void rowWithoutADistributionDoesNotCount() {
    PinballLoss pinball = new PinballLoss();
    IntervalScore interval = new IntervalScore();
    Crps crps = new Crps();
    var mean = new Crps().createAccumulator();
    for (Double no :
        new Double[] {null, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      pinball.accumulate(mean, no, 1.0, 0.5);
      pinball.accumulate(mean, 1.0, no, 0.5);
      interval.accumulate(mean, no, 1.0, 2.0, 0.5);
      interval.accumulate(mean, 1.0, no, 2.0, 0.5);
      interval.accumulate(mean, 1.0, 1.0, no, 0.5);
      crps.accumulate(mean, no, 1.0, 0.0, 2.0, 0.5);
      crps.accumulate(mean, 1.0, no, 0.0, 2.0, 0.5);
      crps.accumulate(mean, 1.0, 1.0, no, 2.0, 0.5);
      crps.accumulate(mean, 1.0, 1.0, 0.0, no, 0.5);
    }
    pinball.accumulate(mean, 1.0, 1.0, null);
    interval.accumulate(mean, 1.0, 1.0, 2.0, null);
    crps.accumulate(mean, 1.0, 1.0, 0.0, 2.0, null);
    interval.accumulate(mean, 1.0, 3.0, 2.0, 0.5); // ends that cross
    crps.accumulate(mean, 1.0, 3.0, 0.0, 2.0, 0.5); // a forecast outside
    assertThat(crps.getValue(mean)).isNull();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.5, 0, 1, 80, Double.NaN})
  void levelThatIsNoShareFails(double level) {
    var mean = new Crps().createAccumulator();
    String rest = "_: level: expected a share within 0 and 1, such as 0.8, got " + level;
    assertThatThrownBy(() -> new PinballLoss().accumulate(mean, 1.0, 1.0, level))
        .hasMessage(rest.replace("_", "PINBALL_LOSS"));
    assertThatThrownBy(() -> new IntervalScore().accumulate(mean, 1.0, 1.0, 2.0, level))
        .hasMessage(rest.replace("_", "INTERVAL_SCORE"));
    assertThatThrownBy(() -> new Crps().accumulate(mean, 1.0, 1.0, 0.0, 2.0, level))
        .hasMessage(rest.replace("_", "CRPS"));
  }

  @Test
  void smallErrorsOutliveHugeOnesThatLeaveTheWindow() {
    Mase mase = new Mase();
    Mase.Errors errors = mase.createAccumulator();
    mase.accumulate(errors, 0.0, 1e17, 1e300); // 0.5 is below half a step of 1e17
    mase.accumulate(errors, 10.0, 10.5, 8.0); // 0.5 and 2
    mase.accumulate(errors, 0.0, 1e200, 1e17); // huge in other magnitudes
    mase.accumulate(errors, 10.0, 11.0, 12.0); // 1 and 2
    mase.retract(errors, 0.0, 1e17, 1e300);
    mase.retract(errors, 0.0, 1e200, 1e17);
    assertThat(mase.getValue(errors)).isEqualTo(1.5 / 4);

    Smape smape = new Smape();
    var sum = smape.createAccumulator();
    smape.accumulate(sum, 1.0, -3.0); // 200
    smape.accumulate(sum, 1.0, 1 + 0x1p-52); // 200 * 2^-52 / (2 + 2^-52), below a step of 200
    smape.retract(sum, 1.0, -3.0);
    assertThat(smape.getValue(sum)).isEqualTo(200 * (0x1p-53 / (1 + 0x1p-53)));
  }

  @Test
  void whatIsNoNumberCountsNeitherInTheWindowNorWhenItLeaves() {
    double[] none = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
    Mase mase = new Mase();
    Mase.Errors errors = mase.createAccumulator();
    Smape smape = new Smape();
    var sum = smape.createAccumulator();
    Coverage coverage = new Coverage();
    var hits = coverage.createAccumulator();
    mase.accumulate(errors, 3.0, 4.0, 5.0);
    smape.accumulate(sum, 1.0, 3.0);
    coverage.accumulate(hits, 1.0, 0.0, 2.0);
    for (double value : none) {
      mase.accumulate(errors, value, 1.0, 2.0);
      mase.accumulate(errors, 1.0, value, 2.0);
      mase.accumulate(errors, 1.0, 2.0, value);
      smape.accumulate(sum, value, 1.0);
      smape.accumulate(sum, 1.0, value);
      coverage.accumulate(hits, value, 0.0, 1.0);
    }
    coverage.accumulate(hits, 1.0, Double.NaN, 2.0);
    coverage.accumulate(hits, 9.0, Double.NEGATIVE_INFINITY, 8.0); // open below, and missed

    assertThat(mase.getValue(errors)).isEqualTo(0.5);
    assertThat(smape.getValue(sum)).isEqualTo(100);
    assertThat(coverage.getValue(hits)).isEqualTo(0.5);

    for (double value : none) {
      mase.retract(errors, value, 1.0, 2.0);
      mase.retract(errors, 1.0, value, 2.0);
      mase.retract(errors, 1.0, 2.0, value);
      smape.retract(sum, value, 1.0);
      smape.retract(sum, 1.0, value);
      coverage.retract(hits, value, 0.0, 1.0);
    }
    coverage.retract(hits, 1.0, Double.NaN, 2.0);
    coverage.retract(hits, 9.0, Double.NEGATIVE_INFINITY, 8.0);
    assertThat(mase.getValue(errors)).isEqualTo(0.5);
    assertThat(errors.ours.rows).isEqualTo(1);
    assertThat(smape.getValue(sum)).isEqualTo(100);
    assertThat(sum.rows).isEqualTo(1);
    assertThat(coverage.getValue(hits)).isEqualTo(1);
    assertThat(hits.rows).isEqualTo(1);
  }

  @Test
  void errorsAtTheEndOfTheRangeLeaveAWindowThatGoesOn() {
    Mase mase = new Mase();
    Mase.Errors errors = mase.createAccumulator();
    double max = Double.MAX_VALUE;
    mase.accumulate(errors, 0.0, max, max);
    mase.accumulate(errors, 0.0, max, max / 2);
    mase.accumulate(errors, 0.0, max, max / 2); // 3 max over 2 max, and neither is a double
    assertThat(mase.getValue(errors)).isEqualTo(1.5);
    mase.accumulate(errors, 10.0, 10.25, 12.0);
    mase.retract(errors, 0.0, max, max);
    mase.retract(errors, 0.0, max, max / 2);
    mase.retract(errors, 0.0, max, max / 2);
    assertThat(mase.getValue(errors)).isEqualTo(0.125);
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

    Smape smape = new Smape();
    var first = smape.createAccumulator();
    var second = smape.createAccumulator();
    smape.accumulate(first, 1.0, 3.0);
    smape.accumulate(second, 2.0, 2.0);
    smape.merge(first, List.of(second));
    assertThat(smape.getValue(first)).isEqualTo(50);
  }

  @Test
  void numbersAtTheEndOfTheirRangeDoNotSpoilTheRest() {
    Smape smape = new Smape();
    var sum = smape.createAccumulator();
    smape.accumulate(sum, Double.MAX_VALUE, -Double.MAX_VALUE);
    assertThat(smape.getValue(sum)).isEqualTo(200);
    smape.accumulate(sum, Double.POSITIVE_INFINITY, 1.0);
    assertThat(sum.rows).isEqualTo(1);
    Mase mase = new Mase();
    Mase.Errors errors = mase.createAccumulator();
    mase.accumulate(errors, Double.MAX_VALUE, -Double.MAX_VALUE, 0.0);
    assertThat(errors.ours.rows).isZero();
  }

  @Test
  void sumDoesNotDependOnTheOrderOfRows() {
    Random random = new Random(20261125);
    for (int round = 0; round < 200; round++) {
      List<double[]> steps = new ArrayList<>(); // error, 1 or -1 for a retraction
      BigDecimal truth = BigDecimal.ZERO;
      for (int i = 0; i < 60; i++) {
        double error = random.nextDouble() * Math.scalb(1.0, random.nextInt(400) - 200);
        steps.add(new double[] {error, 1});
        if (i % 3 == 0) {
          truth = truth.add(new BigDecimal(error));
        } else {
          steps.add(new double[] {error, -1});
        }
      }
      Collections.shuffle(steps, random);
      Mase mase = new Mase();
      Mase.Errors errors = mase.createAccumulator();
      for (double[] step : steps) {
        if (step[1] > 0) {
          mase.accumulate(errors, 0.0, step[0], 1.0);
        } else {
          mase.retract(errors, 0.0, step[0], 1.0);
        }
      }
      assertThat(errors.ours.sum).isEqualByComparingTo(truth);
      assertThat(mase.getValue(errors))
          .isEqualTo(truth.divide(BigDecimal.valueOf(20), MathContext.DECIMAL128).doubleValue());
    }
  }
}
