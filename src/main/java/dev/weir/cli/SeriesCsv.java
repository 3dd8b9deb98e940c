package dev.weir.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import dev.weir.forecast.Observation;
import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;

/**
 * Observations from CSV, one at a time: header {@code series_id,timestamp,value[,feature...]},
 * timestamps ISO-8601 in UTC. The first wrong line ends it, with the line's number.
 */
final class SeriesCsv implements Closeable {

  private static final List<String> HEADER = List.of("series_id", "timestamp", "value");
  private static final ObjectReader CSV =
      new CsvMapper()
          .enable(CsvParser.Feature.WRAP_AS_ARRAY)
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .readerFor(String[].class);
  private static final String BYTE_ORDER_MARK = "\ufeff"; // spreadsheets write it

  private final String name;
  private final MappingIterator<String[]> rows;
  private final int columns;
  private int line = 1; // where the row begins; a quoted field may hold line breaks

  /**
   * @param name what messages call the text
   */
  SeriesCsv(Reader text, String name) throws IOException {
    this.name = name;
    this.rows = rows(text);
    String[] header = nextRow();
    if (header != null && header[0].startsWith(BYTE_ORDER_MARK)) {
      header[0] = header[0].substring(1);
    }
    if (header == null
        || header.length < HEADER.size()
        || !List.of(header).subList(0, HEADER.size()).equals(HEADER)) {
      throw new IOException(
          "%s line 1: expected the header %s[,feature...], got %s"
              .formatted(
                  name,
                  String.join(",", HEADER),
                  header == null ? "nothing" : Printable.line(String.join(",", header))));
    }
    this.columns = header.length;
  }

  private MappingIterator<String[]> rows(Reader text) throws IOException {
    try {
      return CSV.readValues(text);
    } catch (CharacterCodingException e) {
      throw new IOException("%s line 1: expected UTF-8 text, got other bytes".formatted(name), e);
    }
  }

  /** The next observation, or null at the end. */
  Observation next() throws IOException {
    String[] row = nextRow();
    if (row == null) {
      return null;
    }
    if (row.length != columns) {
      throw new IOException(
          "%s line %d: expected %d columns, got %d".formatted(name, line, columns, row.length));
    }
    double[] features =
        columns == HEADER.size() ? Observation.NO_FEATURES : new double[columns - HEADER.size()];
    for (int i = 0; i < features.length; i++) {
      features[i] = number("feature " + (i + 1), row[HEADER.size() + i]);
    }
    if (row[0].isEmpty() || row[0].length() > Observation.MAX_SERIES_LENGTH) {
      throw new IOException(
          "%s line %d: series_id: expected 1 to %d characters, got %d"
              .formatted(name, line, Observation.MAX_SERIES_LENGTH, row[0].length()));
    }
    return new Observation(row[0], time(row[1]), number("value", row[2]), features);
  }

  private String[] nextRow() throws IOException {
    try {
      if (!rows.hasNextValue()) {
        return null;
      }
      line = rows.getParser().currentLocation().getLineNr();
      return rows.nextValue();
    } catch (CharacterCodingException e) {
      throw new IOException(
          "%s line %d: expected UTF-8 text, got other bytes".formatted(name, line), e);
    } catch (JsonProcessingException | RuntimeJsonMappingException e) {
      throw new IOException(
          "%s line %d: expected CSV, got unreadable text".formatted(name, line), e);
    }
  }

  private long time(String text) throws IOException {
    try {
      return Instant.parse(text).toEpochMilli();
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new IOException(
          "%s line %d: timestamp: expected ISO-8601 such as 2026-01-31T12:00:00Z, got '%s'"
              .formatted(name, line, Printable.line(text)),
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
