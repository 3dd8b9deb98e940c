package dev.weir.job;

import static org.apache.flink.runtime.state.KeyGroupRangeAssignment.assignToKeyGroup;
import static org.apache.flink.runtime.state.KeyGroupRangeAssignment.computeOperatorIndexForKeyGroup;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How evenly Flink shares a million series. */
class KeyGroupsTest {

  private static final int SERIES = 1_000_000;
  private static final int MAX_PARALLELISM = 720;
  private static final int[] GROUPS = new int[MAX_PARALLELISM]; // series of each

  @BeforeAll
  static void assign() {
    for (int s = 0; s < SERIES; s++) {
      String name = "plant/pump-" + String.valueOf(1_000_000_000 + s).substring(1);
      GROUPS[assignToKeyGroup(name, MAX_PARALLELISM)]++;
    }
  }

  @ParameterizedTest
  @CsvSource({"60, 1.02", "64, 1.10", "72, 1.03", "100, 1.13"})
  void theBusiestTaskHasLittleMoreThanItsShare(int tasks, double most) {
    int[] series = new int[tasks];
    for (int group = 0; group < MAX_PARALLELISM; group++) {
      series[computeOperatorIndexForKeyGroup(MAX_PARALLELISM, tasks, group)] += GROUPS[group];
    }
    int busiest = Arrays.stream(series).max().orElseThrow();
    assertThat(busiest * (double) tasks / SERIES).isBetween(1.0, most);
  }
}
