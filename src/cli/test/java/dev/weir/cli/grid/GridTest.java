package dev.weir.cli.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.cli.InProcess;
import dev.weir.cli.option.DeclaredOptions;
import dev.weir.cli.series.SeriesColumns;
import dev.weir.cli.series.SeriesFiles;
import dev.weir.forecast.Observation;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Which values of a series are missing, and which times come next. */
class GridTest {

  private String said;

  private Map<String, Grid> grids(List<Observation> rows, Sampling job, String... options)
      throws IOException {
    Map<String, List<Observation>> series = new TreeMap<>();
    rows.forEach(row -> series.computeIfAbsent(row.series(), name -> new ArrayList<>()).add(row));
    PrintStream err = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true));
    try {
      SamplingOptions sampling = new SamplingOptions();
      DeclaredOptions.complete(new CommandLine(sampling)).parseArgs(options);
      return sampling.grids("weir", series, job);
    } finally {
      System.setErr(err);
      said = bytes.toString();
    }
  }

  private Grid grid(List<Observation> rows, String... options) throws IOException {
    return grids(rows, null, options).get("s");
  }

  /** Values 0, 1, 2 ... at some times, without some of them. */
  private static List<Observation> rows(int n, IntFunction<LocalDateTime> times, Integer... gone) {
    List<Observation> rows = new ArrayList<>();
    for (int t = 0; t < n; t++) {
      if (!List.of(gone).contains(t)) {
        long time = times.apply(t).toInstant(ZoneOffset.UTC).toEpochMilli();
        rows.add(new Observation("s", time, t, new double[] {-t}));
      }
    }
    return rows;
  }

  private static IntFunction<LocalDateTime> each(int count, ChronoUnit unit, String first) {
    return t -> LocalDateTime.parse(first).plus((long) count * t, unit);
  }

  @ParameterizedTest
  @CsvSource({
    "1, DAYS, 2024-01-05T00:00, days",
    "15, MINUTES, 2024-01-05T00:07, values",
    "1, HOURS, 1969-12-28T00:00, hours",
    "7, DAYS, 2024-01-05T00:00, weeks",
    "1, MONTHS, 2019-01-01T00:00, months",
    "1, MONTHS, 2019-01-31T06:00, months", // at the end of each
    "3, MONTHS, 2009-02-15T00:00, quarters",
    "12, MONTHS, 1970-07-01T00:00, years",
  })
  void missingValuesOfNearlyRegularTimesAreFilled(
      int count, ChronoUnit unit, String first, String units) throws IOException {
    List<Observation> all = rows(60, each(count, unit, first));
    Grid grid = grid(rows(60, each(count, unit, first), 20, 40, 41));

    assertThat(said).isEqualTo("weir: 3 missing %s filled (--interval, --gap)%n".formatted(units));
    assertThat(grid.rows()).isEqualTo(all); // on a line
    assertThat(grid.missing().stream()).containsExactly(20, 40, 41);
    assertThat(grid.truth(39)).startsWith(39, Double.NaN, Double.NaN, 42);
    for (int t = 0; t < 60; t++) {
      LocalDate ofJob = TargetTimes.utc(grid.jobTime(t)).toLocalDate();
      LocalDate real = TargetTimes.utc(all.get(t).time()).toLocalDate();
      assertThat(ofJob.getMonth()).isEqualTo(real.getMonth()); // what calendars read
    }
    long next = each(count, unit, first).apply(60).toInstant(ZoneOffset.UTC).toEpochMilli();
    assertThat(grid.next(1, null)).containsExactly(next);
    assertThat(grid(all).sampling().isByCount()).isTrue(); // nothing is missing
    assertThat(said).isEmpty();
  }

  @Test
  void daysOfLocalTimeMayBeAnHourShorterOrLonger() throws IOException {
    Grid grid =
        grid(
            rows(
                200,
                t -> LocalDateTime.parse("2024-01-01T00:00").plusHours(24L * t - (t > 89 ? 1 : 0)),
                7));
    assertThat(grid.missing().stream()).containsExactly(7);
  }

  @Test
  void irregularTimesAndManyMissingOnesStayAsTheyAre() throws IOException {
    List<Observation> irregular =
        rows(60, t -> LocalDateTime.of(2024, 1, 1, 0, 0).plusMinutes(t * t));
    assertThat(grid(irregular).rows()).isEqualTo(irregular);
    assertThat(said).isEmpty();

    List<Observation> workdays =
        rows(60, t -> LocalDateTime.of(2024, 1, 1, 0, 0).plusDays(t + t / 5 * 2));
    assertThat(grid(workdays).sampling()).isEqualTo(Sampling.BY_COUNT);
    assertThat(said).startsWith("weir: s has more than a tenth of its steps missing");
    Grid asked = grid(workdays, "--interval", "P1D", "--gap", "skip");
    assertThat(asked.missing().cardinality()).isEqualTo(11 * 2);
    assertThat(asked.sampling()).isEqualTo(new Sampling(86_400_000L, Gap.SKIP, 100));
    assertThat(asked.rows().get(5).value())
        .isEqualTo(4); // Saturday repeats Friday for naive methods
    assertThat(said).contains("22 missing days skipped, seasons go on");
  }

  @Test
  void jobsIntervalCountsUnlessAnOptionSaysOtherwise() throws IOException {
    List<Observation> rows = rows(30, each(1, ChronoUnit.HOURS, "2024-01-05T00:00"), 8, 9);
    Sampling job = new Sampling(3_600_000L, Gap.CARRY, 1);
    assertThat(grids(rows, job).get("s").sampling()).isEqualTo(job);
    assertThat(grids(rows, Sampling.BY_COUNT).get("s").rows()).isEqualTo(rows);
    assertThat(grids(rows, job, "--interval", "none").get("s").rows()).isEqualTo(rows);
    assertThat(grids(rows, job, "--gap", "linear").get("s").sampling().gap()).isEqualTo(Gap.LINEAR);
    assertThat(grids(rows, job, "--interval", "30 min").get("s").rows()).hasSize(59);
  }

  @Test
  void valuesOfOneStepAreLeftOutAndFutureRowsStay() throws IOException {
    List<Observation> rows = rows(12, each(1, ChronoUnit.HOURS, "2024-01-05T00:00"), 4);
    rows.add(5, new Observation("s", rows.get(4).time() + 60_000, 77, new double[1]));
    rows.add(new Observation("s", rows.get(11).time() + 3_600_000, Double.NaN, new double[1]));
    Grid grid = grid(rows, "--interval", "PT1H");
    assertThat(said).contains("1 value left out, since a step has one");
    assertThat(grid.rows()).hasSize(13);
    assertThat(grid.newest().value()).isEqualTo(11);
  }

  @Test
  void hugeGapsAreRefusedBeforeMemoryIsTaken() {
    List<Observation> rows = List.of(new Observation("s", 0, 1), new Observation("s", 1L << 60, 2));
    assertThatThrownBy(() -> grid(rows, "--interval", "1 ms"))
        .isInstanceOf(IOException.class)
        .hasMessage("--interval: expected at most 2,000,000 missing values, got more up to s");
  }

  @ParameterizedTest
  @CsvSource({"P0D", "0 s", "-PT1H", "P1M2D", "week", "P99999Y", "PT0.0001S", "P5000D", "''"})
  void wrongIntervalIsRefused(String text) {
    InProcess weir = InProcess.run("forecast", "--input", "x", "--interval", text).failed(2);
    assertThat(weir.err())
        .contains(
            "expected auto, none, a duration such as P1D or PT15M, or months such as P1M, got '");
  }

  private static final long[] OTHERWISE = {7, 8, 9};

  private static long[] days(String... days) {
    return Arrays.stream(days).mapToLong(day -> millis(LocalDate.parse(day))).toArray();
  }

  private static long millis(LocalDate day) {
    return day.atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  private static String[] next(long... times) {
    return Arrays.stream(TargetTimes.of(times, 3, OTHERWISE))
        .mapToObj(time -> Instant.ofEpochMilli(time).toString().replace("T00:00:00Z", ""))
        .toArray(String[]::new);
  }

  @ParameterizedTest
  @CsvSource({
    "2023-11-01 2023-12-01 2024-01-01, 2024-02-01 2024-03-01 2024-04-01",
    "2023-11-30 2023-12-31 2024-01-31, 2024-02-29 2024-03-31 2024-04-30",
    "2022-12-31 2023-01-31 2023-02-28, 2023-03-31 2023-04-30 2023-05-31",
    "2023-12-30 2024-01-30 2024-02-29 2024-03-30, 2024-04-30 2024-05-30 2024-06-30",
    "2023-06-15 2023-09-15 2023-12-15, 2024-03-15 2024-06-15 2024-09-15",
    "2020-02-29 2021-02-28 2022-02-28, 2023-02-28 2024-02-29 2025-02-28",
  })
  void monthsGoOnAsMonths(String times, String expected) {
    long[] given = days(times.split(" "));
    assertThat(next(given)).containsExactly(expected.split(" "));
    assertThat(TargetTimes.isRegular(given)).isTrue();
  }

  @Test
  void timeOfDayStays() {
    long[] given = days("2023-11-01", "2023-12-01", "2024-01-01");
    long[] later = Arrays.stream(given).map(time -> time + 1).toArray();
    assertThat(next(later)[0]).isEqualTo("2024-02-01T00:00:00.001Z");
    later[1]++;
    assertThat(TargetTimes.of(later, 3, OTHERWISE)).isSameAs(OTHERWISE);
  }

  @Test
  void otherSeriesKeepTheSpacingOfTheForecast() {
    long day = 86_400_000;
    for (long step : new long[] {1, 3_600_000, day, 7 * day, 30 * day, 31 * day}) {
      long[] times = LongStream.range(0, 20).map(i -> i * step).toArray();
      assertThat(TargetTimes.of(times, 3, OTHERWISE)).as("%d ms", step).isSameAs(OTHERWISE);
      assertThat(TargetTimes.isRegular(times)).isTrue();
      times[18]++;
      assertThat(TargetTimes.isRegular(times)).as("%d ms", step).isFalse();
    }
    long[] two = days("2024-01-01", "2024-02-01"); // could be 31 days
    assertThat(TargetTimes.of(two, 3, OTHERWISE)).isSameAs(OTHERWISE);
    assertThat(TargetTimes.of(new long[] {5}, 3, null)).isNull();
  }

  @Test
  void onlyTheNewestTimesCount() {
    long[] times =
        IntStream.range(0, 20)
            .mapToLong(i -> millis(LocalDate.of(2020, 1, 1).plusMonths(i)))
            .toArray();
    times[0]++;
    assertThat(next(times)).containsExactly("2021-09-01", "2021-10-01", "2021-11-01");
  }

  private static final int HORIZON = 3;

  @TempDir private Path dir;

  /** Checks a file of times with a value, then, after the bar, of those without. */
  private void check(String times) throws IOException {
    String[] parts = times.split(" \\| ");
    StringBuilder csv = new StringBuilder("at,plan,load\n");
    for (String time : parts[0].split(" ")) {
      csv.append(time).append(",5,1\n");
    }
    for (String time : parts[1].split(" ")) {
      csv.append(time).append(",7,\n");
    }
    Path file = Files.writeString(dir.resolve("next.csv"), csv);
    SeriesColumns columns = new SeriesColumns.Converter().convert("time=at,value=load,ahead=plan");
    Map<String, List<Observation>> read =
        SeriesFiles.observations(List.of(file), List.of(), columns, true);
    List<Grid> grids =
        SeriesFiles.inOrder(read, 0, Integer.MAX_VALUE).values().stream().map(Grid::new).toList();
    FutureRows.checkTimes(grids, HORIZON);
  }

  @ParameterizedTest
  @CsvSource({
    // the first is left out, and the second
    "2026-01-01 2026-01-02 2026-01-03 | 2026-01-05, 2026-01-04, 1, 2026-01-05",
    "2026-01-01 2026-01-02 2026-01-03 | 2026-01-04 2026-01-06, 2026-01-05, 2, 2026-01-06",
    "2026-01-01 2026-02-01 2026-03-01 | 2026-04-02, 2026-04-01, 1, 2026-04-02", // months
    "2026-01-01T00:00Z 2026-01-01T01:00Z 2026-01-01T02:00Z | 2026-01-01T03:20Z,"
        + " 2026-01-01T03:00:00Z, 1, 2026-01-01T03:20:00Z",
    "2026-01-01T00:00Z 2026-01-02T00:00Z 2026-01-03T00:00Z | 2026-01-04T01:01Z,"
        + " 2026-01-04T00:00:00Z, 1, 2026-01-04T01:01:00Z",
  })
  void rowOfAnotherTimeIsNamed(String times, String expected, int step, String got) {
    assertThatThrownBy(() -> check(times))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "next: expected the time %s, step %d after the newest value, got %s",
            time(expected), step, time(got));
  }

  private static String time(String text) {
    return text.contains("T") ? text : text + "T00:00:00Z";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-01 2026-01-02 2026-01-03 | 2026-01-04 2026-01-05 2026-01-06",
        "2026-01-01 2026-02-01 2026-03-01 | 2026-04-01 2026-05-01",
        "2026-01-31 2026-02-28 2026-03-31 | 2026-04-30 2026-05-31",
        // the clock of Berlin changes on March 29
        "2026-03-26T23:00Z 2026-03-27T23:00Z 2026-03-28T23:00Z | 2026-03-29T22:00Z",
        // nothing is known of irregular times, nor of two values
        "2026-01-01 2026-01-02 2026-01-05 2026-01-06 | 2026-01-08",
        "2026-01-01 2026-02-01 | 2026-03-01",
        // a row beyond the horizon is not read
        "2026-01-01 2026-01-02 2026-01-03 | 2026-01-04 2026-01-05 2026-01-06 2026-01-09",
      })
  void rowsOfTheNextTimesAreRight(String times) {
    assertThatCode(() -> check(times)).doesNotThrowAnyException();
  }
}
