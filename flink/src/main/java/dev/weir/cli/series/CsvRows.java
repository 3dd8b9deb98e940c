package dev.weir.cli.series;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;

/** The rows of a CSV text, each with its place for messages. Empty lines do not count. */
final class CsvRows implements Closeable {

  private static final ObjectReader CSV =
      new CsvMapper()
          .enable(CsvParser.Feature.WRAP_AS_ARRAY)
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .readerFor(String[].class);

  private final String name;
  private final MappingIterator<String[]> rows;
  private int line = 1; // where the row begins; a quoted field may hold line breaks

  /**
   * @param name what messages call the text
   */
  CsvRows(Reader text, String name) throws IOException {
    this.name = name;
    this.rows = CSV.readValues(text);
  }

  /** The next row, or null at the end. */
  String[] next() throws IOException {
    try {
      if (!rows.hasNextValue()) {
        return null;
      }
      line = rows.getParser().currentLocation().getLineNr();
      return rows.nextValue();
    } catch (JsonProcessingException | RuntimeJsonMappingException e) {
      throw new IOException(place() + ": expected CSV, got unreadable text", e);
    }
  }

  /** The text's name and the line where the last row begins. */
  String place() {
    return name + " line " + line;
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
