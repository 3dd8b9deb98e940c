package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.cli.BenchLatency.Percentiles;
import dev.weir.cli.BenchLatency.Summary;
import dev.weir.cli.BenchResult.Repetition;
import dev.weir.model.Mode;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Expected values are calculated by hand. */
class BenchResultTest {

  private static final BenchCase FORECAST =
      new BenchCase(BenchPipeline.FORECAST, Mode.MANY_TO_ONE, 1000, "hashmap");
  private static final BenchCase LAST_VALUE = FORECAST.with(BenchPipeline.LAST_VALUE);
  private static final BenchCase IDENTITY = FORECAST.with(BenchPipeline.IDENTITY);

  private final BenchResult result = new BenchResult();

  @Test
  void theMedianIsTheMiddleValueOrTheMeanOfTheTwoInTheMiddle() {
    assertThat(BenchResult.median(new double[] {9, 1, 4})).isEqualTo(4);
    assertThat(BenchResult.median(new double[] {9, 1, 4, 2})).isEqualTo(3);
    assertThat(BenchResult.median(new double[] {})).isNaN();
  }

  @Test
  void aRunsCountsBecomeFiguresForEachRecord() throws Exception {
    JsonNode run =
        new ObjectMapper()
            .readTree(
                """
                {"records": 2000, "sent": 2200, "nanos": 4000000000, "cpu_nanos": 10000000,
                 "thread_nanos": 7000000, "compiler_nanos": 2000000, "state_bytes": 5000,
                 "checkpoint_millis": 30, "checkpoint_bytes": 600,
                 "savepoint_millis": 700, "restore_millis": 800}
                """);
    assertThat(Repetition.of(run))
        .isEqualTo(new Repetition(500, 4, 3.5, 1, 1.1, 5000, 30, 600, 700, 800));
  }

  @Test
  void aRatioIsTheMedianOfThePairsAndNotThatOfTheMedians() throws Exception {
    add(LAST_VALUE, 10, 1, 4, 9);
    add(FORECAST, 10, 4, 2, 3); // 0.25, 2, 3; the medians' ratio would be 4 / 3
    assertThat(result.ratios().get("cpu_last_value_over_forecast")).isEqualTo(2);

    JsonNode json = new ObjectMapper().readTree(result.json());
    assertThat(json.at("/pipelines/0/cpu_micros_per_record").asDouble()).isEqualTo(4);
    assertThat(json.at("/pipelines/1/cpu_micros_per_record").asDouble()).isEqualTo(3);
    assertThat(json.at("/ratios/cpu_last_value_over_forecast").asDouble()).isEqualTo(2);
  }

  @Test
  void onlyWholePairsCount() {
    add(LAST_VALUE, 10, 3, 5);
    add(FORECAST, 10, 6, 5, 1); // the last repetition was cut short: 0.5 and 1
    assertThat(result.ratios().get("cpu_last_value_over_forecast")).isEqualTo(0.75);
  }

  @Test
  void thePlainNameIsThatOfTheFirstCombination() {
    add(FORECAST, 10, 4);
    add(LAST_VALUE, 10, 3);
    add(FORECAST.withBackend("rocksdb"), 10, 12);
    add(LAST_VALUE.withBackend("rocksdb"), 10, 6);
    assertThat(result.ratios())
        .containsEntry("cpu_last_value_over_forecast", 0.75)
        .containsEntry("cpu_last_value_over_forecast/many-to-one/1000/rocksdb", 0.5)
        .containsEntry("cpu_rocksdb_over_hashmap_forecast", 3.0)
        .containsEntry("cpu_rocksdb_over_hashmap_last_value", 2.0)
        .hasSize(4);
  }

  @Test
  void moreSeriesAreComparedWithAThousand() {
    add(FORECAST, 200, 4);
    add(FORECAST.withSeries(100_000), 120, 5);
    assertThat(result.ratios())
        .containsEntry("throughput_100000_over_1000_forecast", 0.6)
        .containsEntry("cpu_100000_over_1000_forecast", 1.25)
        .hasSize(2);
  }

  @Test
  void whatHasNothingBesideItGivesNoRatio() {
    add(LAST_VALUE, 10, 3);
    assertThat(result.ratios()).isEmpty();
  }

  @Test
  void percentilesAreByNearestRank() {
    long[] downwards = LongStream.rangeClosed(1, 200).map(i -> 201_000 - 1_000 * i).toArray();
    assertThat(Percentiles.ofMicros(downwards)).isEqualTo(new Percentiles(100, 198));
    assertThat(Percentiles.ofMicros(new long[] {7_000})).isEqualTo(new Percentiles(7, 7));
    assertThat(Percentiles.ofMicros(new long[] {}).p50()).isNaN();
  }

  @Test
  void addedLatencyIsThatOfPairsAtTheSameLoad() {
    latency(IDENTITY, 1, 10, 100);
    latency(FORECAST, 2, 14, 100); // 1 and 4
    latency(IDENTITY, 1, 11, 100);
    latency(FORECAST, 4, 13, 100); // 3 and 2
    latency(IDENTITY, 1, 10, 100);
    latency(FORECAST, 9, 99, 50); // another load: no pair
    Percentiles added = result.addedLatencies().get(FORECAST);
    assertThat(added.p50()).isCloseTo(2, within(1e-12));
    assertThat(added.p99()).isCloseTo(3, within(1e-12));
    assertThat(result.addedLatencies()).hasSize(1);
  }

  @Test
  void aLatencyOfWhichThereIsNoSampleIsNullAndNoNumber() throws Exception {
    add(FORECAST, 200, 4);
    add(IDENTITY, 200, 4);
    result.add(
        IDENTITY, new Summary(new Percentiles(1, 2), Percentiles.ofMicros(new long[] {}), 100));
    JsonNode json = new ObjectMapper().readTree(result.json());
    assertThat(json.at("/pipelines/0/latency_ms").isNull()).isTrue();
    assertThat(json.at("/pipelines/1/latency_ms/p99").asDouble()).isEqualTo(2);
    assertThat(json.at("/pipelines/1/latency_committed_ms").isNull()).isTrue();
    assertThat(result.json()).doesNotContain("NaN");
    assertThat(result.csv()).contains("identity,many-to-one,1000,hashmap,200.0,4.0,2.0,1.0,2.0,,,");
  }

  @Test
  void csvHasARowForEachCombinationAndNothingForALatencyThatWasNotMeasured() {
    add(FORECAST, 200, 4);
    assertThat(result.csv().lines().skip(1))
        .containsExactly("forecast,many-to-one,1000,hashmap,200.0,4.0,2.0,,,,,5.0,30.0,600.0");
  }

  private void add(BenchCase of, double recordsPerSecond, double... cpuMicros) {
    for (double cpu : cpuMicros) {
      result.add(
          of, new Repetition(recordsPerSecond, cpu, cpu / 2, 0.5, 1, 5000, 30, 600, 700, 800));
    }
  }

  private void latency(BenchCase of, double p50, double p99, double load) {
    result.add(of, new Summary(new Percentiles(p50, p99), new Percentiles(500, 1000), load));
  }
}
