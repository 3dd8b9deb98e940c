package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Mode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Expected values are calculated by hand: six turns fill a window, and four more are measured. */
class BenchPlanTest {

  @Test
  void warmUpIsAFifthOfATopicThatIsLargeForItsSeries() {
    assertThat(plan(100_000, 0).warmRecords(series(7))).isEqualTo(20_000);
    assertThat(plan(4_000_000, 0).warmRecords(series(7))).isEqualTo(50_000);
    assertThat(plan(4_000_000, 0).records(7)).isEqualTo(4_000_000);
  }

  @Test
  void manySeriesAllHaveFullWindowsBeforeTheMeasurementAndEnoughRecordsAfterThat() {
    assertThat(plan(4_000_000, 0).full(500_000)).isEqualTo(3_000_000);
    assertThat(plan(4_000_000, 0).warmRecords(series(500_000))).isEqualTo(3_000_000);
    assertThat(plan(4_000_000, 0).records(500_000)).isEqualTo(5_000_000);
  }

  @Test
  void aHotSeriesTakesItsShareOfTheRecordsThatMakeTheOthersKnown() {
    assertThat(plan(1000, 0.5).full(300)).isEqualTo(3600);
    assertThat(plan(1000, 0.5).warmRecords(series(300))).isEqualTo(3600);
    assertThat(plan(1000, 0.75).records(300)).isEqualTo(12_000);
  }

  private static BenchCase series(int count) {
    return new BenchCase(BenchPipeline.FORECAST, Mode.MANY_TO_ONE, count, "hashmap");
  }

  private static BenchPlan plan(long records, double hotKey) {
    return new BenchPlan(
        List.of(series(7)),
        1,
        records,
        1000,
        Duration.ofSeconds(10),
        "2g",
        1,
        hotKey,
        false,
        true,
        false);
  }
}
