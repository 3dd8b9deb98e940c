package dev.weir.cli.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.cli.evaluate.Evaluation;
import dev.weir.forecast.Observation;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KnownAheadTest {

  private static final double NAN = Double.NaN;
  private static final SeriesColumns COLUMNS =
      SeriesColumns.DEFAULT.named("series=s,time=t,value=v,features=f,label=l,ahead=a+b");

  private static List<Observation> read(String text, int steps) throws IOException {
    List<Observation> all = new ArrayList<>();
    try (SeriesCsv csv = new SeriesCsv(new StringReader(text), "x.csv", COLUMNS, false)) {
      KnownAhead rows = new KnownAhead(csv, steps);
      for (Observation o = rows.next(); o != null; o = rows.next()) {
        all.add(o);
      }
    }
    return all;
  }

  private static final String HEADER = "s,t,v,f,l,a,b\n";

  @Test
  void rowKnowsTheRowsOfItsSeriesAfterIt() throws IOException {
    String text =
        HEADER
            + "p,2026-01-01,1,9,x,10,20\n"
            + "q,2026-01-01,2,9,,30,40\n"
            + "p,2026-01-02,3,9,,11,\n"
            + "p,2026-01-03,4,9,,12,22\n"
            + "q,2026-01-02,5,9,,31,41\n"
            + "p,2026-01-04,6,9,,13,23\n";
    List<Observation> all = read(text, 2);
    assertThat(all).extracting(Observation::value).containsExactly(1.0, 2.0, 3.0, 4.0, 5.0, 6.0);
    assertThat(all)
        .extracting(Observation::ahead)
        .containsExactly(
            new double[] {11, NAN, 12, 22},
            new double[] {31, 41},
            new double[] {12, 22, 13, 23},
            new double[] {13, 23},
            new double[] {},
            new double[] {});
    assertThat(all.get(0))
        .isEqualTo(
            new Observation(
                "p", all.get(0).time(), 1, new double[] {9}, "x", new double[] {11, NAN, 12, 22}));
    assertThat(read(text, 0)).extracting(Observation::ahead).containsOnly(new double[] {});
    assertThat(read(HEADER, 3)).isEmpty();
  }

  private static String rows(String series, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append("%s,%d,%d,0,,%d,%d%n".formatted(series, 1_700_000_000 + i, i, i, -i));
    }
    return text.toString();
  }

  @Test
  void seriesThatEndsEarlyDoesNotHoldTheFile() throws IOException {
    String text = HEADER + rows("p", 0, 5) + rows("q", 0, 9_000);
    StringReader reader = new StringReader(text);
    List<Observation> all = new ArrayList<>();
    try (SeriesCsv csv = new SeriesCsv(reader, "x.csv", COLUMNS, false)) {
      KnownAhead rows = new KnownAhead(csv, 3, 20);
      while (all.size() < 5) {
        all.add(rows.next());
      }
      assertThat(csv.place()).isEqualTo("x.csv line 25"); // the fifth of 4 + 20 rows
      for (Observation o = rows.next(); o != null; o = rows.next()) {
        all.add(o);
      }
    }
    assertThat(all).isEqualTo(read(text, 3)); // which held all
    assertThat(all.get(4).ahead()).isEmpty();
    assertThat(all.get(5).ahead()).containsExactly(1, -1, 2, -2, 3, -3);
  }

  @Test
  void seriesThatGoesOnTooLateIsRefused() {
    String text = HEADER + rows("p", 0, 5) + rows("q", 0, 30) + rows("p", 5, 6);
    assertThatThrownBy(
            () -> {
              KnownAhead rows =
                  new KnownAhead(
                      new SeriesCsv(new StringReader(text), "x.csv", COLUMNS, false), 3, 20);
              while (rows.next() != null) {}
            })
        .isInstanceOf(IOException.class)
        .hasMessage(
            "x.csv line 37: series p: expected its next 3 rows within 20 rows, got one later; sort"
                + " the file by time");
  }

  /** As the evaluation knows them, for any order of series. */
  @Test
  void replayKnowsWhatTheEvaluationDoes() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    StringBuilder text = new StringBuilder(HEADER);
    Map<String, List<double[]>> covariates = new LinkedHashMap<>();
    for (int i = 0; i < 300; i++) {
      String series = "s" + random.nextInt(4);
      double[] row = {random.nextInt(100), random.nextInt(100)};
      covariates.computeIfAbsent(series, any -> new ArrayList<>()).add(row);
      text.append("%s,%d,1,0,,%s,%s%n".formatted(series, 1_700_000_000 + i, row[0], row[1]));
    }
    Map<String, Integer> rows = new LinkedHashMap<>();
    for (Observation o : read(text.toString(), 5)) {
      int row = rows.merge(o.series(), 1, Integer::sum) - 1;
      double[][] all = covariates.get(o.series()).toArray(double[][]::new);
      assertThat(o.ahead()).isEqualTo(Evaluation.knownAhead(all, row, 5));
    }
    assertThat(rows.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(300);
  }
}
