package dev.weir.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where to look; {@link ReadingIT} looks. */
class DamagedBatchTest {

  private final List<Long> asked = new ArrayList<>();

  /** The end of what is damaged from 700 to before an offset, in a partition that ends at 5,000. */
  private long end(long firstReadable) {
    return DamagedBatch.end(
        offset -> {
          assertThat(offset).isBetween(700L, 4_999L);
          asked.add(offset);
          return offset >= firstReadable;
        },
        700,
        5_000);
  }

  @ParameterizedTest
  @ValueSource(longs = {701, 702, 703, 704, 705, 1_000, 1_723, 1_724, 4_998, 4_999})
  void goesOnBehindItsLastOffset(long firstReadable) {
    assertThat(end(firstReadable)).isEqualTo(firstReadable);
    assertThat(asked).hasSizeLessThanOrEqualTo(25).doesNotHaveDuplicates();
  }

  @Test
  void whatIsDamagedUpToTheEndIsLeftAtTheEnd() {
    assertThat(end(6_000)).isEqualTo(5_000);
    assertThat(asked).hasSizeLessThanOrEqualTo(25);
  }

  @Test
  void whatCanBeReadIsNotPassedOver() {
    assertThat(end(700)).isEqualTo(700);
    assertThat(asked).containsExactly(700L);
    assertThat(DamagedBatch.end(offset -> false, 5_000, 5_000)).isEqualTo(5_000);
    assertThat(DamagedBatch.end(offset -> false, 5_001, 5_000)).isEqualTo(5_001);
  }

  @Test
  void anotherOneBehindItIsPassedOverWithItOrMetLater() {
    // 700 to 702 and 706 to 709 are damaged
    long end =
        DamagedBatch.end(offset -> offset >= 710 || offset >= 703 && offset < 706, 700, 5_000);
    assertThat(end).isIn(703L, 710L);
  }
}
