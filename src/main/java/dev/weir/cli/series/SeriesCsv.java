package dev.weir.cli.series;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import dev.weir.cli.console.Printable;
import dev.weir.forecast.Observation;
import dev.weir.job.options.StrictUtf8Input;
import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.List;

/**
 * Observations from CSV, one at a time; {@link SeriesColumns} says in which columns, {@link
 * CsvTime} how times are written. The first wrong line ends it, with the line's number.
 */
public final class SeriesCsv implements Closeable {

  private static final ObjectReader CSV =
      new CsvMapper()
          .enable(CsvParser.Feature.WRAP_AS_ARRAY)
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .readerFor(String[].class);

  private final String name;
  private final MappingIterator<String[]> rows;
  private final List<String> header;
  private final SeriesColumns.Places places;
  private int line = 1; // where the row begins; a quoted field may hold line breaks

  /** With the columns that a file has by default. */
  SeriesCsv(Reader text, String name) throws IOException {
    this(text, name, SeriesColumns.DEFAULT);
  }

  /**
   * @param name what messages call the text; without its ending, the series of a file that has one
   */
  SeriesCsv(Reader text, String name, SeriesColumns columns) throws IOException {
    this.name = name;
    this.rows = CSV.readValues(text);
    String[] first = nextRow();
    this.header = first == null ? List.of() : List.of(first);
    this.places = columns.in(header);
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

  /** Opens a file of UTF-8 text. */
  public static SeriesCsv open(Path file, SeriesColumns columns) throws IOException {
    return new SeriesCsv(StrictUtf8Input.open(file), file.getFileName().toString(), columns);
  }

  /** The next observation, or null at the end. */
  public Observation next() throws IOException {
    String[] row = nextRow();
    if (row == null) {
      return null;
    }
    if (row.length != header.size()) {
      throw new IOException(
          "%s line %d: expected %d columns, got %d"
              .formatted(name, line, header.size(), row.length));
    }
    double[] features =
        places.features().isEmpty()
            ? Observation.NO_FEATURES
            : new double[places.features().size()];
    for (int i = 0; i < features.length; i++) {
      features[i] = number("feature " + (i + 1), row[places.features().get(i)]);
    }
    String series = places.series() < 0 ? name.replaceFirst("\\.csv$", "") : row[places.series()];
    if (series.isEmpty() || series.length() > Observation.MAX_SERIES_LENGTH) {
      throw new IOException(
          "%s line %d: %s: expected 1 to %d characters, got %d"
              .formatted(
                  name,
                  line,
                  places.series() < 0 ? "the file's name" : column(places.series()),
                  Observation.MAX_SERIES_LENGTH,
                  series.length()));
    }
    return new Observation(
        series,
        time(row[places.time()]),
        number(column(places.value()), row[places.value()]),
        features);
  }

  private String column(int place) {
    return Printable.line(header.get(place));
  }

  private String[] nextRow() throws IOException {
    try {
      if (!rows.hasNextValue()) {
        return null;
      }
      line = rows.getParser().currentLocation().getLineNr();
      return rows.nextValue();
    } catch (JsonProcessingException | RuntimeJsonMappingException e) {
      throw new IOException(
          "%s line %d: expected CSV, got unreadable text".formatted(name, line), e);
    }
  }

  private long time(String text) throws IOException {
    try {
      return CsvTime.millis(text);
    } catch (DateTimeException | ArithmeticException e) {
      throw new IOException(
          "%s line %d: %s: expected %s, got '%s'"
              .formatted(name, line, column(places.time()), CsvTime.EXPECTED, Printable.line(text)),
          e);
    }
  }

  private double number(String what, String text) throws IOException {
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      value = Double.NaN;
    }
    if (!Double.isFinite(value)) {
      throw new IOException(
          "%s line %d: %s: expected a finite number, got '%s'"
              .formatted(name, line, what, Printable.line(text)));
    }
    return value;
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
