package dev.weir.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dashboard.Records;
import dev.weir.dashboard.view.DashboardSettings.Limits;
import dev.weir.dashboard.view.IncidentList.Counts;
import dev.weir.dashboard.view.IncidentList.Query;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IncidentListTest {

  private final DashboardState state =
      new DashboardState(Records.WITH_ALARMS, null, null, new Limits(1_000, 10, 1 << 20));
  private final IncidentList list = state.incidents;

  private void take(long start, Event event) {
    state.takeOutput(Records.record(Records.incident("pump", start, event, 2.7)), true);
  }

  private List<Incident> newest(int count) {
    return page(Long.MIN_VALUE, Long.MAX_VALUE, count).items();
  }

  private IncidentList.Page page(long from, long to, int count) {
    return list.page(new Query("", "", null, null, from, to, 0, count));
  }

  @Test
  void oldestClosedIncidentsAreDroppedFirst() {
    for (int i = 0; i < IncidentList.MAX_CLOSED + 7; i++) {
      take(i, Event.OPENED);
      take(i, Event.CLOSED);
    }
    take(-5, Event.OPENED); // open ones are kept, however old
    Counts counts = list.counts();
    assertThat(counts)
        .isEqualTo(
            new Counts(
                1,
                Map.of("low", 1),
                IncidentList.MAX_CLOSED,
                0,
                2 * (IncidentList.MAX_CLOSED + 7) + 1));
    List<Incident> all = newest(2_000);
    assertThat(all).hasSize(IncidentList.MAX_CLOSED + 1);
    assertThat(all.get(0).start()).isEqualTo(IncidentList.MAX_CLOSED + 6);
    assertThat(all.get(IncidentList.MAX_CLOSED - 1).start()).isEqualTo(7);
  }

  @Test
  void barsCountTheIncidentsThatStartInATime() {
    for (int start : new int[] {0, 1, 2, 59, 60, 119, 600}) {
      take(start, Event.OPENED);
    }
    assertThat(page(Long.MIN_VALUE, 119, 3).total()).isEqualTo(6);
    assertThat(page(2, 60, 3).items()).extracting(Incident::start).containsExactly(60L, 59L, 2L);
    IncidentList.Bars bars = page(Long.MIN_VALUE, 119, 3).bars(); // all that match, not the 3
    assertThat(bars.from()).isZero();
    assertThat(bars.width()).isEqualTo(2); // 119 / 60, rounded up
    assertThat(bars.count()).hasSize(60).startsWith(2, 1, 0).endsWith(0, 1);
    assertThat(bars.count()[29]).isEqualTo(1); // 59
    assertThat(bars.count()[30]).isEqualTo(1); // 60
    take(Long.MIN_VALUE / 2, Event.OPENED);
    take(Long.MAX_VALUE / 2, Event.OPENED);
    assertThat(page(Long.MIN_VALUE, Long.MAX_VALUE, 3).bars().count()).hasSizeBetween(60, 61);
    assertThat(page(700, 800, 3).bars().count()).isEmpty();
  }

  @Test
  void tooManyOpenIncidentsAreDroppedAndCounted() {
    for (int i = 0; i < IncidentList.MAX_OPEN + 3; i++) {
      take(i, Event.OPENED);
    }
    assertThat(list.counts().open()).isEqualTo(IncidentList.MAX_OPEN);
    assertThat(list.counts().dropped()).isEqualTo(3);
    take(1, Event.CLOSED); // one of those that were dropped
    take(4, Event.CLOSED);
    assertThat(list.counts().open()).isEqualTo(IncidentList.MAX_OPEN - 1);
    assertThat(list.counts().bySeverity()).isEqualTo(Map.of("low", IncidentList.MAX_OPEN - 1));
    assertThat(list.counts().closed()).isEqualTo(2);
  }

  @Test
  void anIncidentThatIsOpenedAgainByAReplayIsOpen() {
    take(5, Event.OPENED);
    take(5, Event.CLOSED);
    take(5, Event.OPENED);
    assertThat(newest(9)).hasSize(1);
    assertThat(list.counts().open()).isEqualTo(1);
    assertThat(list.counts().closed()).isZero();
  }
}
