package dev.weir.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dashboard.Records;
import dev.weir.dashboard.view.SeriesHistory.Swap;
import dev.weir.dashboard.view.SeriesHistory.View;
import dev.weir.model.Mode;
import org.junit.jupiter.api.Test;

class SeriesHistoryTest {

  private static final long ALL = Long.MAX_VALUE;

  private final SeriesHistory history = new SeriesHistory("pump");

  private View all() {
    return history.view(ALL, SeriesHistory.KEPT, 0);
  }

  private void issue(Mode mode, long origin, String model, long version) {
    history.issue(Records.forecast("pump", mode, origin, model, version), model, 99);
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
    assertThat(all().oldest()).isEqualTo(10);
    assertThat(all().isCut()).isFalse();
  }

  @Test
  void theNewestTwoThousandAreKeptInWhateverOrderTheyCame() {
    for (int i = 0; i < 9_001; i++) {
      history.observe(7L * i, i);
      if (i % 10 == 5) {
        history.observe(7L * i - 3, -i); // late
      }
    }
    View view = all();
    assertThat(view.observations().time()).hasSize(2_000).isSorted();
    assertThat(view.observations().time()[1_999]).isEqualTo(63_000);
    assertThat(view.observations().value()[1_999]).isEqualTo(9_000);
    // 2,000 back: of each 10 values 11 are here
    assertThat(view.oldest()).isEqualTo(view.observations().time()[0]).isBetween(50_000L, 51_000L);
    assertThat(view.isCut()).isTrue();
    history.observe(1, 1); // far older than all of them
    assertThat(all().oldest()).isGreaterThan(50_000L);
  }

  @Test
  void aPartIsTheNewestOnesUpToATimeWithTheirForecasts() {
    for (int i = 0; i < 10; i++) {
      history.observe(100 * i, i);
      issue(Mode.MANY_TO_ONE, 100 * i, "demand", 1);
    }
    View view = history.view(650, 3, 0);
    assertThat(view.observations().time()).containsExactly(400, 500, 600);
    assertThat(view.observations().value()).containsExactly(4, 5, 6);
    assertThat(view.modes().get(Mode.MANY_TO_ONE).forecasts())
        .extracting(issued -> issued.origin)
        .containsExactly(400L, 500L, 600L);
    assertThat(view.oldest()).isZero();
  }

  @Test
  void anotherModelOrVersionIsASwapOfItsMode() {
    issue(Mode.MANY_TO_ONE, 100, "demand", 1);
    issue(Mode.MANY_TO_MANY, 100, "other", 1);
    issue(Mode.MANY_TO_ONE, 200, "demand", 1);
    issue(Mode.MANY_TO_ONE, 300, "demand", 2);
    issue(Mode.MANY_TO_MANY, 400, "another", 1);
    assertThat(all().swaps())
        .containsExactlyInAnyOrder(
            new Swap(300, Mode.MANY_TO_ONE, "demand", 2L),
            new Swap(400, Mode.MANY_TO_MANY, "another", 1L));
  }

  @Test
  void theFirstForecastOfAnOriginCounts() { // as for any consumer that drops repeats
    issue(Mode.MANY_TO_ONE, 200, "demand", 1);
    issue(Mode.MANY_TO_ONE, 100, "demand", 1);
    issue(Mode.MANY_TO_ONE, 200, "demand", 2);
    assertThat(all().modes().get(Mode.MANY_TO_ONE).forecasts())
        .extracting(issued -> issued.origin + " v" + issued.version)
        .containsExactly("100 v1", "200 v1");
  }

  @Test
  void newsAreWhatCameAfterASequenceNumber() {
    history.observe(100, 1);
    issue(Mode.MANY_TO_ONE, 100, "demand", 1);
    long seen = all().sequence();
    assertThat(history.view(ALL, 2_000, seen).isEmpty()).isTrue();
    history.observe(200, 2);
    history.observe(100, 1.5); // a correction is news too
    history.score(Records.score("pump", Mode.MANY_TO_ONE, 200, 1, 2, 4));
    View news = history.view(ALL, 2_000, seen);
    assertThat(news.observations().time()).containsExactly(100, 200);
    assertThat(news.observations().value()).containsExactly(1.5, 2);
    assertThat(news.modes().get(Mode.MANY_TO_ONE).forecasts()).isEmpty();
    assertThat(news.modes().get(Mode.MANY_TO_ONE).score().mae()).isEqualTo(1);
    assertThat(history.view(ALL, 2_000, news.sequence()).modes().get(Mode.MANY_TO_ONE).score())
        .isNull();
  }

