package dev.weir.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.cli.WeirProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class BenchIT {

  @Test
  void measuresTwoPipelinesForRealAndComparesTheirRepetitions() throws Exception {
    try (WeirProcess weir =
        WeirProcess.start(
            "lab bench --pipelines identity,forecast --modes many-to-one --series 7 "
                + "--backends hashmap --repetitions 2 --records 600000 --window 300ms --format "
                + "json")) {
      assertThat(weir.exitCode(Duration.ofMinutes(10))).as("%s", weir).isZero();
      JsonNode json = new ObjectMapper().readTree(weir.out());
      assertThat(json.get("pipelines")).hasSize(2);
      for (JsonNode pipeline : json.get("pipelines")) {
        assertThat(pipeline.get("mode").asText()).isEqualTo("many-to-one");
        assertThat(pipeline.get("series").asInt()).isEqualTo(7);
        assertThat(pipeline.get("backend").asText()).isEqualTo("hashmap");
        assertThat(pipeline.get("records_per_second").asDouble()).isPositive();
        assertThat(pipeline.get("cpu_micros_per_record").asDouble()).isPositive();
        assertThat(pipeline.at("/latency_ms/p50").asDouble()).isPositive();
        assertThat(pipeline.at("/latency_ms/p99").asDouble())
            .isGreaterThanOrEqualTo(pipeline.at("/latency_ms/p50").asDouble());
        assertThat(pipeline.at("/latency_committed_ms/p50").asDouble())
            .isGreaterThan(pipeline.at("/latency_ms/p50").asDouble()); // waits for a checkpoint
        assertThat(pipeline.get("state_bytes_per_series").asDouble()).isPositive();
        assertThat(pipeline.get("checkpoint_ms").asDouble()).isPositive();
        assertThat(pipeline.get("repetitions")).hasSize(2);
      }
      assertThat(names(json)).containsExactly("identity", "forecast");
      JsonNode identity = json.at("/pipelines/0/repetitions");
      JsonNode forecast = json.at("/pipelines/1/repetitions");
      double sum = 0;
      for (int i = 0; i < 2; i++) { // the median of two is their mean
        sum +=
            identity.get(i).get("cpu_micros_per_record").asDouble()
                / forecast.get(i).get("cpu_micros_per_record").asDouble();
      }
      assertThat(json.at("/ratios/cpu_identity_over_forecast").asDouble())
          .isCloseTo(sum / 2, within(1e-3 * sum));
      assertThat(weir.err()).contains("left");
    }
  }

  @Test
  void aWrongOptionIsNamedBeforeAnythingStarts() throws Exception {
    WeirProcess weir = WeirProcess.run("lab bench --pipelines identity,fast");
    assertThat(weir.exitCode()).isEqualTo(2);
    assertThat(weir.err())
        .contains("'--pipelines'", "expected identity, last-value, forecast or learn, got 'fast'");
    assertThat(weir.out()).isEmpty();
  }

  private static List<String> names(JsonNode json) {
    List<String> names = new ArrayList<>();
    json.get("pipelines").forEach(pipeline -> names.add(pipeline.get("name").asText()));
    return names;
  }

  @Test
  void aFleetLearnsOnRocksDbWithTheOptionsThatItIsGiven() throws Exception {
    try (WeirProcess weir =
        WeirProcess.start(
            "lab bench --fleet --series 300 --zipf 1 --records 60000 --window 300ms --heap "
                + "700m --set state.cache=1mb -D state.backend.rocksdb.use-bloom-filter=true "
                + "--format json")) {
      assertThat(weir.exitCode(Duration.ofMinutes(10))).as("%s", weir).isZero();
      JsonNode json = new ObjectMapper().readTree(weir.out());
      assertThat(json.get("pipelines")).hasSize(1);
      JsonNode pipeline = json.at("/pipelines/0");
      assertThat(pipeline.get("name").asText()).isEqualTo("learn");
      assertThat(pipeline.get("backend").asText()).isEqualTo("rocksdb");
      assertThat(pipeline.get("records_per_second").asDouble()).isPositive();
      assertThat(pipeline.get("restore_ms").asDouble()).isPositive();
    }
  }

  @Test
  void anOptionThatNoJobHasIsFoundBeforeTheTopicsAreFilled() throws Exception {
    try (WeirProcess weir =
        WeirProcess.start("lab bench --quick --set state.cache=7 --no-latency")) {
      assertThat(weir.exitCode(Duration.ofMinutes(5))).as("%s", weir).isNotZero();
      assertThat(weir.toString()).contains("state.cache: expected ").doesNotContain("in Kafka");
    }
  }
}
