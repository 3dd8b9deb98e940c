package dev.weir.cli.series;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import dev.weir.cli.console.Printable;
import dev.weir.cli.series.CsvNumbers.Decimal;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The rows of a CSV text, each with its place for messages. Empty lines and spaces around a cell do
 * not count. The separator is the one of {@code , ; |} and tab that gives most of the first rows
 * the same number of columns, and most of them; a pipe is not waited for to find it.
 */
public final class CsvRows implements Closeable {

  /** How many rows ahead a cell is looked for that says how numbers or dates are written. */
  private static final int MAX_LOOK_AHEAD = 10_000;

  private static final int MAX_CHARACTERS_AHEAD = 1 << 24;
  private static final int MAX_HEAD = 1 << 16; // characters in which the separator is found
  static final int HEAD_ROWS = 50;

  private static final ObjectReader CSV =
      new CsvMapper()
          .enable(CsvParser.Feature.WRAP_AS_ARRAY)
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .enable(CsvParser.Feature.TRIM_SPACES)
          .readerFor(String[].class);

  private record Row(String[] cells, int line) {}

  private final String name;
  private final char separator;
  private final CsvNumbers numbers;
  private final MappingIterator<String[]> rows;
  private final Map<String, String> units = new HashMap<>(); // of numbers, by what they are
  private final Deque<Row> ahead = new ArrayDeque<>(); // read, but not yet returned
  private IOException problem; // of the row after those
  private String[] row;
  private int line = 1; // where the row begins; a quoted field may hold line breaks

  /**
   * @param name what messages call the text
   * @param decimal null: found in the text
   */
  CsvRows(Reader text, String name, Decimal decimal) throws IOException {
    this.name = name;
    BufferedReader buffered = new BufferedReader(text);
    this.separator = separator(head(buffered));
    this.numbers = new CsvNumbers(separator, decimal);
    this.rows = reader(separator).readValues(buffered);
  }

  /** Opens a file of UTF-8 text, which may be compressed by gzip. */
  public static CsvRows open(Path file) throws IOException {
    return new CsvRows(SeriesFiles.text(file), file.getFileName().toString(), null);
  }

  /** Whether a cell is written as a number. */
  public static boolean isNumber(String text) {
    return CsvNumbers.isLike(text);
  }

  private static ObjectReader reader(char separator) {
    return CSV.with(CsvSchema.emptySchema().withColumnSeparator(separator));
  }

  /** The first lines, two at least, as far as they are there; leaves the text at its start. */
  private static String head(BufferedReader text) throws IOException {
    StringBuilder head = new StringBuilder();
    text.mark(MAX_HEAD + 1);
    int lines = 0;
    boolean isInLine = false;
    while (head.length() < MAX_HEAD && (lines < 2 || text.ready())) {
      int c = text.read();
      if (c < 0) {
        break;
      }
      head.append((char) c);
      boolean isEnd = c == '\n' || c == '\r';
      lines += isEnd && isInLine ? 1 : 0;
      isInLine = !isEnd;
    }
    text.reset();
    return head.toString();
  }

  private static char separator(String head) {
    char best = ',';
    int most = 0;
    for (char candidate : new char[] {'\t', ';', '|', ','}) {
      Map<Integer, Integer> rowsOf = new HashMap<>(); // by their number of columns
      try (MappingIterator<String[]> rows = reader(candidate).readValues(head)) {
        for (int i = 0; i < HEAD_ROWS && rows.hasNextValue(); i++) {
          rowsOf.merge(rows.nextValue().length, 1, Integer::sum);
        }
      } catch (IOException | RuntimeJsonMappingException e) {
        // the head may end within a quoted cell
      }
      for (Map.Entry<Integer, Integer> same : rowsOf.entrySet()) {
        int score = same.getKey() < 2 ? 0 : MAX_HEAD * same.getValue() + same.getKey();
        if (score > most) {
          most = score;
          best = candidate;
        }
      }
    }
    return best;
  }

  /** The next row as names of columns; none at the end. */
  public List<String> header() throws IOException {
    String[] header = next();
    return header == null ? List.of() : List.of(header);
  }

  /** So many of the rows that come next, or those until the end; they are still to be read. */
  List<String[]> ahead(int count) {
    int held = 0;
    while (ahead.size() < count && held < MAX_CHARACTERS_AHEAD && read()) {
      held += Stream.of(ahead.getLast().cells()).mapToInt(String::length).sum();
    }
    return ahead.stream().limit(count).map(Row::cells).toList();
  }