  @Test
  void eachKindOfNewsRaisesTheSequenceByItself() {
    history.observe(100, 1);
    history.score(Records.score("pump", Mode.MANY_TO_ONE, 100, 1, 2, 4));
    long seen = all().sequence();
    history.observe(100, 1); // the same again
    assertThat(all().sequence()).isEqualTo(seen);
    history.observe(100, 1.5);
    assertThat(history.view(ALL, 2_000, seen).observations().value()).containsExactly(1.5);
    seen = all().sequence();
    issue(Mode.MANY_TO_ONE, 100, "demand", 1);
    assertThat(history.view(ALL, 2_000, seen).modes().get(Mode.MANY_TO_ONE).forecasts()).hasSize(1);
    seen = all().sequence();
    history.score(Records.score("pump", Mode.MANY_TO_ONE, 99, 3, 2, 4)); // older
    assertThat(all().sequence()).isEqualTo(seen);
    history.score(Records.score("pump", Mode.MANY_TO_ONE, 100, 5, 2, 4));
    assertThat(history.view(ALL, 2_000, seen).modes().get(Mode.MANY_TO_ONE).score().mae())
        .isEqualTo(5);
  }

  @Test
  void noMoreIsShownThanIsKeptThoughMoreIsHeldUntilItIsCut() {
    for (int i = 0; i < 3_000; i++) {
      history.observe(i, i);
      issue(Mode.MANY_TO_MANY, i, "demand", 1);
    }
    assertThat(all().oldest()).isEqualTo(1_000);
    assertThat(history.view(1_499, 2_000, 0).observations().time()).hasSize(500).startsWith(1_000);
    SeriesHistory unseen = new SeriesHistory("fan"); // no observation says from when on
    for (int i = 0; i < 3_000; i++) {
      unseen.issue(Records.forecast("fan", Mode.MANY_TO_ONE, i, "demand", 1), "demand", 1);
    }
    assertThat(unseen.view(ALL, 2_000, 0).modes().get(Mode.MANY_TO_ONE).forecasts()).hasSize(2_000);
  }

  @Test
  void searchedValuesAreMergedWithNewOnes() {
    history.observe(300, 3.5);
    issue(Mode.MANY_TO_ONE, 300, "demand", 2);
    SeriesHistory older = new SeriesHistory("pump");
    for (int i = 1; i <= 3; i++) {
      older.observe(100 * i, i);
      older.issue(Records.forecast("pump", Mode.MANY_TO_ONE, 100 * i, "demand", i), "demand", 1);
    }
    older.score(Records.score("pump", Mode.MANY_TO_ONE, 200, 1.25, 2, 4));
    history.merge(older);
    assertThat(all().modes().get(Mode.MANY_TO_ONE).score().mae()).isEqualTo(1.25);
    assertThat(all().isCut()).isFalse();
    assertThat(all().observations().time()).containsExactly(100, 200, 300);
    assertThat(all().observations().value())
        .as("what came since is newer")
        .containsExactly(1, 2, 3.5);
    assertThat(all().modes().get(Mode.MANY_TO_ONE).forecasts())
        .extracting(issued -> issued.origin + " v" + issued.version)
        .containsExactly("100 v1", "200 v2", "300 v2");
    for (int i = 0; i < 5_000; i++) {
      older.observe(-i, i);
    }
    history.merge(older);
    assertThat(all().isCut()).isTrue();
  }

  @Test
  void itsBytesGrowWithItAndStopWhereItStops() {
    long empty = history.bytes();
    for (int i = 0; i < 20_000; i++) {
      history.observe(i, i);
      issue(Mode.MANY_TO_MANY, i, "demand", 1);
    }
    // 4,000 places of 24 bytes, 4,000 references, 2,000 to 4,000 forecasts of 5 arrays of 2
    assertThat(history.bytes()).isBetween(empty + 650_000, empty + 1_400_000);
    long full = history.bytes();
    for (int i = 20_000; i < 22_000; i++) {
      history.observe(i, i);
      issue(Mode.MANY_TO_MANY, i, "demand", 1);
    }
    assertThat(history.bytes()).isBetween(empty + 500_000, full + 500_000);
  }
}
