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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Observations from CSV, one at a time; {@link SeriesColumns} says in which columns. {@link
 * CsvRows} finds the separator, {@link CsvNumbers} and {@link CsvTime} how numbers and times are
 * written. The first wrong line ends it, with the line's number.
 */
public final class SeriesCsv implements Closeable {

  /** The time of lines that may follow the last row: a total, or where the data is from. */
  private static final Pattern NO_TIME = Pattern.compile("\\s*|[^0-9]*\\p{L}.*");

  private final String name;
  private final SeriesColumns columns;
  private final String found; // of them
  private final List<String> notes = new ArrayList<>();
  private int missing; // cells
  private String firstMissing;
  private boolean hasRows;
  private final CsvRows rows;
  private final CsvTime times;
  private final List<String> header;
  private final Map<String, int[]> places;
  private final BitSet numbers = new BitSet(); // columns
  private final Deque<Observation> next = new ArrayDeque<>(); // of the last row
  private final boolean hasFuture; // whether rows may have no value yet

  /** With the columns that a file has by default. */
  SeriesCsv(Reader text, String name) throws IOException {
    this(text, name, SeriesColumns.DEFAULT, false);
  }

  /**
   * @param name what messages call the text; without its ending, the series of a file that has one
   * @param hasFuture whether rows may have no value yet: {@link FutureRows}
   */
  SeriesCsv(Reader text, String name, SeriesColumns columns, boolean hasFuture) throws IOException {
    this.name = name;
    this.hasFuture = hasFuture;
    this.rows = new CsvRows(text, name, columns.decimal());
    this.times = new CsvTime(columns.dates());
    int above = above(columns);
    for (int i = 0; i < above; i++) {
      rows.next();
    }
    this.header = rows.header();
    try {
      boolean isGuess = columns.areDefault() && !columns.fit(header) && header.size() > 1;
      if (isGuess && above < 0) {
        throw new IllegalArgumentException("a line with the names of the columns at the top");
      }
      this.columns =
          isGuess
              ? columns.in(header, ColumnGuess.of(header, rows.ahead(ColumnGuess.ROWS)))
              : columns;
      this.places = this.columns.in(header);
      this.found = isGuess ? "columns " + this.columns.text() : null;
    } catch (IllegalArgumentException e) {
      String got = e.getMessage().contains(", got ") ? "" : ", got " + got();
      throw new IOException(
          "%s: expected %s%s; %s"
              .formatted(
                  header.isEmpty() ? name + " line 1" : rows.place(),
                  Printable.line(e.getMessage()),
                  got,
                  columns.advice()),
          e);
    }
    if (above > 0) {
      notes.add(Numbers.counted(above, "line") + " above the header left out");
    }
    for (String key : List.of("value", "features", "ahead")) {
      IntStream.of(places.get(key)).forEach(numbers::set);
    }
  }

  /** How many rows are above the header; -1 if there seems to be none. */
  private int above(SeriesColumns columns) {
    Predicate<String[]> fits = row -> columns.areNamed() && columns.fit(List.of(row));
    if (rows.ahead(1).stream().anyMatch(fits)) {
      return 0; // and nothing waits for more of a pipe
    }
    List<String[]> head = rows.ahead(CsvRows.HEAD_ROWS);
    return IntStream.range(0, head.size())
        .filter(row -> fits.test(head.get(row)))
        .findFirst()
        .orElseGet(() -> ColumnGuess.header(head));
  }

  private String got() {
    return switch (header.size()) {
      case 0 -> "nothing";
      case 1 -> Printable.line(header.get(0)) + ", which has no separator of , ; | and tab";
      default -> Printable.line(String.join(String.valueOf(rows.separator()), header));
    };
  }

  /** Opens a file of UTF-8 text, which may be compressed by gzip; each row has a value. */
  public static SeriesCsv open(Path file, SeriesColumns columns) throws IOException {
    return open(file, columns, false);
  }

  static SeriesCsv open(Path file, SeriesColumns columns, boolean hasFuture) throws IOException {
    String name = file.getFileName().toString();
    return new SeriesCsv(SeriesFiles.text(file), name, columns, hasFuture);
  }

  /**
   * The next observation, or null at the end. Covariates known ahead are those of its own time, not
   * yet of those after it; NaN for an empty cell.
   */
  public Observation next() throws IOException {
    while (next.isEmpty()) {
      String[] row = rows.next();
      if (row == null || !read(row)) {
        return null;
      }
    }
    return next.remove();
  }

