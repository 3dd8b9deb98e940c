package dev.weir.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LatenciesTest {

  private final Latencies latencies = new Latencies();

  @Test
  void aLatencyIsFromTheObservationToItsFirstForecast() {
    latencies.observed("pump", 100, 5_000);
    latencies.observed("fan", 100, 5_100);
    latencies.issued("pump", 100, 5_400);
    latencies.issued("pump", 100, 5_900); // of the other mode
    latencies.issued("fan", 200, 5_900); // of a value that was not seen
    latencies.issued("fan", 100, 5_300);
    assertThat(latencies.roll()).containsExactly(200, 400);
    assertThat(latencies.roll()).isEmpty();
  }

  @Test
  void clocksOfTwoReadersMakeNoLatencyBelowZero() {
    latencies.observed("pump", 100, 5_000);
    latencies.issued("pump", 100, 4_990);
    assertThat(latencies.roll()).containsExactly(0);
  }

  @Test
  void whatFallsIntoTheSamePlaceIsNoForecastOfIt() {
    latencies.observed("pump", 100, 5_000);
    for (int i = 0; i < 1_000_000; i++) { // of 65,536 places
      latencies.issued("s" + i, 100, 5_400);
    }
    assertThat(latencies.roll()).isEmpty();
  }

  @Test
  void ofMoreSamplesThanAreKeptEachHasTheSameChance() {
    for (int i = 0; i < 20_480; i++) { // the first fifth of them quick
      latencies.observed("s" + i, 100, 5_000);
      latencies.issued("s" + i, 100, i < 4_096 ? 5_000 : 5_400);
    }
    int[] samples = latencies.roll();
    assertThat(samples).hasSize(4_096);
    assertThat(Arrays.stream(samples).filter(sample -> sample == 0).count())
        .isBetween(700L, 940L); // 819, and less than five times its deviation
  }

  @Test
  void quantilesAreOfTheSamplesThatThereAre() {
    assertThat(Latencies.quantile(new int[0], 0.5)).isNaN();
    assertThat(Latencies.quantile(new int[] {7}, 0.99)).isEqualTo(7);
    assertThat(Latencies.quantile(new int[] {1, 2, 3, 4, 5, 6, 7}, 0.5)).isEqualTo(4);
    int[] hundred = new int[100];
    for (int i = 0; i < 100; i++) {
      hundred[i] = i + 1;
    }
    assertThat(Latencies.quantile(hundred, 0.5)).isEqualTo(51);
    assertThat(Latencies.quantile(hundred, 0.99)).isEqualTo(100);
  }

  @Test
  void whereMoreWaitThanFitTheSampleStillHasQuickAndSlowOnesAlike() {
    // 20,000 a second, each forecast 10 s later: 200,000 wait at a time
    long now = 0;
    int fast = 0;
    int slow = 0;
    for (int second = 0; second < 40; second++) {
      for (int i = 0; i < 20_000; i++) {
        latencies.observed("s" + i, second, now);
        if (second >= 10) { // half of the series at once, half after 10 s
          if (i % 2 == 0) {
            latencies.issued("s" + i, second, now);
          } else {
            latencies.issued("s" + i, second - 10, now);
          }
        }
      }
      for (int sample : latencies.roll()) {
        if (second > 25) {
          if (sample == 0) {
            fast++;
          } else {
            slow++;
          }
        }
      }
      now += 1_000;
    }
    assertThat(slow).isPositive();
    assertThat((double) slow / fast).isBetween(0.7, 1.1);
  }
}
