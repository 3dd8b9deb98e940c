package dev.weir.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.bench.BenchCase.Backend;
import dev.weir.cli.console.UsageException;
import dev.weir.forecast.Observation;
import dev.weir.model.Mode;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Expected values are calculated by hand: six values fill a window, and four more are measured. */
class BenchPlanTest {

  @Test
  void shortTopicWarmsUpForAFifthOfItsRecords() {
    assertThat(plan("--records", "100000").warmRecords(7)).isEqualTo(20_000);
    assertThat(plan("--records", "4000000").warmRecords(7)).isEqualTo(50_000);
    assertThat(plan("--records", "4000000").records(7)).isEqualTo(4_000_000);
  }

  @Test
  void manySeriesHaveFullWindowsBeforeTheMeasurement() {
    BenchPlan plan = plan("--records", "4000000");
    assertThat(plan.full(500_000)).isEqualTo(3_000_000);
    assertThat(plan.warmRecords(500_000)).isEqualTo(3_000_000);
    assertThat(plan.records(500_000)).isEqualTo(5_000_000);
  }

  @Test
  void hotSeriesTakesItsShareOfTheRecords() {
    assertThat(plan("--records", "1000", "--hot-key", "0.5").full(300)).isEqualTo(3600);
    assertThat(plan("--records", "1000", "--hot-key", "0.5").warmRecords(300)).isEqualTo(3600);
    assertThat(plan("--records", "1000", "--hot-key", "0.75").records(300)).isEqualTo(12_000);
  }

  @Test
  void quickPlanIsOneCaseForEachPipeline() {
    BenchPlan plan = plan("--quick");
    assertThat(plan.cases())
        .extracting(BenchCase::pipeline)
        .containsExactly(
            BenchPipeline.IDENTITY,
            BenchPipeline.LAST_VALUE,
            BenchPipeline.FORECAST,
            BenchPipeline.LEARN);
    assertThat(plan.cases())
        .allMatch(
            c -> c.equals(new BenchCase(c.pipeline(), Mode.MANY_TO_ONE, 1000, Backend.hashmap)));
    assertThat(plan.window).isEqualTo(Duration.ofSeconds(3));
    assertThat(plan.latencyRepetitions()).isEqualTo(1);
    assertThat(plan().cases()).hasSize(4 * 2 * 3 * 2);
  }

  @Test
  void aFleetLearnsOnTwoTasksAndOtherOptionsStillCount() {
    BenchPlan plan = plan("--fleet", "--series", "70", "--backends", "rocksdb");
    assertThat(plan.cases())
        .containsExactly(new BenchCase(BenchPipeline.LEARN, Mode.MANY_TO_ONE, 70, Backend.rocksdb));
    assertThat(plan.tasks).isEqualTo(2);
    assertThat(plan.slots()).as("for twice the tasks").isEqualTo(4);
    assertThat(plan.latencyRepetitions()).isZero();
    assertThat(plan("--fleet").series).containsExactly(10_000, 100_000, 300_000, 1_000_000);
    assertThat(plan("--tasks", "3").slots()).isEqualTo(3);
    assertThat(plan.jobOptions()).containsEntry("state.cache", (2L << 30) + " b"); // of 8 GB
    assertThat(plan("--fleet", "--set", "state.cache=0").jobOptions())
        .containsEntry("state.cache", "0");
    assertThat(plan("--tasks", "3").jobOptions()).isEmpty();
  }

  @Test
  void optionsThatContradictAreNamed() {
    assertThatThrownBy(() -> plan("--fleet", "--quick")).hasMessageStartingWith("--fleet: ");
    assertThatThrownBy(() -> plan("-D", "parallelism.default=3")).hasMessageStartingWith("-D: ");
    assertThatThrownBy(() -> plan("--zipf", "1", "--hot-key", "0.5"))
        .hasMessageStartingWith("--zipf: ");
  }

  /** Of 3 series with exponent 1 the shares are 6, 3 and 2 of 11. */
  @Test
  void zipfsSharesFallWithTheRank() {
    LoadGenerator load = new LoadGenerator(3, 0, 1.0);
    Map<String, Integer> counts = new TreeMap<>();
    Map<String, Long> times = new TreeMap<>();
    for (int i = 0; i < 11_000; i++) {
      Observation next = load.next();
      counts.merge(next.series(), 1, Integer::sum);
      Long before = times.put(next.series(), next.time());
      assertThat(next.time()).isGreaterThan(before == null ? 0 : before);
    }
    assertThat(counts.get("series-0000000")).isCloseTo(6000, within(200));
    assertThat(counts.get("series-0000001")).isCloseTo(3000, within(200));
    assertThat(counts.get("series-0000002")).isCloseTo(2000, within(200));
  }

  @ParameterizedTest
  @CsvSource({
    "--series, 0",
    "--repetitions, 0",
    "--records, 999",
    "--window, 99ms",
    "--checkpoint-interval, 99ms",
    "--heap, 2x",
    "--hot-key, 1",
    "--zipf, 0",
    "--tasks, 0",
  })
  void optionOutOfRangeIsNamed(String option, String value) {
    assertThatThrownBy(() -> plan(option, value))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(option + ": expected ");
  }

  private static BenchPlan plan(String... options) {
    BenchPlan plan = CommandLine.populateCommand(new BenchPlan(), options);
    plan.complete();
    return plan;
  }
}
