package dev.weir.forecast.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.StateBytes;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AlarmDetectorTest {

  private static final double BUDGET = 0.001;

  private final AlarmState state = new AlarmState();
  private final SplittableRandom random = new SplittableRandom(7);

  private static AlarmDetector detector(Reason... reasons) {
    EnumSet<Reason> some = EnumSet.noneOf(Reason.class);
    some.addAll(List.of(reasons));
    return new AlarmDetector(new AlarmSettings(new AlarmRate(BUDGET, 0), some));
  }

  /** Learns values around 100 with errors of 1 or so, whose forecast is 100. */
  private void learn(AlarmDetector detector, int values) {
    for (int i = 0; i < values; i++) {
      detector.observe(state, 100 + bounded(), 100, 2, 0);
    }
  }

  /** An error without extremes. */
  private double bounded() {
    return Math.max(-2.5, Math.min(2.5, random.nextGaussian()));
  }

  @Test
  void valueFarOutsideTheRangeIsNovel() {
    AlarmDetector detector = detector(Reason.values());
    learn(detector, 700);
    assertThat(detector.observe(state, 112, 100, 2, 0)).isTrue();
    assertThat(detector.reason()).isEqualTo(Reason.NOVELTY);
    assertThat(detector.surprise()).isEqualTo(AlarmDetector.MAX_SURPRISE);
    assertThat(detector.expected()).isEqualTo(100);
    assertThat(detector.error()).isEqualTo(12);
  }

  @Test
  void forecastRecordIsNotNovel() {
    AlarmDetector detector = detector(Reason.NOVELTY);
    for (int i = 0; i < 900; i++) { // a trend has a record with each value
      assertThat(detector.observe(state, i + 0.1 * bounded(), i, 0.2, 0)).isFalse();
    }
    assertThat(detector.observe(state, 960, 900, 0.2, 0)).isTrue();
  }

  @Test
  void valueWithinFivePercentOutsideTheRangeIsNotNovel() {
    AlarmDetector detector = detector(Reason.NOVELTY);
    for (int i = 0; i < 400; i++) { // from 100 to 120, with errors of 0.01
      detector.observe(state, 100 + i % 21, 100 + i % 21 + 0.01, 1, 0);
    }
    double high = state.doubles[AlarmState.HIGH];
    double range = high - state.doubles[AlarmState.LOW];
    assertThat(detector.observe(state, high + 0.049 * range, 110, 1, 0)).isFalse();
    high = state.doubles[AlarmState.HIGH];
    range = high - state.doubles[AlarmState.LOW];
    assertThat(detector.observe(state, high + 0.051 * range, 110, 1, 0)).isTrue();
  }

  @Test
  void stuckValueIsNovelOnce() {
    AlarmDetector detector = detector(Reason.NOVELTY);
    learn(detector, 700);
    List<Integer> alarms = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      if (detector.observe(state, 101, 101, 2, 0)) {
        alarms.add(i);
      }
    }
    // its tenth repetition; the next one would be 10 + 2 * 10, within the silence of 30
    assertThat(alarms).containsExactly(10);
  }

  @Test
  void seriesThatAlwaysRepeatsIsNotStuck() {
    AlarmDetector detector = detector(Reason.values());
    for (int i = 0; i < 5_000; i++) {
      assertThat(detector.observe(state, 3, i == 0 ? Double.NaN : 3, 0, 0)).isFalse();
      assertThat(detector.surprise()).isLessThan(1);
    }
  }

  @Test
  void shiftOfTheMeanIsALevel() {
    AlarmDetector detector = detector(Reason.LEVEL, Reason.NOVELTY);
    learn(detector, 1_500);
    boolean alarm = false;
    for (int i = 0; i < 20 && !alarm; i++) { // within the range, and forecast
      alarm = detector.observe(state, 102.2, 102, 2, 0);
    }
    assertThat(alarm).isTrue();
    assertThat(detector.reason()).isEqualTo(Reason.LEVEL);
  }

  @Test
  void errorsOfOneSignAreADrift() {
    AlarmDetector detector = detector(Reason.DRIFT, Reason.ERROR);
    learn(detector, 1_500);
    boolean alarm = false;
    for (int i = 0; i < 60 && !alarm; i++) { // each of them is usual
      alarm = detector.observe(state, 101.5, 100, 2, 0);
    }
    assertThat(alarm).isTrue();
    assertThat(detector.reason()).isEqualTo(Reason.DRIFT);
    // on its way to 1.5 in units of the mean error, 0.78
    assertThat(state.doubles[AlarmState.DRIFT]).isBetween(0.3, 1.9);
  }

  @Test
  void severalLargeErrorsAreAnError() {
    AlarmDetector detector = detector(Reason.ERROR);
    for (int i = 0; i < 2_000; i++) { // a season of 50 that the forecast knows
      double f = 100 + 20 * Math.sin(i * Math.PI / 25);
      detector.observe(state, f + bounded(), f, 2, 0);
    }
    boolean alarm = false;
    for (int i = 0; i < 5 && !alarm; i++) {
      alarm = detector.observe(state, i % 2 == 0 ? 105 : 95, 100, 2, 0);
    }
    assertThat(alarm).isTrue();
    assertThat(detector.reason()).isEqualTo(Reason.ERROR);
  }

  @Test
  void errorIsComparedWithTheWidthOfItsInterval() {
    AlarmDetector detector = detector(Reason.ERROR);
    learn(detector, 1_500);
    AlarmState other = new AlarmState(state);
    detector.observe(state, 106, 100, 2, 0);
    double narrow = detector.surprise();
    detector.observe(other, 106, 100, 50, 0);
    assertThat(detector.surprise()).isLessThan(narrow - 1);
  }

  @Test
  void spikeIsFoundWhenItReturns() {
    AlarmDetector detector = detector(Reason.ERROR);
    for (int i = 0; i < 3_000; i++) { // errors of 6 come now and then, and stay
      double y = 100 + 6 * (i / 50 % 2) + bounded() / 10;
      double before = 100 + 6 * (i == 0 ? 0 : (i - 1) / 50 % 2);
      boolean alarm = detector.observe(state, y, before, 1, 0);
      assertThat(alarm && i >= 1_500).as("value %d", i).isFalse();
    }
    double stays = 100 + 6 * (2_999 / 50 % 2);
    boolean alarm = detector.observe(state, stays + 6, stays, 1, 0); // as often before
    assertThat(alarm).isFalse();
    assertThat(detector.observe(state, stays, stays + 1, 1, 0)).isTrue();
    assertThat(detector.reason()).isEqualTo(Reason.ERROR);
  }

  @Test
  void recurringErrorOfTheSameSizeRaisesFewAlarms() {
    AlarmDetector detector = detector(Reason.ERROR);
    int alarms = 0;
    for (int i = 0; i < 20_000; i++) { // once in 250 values
      double y = i % 250 == 249 ? 130 : 100 + bounded();
      alarms += detector.observe(state, y, 100, 2, 0) ? 1 : 0;
    }
    assertThat(alarms).isLessThanOrEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void reasonThatIsOffIsNeverGiven(Reason off) {
    EnumSet<Reason> others = EnumSet.complementOf(EnumSet.of(off));
    AlarmDetector detector = new AlarmDetector(new AlarmSettings(new AlarmRate(BUDGET, 0), others));
    int alarms = 0;
    for (int i = 0; i < 8_000; i++) {
      double shock = i % 701 == 0 ? 40 * random.nextGaussian() : 0;
      double shift = i / 1_300 % 2 * 6;
      alarms += detector.observe(state, 100 + shift + shock + bounded(), 100, 2, 0) ? 1 : 0;
      assertThat(detector.reason()).isNotEqualTo(off);
    }
    assertThat(alarms).isPositive();
  }

  @Test
  void skippedValuesRaiseNoAlarmAndAreNotLearned() {
    AlarmDetector detector = detector(Reason.values());
    learn(detector, 700);
    AlarmState before = new AlarmState(state);
    detector.skip(state);
    assertThat(state.values()).isEqualTo(700);
    assertThat(state.counts).isEqualTo(before.counts);
    // without a forecast there is neither an error nor a spike nor a novelty
    assertThat(detector.observe(state, 104, Double.NaN, Double.NaN, 0)).isFalse();
    assertThat(detector.reason()).isNotIn(Reason.ERROR, Reason.NOVELTY);
    assertThat(state.longs[AlarmState.ERRORS]).isEqualTo(700);
    assertThat(detector.expected()).isNaN();
    assertThat(detector.error()).isNaN();
  }

  @Test
  void spikeBeforeAMissingValueDoesNotReturn() {
    AlarmDetector detector = detector(Reason.ERROR);
    learn(detector, 1_500);
    detector.observe(state, 109, 100, 2, 0);
    AlarmState other = new AlarmState(state);
    detector.observe(state, 100, 100, 2, 0);
    assertThat(largestSpike(state)).isGreaterThan(7);
    double before = largestSpike(other);
    detector.skip(other);
    detector.observe(other, 100, 100, 2, 0);
    assertThat(largestSpike(other)).isEqualTo(before).isLessThan(7);
  }

  /** Up to which size, as the ratio to a scale of 1. */
  private static double largestSpike(AlarmState state) {
    int bin = TailSketch.BINS - 1;
    while (state.counts[AlarmState.SPIKES + bin] == 0) {
      bin--;
    }
    return Math.exp(-4 + 0.2 * (bin + 1));
  }

  @Test
  void valueWithinFourErrorsIsNotNovel() {
    AlarmDetector detector = detector(Reason.NOVELTY);
    for (int i = 0; i < 400; i++) { // values of 5 to 6, whose errors are 0.5 or so
      detector.observe(state, 5 + i % 11 / 10.0, 5.5 + (i % 2 == 0 ? 0.5 : -0.5), 1, 0);
    }
    double error = state.doubles[AlarmState.ERROR];
    AlarmState other = new AlarmState(state);
    assertThat(detector.observe(state, 6.2, 6.2 - 3.9 * error, 1, 0)).isFalse();
    assertThat(detector.observe(other, 6.2, 6.2 - 4.1 * error, 1, 0)).isTrue();
  }

  @Test
  void surpriseIsTheSameInOtherUnits() {
    AlarmDetector detector = detector(Reason.values());
    AlarmState scaled = new AlarmState();
    for (int i = 0; i < 3_000; i++) {
      double y = 100 + bounded() * (i % 83 == 0 ? 6 : 1);
      detector.observe(state, y, 100, 2, 0);
      double surprise = detector.surprise();
      detector.observe(scaled, y * 1024, 102_400, 2_048, 0); // exact in binary
      assertThat(detector.surprise()).isEqualTo(surprise, within(1e-9));
    }
  }

  @Test
  void hostileSequencesKeepTheBudgetAndAFiniteState() {
    SplittableRandom signs = new SplittableRandom(3);
    List<IntToDoubleFunction> sequences =
        List.of(
            i -> 0,
            i -> i % 2 == 0 ? Double.MAX_VALUE : -Double.MAX_VALUE,
            i -> i % 2 == 0 ? 1e300 : Double.MIN_VALUE,
            i -> i % 400 == 0 ? 1e300 : 1e-300 * (i % 7),
            i -> Math.pow(1.01, i % 60_000),
            i -> signs.nextBoolean() ? Math.exp(700 * signs.nextDouble()) : -1,
            i -> i / 500 % 2 == 0 ? i % 3 : 1e6 * (i % 3),
            i -> Math.tan(i));
    List<IntToDoubleFunction> forecasts =
        List.of(
            i -> 0,
            i -> Double.NaN,
            i -> i % 3 == 0 ? Double.POSITIVE_INFINITY : -1e300,
            i -> i % 2 == 0 ? Double.MIN_VALUE : 7);
    double[] widths = {0, Double.NaN, 1e-320, 3, Double.MAX_VALUE, Double.POSITIVE_INFINITY};
    for (IntToDoubleFunction sequence : sequences) {
      for (IntToDoubleFunction forecast : forecasts) {
        AlarmDetector detector = detector(Reason.values());
        AlarmState one = new AlarmState();
        List<Integer> alarms = new ArrayList<>();
        for (int i = 0; i < 8_000; i++) {
          double width = widths[i % widths.length];
          if (detector.observe(
              one, sequence.applyAsDouble(i), forecast.applyAsDouble(i), width, 0)) {
            alarms.add(i);
          }
          assertThat(detector.surprise()).isBetween(0.0, AlarmDetector.MAX_SURPRISE);
        }
        AlarmBudgetTest.check(alarms, BUDGET);
        for (double kept : one.doubles) {
          assertThat(kept).isFinite();
        }
      }
    }
  }

  @Test
  void valueThatIsNoNumberIsRefused() {
    AlarmDetector detector = detector(Reason.values());
    assertThatThrownBy(() -> detector.observe(state, Double.NaN, 1, 1, 0))
        .hasMessage("value: expected a finite number, got NaN");
    assertThat(state.values()).isZero();
  }

  @Test
  void settingsOutsideTheirRangeAreRefused() {
    assertThatThrownBy(() -> new AlarmSettings(new AlarmRate(0, 0), EnumSet.allOf(Reason.class)))
        .hasMessageContaining("budget: expected 0.01 to 50.0 alarms per 1,000 values");
    assertThatThrownBy(
            () -> new AlarmSettings(new AlarmRate(Double.NaN, 0), EnumSet.allOf(Reason.class)))
        .hasMessageContaining("got NaN");
    assertThatThrownBy(
            () -> new AlarmSettings(new AlarmRate(0.01, 0), EnumSet.noneOf(Reason.class)))
        .hasMessageContaining("reasons: expected at least one");
  }

  /** A series without forecasts repeats a value; its surprise is that of one in 300 / 2 values. */
  @Test
  void aNoveltyWithoutAForecastHasTheSurpriseOfItsNumberOfValues() {
    AlarmDetector detector = new AlarmDetector(AlarmSettings.defaults());
    AlarmState state = new AlarmState();
    for (int i = 0; i < 299; i++) {
      detector.observe(state, i < 290 ? i % 2 : 1, Double.NaN, Double.NaN, 0);
    }
    detector.observe(state, 1, Double.NaN, Double.NaN, 0);
    assertThat(detector.reason()).isEqualTo(Reason.NOVELTY);
    assertThat(detector.surprise()).isCloseTo(Math.log10(300 / 2.0), within(1e-12));
  }

  private final AlarmDetector detector = new AlarmDetector(AlarmSettings.defaults());

  private static byte[] bytes(AlarmState state) throws IOException {
    return StateBytes.written(state::fields);
  }

  private static AlarmState state(byte[] bytes) throws IOException {
    return StateBytes.read(bytes, new AlarmState()::fields);
  }

  /** Value number i of a series with spikes, shifts and repetitions. */
  private void observe(AlarmState state, SplittableRandom random, int i) {
    double shock = i % 211 == 0 ? 30 : 0;
    double y = i % 500 < 12 ? 5 : shock + random.nextGaussian() + i / 900;
    detector.observe(state, y, i % 41 == 0 ? Double.NaN : i / 901, 1.5, 0);
  }

  @Test
  void stateHasAFixedSizeBelow800Bytes() throws IOException {
    assertThat(AlarmState.BYTES).isEqualTo(13 * 8 + 5 * 8 + 4 * 41 * 2).isEqualTo(472);
    assertThat(bytes(new AlarmState())).hasSize(472);
  }

  @Test
  void copySharesNothing() throws IOException {
    AlarmState state = new AlarmState();
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 400; i++) {
      observe(state, random, i);
    }
    AlarmState copy = new AlarmState(state);
    assertThat(copy).isEqualTo(state).hasSameHashCodeAs(state);
    byte[] before = bytes(state);
    observe(state, random, 400);
    assertThat(copy).isNotEqualTo(state);
    assertThat(bytes(copy)).isEqualTo(before);
    assertThat(copy.values()).isEqualTo(400);
  }

  @Test
  void bytesOfVersionOneStayAsTheyAre() throws IOException {
    AlarmState state = new AlarmState();
    for (int i = 0; i < 1_000; i++) {
      detector.observe(state, i * i % 64, i * 7 % 64, 4, 0); // exact in binary
    }
    CRC32 crc = new CRC32();
    crc.update(bytes(state));
    assertThat(crc.getValue()).isEqualTo(3_957_002_496L);
    assertThat(state(bytes(state))).isEqualTo(state);
  }

  @Test
  void damagedBytesAreRefused() throws IOException {
    AlarmState state = new AlarmState();
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 400; i++) {
      observe(state, random, i);
    }
    byte[] bytes = bytes(state);
    byte[] count = bytes.clone();
    count[148]++;
    assertThatThrownBy(() -> state(count)).hasMessageContaining("alarms: expected counts");
    byte[] number = bytes.clone();
    ByteBuffer.wrap(number).putDouble(Double.POSITIVE_INFINITY);
    assertThatThrownBy(() -> state(number)).hasMessageContaining("got Infinity");
    byte[] values = bytes.clone();
    values[104] = (byte) 0x80;
    assertThatThrownBy(() -> state(values)).hasMessageContaining("a count of at least 0");
    byte[] half = java.util.Arrays.copyOf(bytes, 300);
    assertThatThrownBy(() -> state(half)).isInstanceOf(EOFException.class);
  }
}
