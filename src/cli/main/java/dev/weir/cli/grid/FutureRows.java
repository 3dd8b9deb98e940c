package dev.weir.cli.grid;

import dev.weir.cli.console.Printable;
import dev.weir.forecast.Observation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Rows after the newest value of a series: they have the covariates that are known ahead of their
 * times, and an empty cell in place of a value, which is read as NaN.
 */
public final class FutureRows {

  /** Fewer may be equally far apart by chance. */
  private static final int LEAST_VALUES = 3;

  private static final long DAY = Duration.ofDays(1).toMillis();

  /** Days in local time are so much shorter or longer where the clock changes. */
  private static final long CLOCK_CHANGE = Duration.ofHours(1).toMillis();

  private FutureRows() {}

  /** Whether a row has no value yet. */
  public static boolean isOne(Observation row) {
    return Double.isNaN(row.value());
  }

  /** How many rows of a series have a value; the others follow them. */
  public static int values(List<Observation> rows) {
    int values = rows.size();
    while (values > 0 && isOne(rows.get(values - 1))) {
      values--;
    }
    return values;
  }

  /**
   * Checks the rows before those.
   *
   * @throws IOException if a series has no value, or a row without one before its newest value
   */
  public static void check(Map<String, List<Observation>> series) throws IOException {
    for (Map.Entry<String, List<Observation>> one : series.entrySet()) {
      List<Observation> rows = one.getValue().subList(0, values(one.getValue()));
      if (rows.isEmpty()) {
        throw new IOException(
            "%s: expected a value at least, got none".formatted(Printable.line(one.getKey())));
      }
      for (Observation row : rows) {
        if (isOne(row)) {
          throw new IOException(
              "%s: expected a value in each row before the newest value, got none at %s"
                  .formatted(Printable.line(one.getKey()), Instant.ofEpochMilli(row.time())));
        }
      }
    }
  }

  /**
   * Checks that the rows are of the times that are forecast, in each series whose newest values
   * came at equal intervals, of time or of months: they count in their order, so a row that is
   * missing would give the others the wrong steps. Of others nothing is known.
   *
   * @param series each with a value at least
   * @param horizon steps that are forecast; later rows are not read
   * @throws IOException with one line that names the first row of another time
   */
  public static void checkTimes(Collection<Grid> series, int horizon) throws IOException {
    for (Grid grid : series) {
      List<Observation> rows = grid.rows();
      int values = FutureRows.values(rows);
      if (values < rows.size() && values >= LEAST_VALUES && grid.isRegular()) {
        int last = Math.min(rows.size(), values + horizon);
        checkTimes(rows.subList(values, last), grid);
      }
    }
  }

  private static void checkTimes(List<Observation> future, Grid grid) throws IOException {
    int values = FutureRows.values(grid.rows());
    long newest = grid.newest().time();
    long spacing = newest - grid.rows().get(values - 2).time();
    long[] equallyFar = new long[future.size()];
    Arrays.setAll(equallyFar, i -> newest + (i + 1) * spacing);
    long[] expected = grid.next(future.size(), equallyFar);
    long allowed = spacing % DAY == 0 ? CLOCK_CHANGE : 0;
    for (int i = 0; i < expected.length; i++) {
      Observation row = future.get(i);
      if (Math.abs(row.time() - expected[i]) > allowed) {
        throw new IOException(
            "%s: expected the time %s, step %d after the newest value, got %s"
                .formatted(
                    Printable.line(row.series()),
                    Instant.ofEpochMilli(expected[i]),
                    i + 1,
                    Instant.ofEpochMilli(row.time())));
      }
    }
  }
}
