package dev.weir.forecast.expert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Allocations;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each expert must do, whatever its method. Seeds are fixed. */
class ExpertContractTest {

  private static final int VALUES = 700;

  /** Of the expert that has a second one. */
  private static final int SECOND_SEASON = 50;

  private static Stream<String> names() {
    return Stream.concat(Experts.NAMES.stream(), Stream.of("fourier-profile"));
  }

  static Stream<Arguments> experts() {
    return names()
        .flatMap(
            name ->
                Stream.of(
                    Arguments.of(name, 1, 1),
                    Arguments.of(name, 3, 7),
                    Arguments.of(name, 24, 12),
                    Arguments.of(name, 5, 24)));
  }

  /** The smallest and the largest shape. */
  static Stream<Arguments> extremes() {
    return names().flatMap(name -> Stream.of(Arguments.of(name, 1, 1), Arguments.of(name, 24, 12)));
  }

  static Expert create(String name) {
    if (name.equals("fourier-profile")) {
      return new FourierProfile(SECOND_SEASON);
    }
    return Experts.create(name, 12, 8, 500);
  }

  static SingleExpert single(String name, int horizon, int season) {
    return new SingleExpert(create(name), horizon, season);
  }

  private static double[] wave(long seed) {
    Random random = new Random(seed);
    double[] y = new double[VALUES];
    for (int t = 0; t < VALUES; t++) {
      y[t] = 50 + 10 * Math.sin(2 * Math.PI * t / 12) + random.nextGaussian();
    }
    return y;
  }

  @ParameterizedTest
  @MethodSource("experts")
  void strangeSeriesGetFiniteForecasts(String name, int horizon, int season) {
    for (int kind = 0; kind < 9; kind++) {
      SingleExpert single = single(name, horizon, season);
      for (int t = 0; t < 500; t++) { // each kind repeats itself or stays as it is by then
        for (double value : single.next(strange(kind, t))) {
          if (!Double.isFinite(value)) { // AssertJ takes longer than a forecast
            throw new AssertionError("kind %d at %d: got %s".formatted(kind, t, value));
          }
        }
      }
    }
  }

  private static double strange(int kind, int t) {
    return switch (kind) {
      case 0 -> 0;
      case 1 -> 42;
      case 2 -> 1e30;
      case 3 -> t % 2 == 0 ? 1e30 : -1e30;
      case 4 -> Double.MIN_VALUE * (t % 3);
      case 5 -> Math.min(1e30, Math.pow(1.3, t));
      case 6 -> t < 300 ? 0 : Math.sin(t);
      case 7 -> t % 100 == 99 ? 1e30 : 1;
      default -> 1.7e9 + t;
    };
  }

  @ParameterizedTest
  @MethodSource("experts")
  void aConstantIsForecastAsItself(String name, int horizon, int season) {
    SingleExpert single = single(name, horizon, season);
    for (int t = 0; t < VALUES; t++) {
      for (double value : single.next(42)) {
        if (!(Math.abs(value - 42) <= 1e-4)) { // NaN fails too
          throw new AssertionError("at %d: expected 42, got %s".formatted(t, value));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("experts")
  void whoSaysThatItIsFlatIsFlat(String name, int horizon, int season) {
    SingleExpert single = single(name, horizon, season);
    for (double value : wave(3)) {
      double[] out = single.next(value);
      if (single.expert.flat()) {
        assertThat(Arrays.stream(out).distinct().count()).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("extremes")
  void onceWarmNothingIsAllocated(String name, int horizon, int season) {
    double[] y = wave(4);
    SingleExpert single = single(name, horizon, season);
    ExpertState memory = single.state();
    double[] out = new double[horizon];
    Allocations.assertNoneOnceWarm(
        VALUES,
        () -> {
          for (double value : y) {
            single.history.append(value);
            single.expert.observe(single.history, memory);
            single.expert.forecast(single.history, memory, out);
          }
        });
  }
}
