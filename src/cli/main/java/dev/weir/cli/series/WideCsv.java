package dev.weir.cli.series;

import dev.weir.cli.console.Printable;
import dev.weir.cli.series.CsvNumbers.Decimal;
import dev.weir.forecast.Observation;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Series from CSV with one series a row, as the M4 competition published its series: a header line,
 * then the name of a series and its values, oldest first. Empty fields at the end of a row do not
 * count. Such a file has no times: the values come 1 ms apart, from 0 on.
 *
 * <pre>{@code
 * id,V1,V2,V3
 * H1,605,586,559
 * H2,3124,2990,
 * }</pre>
 */
final class WideCsv {

  private WideCsv() {}

  /**
   * Adds the series of a file by their names, in the order of the rows.
   *
   * @param all the series of the files before; each name may come once
   * @param name what messages call the text
   * @param decimal null: found in the text
   * @throws IOException with the line, when the text is no such table
   */
  static void read(Reader text, String name, Decimal decimal, Map<String, List<Observation>> all)
      throws IOException {
    try (CsvRows rows = new CsvRows(text, name, decimal)) {
      if (rows.next() == null) {
        throw new IOException(name + " line 1: expected a header, got nothing");
      }
      for (String[] row = rows.next(); row != null; row = rows.next()) {
        List<Observation> series = series(row, rows);
        if (all.putIfAbsent(series.get(0).series(), series) != null) {
          throw new IOException(
              "%s: expected each series once, got another %s"
                  .formatted(rows.place(), Printable.line(row[0])));
        }
      }
    }
  }

  private static List<Observation> series(String[] row, CsvRows rows) throws IOException {
    String series = row[0];
    SeriesCsv.checkName(series, rows.place(), "the first column");
    int end = row.length;
    while (end > 1 && row[end - 1].isBlank()) {
      end--;
    }
    if (end == 1) {
      throw new IOException(
          "%s: expected values of %s, got none".formatted(rows.place(), Printable.line(series)));
    }
    List<Observation> values = new ArrayList<>(end - 1);
    for (int i = 1; i < end; i++) {
      double value = rows.number("value " + i, row[i], column -> column > 0);
      values.add(new Observation(series, i - 1, value));
    }
    return values;
  }
}
