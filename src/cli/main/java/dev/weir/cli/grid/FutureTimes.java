package dev.weir.cli.grid;

import dev.weir.cli.console.Printable;
import dev.weir.forecast.Observation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Whether rows after the newest value are of the times that are forecast. They count in their
 * order, so a row that is missing or out of place would give the others the wrong steps.
 */
public final class FutureTimes {

  /** Fewer may be equally far apart by chance. */
  private static final int LEAST_VALUES = 3;

  private static final long DAY = Duration.ofDays(1).toMillis();

  /** Days in local time are so much shorter or longer where the clock changes. */
  private static final long CLOCK_CHANGE = Duration.ofHours(1).toMillis();

  private FutureTimes() {}

  /**
   * Checks the rows of each series whose newest values came at equal intervals, of time or of
   * months. Of others nothing is known.
   *
   * @param series each with a value at least
   * @param horizon steps that are forecast; later rows are not read
   * @throws IOException with one line that names the first row of another time
   */
  public static void check(Collection<Grid> series, int horizon, RowPlaces places)
      throws IOException {
    for (Grid grid : series) {
      List<Observation> rows = grid.rows();
      int values = FutureRows.values(rows);
      if (values < rows.size() && values >= LEAST_VALUES && grid.isRegular()) {
        int last = Math.min(rows.size(), values + horizon);
        check(rows.subList(values, last), grid, places);
      }
    }
  }

  private static void check(List<Observation> future, Grid grid, RowPlaces places)
      throws IOException {
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
            "%s: expected the time %s, step %d after the newest value of %s, got %s"
                .formatted(
                    places.of(row),
                    Instant.ofEpochMilli(expected[i]),
                    i + 1,
                    Printable.line(row.series()),
                    Instant.ofEpochMilli(row.time())));
      }
    }
  }
}
