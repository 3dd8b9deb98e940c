package dev.weir.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.dashboard.Records;
import dev.weir.forecast.Forecast;
import dev.weir.model.Mode;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeriesRowTest {

  private final RowBlock block = new RowBlock();
  private final SeriesRow row = block.add("pump", 0);

  private void observe(long time, double value) {
    row.observe(Records.observation("pump", time, value), "values", 2, 1_000 + time);
  }

  @Test
  void theSparklineIsTheNewestThirtyTwoValues() {
    observe(1, 1);
    assertThat(row.item().sparkline()).containsExactly(1);
    for (int i = 2; i <= 8; i++) {
      observe(i, i);
    }
    assertThat(row.item().sparkline()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    for (int i = 9; i <= 100; i++) {
      observe(i, i);
      assertThat(row.item().value()).isEqualTo(i);
    }
    double[] sparkline = row.item().sparkline();
    assertThat(sparkline).hasSize(32).isSorted().startsWith(69).endsWith(100);
  }

  @Test
  void aCorrectionTakesThePlaceOfTheNewestValueAndALateOneNone() {
    observe(10, 1);
    observe(20, 2);
    observe(20, 2.5);
    observe(15, 9);
    assertThat(row.item().sparkline()).containsExactly(1, 2.5);
    assertThat(row.item().time()).isEqualTo(20);
    assertThat(row.item().value()).isEqualTo(2.5);
  }

  @Test
  void errorsAreHeldAgainstBothBaselines() {
    assertThat(block.relative(0)).isNaN();
    row.score(Records.score("pump", Mode.MANY_TO_ONE, 10, 1.5, 2, 3), 0, 5);
    SeriesRow.Item item = row.item();
    assertThat(item.errors().mae()).isEqualTo(1.5);
    assertThat(item.errors().relative()).isEqualTo(0.75); // 1.5 / 2
    assertThat(block.relative(0)).isEqualTo(0.5);
    assertThat(item.errors().relativeSeasonal()).isEqualTo(0.5); // 1.5 / 3
    assertThat(item.errors().mase()).isEqualTo(0.5);
    assertThat(item.errors().coverage()).isEqualTo(0.75);
    // a perfect baseline is beaten by nobody, and there is no ratio to it
    row.score(Records.score("pump", Mode.MANY_TO_ONE, 20, 1.5, 2, 0), 0, 5);
    assertThat(block.relative(0)).isEqualTo(0.75);
    row.score(Records.score("pump", Mode.MANY_TO_ONE, 20, 1.5, 0, 0), 0, 5);
    assertThat(block.relative(0)).isNaN();
    row.score(Records.score("pump", Mode.MANY_TO_ONE, 15, 9, 9, 9), 0, 5); // older than known
    assertThat(row.item().errors().mae()).isEqualTo(1.5);
  }

  @Test
  void listShowsTheMostDirectModeAndNamesBoth() {
    row.issue(Records.forecast("pump", Mode.MANY_TO_MANY, 50, "wide", 3), "wide", 0, 5, true);
    assertThat(row.item().issuer().model()).isEqualTo("wide");
    row.issue(
        Records.forecast("pump", Mode.MANY_TO_ONE, 40, "", -1, Forecast.Status.FALLBACK, 1, 1),
        "",
        0,
        5,
        true);
    assertThat(row.item().modes()).containsExactly(Mode.MANY_TO_ONE, Mode.MANY_TO_MANY);
    assertThat(row.item().issuer().status()).isEqualTo(Forecast.Status.FALLBACK);
    assertThat(row.item().issuer().version()).isNull();
    row.issue(Records.forecast("pump", Mode.MANY_TO_ONE, 60, "direct", 2), "direct", 0, 5, true);
    row.issue(Records.forecast("pump", Mode.MANY_TO_ONE, 50, "older", 1), "older", 0, 5, true);
    assertThat(row.item().issuer().model()).isEqualTo("direct");
    assertThat(block.has(0, Forecast.Status.OK)).isTrue();
  }

  @Test
  void figuresOfTheJobAreGeometricMeansOverSeries() {
    JobSummary figures = new JobSummary();
    row.score(Records.score("pump", Mode.MANY_TO_ONE, 10, 1, 2, 8), 0, 5); // 0.5 and 0.125
    row.issue(Records.forecast("pump", Mode.MANY_TO_ONE, 60, "demand", 2), "demand", 0, 5, true);
    row.issue(Records.forecast("pump", Mode.MANY_TO_MANY, 60, "supply", 7), "supply", 0, 5, true);
    row.addTo(figures);
    SeriesRow other = new SeriesRow("fan");
    other.score(Records.score("fan", Mode.MANY_TO_ONE, 10, 4, 2, 2), 0, 5); // 2 and 2
    other.addTo(figures);
    new SeriesRow("new").addTo(figures);
    assertThat(figures.learned().naive()).isEqualTo(0, within(1e-12)); // 1 - sqrt(0.5 * 2)
    assertThat(figures.learned().seasonalNaive()).isEqualTo(0.5, within(1e-12)); // 1 - sqrt(1/4)
    assertThat(figures.learned().series()).isEqualTo(2);
    assertThat(figures.newborn()).isEqualTo(new JobSummary.Skill(Double.NaN, Double.NaN, 0));
    figures.add( // too few values
        new SeriesRow.Errors(
            0, JobSummary.LEARNED - 1, Double.NaN, Double.NaN, 0.75, 4, 0.8, Double.NaN));
    assertThat(figures.newborn().naive()).isEqualTo(0.25, within(1e-12));
    assertThat(figures.newborn().seasonalNaive()).isEqualTo(-3, within(1e-12));
    assertThat(figures.learned().naive()).as("as before").isEqualTo(0, within(1e-12));
    assertThat(figures.coverage().held()).isEqualTo(0.75);
    assertThat(figures.coverage().level()).isEqualTo(0.8);
    assertThat(figures.statuses()).containsEntry(Forecast.Status.OK, 1);
    assertThat(figures.issuers())
        .containsOnly(
            Map.entry(new JobSummary.Version("demand", 2), 1),
            Map.entry(new JobSummary.Version("supply", 7), 1));
  }

  @Test
  void itRemembersWhereItWasSeen() {
    row.observe(Records.observation("pump", 1, 1), "values", 2, 5);
    row.issue(Records.forecast("pump", Mode.MANY_TO_ONE, 1, "demand", 2), "demand", 3, 5, true);
    assertThat(row.places()).isEqualTo(new SeriesRow.Places("values", 2, 3, -1));
  }

  /** Else who listens does not see them: he asks for what came after the last number. */
  @Test
  void changesOfANewHistoryContinueTheOldNumbers() {
    row.keep();
    for (int i = 0; i < 1_000_000; i++) { // more than the clock's next milliseconds leave room for
      observe(10, i % 2);
    }
    long told = row.sequence();

    row.forget();
    assertThat(row.sequence()).isZero();
    row.keep();
    observe(20, 2);

    assertThat(row.sequence()).isGreaterThan(told);
    assertThat(row.view(Long.MAX_VALUE, 10, told).observations().time()).containsExactly(20);
  }
}
