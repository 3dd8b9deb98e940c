package dev.weir.cli.series;

import dev.weir.cli.console.Printable;
import dev.weir.forecast.stage.OutsideModels;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What models outside of Weir forecast, from a CSV file. Its header names the columns, in any
 * order: {@code timestamp}, the time that is forecast; {@code made}, when the forecast was made;
 * {@code series_id}, unless all is of one series; and one of values for each model. An empty cell
 * and NaN say nothing.
 *
 * <p>All of it is kept: at most {@value #MAX_NUMBERS} numbers, about 250 MB.
 */
public final class OutsideFile {

  static final int MAX_NUMBERS = 10_000_000;

  private static final String SERIES = "series_id";
  private static final String TIME = "timestamp";
  private static final String MADE = "made";
  private static final String EXPECTED =
      "timestamp,made,series_id (unless there is one series), and one for each model";

  /** That a value was forecast for a time. */
  public record Said(long time, long made, double value) {}

  private final String name;
  private final CsvRows rows;
  private final CsvTime dates = new CsvTime(null);
  private final List<String> header;
  private final Set<String> models = new LinkedHashSet<>();
  private final Map<String, Map<String, List<Said>>> all =
      new LinkedHashMap<>(); // by series, model
  private final int maxNumbers;
  private int count; // of numbers
  private boolean isAhead; // some forecast, of its time

  private OutsideFile(CsvRows rows, String name, int maxNumbers) throws IOException {
    this.name = name;
    this.rows = rows;
    this.maxNumbers = maxNumbers;
    this.header = rows.header();
    boolean isOnce = new HashSet<>(header).size() == header.size();
    List<Integer> columns =
        IntStream.range(0, header.size()).filter(this::isNumber).boxed().toList();
    if (!isOnce || !header.contains(TIME) || !header.contains(MADE) || columns.isEmpty()) {
      String got = Printable.line(String.join(",", header));
      throw new IOException(
          "%s line 1: expected columns %s, got %s"
              .formatted(name, EXPECTED, got.isEmpty() ? "nothing" : got));
    }
    for (String[] row = rows.next(header.size()); row != null; row = rows.next(header.size())) {
      for (int c : columns) {
        read(row, header.get(c), c);
      }
    }
    for (Map<String, List<Said>> ofSeries : all.values()) {
      ofSeries
          .values()
          .forEach(
              said ->
                  said.sort(Comparator.comparingLong(Said::made).thenComparingLong(Said::time)));
    }
    if (count > 0 && !isAhead) {
      throw new IOException(
          "%s: expected forecasts made before their %s, got none".formatted(name, TIME));
    }
  }

  /** Reads a file of UTF-8 text, which may be compressed by gzip. */
  public static OutsideFile read(Path file) throws IOException {
    return read(SeriesFiles.text(file), file.getFileName().toString(), MAX_NUMBERS);
  }

  static OutsideFile read(Reader text, String name, int maxNumbers) throws IOException {
    try (CsvRows rows = new CsvRows(text, name, null)) {
      return new OutsideFile(rows, name, maxNumbers);
    }
  }

  private void read(String[] row, String model, int column) throws IOException {
    long time = time(TIME);
    long made = time(MADE);
    String series = isNamed() ? row[header.indexOf(SERIES)] : "";
    if (isNamed()) {
      SeriesCsv.checkName(series, rows.place(), SERIES);
    }
    if (!OutsideModels.isName(model)) {
      throw new IOException(
          "%s: model: expected a name of 1 to %d printable characters, got '%s'"
              .formatted(rows.place(), OutsideModels.MAX_NAME, Printable.line(model)));
    }
    double value = number(row, column);
    if (Double.isNaN(value)) {
      return;
    }
    count += 3; // with both times
    if (count > maxNumbers) {
      throw new IOException(
          "%s: expected at most %,d numbers in the file, got more"
              .formatted(rows.place(), maxNumbers));
    }
    isAhead |= made < time;
    models.add(model);
    all.computeIfAbsent(series, none -> new LinkedHashMap<>())
        .computeIfAbsent(model, none -> new ArrayList<>())
        .add(new Said(time, made, value));
  }

  private long time(String column) throws IOException {
    return rows.time(dates, column, header.indexOf(column));
  }

  private double number(String[] row, int column) throws IOException {
    String text = row[column];
    return text.isBlank() || text.equalsIgnoreCase("nan")
        ? Double.NaN
        : rows.number(Printable.line(header.get(column)), text, this::isNumber);
  }

  private boolean isNumber(int column) {
    return !List.of(SERIES, TIME, MADE).contains(header.get(column));
  }

  /** Whether the file says which series its forecasts are of. */
  public boolean isNamed() {
    return header.contains(SERIES);
  }

  /** Names of the models, in their order in the file. */
  public List<String> models() {
    return List.copyOf(models);
  }

  /** Names of the series; an empty one for the only series of a file that names none. */
  public Collection<String> series() {
    return all.keySet();
  }

  /**
   * A model's forecasts of a series by when they were made, then by time; of the same, in the order
   * of the file.
   *
   * @param series any, if the file names none
   */
  public List<Said> of(String series, String model) {
    return all.getOrDefault(isNamed() ? series : "", Map.of()).getOrDefault(model, List.of());
  }

  @Override
  public String toString() {
    return name;
  }
}
