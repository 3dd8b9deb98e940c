package dev.weir.cli.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Fuzzer;
import dev.weir.Fuzzer.Outcome;
import dev.weir.forecast.Observation;
import dev.weir.job.options.StrictUtf8Input;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeriesCsvTest {
  private static final long NOON = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();

  private static List<Observation> read(String text) throws IOException {
    return read(text, SeriesColumns.DEFAULT);
  }

  private static List<Observation> read(String text, SeriesColumns columns) throws IOException {
    return read(text.getBytes(StandardCharsets.UTF_8), columns);
  }

  private static List<Observation> read(byte[] bytes, SeriesColumns columns) throws IOException {
    List<Observation> observations = new ArrayList<>();
    InputStream in = new ByteArrayInputStream(bytes);
    try (SeriesCsv csv =
        new SeriesCsv(StrictUtf8Input.open(in, "a.csv"), "a.csv", columns, false)) {
      for (Observation o = csv.next(); o != null; o = csv.next()) {
        observations.add(o);
      }
    }
    return observations;
  }

  @Test
  void aLineIsAnObservation() throws IOException {
    assertThat(
            read(
                """
                series_id,timestamp,value
                pump,2026-01-31T12:00:00Z,1.5
                pump,2026-01-31T13:00:00.250+01:00,-2e3
                """))
        .containsExactly(
            new Observation("pump", NOON, 1.5), new Observation("pump", NOON + 250, -2000));
  }

  @Test
  void columnsAfterTheValueAreFeatures() throws IOException {
    assertThat(
            read(
                """
                series_id,timestamp,value,wind,sun
                pump,2026-01-31T12:00:00Z,1,2,3
                """))
        .containsExactly(new Observation("pump", NOON, 1, new double[] {2, 3}));
  }

  @Test
  void quotesHoldCommasQuotesAndLineBreaks() throws IOException {
    assertThat(
            read(
                """
                "series_id","timestamp","value"
                "pump, left",2026-01-31T12:00:00Z,"1"
                "say ""pump""\",2026-01-31T12:00:00Z,2
                "two
                lines",2026-01-31T12:00:00Z,3
                """))
        .extracting(Observation::series)
        .containsExactly("pump, left", "say \"pump\"", "two\nlines");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void anyLineEndWillDoAndTheLastMayLackIt(String lineEnd) throws IOException {
    String text = "series_id,timestamp,value" + lineEnd + "pump,2026-01-31T12:00:00Z,1";
    assertThat(read(text)).containsExactly(new Observation("pump", NOON, 1));
    assertThat(read(text + lineEnd)).containsExactly(new Observation("pump", NOON, 1));
  }

  @Test
  void byteOrderMarkIsNoPartOfTheHeaderAndHidesNoQuote() throws IOException {
    assertThat(read("\ufeffseries_id,timestamp,value\npump,2026-01-31T12:00:00Z,1\n")).hasSize(1);
    String quoted = "\"series_id\",\"timestamp\",\"value\"\r\n\"pump\",2026-01-31T12:00:00Z,1\r\n";
    assertThat(read("\ufeff" + quoted)).containsExactly(new Observation("pump", NOON, 1));
  }

  @Test
  void fileThatIsNotUtf8IsRefusedWithTheLine(@TempDir Path dir) throws IOException {
    Path series = dir.resolve("a.csv");
    String line = "\ngr\u00f6\u00dfe,2026-01-31T12:00:00Z,1\n";
    Files.writeString(series, "series_id,timestamp,value" + line, StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> SeriesCsv.open(series, SeriesColumns.DEFAULT))
        .hasMessageStartingWith("a.csv line 2: expected UTF-8 text, got the byte 0xF6");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-31T12:00:00Z",
        "2026-01-31 12:00:00Z",
        "2026-01-31 13:00:00+01:00",
        "2026-01-31T07:00-05:00",
        "2026-01-31T12:00Z",
        "2026-01-31T12:00",
        "2026-01-31 12:00",
        "2026-01-31 12:00:00.000",
        "1769860800",
        "1769860800000",
        "2026013112",
        "202601311200",
        "31.01.26 12:00",
        "1/31/26 12:00 PM"
      })
  void aTimeMayBeWrittenInManyWays(String noon) throws IOException {
    assertThat(read("series_id,timestamp,value\npump," + noon + ",1\n"))
        .containsExactly(new Observation("pump", NOON, 1));
  }

  @Test
  void aDateIsItsFirstMomentInUtc() throws IOException {
    long midnight = NOON - 12 * 3_600_000;
    assertThat(read("series_id,timestamp,value\npump,2026-01-31,1\n"))
        .containsExactly(new Observation("pump", midnight, 1));
    assertThat(read("series_id,timestamp,value\npump,2026-01,1\n"))
        .containsExactly(new Observation("pump", midnight - 30L * 86_400_000, 1));
  }

  @Test
  void columnsMayHoldFeaturesAndLabels() throws IOException {
    SeriesColumns columns = columns("time=ts,value=a,features=c+b,label=state");
    String text =
        """
        ts,a,b,c,state
        1970-01-01T00:00:01Z,1,2,3,
        1970-01-01T00:00:02Z,4,5,6, run
        """;
    assertThat(read(text, columns))
        .containsExactly(
            new Observation("a", 1_000, 1, new double[] {3, 2}),
            new Observation("a", 2_000, 4, new double[] {6, 5}, "run"));
    assertThatThrownBy(() -> read(text.replace("run", "r".repeat(201)), columns))
        .hasMessage("a.csv line 3: state: expected at most 200 characters, got 201");
    assertThatThrownBy(() -> read(text.replace("state", "over"), columns))
        .hasMessageStartingWith(
            "a.csv line 1: expected a header with the columns ts, a, c, b and state, got");
  }

  private static SeriesColumns columns(String text) {
    return new SeriesColumns.Converter().convert(text);
  }

  @Test
  void columnsMayHaveAnyNamesAndPlaces() throws IOException {
    String text = "temp,note,ts,device\n1.5,\"hot, dry\",2026-01-31T12:00:00Z,pump\n";
    assertThat(read(text, columns("series=device,time=ts,value=temp")))
        .containsExactly(new Observation("pump", NOON, 1.5));
    assertThatThrownBy(() -> read(text, columns("series=pump,time=ts,value=temp")))
        .hasMessage(
            "a.csv line 1: expected a header with the columns pump, ts and temp,"
                + " got temp,note,ts,device; --columns names them as the header does");
    assertThatThrownBy(
            () -> read(text.replace("1.5", "hot"), columns("time=ts,value=temp,series=device")))
        .hasMessage("a.csv line 2: temp: expected a finite number, got 'hot'");
  }

  @Test
  void columnsMayBeNumbersAndKnownAhead() throws IOException {
    String text = "date, load,OT, load ahead\n2026/1/31 12:00,7,1.5,8\n2026/1/31,3,2,4\n";
    assertThat(read(text, columns("time=0,value=OT,features=1,ahead=3+1")))
        .containsExactly(
            new Observation("a", NOON, 1.5, new double[] {7}, null, new double[] {8, 7}),
            new Observation(
                "a", NOON - 43_200_000, 2, new double[] {3}, null, new double[] {4, 3}));
    assertThatThrownBy(() -> read(text, columns("time=0,value=4")))
        .hasMessageContaining("a header with the columns 0 and 4, got");
    for (String twice : new String[] {"ahead=OT", "ahead=2", "features=3+ load ahead"}) {
      assertThatThrownBy(() -> read(text, columns("time=0,value=OT," + twice)))
          .hasMessageStartingWith("a.csv line 1: expected columns that differ, not ");
    }
    assertThatThrownBy(() -> read("ts,v,f\n2026/1/32 0:00,1,1\n", columns("time=0,value=v")))
        .hasMessageContaining("2026/1/31 12:00");
  }

  @Test
  void aFileWithoutSeriesIsOneThatIsCalledAsTheFile() throws IOException {
    String row = "2026-01-31T12:00:00Z,1,2\n";
    assertThat(read("timestamp,value,wind\n" + row))
        .containsExactly(new Observation("a", NOON, 1, new double[] {2}));
    assertThat(read("ts,temp,wind\n" + row, columns("time=ts,value=temp")))
        .containsExactly(new Observation("a", NOON, 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "ts", "time=", "time=a,time=b", "time=a,feature=b", "time=a,,value=b"})
  void wrongColumnsAreRefused(String text) {
    assertThatThrownBy(() -> columns(text))
        .hasMessage(
            "expected"
                + " series=COLUMN,time=COLUMN,value=COLUMN,features=COLUMN,label=COLUMN,ahead=COLUMN,"
                + " each at most once, got '%s'",
            text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '' | the header series_id,timestamp,value[,feature...], got nothing
          'series_id,timestamp' | a column of times and one of numbers, got series_id,timestamp
          'pump,2026-01-31T12:00:00Z,1' | a line with the names of the columns at the top, got pump,2026-01-31T12:00:00Z,1
          'series_id:timestamp:value' | 'the header series_id,timestamp,value[,feature...], got series_id:timestamp:value, which has no separator of , ; | and tab'
          """)
  void anotherHeaderIsNamedBesideTheExpectedOne(String header, String problem) {
    assertThatThrownBy(() -> read(header))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "a.csv line 1: expected %s; --columns series=...,time=...,value=... names the columns",
            problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'pump,2026-01-31T12:00:00Z,much,0' | 'value: expected a finite number, got ''much'''",
        "'pump,2026-01-31T12:00:00Z,1e999,0' | 'value: expected a finite number, got ''1e999'''",
        "'pump,2026-01-31T12:00:00Z,1,x' | 'feature 1: expected a finite number, got ''x'''",
        "'pump,2026-01-31T12:00:00Z,1' | 'expected 4 columns, got 3'",
        "'pump,2026-01-31T12:00:00Z,1,2,3' | 'expected 4 columns, got 5'",
        "',2026-01-31T12:00:00Z,1,2' | 'series_id: expected 1 to 1000 characters, got 0'",
      })
  void aWrongLineIsNamedByItsNumber(String line, String problem) {
    String text = "series_id,timestamp,value,f\npump,2026-01-31T11:00:00Z,1,0\n" + line + "\n";
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(IOException.class)
        .hasMessage("a.csv line 3: " + problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yesterday",
        "32.01.2026",
        "01/32/2026",
        "99999999999",
        "17067024001706702",
        "2026-01-31T12:00+01:00[Europe/Paris]",
        "+1000000000-12-31T00:00:00Z"
      })
  void aWrongTimeIsNamedWithThosePossible(String time) {
    assertThatThrownBy(() -> read("series_id,timestamp,value\npump," + time + ",1\n"))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "a.csv line 2: timestamp: expected a time such as 2026-01-31T12:00:00Z, 2026-01-31"
                + " 12:00, 2026/1/31 12:00, 31.1.2026 12:00, 1/31/2026 12:00 PM or 2026-01-31, or"
                + " seconds or milliseconds since 1970, got '%s'",
            time);
  }

  @Test
  void aSeriesNameMayNotBeLongerThanAnObservationTakes() throws IOException {
    String row = ",2026-01-31T12:00:00Z,1\n";
    assertThat(read("series_id,timestamp,value\n" + "p".repeat(1000) + row)).hasSize(1);
    assertThatThrownBy(() -> read("series_id,timestamp,value\n" + "p".repeat(1001) + row))
        .hasMessage("a.csv line 2: series_id: expected 1 to 1000 characters, got 1001");
  }

  @Test
  void linesAreCountedAsAnEditorDoes() {
    String text =
        """
        series_id,timestamp,value
        "two
        lines",2026-01-31T12:00:00Z,1

        pump,2026-01-31T12:00:00Z,much
        """;
    assertThatThrownBy(() -> read(text)).hasMessageStartingWith("a.csv line 5: value");
  }

  @Test
  void germanFileIsRead() throws IOException {
    String text = "Datum;Umsatz;Kunden\n30.12.2024;999;7\n31.12.2024;1.234,5;8\n1.1.2025;,25;9\n";
    SeriesColumns columns = columns("time=Datum,value=Umsatz+Kunden");
    long day = Instant.parse("2024-12-30T00:00:00Z").toEpochMilli();
    assertThat(read(text, columns))
        .containsExactly(
            new Observation("a/Umsatz", day, 999),
            new Observation("a/Kunden", day, 7),
            new Observation("a/Umsatz", day + 86_400_000, 1234.5),
            new Observation("a/Kunden", day + 86_400_000, 8),
            new Observation("a/Umsatz", day + 2 * 86_400_000, 0.25),
            new Observation("a/Kunden", day + 2 * 86_400_000, 9));
    try (SeriesCsv csv = new SeriesCsv(new StringReader(text), "a.csv", columns, false)) {
      while (csv.next() != null) {}
      assertThat(csv.format()).isEqualTo("separated by ;, decimal comma, day before month");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "t,v#2026-01-31,1234.5",
        "t,v#2026-01-31, 1234.5",
        "t, v#2026-01-31 ,\t 1234.5 ",
        "t, \"v\"#\"2026-01-31\", \"1,234.5\"",
        "t,v#2026-01-31,\"1.234,5\"",
        "t,v#2026-01-31,\"1234,5\"",
        "t;v#31.01.2026;1234,5",
        "t;v#31.1.2026 00:00;1.234,50",
        "t\tv#31-01-2026\t1234.5",
        "t\tv#1/31/2026 12:00 AM\t1,234.5",
        "\"t\";\"v\"#\"31/01/2026 0:00:00\";\"1234,5\"",
        "t;x;v#2026-01-31;1,2,3,4;1234,5",
        "t,x;y;z,v#2026-01-31,1;2;3;4;5,1234.5",
      })
  void fileIsReadAsPeopleHaveIt(String text) throws IOException {
    long day = Instant.parse("2026-01-31T00:00:00Z").toEpochMilli();
    String lines = text.replace('#', '\n').replace("\\t", "\t");
    assertThat(read(lines, columns("time=t,value=v")))
        .containsExactly(new Observation("a", day, 1234.5));
  }

  @Test
  void emptyCellsBetweenTabsAreKept() throws IOException {
    assertThat(read("t\tx\ty\tv\n2026-01-31\t\t\t5\n", columns("time=t,value=v"))).hasSize(1);
  }

  @Test
  void laterRowSaysWhichNumberIsTheDay() throws IOException {
    String text = "t,v\n02/01/2024,1\n03/01/2024,2\n";
    assertThatThrownBy(() -> read(text, columns("time=t,value=v")))
        .hasMessage(
            "a.csv line 2: t: expected a day above 12 in the file, or --date-format d/M/yyyy or"
                + " M/d/yyyy, got '02/01/2024'");
    assertThatThrownBy(() -> read(text + "12/01/2024,3\n", columns("time=t,value=v")))
        .hasMessageStartingWith("a.csv line 2: t: expected a day above 12 in the file");
    long day = Instant.parse("2024-01-02T00:00:00Z").toEpochMilli();
    assertThat(read(text + "13/01/2024,3\n", columns("time=t,value=v")))
        .extracting(Observation::time)
        .containsExactly(day, day + 86_400_000, day + 11 * 86_400_000);
    long february = Instant.parse("2024-02-01T00:00:00Z").toEpochMilli();
    assertThat(read(text + "01/13/2024,3\n", columns("time=t,value=v")).get(0).time())
        .isEqualTo(february);
    SeriesColumns said =
        new SeriesColumns(columns("time=t,value=v").names(), CsvTime.dates("M/d/yyyy"), null);
    assertThat(read(text, said).get(0).time()).isEqualTo(february);
    assertThatThrownBy(() -> read(text + "13/01/2024,3\n", said))
        .hasMessage("a.csv line 4: t: expected a time such as 1/31/2026, got '13/01/2024'");
    assertThatThrownBy(() -> read("t,v\n13/01/2024,3\n01/13/2024,3\n", columns("time=t,value=v")))
        .hasMessageStartingWith("a.csv line 3: t: expected a time such as");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dd.mm.yyyy", "HH:mm", "YYYY-MM-dd", "x", "", "d/M/yyyy'"})
  void patternWithoutADateIsRefused(String pattern) {
    assertThatThrownBy(() -> new CsvTime.PatternConverter().convert(pattern))
        .hasMessage("expected a pattern such as dd.MM.yyyy HH:mm, got '%s'", pattern);
  }

  @Test
  void numberOfTwoMeaningsIsRefusedUnlessAnotherSaysWhich() throws IOException {
    String text = "t;v\n2026-01-31;999\n2026-02-01;1.234\n";
    SeriesColumns columns = columns("time=t,value=v");
    assertThatThrownBy(() -> read(text, columns))
        .hasMessage(
            "a.csv line 3: v: expected a finite number, got '1.234', which has two meanings;"
                + " --decimal point or --decimal comma says which");
    assertThat(read(text + "2026-02-02;0,5\n", columns))
        .extracting(Observation::value)
        .containsExactly(999.0, 1234.0, 0.5);
    assertThat(read(text + "2026-02-02;0.5\n", columns))
        .extracting(Observation::value)
        .containsExactly(999.0, 1.234, 0.5);
    assertThat(read(text + "2026-02-02;1.234.567\n", columns).get(1).value()).isEqualTo(1234);
    assertThat(read(text.replace(';', ','), columns).get(1).value()).isEqualTo(1.234);
    assertThatThrownBy(() -> read("t,v\n2026-01-31,\"1,234\"\n", columns))
        .hasMessageContaining("got '1,234', which has two meanings");
    assertThatThrownBy(() -> read(text + "2026-02-02;0,5\n2026-02-03;0.5\n", columns))
        .hasMessage(
            "a.csv line 5: v: expected a finite number, got '0.5'; --decimal point reads a decimal"
                + " point");
    for (CsvNumbers.Decimal decimal : CsvNumbers.Decimal.values()) {
      SeriesColumns said = new SeriesColumns(columns.names(), null, decimal);
      assertThat(read(text, said).get(1).value())
          .isEqualTo(decimal == CsvNumbers.Decimal.comma ? 1234 : 1.234);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"12d", "0x1p3", "1_0", "1.2.3", "1,2.3,4", "1e5f", "0.123.456", "--1"})
  void whatOnlyLooksLikeANumberIsRefused(String value) {
    assertThatThrownBy(() -> read("t;v\n2026-01-31;" + value + "\n", columns("time=t,value=v")))
        .hasMessageStartingWith("a.csv line 2: v: expected a finite number, got '" + value + "'");
  }

  @Test
  void columnsOfOneNameAreNamedByTheirNumbers() throws IOException {
    String text = "t,v,v\n2026-01-31,1,2\n";
    assertThatThrownBy(() -> read(text, columns("time=t,value=v")))
        .hasMessageStartingWith(
            "a.csv line 1: expected 1 or 2, since both columns are called v, got t,v,v");
    assertThat(read(text, columns("time=t,value=2")))
        .extracting(Observation::value)
        .containsExactly(2.0);
  }

  @Test
  void seriesMayHaveSeveralParts() throws IOException {
    String text = "t,shop,item,v\n2026-01-31,north,tea,1\n";
    assertThat(read(text, columns("series=shop+item,time=t,value=v")))
        .extracting(Observation::series)
        .containsExactly("north/tea");
  }

  @Test
  void unreadableRowAheadIsReportedAfterTheRowsBeforeIt() throws IOException {
    String text = "t;v\n2026-01-31;1.234\n2026-02-01;2,5\n2026-02-01;\"2,5\"x\n";
    try (SeriesCsv csv =
        new SeriesCsv(new StringReader(text), "a.csv", columns("time=t,value=v"), false)) {
      assertThat(csv.next().value()).isEqualTo(1234);
      assertThat(csv.next().value()).isEqualTo(2.5);
      assertThatThrownBy(csv::next).hasMessageStartingWith("a.csv line ");
    }
  }

  /** One wrong field anywhere: the message names its line and nothing before it is lost. */
  @ParameterizedTest
  @MethodSource("seeds")
  void theOneWrongLineIsFound(long seed) throws IOException {
    Random random = new Random(seed);
    int rows = 1 + random.nextInt(50);
    int wrong = random.nextInt(rows);
    StringBuilder text = new StringBuilder("series_id,timestamp,value\n");
    for (int i = 0; i < rows; i++) {
      String[] fields = {
        "s" + random.nextInt(3),
        Instant.ofEpochMilli(random.nextLong(4_000_000_000_000L)).toString(),
        Double.toString(random.nextGaussian())
      };
      if (i == wrong) {
        fields[1 + random.nextInt(2)] = "?";
      }
      text.append(String.join(",", fields)).append('\n');
    }
    int good = 0;
    try (SeriesCsv csv = new SeriesCsv(new StringReader(text.toString()), "a.csv")) {
      while (good < wrong) {
        assertThat(csv.next()).isNotNull();
        good++;
      }
      assertThatThrownBy(csv::next).hasMessageStartingWith("a.csv line " + (wrong + 2) + ": ");
    }
  }

  static LongStream seeds() {
    return LongStream.range(0, 50);
  }

  private static List<byte[]> samples() {
    String rows = "a,2026-01-01T00:00:00Z,1.5\n\"b, \"\"left\"\"\",2026-01-01T01:00:00.5Z,-2e3\n";
    return List.of(
        ("series_id,timestamp,value\n" + rows).getBytes(StandardCharsets.UTF_8),
        ("\ufeffseries_id,timestamp,value,x,y\r\ngröße,2026-01-01T00:00:00Z,1,2,3\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8),
        ("series_id,timestamp,value\n" + rows.repeat(20)).getBytes(StandardCharsets.UTF_8));
  }

  private static Outcome open(byte[] bytes, SplittableRandom random) {
    try {
      List<Observation> read = read(bytes, SeriesColumns.DEFAULT);
      for (Observation o : read) {
        if (!Double.isFinite(o.value())
            || !DoubleStream.of(o.features()).allMatch(Double::isFinite)
            || o.series().isEmpty()
            || o.series().length() > 1_000) {
          throw new AssertionError("expected to be refused, got " + o);
        }
      }
      return Outcome.taken(read.size());
    } catch (IOException e) {
      if (!e.getMessage().matches("(?s)a\\.csv line \\d+: .*expected .*, got .+")) {
        throw new AssertionError("expected file, line and what is wrong, got " + e.getMessage());
      }
      return Outcome.refused(e.getMessage());
    }
  }

  @Tag("fuzz")
  @Test
  void anyBytesAreSeriesOrRefusedWithTheirLine() throws Exception {
    Fuzzer fuzzer =
        new Fuzzer(
            20261129,
            samples(),
            "+1000000000-01-01T00:00:00Z",
            "1_0",
            "0x1p3",
            "1d",
            "\"",
            "'",
            ";",
            "\t",
            "\r",
            "\0",
            "\\",
            "\ufeff",
            "\u2028");
    fuzzer.run(SeriesCsvTest::open, 400_000, 400);
    assertThat(fuzzer.taken()).isPositive();
    assertThat(fuzzer.refused()).isGreaterThan(fuzzer.taken());
  }

  @Tag("fuzz")
  @Test
  void aFieldOfAMegabyteIsNotRepeatedInTheMessage() throws Exception {
    String row = "series_id,timestamp,value\na,2026-01-01T00:00:00Z,";
    byte[] value = (row + "x".repeat(1_000_000)).getBytes(StandardCharsets.UTF_8);
    byte[] header = "\u001b]0;x,".repeat(200_000).getBytes(StandardCharsets.UTF_8);
    for (byte[] bytes : List.of(value, header)) {
      assertThat(Fuzzer.give(SeriesCsvTest::open, bytes, 8 << 20, 50).taken()).isFalse();
    }
  }
}
