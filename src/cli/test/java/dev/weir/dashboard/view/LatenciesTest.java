package dev.weir.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.junit.jupiter.api.Test;

class LatenciesTest {

  private final Latencies latencies = new Latencies();

  /** Each value with its count. */
  static Map<Long, Long> counts(Histogram latencies) {
    Map<Long, Long> counts = new TreeMap<>();
    for (HistogramIterationValue value : latencies.recordedValues()) {
      counts.put(value.getValueIteratedTo(), value.getCountAddedInThisIterationStep());
    }
    return counts;
  }

  @Test
  void latencyIsFromTheObservationToItsFirstForecast() {
    latencies.observed("pump", 100, 5_000);
    latencies.observed("fan", 100, 5_100);
    latencies.issued("pump", 100, 5_400);
    latencies.issued("pump", 100, 5_900); // of the other mode
    latencies.issued("fan", 200, 5_900); // of a value that was not seen
    latencies.issued("fan", 100, 5_300);
    assertThat(counts(latencies.roll(6_000))).isEqualTo(Map.of(200L, 1L, 400L, 1L));
    assertThat(counts(latencies.roll(6_000))).isEmpty();
  }

  @Test
  void latencyIsFromZeroToTwoMinutes() {
    latencies.observed("pump", 100, 5_000);
    latencies.issued("pump", 100, 4_990); // clocks of two readers
    latencies.observed("pump", 200, 5_000);
    latencies.issued("pump", 200, 500_000);
    Histogram counted = latencies.roll(6_000);
    assertThat(counted.getMinValue()).isZero();
    assertThat(counted.getMaxValue()).isCloseTo(120_000, within(120L));
    assertThat(counted.getTotalCount()).isEqualTo(2);
  }

  @Test
  void observationsWithoutForecastsDoNotBlockLaterOnes() {
    for (int i = 0; i < 20_000; i++) { // more than may wait
      latencies.observed("silent", i, 1_000);
    }
    latencies.observed("pump", 1, 1_000);
    latencies.issued("pump", 1, 1_500);
    assertThat(counts(latencies.roll(2_000))).isEmpty();
    latencies.roll(180_000);
    latencies.observed("pump", 2, 181_000);
    latencies.issued("pump", 2, 181_500);
    assertThat(counts(latencies.roll(182_000))).isEqualTo(Map.of(500L, 1L));
  }

  @Test
  void percentilesAreByNearestRank() {
    assertThat(Latencies.percentile(Latencies.sum(List.of()), 50)).isNaN();
    Histogram low = new Histogram(120_000, 3);
    Histogram high = new Histogram(120_000, 3);
    for (int i = 1; i <= 50; i++) {
      low.recordValue(i);
      high.recordValue(50 + i);
    }
    Histogram sum = Latencies.sum(List.of(low, high));
    assertThat(Latencies.percentile(sum, 50)).isEqualTo(50);
    assertThat(Latencies.percentile(sum, 99)).isEqualTo(99);
  }

  @Test
  void quickAndSlowForecastsAreLeftOutAlikeWhenManyWait() {
    // 20,000 a second, half of the forecasts at once and half 10 s later: 100,000 would wait
    long now = 0;
    long fast = 0;
    long slow = 0;
    for (int second = 0; second < 40; second++) {
      for (int i = 0; i < 20_000; i++) {
        latencies.observed("s" + i, second, now);
        latencies.issued("s" + i, i % 2 == 0 ? second : second - 10, now);
      }
      for (Map.Entry<Long, Long> count : counts(latencies.roll(now)).entrySet()) {
        if (count.getKey() == 0) {
          fast += second > 25 ? count.getValue() : 0;
        } else {
          slow += second > 25 ? count.getValue() : 0;
        }
      }
      now += 1_000;
    }
    assertThat(slow).isPositive();
    assertThat((double) slow / fast).isBetween(0.7, 1.1);
  }
}
