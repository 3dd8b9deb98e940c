package dev.weir.cli.grid;

import dev.weir.cli.console.Printable;
import dev.weir.forecast.Observation;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Rows after the newest value of a series: they have the covariates that are known ahead of their
 * times, and an empty cell in place of a value, which is read as NaN.
 */
public final class FutureRows {

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
}
