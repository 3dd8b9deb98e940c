package dev.weir.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.dashboard.Records;
import dev.weir.forecast.Forecast.Status;
import dev.weir.model.Mode;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeriesRowTest {

  private final SeriesRow row = new SeriesRow("pump");

  private void observe(long time, double value) {
    row.observe(Records.observation("pump", time, value), 1_000 + time);
  }

  private void score(long time, double mae, double naive, double seasonalNaive) {
    row.score(Records.score("pump", Mode.MANY_TO_ONE, time, mae, naive, seasonalNaive), 5);
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
    assertThat(row.item().value()).isEqualTo(2.5);
  }

  @Test
  void errorsAreHeldAgainstBothBaselines() {
    assertThat(row.relative()).isNaN();
    score(10, 1.5, 2, 3);
    assertThat(row.item().relative()).isEqualTo(0.75); // 1.5 / 2
    assertThat(row.item().relativeSeasonal()).isEqualTo(0.5); // 1.5 / 3
    assertThat(row.relative()).isEqualTo(0.5);
    // a perfect baseline is beaten by nobody, and there is no ratio to it
    score(20, 1.5, 2, 0);
    assertThat(row.relative()).isEqualTo(0.75);
    score(20, 1.5, 0, 0);
    assertThat(row.relative()).isNaN();
    score(15, 9, 9, 9); // older than known
    assertThat(row.relative()).isNaN();
  }

  @Test
  void listShowsTheNewestForecastOfTheMostDirectMode() {
    Status[] last = {Status.WARMUP, Status.FALLBACK, Status.OK, Status.OK, Status.OK};
    Mode[] modes = {
      Mode.MANY_TO_MANY, Mode.MANY_TO_ONE, Mode.MANY_TO_ONE, Mode.MANY_TO_ONE, Mode.MANY_TO_MANY
    };
    long[] origins = {50, 40, 60, 50, 70};
    for (int i = 0; i < last.length; i++) {
      Status status = i < 3 ? last[i] : Status.WARMUP; // of an older one, and of the other mode
      row.issue(Records.forecast("pump", modes[i], origins[i], "", -1, status, 1, 1), 5, true);
      assertThat(row.status()).as("%d", i).isEqualTo(last[i]);
    }
    assertThat(row.item().status()).isEqualTo(Status.OK);
  }

  @Test
  void figuresOfTheJobAreGeometricMeansOverSeries() {
    JobSummary figures = new JobSummary();
    score(10, 1, 2, 8); // 0.5 and 0.125
    row.issue(Records.forecast("pump", Mode.MANY_TO_ONE, 60, "demand", 2), 5, true);
    row.issue(Records.forecast("pump", Mode.MANY_TO_MANY, 60, "supply", 7), 5, true);
    row.addTo(figures);
    SeriesRow other = new SeriesRow("fan");
    other.score(Records.score("fan", Mode.MANY_TO_ONE, 10, 4, 2, 2), 5); // 2 and 2
    other.addTo(figures);
    new SeriesRow("new").addTo(figures);
    assertThat(figures.learned().naive()).isEqualTo(0, within(1e-12)); // 1 - sqrt(0.5 * 2)
    assertThat(figures.learned().seasonalNaive()).isEqualTo(0.5, within(1e-12)); // 1 - sqrt(1/4)
    assertThat(figures.learned().series()).isEqualTo(2);
    assertThat(figures.newborn()).isEqualTo(new JobSummary.Skill(Double.NaN, Double.NaN, 0));
    figures.add( // too few values
        null, new SeriesRow.Errors(0, JobSummary.LEARNED - 1, 0.75, 4, 0.8, Double.NaN));
    assertThat(figures.newborn().naive()).isEqualTo(0.25, within(1e-12));
    assertThat(figures.newborn().seasonalNaive()).isEqualTo(-3, within(1e-12));
    assertThat(figures.learned().naive()).as("as before").isEqualTo(0, within(1e-12));
    assertThat(figures.coverage().held()).isEqualTo(0.75);
    assertThat(figures.coverage().level()).isEqualTo(0.8);
    assertThat(figures.statuses()).containsEntry(Status.OK, 1);
    assertThat(figures.issuers())
        .containsOnly(
            Map.entry(new JobSummary.Version("demand", 2), 1),
            Map.entry(new JobSummary.Version("supply", 7), 1));
  }
}
