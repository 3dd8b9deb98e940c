package dev.weir.cli.series;

import dev.weir.cli.console.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The first rows of a CSV file, from which it can be guessed what its columns hold.
 *
 * @param header names of the columns
 * @param rows cells by the name that {@link SeriesColumns} finds their column with; times by ISO
 *     8601 and numbers with a decimal point; without empty cells
 */
public record CsvSample(List<String> header, List<Map<String, String>> rows) {

  /**
   * Reads at most so many rows.
   *
   * @throws IOException if the file can't be read
   */
  public static CsvSample read(Path file, SeriesColumns columns, int limit) throws IOException {
    String name = file.getFileName().toString();
    try (CsvRows csv = new CsvRows(SeriesFiles.text(file), name, columns.decimal())) {
      List<String> header = csv.header();
      List<String[]> cells = new ArrayList<>();
      for (String[] row = csv.next(); row != null && cells.size() < limit; row = csv.next()) {
        if (row.length == header.size()) { // else the file is refused when it is read
          cells.add(row);
        }
      }
      cells.forEach(row -> List.of(row).forEach(csv.numbers()::look));
      List<Map<String, String>> rows = new ArrayList<>();
      cells.forEach(row -> rows.add(new LinkedHashMap<>()));
      for (int column = 0; column < header.size(); column++) {
        CsvTime times = new CsvTime(columns.dates());
        for (String[] row : cells) {
          times.look(row[column]);
        }
        for (int i = 0; i < rows.size(); i++) {
          String text = cells.get(i)[column];
          if (!text.isBlank()) {
            rows.get(i).put(name(header, column), plain(text, csv.numbers(), times));
          }
        }
      }
      return new CsvSample(header, rows);
    }
  }

  private static String name(List<String> header, int column) {
    String name = header.get(column);
    boolean isClear = // as a path of a field, too
        header.indexOf(name) == header.lastIndexOf(name)
            && name.matches("[^,+=.\\[\\]\\s]*[^,+=.\\[\\]\\s0-9][^,+=.\\[\\]\\s]*");
    return isClear ? name : Integer.toString(column);
  }

  private static String plain(String text, CsvNumbers numbers, CsvTime times) {
    if (text.matches("[0-9]+")) {
      return text;
    }
    try {
      return Double.toString(numbers.parse(text));
    } catch (NumberFormatException e) {
      // a time, or a text
    }
    try {
      return Instant.ofEpochMilli(times.isUnclear(text) ? 0 : times.read(text)).toString();
    } catch (DateTimeException | ArithmeticException e) {
      return text;
    }
  }

  /** Names of the columns in the rows, in the order of the header. */
  public List<String> names() {
    return IntStream.range(0, header.size()).mapToObj(column -> name(header, column)).toList();
  }

  /** Whether the file has these columns. */
  public boolean fits(SeriesColumns columns) {
    try {
      return !columns.in(header).isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The header, for messages. */
  public String shown() {
    return Printable.line(String.join(",", header), 200);
  }
}
