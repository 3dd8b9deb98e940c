package dev.weir.cli.evaluate;

import dev.weir.cli.console.Printable;
import dev.weir.cli.series.FutureRows;
import dev.weir.cli.series.RowPlaces;
import dev.weir.cli.series.TargetTimes;
import dev.weir.forecast.Observation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Whether rows after the newest value are of the times that are forecast. They count in their
 * order, so a row that is missing or out of place would give the others the wrong steps.
 */
final class FutureTimes {

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
   * @param series in order of time, each with a value at least
   * @param horizon steps that are forecast; later rows are not read
   * @throws IOException with one line that names the first row of another time
   */
  static void check(Map<String, List<Observation>> series, int horizon, RowPlaces places)
      throws IOException {
    for (List<Observation> rows : series.values()) {
      int values = FutureRows.values(rows);
      long[] known = rows.subList(0, values).stream().mapToLong(Observation::time).toArray();
      if (values < rows.size() && values >= LEAST_VALUES && TargetTimes.isRegular(known)) {
        int last = Math.min(rows.size(), values + horizon);
        check(rows.subList(values, last), known, places);
      }
    }
  }

  private static void check(List<Observation> future, long[] known, RowPlaces places)
      throws IOException {
    long newest = known[known.length - 1];
    long spacing = newest - known[known.length - 2];
    long[] equallyFar = new long[future.size()];
    Arrays.setAll(equallyFar, i -> newest + (i + 1) * spacing);
    long[] expected = TargetTimes.of(known, future.size(), equallyFar);
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
