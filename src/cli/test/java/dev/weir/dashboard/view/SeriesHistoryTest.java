package dev.weir.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dashboard.Records;
import dev.weir.dashboard.view.SeriesHistory.View;
import dev.weir.model.Mode;
import org.junit.jupiter.api.Test;

class SeriesHistoryTest {

  private final SeriesHistory history = new SeriesHistory("pump");

  private View all() {
    return history.view(0);
  }

  private void issue(Mode mode, long origin, String model, long version) {
    history.issue(Records.forecast("pump", mode, origin, model, version), 99L);
  }

  @Test
  void observationsAreOrderedByTimeAndACorrectionCounts() {
    history.observe(30, 3);
    history.observe(10, 1);
    history.observe(20, 2);
    history.observe(20, 2.5);
    history.observe(20, 2.5);
    assertThat(all().observations().time()).containsExactly(10, 20, 30);
    assertThat(all().observations().value()).containsExactly(1, 2.5, 3);
    assertThat(all().cut()).isFalse();
  }

  @Test
  void theNewestThousandAreKeptInWhateverOrderTheyCame() {
    for (int i = 0; i < 9_001; i++) {
      history.observe(7L * i, i);
      if (i % 10 == 5) {
        history.observe(7L * i - 3, -i); // late
      }
    }
    View view = all();
    assertThat(view.observations().time()).hasSize(1_000).isSorted();
    assertThat(view.observations().time()[999]).isEqualTo(63_000);
    assertThat(view.observations().value()[999]).isEqualTo(9_000);
    assertThat(view.cut()).isTrue();
    long oldest = view.observations().time()[0]; // 1,000 back: of each 10 values 11 are here
    assertThat(oldest).isBetween(56_000L, 57_000L);
    history.observe(1, 1); // far older than all of them
    assertThat(all().observations().time()[0]).isEqualTo(oldest);
  }

  @Test
  void theFirstForecastOfAnOriginCounts() { // as for any consumer that drops repeats
    issue(Mode.MANY_TO_ONE, 200, "demand", 1);
    issue(Mode.MANY_TO_ONE, 100, "demand", 1);
    issue(Mode.MANY_TO_ONE, 200, "demand", 2);
    assertThat(all().modes().get(Mode.MANY_TO_ONE).forecasts())
        .extracting(one -> one.forecast().origin() + " v" + one.forecast().modelVersion())
        .containsExactly("100 v1", "200 v1");
  }

  @Test
  void newsAreWhatCameAfterASequenceNumber() {
    history.observe(100, 1);
    issue(Mode.MANY_TO_ONE, 100, "demand", 1);
    long seen = all().sequence();
    assertThat(history.view(seen).observations().time()).isEmpty();
    assertThat(history.view(seen).modes().get(Mode.MANY_TO_ONE).forecasts()).isEmpty();
    history.observe(200, 2);
    history.observe(100, 1.5); // a correction is news too
    history.score(Records.score("pump", Mode.MANY_TO_ONE, 200, 1, 2, 4));
    View news = history.view(seen);
    assertThat(news.observations().time()).containsExactly(100, 200);
    assertThat(news.observations().value()).containsExactly(1.5, 2);
    assertThat(news.modes().get(Mode.MANY_TO_ONE).forecasts()).isEmpty();
    assertThat(news.modes().get(Mode.MANY_TO_ONE).score().mae()).isEqualTo(1);
    assertThat(history.view(news.sequence()).modes().get(Mode.MANY_TO_ONE).score()).isNull();
  }

  @Test
  void eachKindOfNewsRaisesTheSequenceByItself() {
    history.observe(100, 1);
    history.score(Records.score("pump", Mode.MANY_TO_ONE, 100, 1, 2, 4));
    long seen = all().sequence();
    history.observe(100, 1); // the same again
    assertThat(all().sequence()).isEqualTo(seen);
    history.observe(100, 1.5);
    assertThat(history.view(seen).observations().value()).containsExactly(1.5);
    seen = all().sequence();
    issue(Mode.MANY_TO_ONE, 100, "demand", 1);
    assertThat(history.view(seen).modes().get(Mode.MANY_TO_ONE).forecasts()).hasSize(1);
    seen = all().sequence();
    history.score(Records.score("pump", Mode.MANY_TO_ONE, 99, 3, 2, 4)); // older
    assertThat(all().sequence()).isEqualTo(seen);
    history.score(Records.score("pump", Mode.MANY_TO_ONE, 100, 5, 2, 4));
    assertThat(history.view(seen).modes().get(Mode.MANY_TO_ONE).score().mae()).isEqualTo(5);
  }

  @Test
  void itsBytesGrowWithItAndStopWhereItStops() {
    long empty = history.bytes();
    for (int i = 0; i < 20_000; i++) {
      history.observe(i, i);
      issue(Mode.MANY_TO_MANY, i, "demand", 1);
    }
    // 1,000 places of 100 bytes, 1,000 forecasts of 400 and 4 arrays of 2
    assertThat(history.bytes()).isBetween(empty + 500_000, empty + 900_000);
    long full = history.bytes();
    for (int i = 20_000; i < 22_000; i++) {
      history.observe(i, i);
      issue(Mode.MANY_TO_MANY, i, "demand", 1);
    }
    assertThat(history.bytes()).isEqualTo(full);
  }
}