  /** The next row, or null at the end. */
  String[] next() throws IOException {
    if (ahead.isEmpty() && !read()) {
      if (problem != null) {
        throw problem;
      }
      return null;
    }
    Row next = ahead.remove();
    row = next.cells();
    line = next.line();
    return row;
  }

  /** The next row, or null at the end; one of another number of columns fails with its place. */
  public String[] next(int columns) throws IOException {
    String[] next = next();
    if (next != null && next.length != columns) {
      throw new IOException(
          "%s: expected %d columns, got %d".formatted(place(), columns, next.length));
    }
    return next;
  }

  /** Reads one more row ahead; false at the end, or if it is unreadable. */
  private boolean read() {
    if (problem != null) {
      return false;
    }
    int at = ahead.isEmpty() ? line : ahead.getLast().line();
    try {
      if (!rows.hasNextValue()) {
        return false;
      }
      at = rows.getParser().currentLocation().getLineNr();
      return ahead.add(new Row(rows.nextValue(), at));
    } catch (JsonProcessingException | RuntimeJsonMappingException e) {
      problem = new IOException(place(at) + ": expected CSV, got unreadable text", e);
    } catch (IOException e) {
      problem = e;
    }
    return false;
  }

  /** Shows this row and those after it to a test, until it is satisfied. */
  void lookAhead(Predicate<String[]> isFound) {
    if (isFound.test(row) || ahead.stream().anyMatch(known -> isFound.test(known.cells()))) {
      return;
    }
    int held = 0;
    while (ahead.size() < MAX_LOOK_AHEAD && held < MAX_CHARACTERS_AHEAD && read()) {
      String[] cells = ahead.getLast().cells();
      if (isFound.test(cells)) {
        return;
      }
      for (String cell : cells) {
        held += cell.length();
      }
    }
  }

  /**
   * A finite number of the last row; anything else fails with its place.
   *
   * @param isNumber which columns are numbers, that may say how those of the text are written
   */
  public double number(String what, String text, IntPredicate isNumber) throws IOException {
    if (numbers.isUnclear(text)) {
      lookAhead(
          cells -> {
            for (int i = 0; i < cells.length && numbers.isUnclear(text); i++) {
              if (isNumber.test(i)) {
                numbers.look(cells[i]);
              }
            }
            return !numbers.isUnclear(text);
          });
    }
    double value;
    try {
      value = numbers.parse(text);
    } catch (NumberFormatException e) {
      value = Double.NaN;
    }
    String unit = CsvNumbers.unit(text);
    String before =
        unit.isEmpty() ? unit : Objects.requireNonNullElse(units.putIfAbsent(what, unit), unit);
    if (!before.equals(unit)) {
      throw new IOException(
          "%s: %s: expected a number of %s as above, got '%s'"
              .formatted(place(), what, Printable.line(before), Printable.line(text)));
    }
    if (!Double.isFinite(value)) {
      throw new IOException(
          "%s: %s: expected a finite number, got '%s'%s"
              .formatted(place(), what, Printable.line(text), numbers.hint(text)));
    }
    return value;
  }

  /** The time in a column of the last row, or in two; anything else fails with its place. */
  long time(CsvTime times, String what, int... columns) throws IOException {
    String text = joined(row, columns);
    if (times.isUnclear(text)) {
      lookAhead(
          cells -> {
            times.look(joined(cells, columns));
            return !times.isUnclear(text);
          });
    }
    try {
      return times.read(text);
    } catch (DateTimeException | ArithmeticException e) {
      throw new IOException(
          "%s: %s: expected %s, got '%s'"
              .formatted(place(), what, times.expected(text), Printable.line(text)),
          e);
    }
  }

  /** The text of columns that make a time; nothing for those that a row lacks. */
  static String joined(String[] row, int... columns) {
    return IntStream.of(columns)
        .mapToObj(column -> column < row.length ? row[column] : "")
        .collect(Collectors.joining(" "));
  }

  CsvNumbers numbers() {
    return numbers;
  }

  /**
   * In one line, how the text is written, as far as it is found; null if as usual.
   *
   * @param dates in words, how dates are; null if as usual
   * @param more what else is said
   */
  String format(String dates, List<String> more) {
    List<String> found = new ArrayList<>();
    if (separator != ',') {
      found.add(separator == '\t' ? "separated by tabs" : "separated by " + separator);
    }
    if (numbers.decimal() == Decimal.comma) {
      found.add("decimal comma");
    }
    if (dates != null) {
      found.add(dates);
    }
    found.addAll(more);
    return found.isEmpty() ? null : String.join(", ", found);
  }

  char separator() {
    return separator;
  }

  /** The text's name and the line where the last row begins. */
  public String place() {
    return place(line);
  }

  private String place(int at) {
    return name + " line " + at;
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
