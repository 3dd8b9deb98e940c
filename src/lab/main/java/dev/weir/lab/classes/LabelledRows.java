package dev.weir.lab.classes;

import dev.weir.cli.console.Printable;
import dev.weir.cli.series.CsvRows;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Labelled rows from a CSV file with a header, oldest first, one at a time. One column is the
 * label; {@code series} or {@code series_id} tells series apart; {@code time}, {@code timestamp}
 * and {@code date} are left out. Each other column is a number, or a text of which there are a few:
 * one input for each of them, 1 where it is this one. An empty field of numbers is NaN. The first
 * wrong line ends it, with the line's number.
 */
final class LabelledRows implements Closeable {

  /** Most different texts of a column. */
  static final int MAX_TEXTS = 64;

  private static final Set<String> LABELS = Set.of("label", "class", "target");
  private static final Set<String> SERIES = Set.of("series", "series_id", "window");
  private static final Set<String> LEFT_OUT = Set.of("time", "timestamp", "date");

  /**
   * One row.
   *
   * @param series empty where the file does not tell series apart
   * @param values inputs, in the order of the columns; NaN for an empty field of numbers
   * @param label text of the label
   */
  record Row(String series, float[] values, String label) {}

  /**
   * What all rows of a file have in common.
   *
   * @param labels each label with the number of its rows, sorted
   * @param label column of the labels
   * @param series column that tells series apart; -1 without one
   * @param columns the other columns that are read
   */
  record Contents(SortedMap<String, Long> labels, int label, int series, List<Column> columns) {

    /** Inputs of a row. */
    int width() {
      return columns.stream().mapToInt(Column::width).sum();
    }

    /** Rows of the file. */
    long rows() {
      return labels.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /**
   * A column of inputs.
   *
   * @param texts its texts, sorted; empty for numbers
   */
  record Column(int place, List<String> texts) {
    int width() {
      return Math.max(1, texts.size());
    }
  }

  private final CsvRows rows;
  private final List<String> header;
  private final Contents contents;
  private final BitSet numbers = new BitSet(); // columns

  private LabelledRows(CsvRows rows, Contents contents) throws IOException {
    this.rows = rows;
    this.header = header(rows);
    this.contents = contents;
    contents.columns().stream()
        .filter(column -> column.texts().isEmpty())
        .forEach(column -> numbers.set(column.place()));
  }

  private static List<String> header(CsvRows rows) throws IOException {
    List<String> header = rows.header();
    if (header.size() < 2) {
      throw new IOException(
          rows.place() + ": expected a header with a label and values, got " + line(header));
    }
    return header;
  }

  private static String line(Collection<String> header) {
    return Printable.line(String.join(",", header));
  }

  /**
   * Reads a file to its end: which columns and labels it has. It is UTF-8 text, which may be
   * compressed by gzip.
   *
   * @param labelColumn name of the label's column; null for one named label, class or target, or
   *     the last one
   */
  static Contents contents(Path file, String labelColumn) throws IOException {
    try (CsvRows rows = CsvRows.open(file)) {
      List<String> header = header(rows);
      int label = label(header, labelColumn, rows.place());
      int series = -1;
      List<Integer> places = new ArrayList<>();
      for (int i = 0; i < header.size(); i++) {
        String name = header.get(i).strip().toLowerCase(Locale.ROOT);
        if (i == label || LEFT_OUT.contains(name)) {
          continue;
        }
        if (SERIES.contains(name) && series < 0) {
          series = i;
        } else {
          places.add(i);
        }
      }
      if (places.isEmpty()) {
        throw new IOException(
            rows.place()
                + ": expected a column with values as well as the label, got "
                + line(header));
      }
      return contents(rows, header, label, series, places);
    }
  }

  private static int label(List<String> header, String labelColumn, String where)
      throws IOException {
    for (int i = 0; i < header.size(); i++) {
      String name = header.get(i).strip();
      if (labelColumn == null
          ? LABELS.contains(name.toLowerCase(Locale.ROOT))
          : name.equals(labelColumn)) {
        return i;
      }
    }
    if (labelColumn != null) {
      throw new IOException(
          "%s: expected a column %s, got %s"
              .formatted(where, Printable.line(labelColumn), line(header)));
    }
    return header.size() - 1;
  }

  private static Contents contents(
      CsvRows rows, List<String> header, int label, int series, List<Integer> places)
      throws IOException {
    SortedMap<String, Long> labels = new TreeMap<>();
    List<SortedSet<String>> texts = new ArrayList<>();
    boolean[] numbers = new boolean[places.size()];
    for (int i = 0; i < numbers.length; i++) {
      texts.add(new TreeSet<>());
      numbers[i] = true;
    }
    for (String[] row = rows.next(header.size()); row != null; row = rows.next(header.size())) {
      labels.merge(labelOf(row, label, rows.place()), 1L, Long::sum);
      for (int i = 0; i < numbers.length; i++) {
        String text = row[places.get(i)].strip();
        numbers[i] &= text.isEmpty() || CsvRows.isNumber(text);
        if (texts.get(i).size() <= MAX_TEXTS) {
          texts.get(i).add(text);
        }
        if (!numbers[i] && texts.get(i).size() > MAX_TEXTS) {
          throw new IOException(
              "%s: expected numbers or at most %d different texts in column %s, got more, such as %s"
                  .formatted(
                      rows.place(),
                      MAX_TEXTS,
                      Printable.line(header.get(places.get(i))),
                      Printable.line(text)));
        }
      }
    }
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < numbers.length; i++) {
      List<String> ofColumn = numbers[i] ? List.of() : List.copyOf(texts.get(i));
      columns.add(new Column(places.get(i), ofColumn));
    }
    return new Contents(labels, label, series, columns);
  }

  private static String labelOf(String[] row, int label, String where) throws IOException {
    String text = row[label].strip();
    if (text.isEmpty()) {
      throw new IOException(where + ": expected a label, got an empty field");
    }
    return text;
  }

  /** Opens a file to read its rows. */
  static LabelledRows open(Path file, Contents contents) throws IOException {
    CsvRows rows = CsvRows.open(file);
    try {
      return new LabelledRows(rows, contents);
    } catch (IOException e) {
      rows.close();
      throw e;
    }
  }

  /** The next row, or null at the end. */
  Row next() throws IOException {
    String[] fields = rows.next(header.size());
    if (fields == null) {
      return null;
    }
    float[] values = new float[contents.width()];
    int next = 0;
    for (Column column : contents.columns()) {
      String text = fields[column.place()].strip();
      if (column.texts().isEmpty()) {
        values[next] = text.isEmpty() ? Float.NaN : number(column, text);
      } else {
        values[next + column.texts().indexOf(text)] = 1f;
      }
      next += column.width();
    }
    String series = contents.series() < 0 ? "" : fields[contents.series()];
    return new Row(series, values, labelOf(fields, contents.label(), rows.place()));
  }

  private float number(Column column, String text) throws IOException {
    String name = Printable.line(header.get(column.place()));
    float number = (float) rows.number(name, text, numbers::get);
    if (Float.isInfinite(number)) {
      throw new IOException(
          "%s: %s: expected at most %s, got %s"
              .formatted(rows.place(), name, Float.MAX_VALUE, text));
    }
    return number;
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
