package dev.weir.cli.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.weir.cli.evaluate.Evaluation;
import dev.weir.cli.series.OutsideFile.Said;
import dev.weir.forecast.Observation;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of series that are rows of all values, of outside models, or know covariates ahead. */
class SeriesFilesTest {

  private static final String M4 =
      """
      "V1","V2","V3","V4"
      "H1","605","586.5",
      "a, b",-2e3,7,8
      """;

  @TempDir private Path dir;

  private static Map<String, List<Observation>> readWide(String text) throws IOException {
    Map<String, List<Observation>> series = new LinkedHashMap<>();
    WideCsv.read(new StringReader(text), "m4.csv", null, series);
    return series;
  }

  @Test
  void aRowIsASeriesAndEmptyFieldsAtItsEndDoNotCount() throws IOException {
    Map<String, List<Observation>> series = readWide(M4);
    assertThat(series.keySet()).containsExactly("H1", "a, b");
    assertThat(series.get("H1"))
        .containsExactly(new Observation("H1", 0, 605), new Observation("H1", 1, 586.5));
    assertThat(series.get("a, b"))
        .extracting(Observation::value)
        .containsExactly(-2000.0, 7.0, 8.0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                   | m4.csv line 1: expected a header, got nothing",
        "'id,V1\na,1\nb,,2'   | m4.csv line 3: value 1: expected a finite number, got ''",
        "'id,V1\na,NaN'       | m4.csv line 2: value 1: expected a finite number, got 'NaN'",
        "'id,V1\na,1\na,2'    | m4.csv line 3: expected each series once, got another a",
        "'id,V1\na,,'         | m4.csv line 2: expected values of a, got none",
        "'id,V1\n"
            + ",1'          | m4.csv line 2: the first column: expected 1 to 1000 characters, got 0"
      })
  void aWrongRowIsNamed(String text, String message) {
    assertThatThrownBy(() -> readWide(text)).isInstanceOf(IOException.class).hasMessage(message);
  }

  @Test
  void filesMayBeCompressedAndHoldEachSeriesOnce() throws IOException {
    Path file = dir.resolve("m4.csv.gz");
    try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
      gzip.write(M4.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(wide(dir).keySet()).containsExactly("H1", "a, b");
    Files.writeString(dir.resolve("more.csv"), "id,V1\nH1,3\n");
    assertThatThrownBy(() -> wide(dir))
        .isInstanceOf(IOException.class)
        .hasMessage("more.csv line 2: expected each series once, got another H1");
  }

  @Test
  void aFileThatIsNotCompressedAsItsNameSaysIsNamed() throws IOException {
    Path file = Files.writeString(dir.resolve("plain.csv.gz"), M4);
    assertThatThrownBy(() -> wide(file))
        .isInstanceOf(IOException.class)
        .hasMessage("plain.csv.gz: expected a file compressed by gzip, got another");
  }

  private static Map<String, List<Observation>> wide(Path input) throws IOException {
    return SeriesFiles.wide(List.of(input), List.of(), SeriesColumns.DEFAULT);
  }

  private static OutsideFile readOutside(String text) throws IOException {
    return OutsideFile.read(new StringReader(text), "x.csv", 100);
  }

  @Test
  void columnsAreForecastsOfOneModelEach() throws IOException {
    OutsideFile file =
        readOutside(
            "lear,series_id,made,timestamp,dnn\n"
                + "5,a,2026-01-01,2026-01-03,\n"
                + "4,a,2026-01-01,2026-01-02,\n"
                + ",b,2026-01-01 12:00,2026-01-02,3\n"
                + "nan,b,2026-01-01,2026-01-02,\n");
    assertThat(file.isNamed()).isTrue();
    assertThat(file.series()).containsExactly("a", "b");
    assertThat(file.models()).containsExactly("lear", "dnn");
    assertThat(file.of("a", "lear"))
        .extracting(Said::value, said -> Instant.ofEpochMilli(said.time()).toString())
        .containsExactly(tuple(4.0, "2026-01-02T00:00:00Z"), tuple(5.0, "2026-01-03T00:00:00Z"));
    assertThat(file.of("b", "dnn")) // an empty value says nothing
        .extracting(said -> Instant.ofEpochMilli(said.made()).toString())
        .containsExactly("2026-01-01T12:00:00Z");
    assertThat(file.of("b", "lear")).isEmpty();
    assertThat(file.of("c", "lear")).isEmpty();
  }

  @Test
  void columnsAreModelsOfTheOnlySeries() throws IOException {
    OutsideFile file =
        readOutside(
            "timestamp;made;LEAR 56;dnn\n"
                + "31.1.2026 12:00;31.1.2026 10:00;1,5;\n"
                + "1.2.2026;31.1.2026;2;3\n");
    assertThat(file.isNamed()).isFalse();
    assertThat(file.models()).containsExactly("LEAR 56", "dnn");
    assertThat(file.of("any", "LEAR 56"))
        .extracting(Said::value, said -> Instant.ofEpochMilli(said.made()).toString())
        .containsExactly(tuple(2.0, "2026-01-31T00:00:00Z"), tuple(1.5, "2026-01-31T10:00:00Z"));
    assertThat(file.of("any", "dnn")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          timestamp,lear~2026-01-01,1 | x.csv line 1: expected columns timestamp,made,series_id (unless there is one series), and one for each model, got timestamp,lear
          timestamp,made~ | x.csv line 1: expected columns timestamp,made,
          timestamp,made,a,a~ | x.csv line 1: expected columns timestamp,made,
          timestamp,made,a~2026-01-01,2026-01-01,1~2026-01-01,2026-01-02,1 | x.csv: expected forecasts made before their timestamp, got none
          timestamp,made,a~2026-01-01,soon,1 | x.csv line 2: made: expected a time such as
          timestamp,made,a~2026-01-01,,1 | x.csv line 2: made: expected a time such as
          timestamp,made,a~2026-01-01,2026-01-01,1~2026-01-01,2026-01-01 | x.csv line 3: expected 3 columns, got 2
          timestamp,made,a~2026-01-01,2026-01-01,Infinity | x.csv line 2: a: expected a finite number, got 'Infinity'
          timestamp,made,~2026-01-01,2026-01-01,3 | x.csv line 2: model: expected a name of 1 to 64 printable characters, got ''
          timestamp,made,series_id,a~2026-01-01,2026-01-01,,3 | x.csv line 2: series_id: expected 1 to 1000 characters, got 0
          """)
  void wrongFileIsOneLineWithItsPlace(String text, String problem) {
    assertThatThrownBy(() -> readOutside(text.replace("~", "\n")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(problem)
        .hasMessageNotContaining("\n");
  }

  @Test
  void numbersOfAFileAreLimited() {
    String text = "timestamp,made,a\n" + "2026-01-01,2026-01-01,1\n".repeat(40);
    assertThatThrownBy(() -> readOutside(text))
        .hasMessage("x.csv line 35: expected at most 100 numbers in the file, got more");
  }

  private static final double NAN = Double.NaN;
  private static final SeriesColumns COLUMNS =
      new SeriesColumns.Converter().convert("series=s,time=t,value=v,features=f,label=l,ahead=a+b");

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
