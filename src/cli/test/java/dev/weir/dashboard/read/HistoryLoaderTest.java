package dev.weir.dashboard.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dashboard.ReadingIT;
import dev.weir.dashboard.Records;
import dev.weir.dashboard.read.HistoryLoader.Part;
import dev.weir.dashboard.view.DashboardSettings.Limits;
import dev.weir.dashboard.view.DashboardState;
import dev.weir.dashboard.view.SeriesRow;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The order in which parts are read; {@link ReadingIT} reads them. */
class HistoryLoaderTest {

  private static final long BEGIN = 1_000;
  private static final long END = 41_000;

  private final List<Long> started = new ArrayList<>();

  /** Every twentieth offset, as a long partition of many series has those of one. */
  private static List<Long> twentieths(long from, long to) {
    return LongStream.range(from, to).filter(offset -> offset % 20 == 0).boxed().toList();
  }

  private Part<Long> whole(long from, long to) {
    started.add(from);
    return new Part<>(twentieths(from, to), true);
  }

  @Test
  void allOfItComesInOrderAndTheNewestPartIsReadFirst() {
    assertThat(HistoryLoader.newestFirst(BEGIN, END, this::whole))
        .isEqualTo(twentieths(BEGIN, END));
    assertThat(started).containsExactly(36_000L, 26_000L, 6_000L, 1_000L);
  }

  @Test
  void whatIsBeforeAPartThatIsNotWholeIsNotRead() {
    List<Long> found =
        HistoryLoader.newestFirst(
            BEGIN,
            END,
            (from, to) ->
                from == 6_000 ? new Part<>(twentieths(9_000, to), false) : whole(from, to));
    assertThat(found).isEqualTo(twentieths(9_000, END));
    assertThat(started).containsExactly(36_000L, 26_000L);
  }

  @Test
  void noMoreIsReadThanCanBeKept() {
    List<Long> found =
        HistoryLoader.newestFirst(
            BEGIN,
            END,
            (from, to) -> {
              started.add(from);
              return new Part<>(LongStream.range(from, to).boxed().toList(), true);
            });
    assertThat(found).hasSize(5_000);
    assertThat(started).containsExactly(36_000L);
  }

  @Test
  void anEmptyPartitionIsNotRead() {
    assertThat(HistoryLoader.newestFirst(7, 7, this::whole)).isEmpty();
    assertThat(started).isEmpty();
  }

  /** The request may have timed out by then, and nothing else reports the failure. */
  @Test
  void failedSearchIsRepeatedAtTheNextRequest() {
    Topics nameless = new Topics("", "f", "s", "d", "m"); // which a consumer refuses
    DashboardState state = new DashboardState(nameless, null, null, new Limits(1_000, 10, 1 << 20));
    SeriesRow row = state.series.row("pump", added -> {});
    row.observe(Records.observation("pump", 1, 1), "observations", 0, 1);
    assertThat(state.histories.ask(row)).isTrue();
    assertThat(state.histories.ask(row)).isFalse();
    try (HistoryLoader lookBack =
        new HistoryLoader(KafkaClients.of("localhost:1"), nameless, state, 10)) {
      lookBack.read(row);
    }
    assertThat(state.histories.ask(row)).isTrue();
  }
}
