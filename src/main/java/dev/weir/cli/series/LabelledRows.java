package dev.weir.cli.series;

import dev.weir.cli.console.Printable;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Labelled rows from a CSV file with a header, oldest first, one at a time. One column is the
 * label; {@code series} or {@code series_id} tells series apart; {@code time}, {@code timestamp}
 * and {@code date} are left out; each other column is a number, and an empty field has the value
 * before it in its series. The first wrong line ends it, with the line's number.
 */
public final class LabelledRows implements Closeable {

  private static final Set<String> LABELS = Set.of("label", "class", "target");
  private static final Set<String> SERIES = Set.of("series", "series_id");
  private static final Set<String> LEFT_OUT = Set.of("time", "timestamp", "date");

  /**
   * One row.
   *
   * @param series empty where the file does not tell series apart
   * @param values of each column with numbers; NaN for an empty field
   * @param label text of the label
   */
  public record Row(String series, float[] values, String label) {}

  private final CsvRows rows;
  private final List<String> header;
  private final int label;
  private final int series; // -1 for none
  private final int[] columns;

  private LabelledRows(CsvRows rows, String labelColumn) throws IOException {
    this.rows = rows;
    String[] first = rows.next();
    this.header = first == null ? List.of() : List.of(first);
    if (header.size() < 2) {
      throw new IOException(
          rows.place() + ": expected a header with a label and values, got " + line(header));
    }
    int labelAt = -1;
    int seriesAt = -1;
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < header.size(); i++) {
      String name = header.get(i).strip().toLowerCase(Locale.ROOT);
      boolean isLabel =
          labelColumn == null ? LABELS.contains(name) : header.get(i).equals(labelColumn);
      if (isLabel && labelAt < 0) {
        labelAt = i;
      } else if (SERIES.contains(name) && seriesAt < 0) {
        seriesAt = i;
      } else if (!LEFT_OUT.contains(name)) {
        numbers.add(i);
      }
    }
    if (labelAt < 0) {
      throw new IOException(
          "%s: expected a column %s, got %s; --label names it"
              .formatted(
                  rows.place(),
                  labelColumn == null ? "label, class or target" : Printable.line(labelColumn),
                  line(header)));
    }
    if (numbers.isEmpty()) {
      throw new IOException(
          rows.place() + ": expected a column with numbers beside the label, got " + line(header));
    }
    this.label = labelAt;
    this.series = seriesAt;
    this.columns = numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  private static String line(List<String> header) {
    return Printable.line(String.join(",", header));
  }

  /**
   * Opens a file of UTF-8 text, which may be compressed by gzip.
   *
   * @param labelColumn name of the label's column; null for one named label, class or target
   */
  public static LabelledRows open(Path file, String labelColumn) throws IOException {
    CsvRows rows = new CsvRows(SeriesFiles.text(file), file.getFileName().toString());
    try {
      return new LabelledRows(rows, labelColumn);
    } catch (IOException e) {
      rows.close();
      throw e;
    }
  }

  /** All labels of a file with their counts, sorted. */
  public static SortedMap<String, Long> labels(Path file, String labelColumn) throws IOException {
    SortedMap<String, Long> labels = new TreeMap<>();
    try (LabelledRows rows = open(file, labelColumn)) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        labels.merge(row.label(), 1L, Long::sum);
      }
    }
    return labels;
  }

  /** Numbers in each row. */
  public int width() {
    return columns.length;
  }

  /** The next row, or null at the end. */
  public Row next() throws IOException {
    String[] fields = rows.next();
    if (fields == null) {
      return null;
    }
    if (fields.length != header.size()) {
      throw new IOException(
          "%s: expected %d fields, as in the header, got %d"
              .formatted(rows.place(), header.size(), fields.length));
    }
    float[] values = new float[columns.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(fields[columns[i]].strip(), header.get(columns[i]));
    }
    String text = fields[label].strip();
    if (text.isEmpty()) {
      throw new IOException(rows.place() + ": expected a label, got an empty field");
    }
    return new Row(series < 0 ? "" : fields[series], values, text);
  }

  private float number(String text, String column) throws IOException {
    if (text.isEmpty()) {
      return Float.NaN;
    }
    try {
      float value = Float.parseFloat(text);
      if (Float.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // answered below, as a number that is not finite
    }
    throw new IOException(
        "%s: expected a finite number in column %s, got %s"
            .formatted(rows.place(), Printable.line(column), Printable.line(text)));
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
