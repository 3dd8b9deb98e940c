package dev.weir.cli.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.cli.InProcess;
import dev.weir.cli.option.DeclaredOptions;
import dev.weir.forecast.Observation;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Which values of a series are missing. */
class SamplingOptionsTest {

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
    assertThat(said).contains("1 values left out, which fall on the step of one before them");
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
}