  /** Reads all that is left, and has it by time. */
  public void sort() throws IOException {
    List<Observation> all = new ArrayList<>();
    for (Observation o = next(); o != null; o = next()) {
      all.add(o);
    }
    all.sort(Comparator.comparingLong(Observation::time));
    next.addAll(all);
  }

  /** Reads a row; false if it is one of those after the last one, which are left out. */
  private boolean read(String[] row) throws IOException {
    try {
      if (row.length != header.size()) {
        throw new IOException(
            "%s: expected %d columns, got %d".formatted(place(), header.size(), row.length));
      }
      take(row);
      hasRows = true;
      return true;
    } catch (IOException e) {
      String after = placeInFile();
      int left = 0;
      for (String[] end = row; end != null; end = rows.next()) {
        if (!hasRows || !NO_TIME.matcher(CsvRows.joined(end, places.get("time"))).matches()) {
          throw e;
        }
        left++;
      }
      if (Stream.of(row).anyMatch(cell -> !cell.isBlank()) || left > 1) {
        notes.add(
            "%s from %s on left out: '%s'"
                .formatted(
                    Numbers.counted(left, "line"),
                    after,
                    Printable.line(String.join(" ", row).strip(), 60)));
      }
      return false;
    }
  }

  private void take(String[] row) throws IOException {
    int[] values = places.get("value");
    int[] parts = places.get("series");
    String file = parts.length == 0 ? series(Path.of(name)) : null;
    String series =
        file != null
            ? file
            : IntStream.of(parts).mapToObj(part -> row[part]).collect(Collectors.joining("/"));
    checkName(series, rows.place(), file != null ? "the file's name" : column(parts[0]));
    long time = rows.time(times, column(place("time")), places.get("time"));
    for (int value : values) {
      boolean isFuture = hasFuture && row[value].isBlank();
      String of = values.length == 1 ? series : series + "/" + header.get(value);
      checkName(of, rows.place(), column(value));
      if (!isFuture && CsvNumbers.isNothing(row[value])) {
        firstMissing =
            missing++ > 0
                ? firstMissing
                : "'%s' in %s".formatted(Printable.line(row[value], 20), placeInFile());
        continue;
      }
      next.add(
          new Observation(
              of,
              time,
              isFuture ? Double.NaN : rows.number(column(value), row[value], numbers::get),
              isFuture ? Observation.NO_FEATURES : numbers(row, "features", "feature", false),
              label(row),
              numbers(row, "ahead", "ahead", true)));
    }
  }

  /** The series of a file without a column for it: the file's name without its ending. */
  public static String series(Path file) {
    return file.getFileName().toString().replaceFirst(SeriesFiles.ENDING, "");
  }

  /** The file's name and the line of the last observation. */
  String place() {
    return rows.place();
  }

  private String placeInFile() {
    return place().substring(name.length() + 1);
  }

  /** Where the columns are: those given, or found. */
  public SeriesColumns columns() {
    return columns;
  }

  /** In one line, which columns were found; null if they were given. */
  String found() {
    return found;
  }

  /** In one line, how the file is written, so far, and what was left out; null if as usual. */
  public String format() {
    List<String> more = new ArrayList<>(notes);
    if (missing > 0) {
      more.add(
          "%s without a number left out, first %s"
              .formatted(Numbers.counted(missing, "cell"), firstMissing));
    }
    return rows.format(times.found(), more);
  }

  private double[] numbers(String[] row, String key, String what, boolean isOptional)
      throws IOException {
    int[] of = places.get(key);
    double[] numbers = of.length == 0 ? Observation.NO_FEATURES : new double[of.length];
    for (int i = 0; i < numbers.length; i++) {
      String text = row[of[i]];
      numbers[i] =
          isOptional && text.isBlank()
              ? Double.NaN
              : rows.number(what + " " + (i + 1), text, this.numbers::get);
    }
    return numbers;
  }

  /** The column that there is at most one of; -1 for none. */
  private int place(String key) {
    return places.get(key).length == 0 ? -1 : places.get(key)[0];
  }

  private String label(String[] row) throws IOException {
    String label = place("label") < 0 ? "" : row[place("label")].strip();
    if (label.length() > ClassifierModel.MAX_CLASS_LENGTH) {
      throw new IOException(
          "%s: %s: expected at most %d characters, got %d"
              .formatted(
                  rows.place(),
                  column(place("label")),
                  ClassifierModel.MAX_CLASS_LENGTH,
                  label.length()));
    }
    return label.isEmpty() ? null : label;
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

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
