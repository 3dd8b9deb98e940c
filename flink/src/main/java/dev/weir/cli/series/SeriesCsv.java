package dev.weir.cli.series;

import dev.weir.cli.console.Printable;
import dev.weir.cli.grid.FutureRows;
import dev.weir.forecast.Observation;
import dev.weir.model.ClassifierModel;
import dev.weir.option.Numbers;
import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.List;
import java.util.Locale;

/**
 * Observations from CSV, one at a time; {@link SeriesColumns} says in which columns, {@link
 * CsvTime} how times are written. The first wrong line ends it, with the line's number.
 */
public final class SeriesCsv implements Closeable {

  private final String name;
  private final CsvRows rows;
  private final List<String> header;
  private final SeriesColumns.Places places;
  private boolean hasFuture; // whether rows may have no value yet

  /** With the columns that a file has by default. */
  SeriesCsv(Reader text, String name) throws IOException {
    this(text, name, SeriesColumns.DEFAULT);
  }

  /**
   * @param name what messages call the text; without its ending, the series of a file that has one
   */
  SeriesCsv(Reader text, String name, SeriesColumns columns) throws IOException {
    this.name = name;
    this.rows = new CsvRows(text, name);
    String[] first = rows.next();
    this.header = first == null ? List.of() : List.of(first);
    try {
      this.places = columns.in(header);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "%s line 1: %s; --columns names them".formatted(name, Printable.line(e.getMessage())), e);
    }
    if (places == null) {
      throw new IOException(
          "%s line 1: expected %s, got %s; %s"
              .formatted(
                  name,
                  columns.expected(),
                  first == null ? "nothing" : Printable.line(String.join(",", first)),
                  columns.advice()));
    }
  }

  /** Opens a file of UTF-8 text, which may be compressed by gzip. */
  public static SeriesCsv open(Path file, SeriesColumns columns) throws IOException {
    return new SeriesCsv(SeriesFiles.text(file), file.getFileName().toString(), columns);
  }

  /** The same, in which rows may have no value yet: {@link FutureRows}. */
  SeriesCsv withFuture() {
    hasFuture = true;
    return this;
  }

  /**
   * The next observation, or null at the end. Covariates known ahead are those of its own time, not
   * yet of those after it; NaN for an empty cell.
   */
  public Observation next() throws IOException {
    String[] row = rows.next();
    if (row == null) {
      return null;
    }
    if (row.length != header.size()) {
      throw new IOException(
          "%s: expected %d columns, got %d".formatted(rows.place(), header.size(), row.length));
    }
    String series =
        places.series() < 0 ? name.replaceFirst(SeriesFiles.ENDING, "") : row[places.series()];
    checkName(
        series, rows.place(), places.series() < 0 ? "the file's name" : column(places.series()));
    boolean isFuture = hasFuture && row[places.value()].isBlank();
    return new Observation(
        series,
        time(row[places.time()]),
        isFuture ? Double.NaN : number(column(places.value()), row[places.value()], rows.place()),
        isFuture ? Observation.NO_FEATURES : numbers(row, places.features(), "feature", false),
        label(row),
        endsWindow(row),
        numbers(row, places.ahead(), "ahead", true));
  }

  /** The file's name and the line of the last observation. */
  String place() {
    return rows.place();
  }

  private double[] numbers(String[] row, List<Integer> of, String what, boolean isOptional)
      throws IOException {
    double[] numbers = of.isEmpty() ? Observation.NO_FEATURES : new double[of.size()];
    for (int i = 0; i < numbers.length; i++) {
      String text = row[of.get(i)];
      numbers[i] =
          isOptional && text.isBlank()
              ? Double.NaN
              : number(what + " " + (i + 1), text, rows.place());
    }
    return numbers;
  }

  private String label(String[] row) throws IOException {
    String label = places.label() < 0 ? "" : row[places.label()].strip();
    if (label.length() > ClassifierModel.MAX_CLASS_LENGTH) {
      throw new IOException(
          "%s: %s: expected at most %d characters, got %d"
              .formatted(
                  rows.place(),
                  column(places.label()),
                  ClassifierModel.MAX_CLASS_LENGTH,
                  label.length()));
    }
    return label.isEmpty() ? null : label;
  }

  private boolean endsWindow(String[] row) throws IOException {
    String text = places.end() < 0 ? "" : row[places.end()].strip().toLowerCase(Locale.ROOT);
    return switch (text) {
      case "true", "1" -> true;
      case "false", "0", "" -> false;
      default ->
          throw new IOException(
              "%s: %s: expected true, false, 1, 0 or nothing, got '%s'"
                  .formatted(rows.place(), column(places.end()), Printable.line(text)));
    };
  }

  /** Refuses a name that no series may have. */
  static void checkName(String series, String place, String what) throws IOException {
    if (series.isEmpty() || series.length() > Observation.MAX_SERIES_LENGTH) {
      throw new IOException(
          "%s: %s: expected 1 to %d characters, got %d"
              .formatted(place, what, Observation.MAX_SERIES_LENGTH, series.length()));
    }
  }

  private String column(int place) {
    return Printable.line(header.get(place));
  }

  private long time(String text) throws IOException {
    try {
      return CsvTime.millis(text);
    } catch (DateTimeException | ArithmeticException e) {
      throw new IOException(
          "%s: %s: expected %s, got '%s'"
              .formatted(
                  rows.place(), column(places.time()), CsvTime.EXPECTED, Printable.line(text)),
          e);
    }
  }

  /** A finite number; anything else fails with its place. */
  static double number(String what, String text, String place) throws IOException {
    double value;
    try {
      value = Numbers.parse(text);
    } catch (NumberFormatException e) {
      value = Double.NaN;
    }
    if (!Double.isFinite(value)) {
      throw new IOException(
          "%s: %s: expected a finite number, got '%s'"
              .formatted(place, what, Printable.line(text)));
    }
    return value;
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
