package dev.weir.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.bench.BenchCase.Backend;
import dev.weir.bench.LatencyProbe.Latency;
import dev.weir.bench.LatencyProbe.Percentiles;
import dev.weir.bench.Report.Repetition;
import dev.weir.model.Mode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Expected values are calculated by hand. */
class ReportTest {

  private static final BenchCase FORECAST =
      new BenchCase(BenchPipeline.FORECAST, Mode.MANY_TO_ONE, 1000, Backend.hashmap);
  private static final BenchCase LAST_VALUE = FORECAST.with(BenchPipeline.LAST_VALUE);
  private static final BenchCase IDENTITY = FORECAST.with(BenchPipeline.IDENTITY);

  private final Report report = new Report();

  @Test
  void medianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
    assertThat(Report.median(List.of(9.0, 1.0, 4.0), value -> value)).isEqualTo(4);
    assertThat(Report.median(List.of(9.0, 1.0, 4.0, 2.0), value -> value)).isEqualTo(3);
    assertThat(Report.median(List.of(), (Double value) -> value)).isNull();
  }

  @Test
  void ratioIsTheMedianOverPairsNotOfMedians() throws Exception {
    add(LAST_VALUE, 10, 1, 4, 9);
    add(FORECAST, 10, 4, 2, 3); // 0.25, 2, 3; the medians' ratio would be 4 / 3
    assertThat(report.ratios().get("cpu_last_value_over_forecast")).isEqualTo(2);

    JsonNode json = new ObjectMapper().readTree(report.json());
    assertThat(json.at("/pipelines/0/cpu_micros_per_record").asDouble()).isEqualTo(4);
    assertThat(json.at("/pipelines/1/cpu_micros_per_record").asDouble()).isEqualTo(3);
    assertThat(json.at("/ratios/cpu_last_value_over_forecast").asDouble()).isEqualTo(2);
  }

  @Test
  void onlyWholePairsCount() {
    add(LAST_VALUE, 10, 3, 5);
    add(FORECAST, 10, 6, 5, 1); // the last repetition was cut short: 0.5 and 1
    assertThat(report.ratios().get("cpu_last_value_over_forecast")).isEqualTo(0.75);
  }

  @Test
  void plainNameBelongsToTheFirstCombination() {
    add(FORECAST, 10, 4);
    add(LAST_VALUE, 10, 3);
    add(FORECAST.with(Backend.rocksdb), 10, 12);
    add(LAST_VALUE.with(Backend.rocksdb), 10, 6);
    assertThat(report.ratios())
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
    assertThat(report.ratios())
        .containsEntry("throughput_100000_over_1000_forecast", 0.6)
        .containsEntry("cpu_100000_over_1000_forecast", 1.25)
        .hasSize(2);
  }

  @Test
  void lonePipelineHasNoRatio() {
    add(LAST_VALUE, 10, 3);
    assertThat(report.ratios()).isEmpty();
  }

  @Test
  void addedLatencyIsTheMedianOverPairs() throws Exception {
    add(IDENTITY, 10, 3);
    add(FORECAST, 10, 4);
    latency(IDENTITY, 1, 10);
    latency(FORECAST, 2, 14); // 1 and 4
    latency(IDENTITY, 1, 11);
    latency(FORECAST, 4, 13); // 3 and 2
    latency(IDENTITY, 1, 10); // its pair was not measured
    JsonNode json = new ObjectMapper().readTree(report.json());
    assertThat(json.at("/pipelines/1/latency_added_ms/p50").asDouble()).isEqualTo(2);
    assertThat(json.at("/pipelines/1/latency_added_ms/p99").asDouble()).isEqualTo(3);
    assertThat(json.at("/pipelines/0/latency_added_ms").isNull()).isTrue();
    assertThat(report.table())
        .containsPattern("added latency, p50 and p99 ms: forecast .* 2\\.0 +3\\.0");
  }

  @Test
  void latencyWithoutSamplesIsNullInJsonAndADashInTheTable() throws Exception {
    add(FORECAST, 200, 4);
    add(IDENTITY, 200, 4);
    report.add(IDENTITY, new Latency(new Percentiles(1, 2), null, 100));
    JsonNode json = new ObjectMapper().readTree(report.json());
    assertThat(json.at("/pipelines/0/latency_ms").isMissingNode()).isTrue();
    assertThat(json.at("/pipelines/1/latency_ms/p99").asDouble()).isEqualTo(2);
    assertThat(json.at("/pipelines/1/latency_records_per_second").asDouble()).isEqualTo(100);
    assertThat(json.at("/pipelines/1/latency_committed_ms").isNull()).isTrue();
    assertThat(report.table().lines().skip(1).limit(2))
        .containsExactly(
            "forecast   many-to-one      1,000 hashmap |       200     4.00     0.50 |        -"
                + "        -        - |         5      30         1            90",
            "identity   many-to-one      1,000 hashmap |       200     4.00     0.50 |      1.0"
                + "      2.0        - |         5      30         1            90");
  }

  @Test
  void headLineNamesTheColumnsOfTheRows() {
    add(FORECAST, 200, 4);
    List<String> lines = report.table().lines().limit(2).toList();
    assertThat(lines.get(0)).hasSameSizeAs(lines.get(1));
    for (int i = 0; i < lines.get(0).length(); i++) {
      assertThat(lines.get(0).charAt(i) == '|').isEqualTo(lines.get(1).charAt(i) == '|');
    }
  }

  private void add(BenchCase of, double recordsPerSecond, double... cpuMicros) {
    for (double cpu : cpuMicros) {
      report.add(of, new Repetition(recordsPerSecond, cpu, 0.5, 5, 30, 1024, 700.0, 800.0, 90.0));
    }
  }

  private void latency(BenchCase of, double p50, double p99) {
    report.add(of, new Latency(new Percentiles(p50, p99), new Percentiles(500, 1000), 100));
  }
}
