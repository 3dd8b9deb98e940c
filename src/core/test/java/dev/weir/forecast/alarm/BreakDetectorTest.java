package dev.weir.forecast.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.StateBytes;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BreakDetectorTest {

  private static final int VALUES = 3_000;
  private static final int AT = 1_700;
  private static final int SEASON = 24;
  private static final int LAG = 168; // seven seasons
  private static final int SERIES = 7;

  private final BreakDetector detector = new BreakDetector();
  private int seasonal = 1; // whether forecasts have a season

  /** Season of 24 values. */
  private static double season(double i) {
    return 5 * Math.sin(2 * Math.PI * i / SEASON);
  }

  private static double[] noise(int seed) {
    Random random = new Random(seed);
    return values(i -> random.nextGaussian());
  }

  private static double[] values(IntToDoubleFunction of) {
    double[] values = new double[VALUES];
    for (int i = 0; i < VALUES; i++) {
      values[i] = of.applyAsDouble(i);
    }
    return values;
  }

  /** Places of the breaks. */
  private List<Integer> breaks(double[] values) {
    return breaks(values, new BreakState());
  }

  private List<Integer> breaks(double[] values, BreakState state) {
    double[] forecasts = forecasts(values);
    List<Integer> breaks = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      if (observe(state, values, forecasts, i)) {
        breaks.add(i);
      }
    }
    return breaks;
  }

  /** The usual season, and a level that follows the newest values. */
  private double[] forecasts(double[] values) {
    double[] forecasts = new double[values.length];
    double level = 0;
    for (int i = 0; i < values.length; i++) {
      forecasts[i] = seasonal * season(i) + level;
      level += 0.3 * (values[i] - forecasts[i]);
    }
    return forecasts;
  }

  private boolean observe(BreakState state, double[] values, double[] forecasts, int i) {
    double before = i < LAG ? Double.NaN : values[i - LAG];
    return detector.observe(state, values[i] - forecasts[i], values[i] - before, LAG);
  }

  private void assertOneBreak(String what, IntToDoubleFunction of, int seed) {
    List<Integer> breaks = breaks(values(of));
    assertThat(breaks).as("%s, series %d", what, seed).hasSize(1);
    assertThat(breaks.get(0) - AT).as("%s, series %d", what, seed).isBetween(135, 160);
  }

  @Test
  void lastingChangesAreBreaksOnce() {
    for (int seed = 0; seed < SERIES; seed++) {
      double[] noise = noise(seed);
      assertOneBreak("level", i -> season(i) + noise[i] + (i >= AT ? 3 : 0), seed);
      assertOneBreak("lower level", i -> season(i) + noise[i] - (i >= AT ? 4 : 0), seed);
      assertOneBreak("noise", i -> season(i) + noise[i] * (i >= AT ? 3 : 1), seed);
      assertOneBreak("phase", i -> season(i >= AT ? i + 9 : i) + noise[i] / 2, seed);
      assertOneBreak("length", i -> season(i >= AT ? i * 0.7 : i) + noise[i] / 2, seed);
    }
  }

  @Test
  void surpriseOfABreakGrowsWithTheChange() {
    double[] noise = noise(1);
    double last = 3;
    for (double size : new double[] {1.9, 2.2, 2.5}) {
      double[] values = values(i -> season(i) + noise[i] + (i >= AT ? size : 0));
      double[] forecasts = forecasts(values);
      BreakState state = new BreakState();
      int i = 0;
      while (!observe(state, values, forecasts, i)) {
        i++;
      }
      assertThat(detector.surprise()).as("shift by %s", size).isBetween(last, 4.99);
      last = detector.surprise();
    }
  }

  @Test
  void varianceTimesThreeIsABreakInMostSeries() {
    int found = 0;
    for (int seed = 0; seed < 20; seed++) {
      double[] noise = noise(seed);
      List<Integer> breaks =
          breaks(values(i -> season(i) + noise[i] * (i >= AT ? Math.sqrt(3) : 1)));
      assertThat(breaks).allMatch(at -> at > AT);
      found += breaks.size();
    }
    assertThat(found).isBetween(10, 20);
  }

  /** A spike every 97 values; some of another level, of more noise, or of another season. */
  @ParameterizedTest
  @CsvSource({"3, 60", "6, 60", "40, 60", "3, 100", "6, 100", "40, 100"})
  void spikesAndIncidentsThatEndAreNoBreaks(double size, int length) {
    for (int seed = 0; seed < SERIES; seed++) {
      double[] noise = noise(seed);
      assertThat(breaks(values(i -> season(i) + noise[i] + (i % 97 == 5 ? size : 0)))).isEmpty();
      assertThat(breaks(values(i -> season(i) + noise[i] + (isIn(i, length) ? size : 0))))
          .isEmpty();
      assertThat(breaks(values(i -> season(i) + noise[i] * (isIn(i, length) ? size : 1))))
          .isEmpty();
      assertThat(breaks(values(i -> season(isIn(i, length) ? i + 12 : i) + noise[i] / size)))
          .isEmpty();
    }
  }

  private static boolean isIn(int i, int length) {
    return i >= AT && i < AT + length || i >= 2_600 && i < 2_600 + length;
  }

  @Test
  void trendsRandomWalksAndHeavyTailsAreNoBreaks() {
    seasonal = 0;
    for (int seed = 0; seed < SERIES; seed++) {
      double[] noise = noise(seed);
      Random random = new Random(seed);
      double[] walk = new double[VALUES];
      double[] drifting = new double[VALUES];
      double[] bursts = new double[VALUES];
      double variance = 1;
      for (int i = 1; i < VALUES; i++) {
        walk[i] = walk[i - 1] + noise[i];
        drifting[i] = drifting[i - 1] + noise[i] + 0.1;
        variance = 0.05 + 0.1 * bursts[i - 1] * bursts[i - 1] + 0.85 * variance; // GARCH(1, 1)
        bursts[i] = noise[i] * Math.sqrt(variance);
      }
      assertThat(breaks(walk)).isEmpty();
      assertThat(breaks(drifting)).isEmpty();
      assertThat(breaks(bursts)).isEmpty();
      assertThat(breaks(values(i -> 0.02 * i + noise[i]))).isEmpty();
      assertThat(breaks(values(i -> Math.tan(Math.PI * (random.nextDouble() - 0.5))))).isEmpty();
      assertThat(breaks(values(i -> random.nextInt(20) == 0 ? 1 : 0))).isEmpty();
      assertThat(breaks(values(i -> noise[i] * (1.2 + Math.sin(Math.PI * i / 12))))).isEmpty();
    }
    assertThat(breaks(values(i -> 7))).isEmpty();
  }

  @Test
  void whatReturnsAfterALongTimeIsABreakAgain() {
    double[] noise = noise(3);
    List<Integer> breaks =
        breaks(values(i -> season(i) + noise[i] * (i >= AT && i < 2_400 ? 4 : 1)));
    assertThat(breaks).hasSize(2);
    assertThat(breaks.get(1)).isBetween(2_535, 2_600);
  }

  @Test
  void ageCountsFromTheBreak() {
    double[] noise = noise(5);
    double[] values = values(i -> season(i) + noise[i] + (i >= AT ? 6 : 0));
    double[] forecasts = forecasts(values);
    BreakState state = new BreakState();
    int age = BreakDetector.MOST;
    for (int i = 0; i < VALUES; i++) {
      boolean isBreak = observe(state, values, forecasts, i);
      age = isBreak ? 0 : Math.min(BreakDetector.MOST, age + 1);
      assertThat(state.ints[BreakState.AGE]).isEqualTo(age);
    }
    assertThat(age).isBetween(VALUES - AT - 160, VALUES - AT - 135);
  }

  @Test
  void anotherLagRestartsTheStatisticsAndNothingElse() {
    double[] noise = noise(2);
    BreakState state = new BreakState();
    breaks(values(i -> season(i) + noise[i] + (i >= AT ? 6 : 0)), state);
    int age = state.ints[BreakState.AGE];
    detector.observe(state, Double.NaN, Double.NaN, 9);
    BreakState restarted = new BreakState();
    restarted.ints[BreakState.LAG] = 9;
    restarted.ints[BreakState.AGE] = age + 1;
    assertThat(state).isEqualTo(restarted).hasSameHashCodeAs(restarted);
  }

  @Test
  void hugeAndUnknownNumbersDoNoHarm() throws IOException {
    Random random = new Random(8);
    double[] odd = {1.7e308, -1.7e308, Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE, 0};
    BreakState state = new BreakState();
    for (int i = 0; i < 2_000; i++) {
      detector.observe(state, odd[random.nextInt(6)], odd[random.nextInt(6)], LAG);
      assertThat(read(bytes(state))).isEqualTo(state);
    }
  }

  private static byte[] bytes(BreakState state) throws IOException {
    return StateBytes.written(state::fields);
  }

  private static BreakState read(byte[] bytes) throws IOException {
    return StateBytes.read(bytes, new BreakState()::fields);
  }

  @Test
  void damagedBytesAreRefused() throws IOException {
    byte[] bytes = bytes(new BreakState());
    assertThat(bytes).hasSize(BreakState.BYTES).hasSize(120);
    byte[] number = bytes.clone();
    number[8] = 0x7f;
    number[9] = (byte) 0xf8;
    assertThatThrownBy(() -> read(number)).hasMessageContaining("finite number, got NaN");
    byte[] count = bytes.clone();
    count[95] = 1;
    count[94] = 8; // of values compared
    assertThatThrownBy(() -> read(count)).hasMessageContaining("0 to 2000, got 2049");
    byte[] half = java.util.Arrays.copyOf(bytes, 70);
    assertThatThrownBy(() -> read(half)).isInstanceOf(EOFException.class);
  }
}
