package dev.weir.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.bench.BenchCase.Backend;
import dev.weir.model.Mode;
import java.time.Duration;
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

  @ParameterizedTest
  @CsvSource({
    "--series, 0",
    "--repetitions, 0",
    "--records, 999",
    "--window, 99ms",
    "--checkpoint-interval, 99ms",
    "--heap, 2x",
    "--hot-key, 1",
  })
  void optionOutOfRangeIsNamed(String option, String value) {
    assertThatThrownBy(() -> plan(option, value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(option + ": expected ");
  }

  private static BenchPlan plan(String... options) {
    BenchPlan plan = CommandLine.populateCommand(new BenchPlan(), options);
    plan.complete();
    return plan;
  }
}
