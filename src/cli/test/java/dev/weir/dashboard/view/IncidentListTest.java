package dev.weir.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dashboard.Records;
import dev.weir.dashboard.view.IncidentList.Counts;
import dev.weir.dashboard.view.IncidentList.Query;
import dev.weir.forecast.Incident.Event;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IncidentListTest {

  private final DashboardState state = Records.state(Records.WITH_ALARMS);
  private final IncidentList list = state.incidents;

  private void take(long start, Event event) {
    state.takeOutput(Records.record(Records.incident("pump", start, event, 2.7)), true);
  }

  private List<IncidentList.Item> newest(int count) {
    return list.page(new Query("", "", null, null, count)).items();
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
    List<IncidentList.Item> all = newest(2_000);
    assertThat(all).hasSize(IncidentList.MAX_CLOSED + 1);
    assertThat(all.get(0).start()).isEqualTo(IncidentList.MAX_CLOSED + 6);
    assertThat(all.get(IncidentList.MAX_CLOSED - 1).start()).isEqualTo(7);
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
