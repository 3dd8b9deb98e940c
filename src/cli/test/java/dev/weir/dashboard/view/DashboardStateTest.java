package dev.weir.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.dashboard.Records;
import dev.weir.forecast.Observation;
import dev.weir.model.Mode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.junit.jupiter.api.Test;

class DashboardStateTest {

  private static final long HOUR = 3_600_000;

  private final DashboardState state = Records.state(Records.TOPICS);

  private void observe(long time, long now) {
    state.takeObservation(Records.record(Records.observation("pump", time, 1)), true, now);
  }

  @Test
  void anObservationThatAJobWouldRefuseIsNotTaken() {
    long now = System.currentTimeMillis();
    for (Observation refused :
        List.of(
            Records.observation("pump", -1, 1),
            Records.observation("pump", now + 25 * HOUR, 1),
            Records.observation("pump", 0, Double.POSITIVE_INFINITY))) {
      state.takeObservation(Records.record(refused), true);
    }
    assertThat(state.series.size()).isZero();
    assertThat(state.unreadable.sum()).isEqualTo(3);
    observe(now + 24 * HOUR, now);
    assertThat(state.series.size()).as("a day ahead").isEqualTo(1);
  }

  @Test
  void whatIsReadBackMakesNoLatencyAndAnswersNothing() {
    state.takeObservation(Records.record(Records.observation("pump", 1_000, 1)), false, HOUR);
    issue(1_000, HOUR + 500);
    assertThat(counts(state.latencies.roll(HOUR))).isEmpty();
    observe(2_000, HOUR + 10_000);
    state.takeOutput(
        Records.record(Records.forecast("pump", Mode.MANY_TO_ONE, 1_500, "demand", 4)),
        false,
        HOUR + 20_000);
    observe(3_000, HOUR + 75_000);
    assertThat(state.why(HOUR + 75_000, false)).contains("no forecast has come for 65 s");
    issue(2_000, HOUR + 76_000);
    assertThat(state.latencies.roll(HOUR).getMaxValue()).isCloseTo(66_000, within(66L));
  }

  @Test
  void whatWaitedForTheJobToStartIsNoDelayOfIt() {
    observe(1_000, HOUR);
    assertThat(state.why(HOUR, false)).endsWith("with the job's next checkpoint.");
    assertThat(state.why(System.currentTimeMillis() + 61_000, false))
        .endsWith("Is the job running?");
    issue(1_000, HOUR + 12_000);
    observe(2_000, HOUR + 12_100);
    issue(2_000, HOUR + 12_400);
    assertThat(counts(state.latencies.roll(HOUR))).isEqualTo(Map.of(300L, 1L));
  }

  private void issue(long origin, long now) {
    state.takeOutput(
        Records.record(Records.forecast("pump", Mode.MANY_TO_ONE, origin, "demand", 4)), true, now);
  }

  @Test
  void topicsInAnotherFormatAreSaidToBeUnreadable() {
    for (int i = 0; i < 1_200; i++) {
      state.takeOutput(Records.record("forecasts", "k", new byte[] {0, 0, 0, 0, 1, 2}), false);
    }
    assertThat(state.why(5, true)).isEqualTo("Reading what is on the topics.");
    String said =
        "1,200 records of the topics can't be read; a topic in avro-confluent needs --registry.";
    assertThat(state.why(5, false)).isEqualTo(said);
    observe(1_000, 5); // these alone are plain
    assertThat(state.why(5, false)).isEqualTo(said);
    issue(1_000, 5);
    assertThat(state.why(5, false)).isNull();
  }

  @Test
  void aDeadLetterBeforeTheFirstForecastIsNoOtherFormat() {
    observe(1_000, 5);
    state.takeObservation(Records.record("observations", "k", new byte[] {1, 2, 3}), true);
    assertThat(state.why(5, false)).startsWith("Observations arrive, and no forecast of them yet");
  }

  @Test
  void anHourWithoutObservationsIsNoSilenceOfTheJob() {
    observe(1_000, HOUR);
    issue(1_000, HOUR + 3_000);
    observe(2_000, 2 * HOUR);
    assertThat(state.why(2 * HOUR + 30_000, false)).isNull();
    issue(2_000, 2 * HOUR + 40_000);
    issue(3_000, 3 * HOUR); // read before its observation, as two readers may
    observe(3_000, 3 * HOUR + 100);
    observe(4_000, 4 * HOUR);
    assertThat(state.why(4 * HOUR + 1_000, false)).isNull();
  }

  @Test
  void aValueOfASeriesThatWaitsForMoreIsNoSilenceEither() { // a window that is not full
    issue(1_000, HOUR);
    observe(2_000, HOUR + 10_000);
    assertThat(state.why(HOUR + 69_999, false)).isNull();
    assertThat(state.why(HOUR + 200_000, false)).isNull();
  }

  @Test
  void observationsThatNoForecastFollowsAreSaidWithHowLong() {
    issue(1_000, HOUR);
    for (int second = 3; second <= 70; second++) {
      observe(1_000 * second, HOUR + 1_000 * second);
      if (second <= 63) { // a minute after the first of them
        assertThat(state.why(HOUR + 1_000 * second, false)).isNull();
      }
    }
    assertThat(state.why(HOUR + 70_000, false))
        .isEqualTo("Observations arrive, and no forecast has come for 67 s; is the job running?");
    issue(70_000, HOUR + 71_000);
    assertThat(state.why(HOUR + 71_000, false)).isNull();
  }

  private final Latencies latencies = new Latencies();

  /** Each value with its count. */
  private static Map<Long, Long> counts(Histogram latencies) {
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
