package dev.weir.cli.series;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Which columns of a CSV file hold what. Without names of its own a file begins with {@code
 * series_id,timestamp,value}, or with {@code timestamp,value} if it holds one series, and features
 * come after them.
 *
 * @param series name of the column with the series; null: as the file has it
 * @param time name of the column with the time
 * @param value name of the column with the value
 */
public record SeriesColumns(String series, String time, String value) {

  public static final String LABEL = "series=NAME,time=NAME,value=NAME";

  public static final String OPTION =
      "Columns of the CSV, where they have other names than series_id, timestamp and value. A file"
          + " without series is one, called as the file.";

  public static final SeriesColumns DEFAULT = new SeriesColumns(null, null, null);

  private static final String SERIES = "series_id";
  private static final String TIME = "timestamp";
  private static final String VALUE = "value";

  /** From {@code series=device,time=ts,value=temp}. */
  public static final class Converter implements ITypeConverter<SeriesColumns> {

    @Override
    public SeriesColumns convert(String text) {
      String[] names = new String[3];
      for (String pair : text.split(",", -1)) {
        int equals = pair.indexOf('=');
        int key =
            equals < 0 ? -1 : List.of("series", "time", "value").indexOf(pair.substring(0, equals));
        if (key < 0 || names[key] != null || equals == pair.length() - 1) {
          throw new TypeConversionException(
              "expected series=COLUMN,time=COLUMN,value=COLUMN, each at most once, got '%s'"
                  .formatted(text));
        }
        names[key] = pair.substring(equals + 1);
      }
      return new SeriesColumns(names[0], names[1], names[2]);
    }
  }

  /**
   * Where they are in a header.
   *
   * @param series -1: the file holds one series
   * @param features places of the features, in the order of the file
   */
  record Places(int series, int time, int value, List<Integer> features) {}

  /** Null if the header has not got them. */
  Places in(List<String> header) {
    if (equals(DEFAULT)) {
      int first =
          startsWith(header, SERIES, TIME, VALUE) ? 1 : startsWith(header, TIME, VALUE) ? 0 : -1;
      if (first < 0) {
        return null;
      }
      List<Integer> features = new ArrayList<>();
      for (int i = first + 2; i < header.size(); i++) {
        features.add(i);
      }
      return new Places(first - 1, first, first + 1, features);
    }
    int ofSeries = place(header, series == null ? SERIES : series);
    int ofTime = place(header, time == null ? TIME : time);
    int ofValue = place(header, value == null ? VALUE : value);
    boolean missing = ofTime < 0 || ofValue < 0 || ofSeries < 0 && series != null;
    return missing ? null : new Places(ofSeries, ofTime, ofValue, List.of());
  }

  private static boolean startsWith(List<String> header, String... names) {
    return header.size() >= names.length && header.subList(0, names.length).equals(List.of(names));
  }

  /** -1 for a column that is missing, or there twice. */
  private static int place(List<String> header, String name) {
    int first = header.indexOf(name);
    return first == header.lastIndexOf(name) ? first : -1;
  }

  /** For a message. */
  String expected() {
    if (equals(DEFAULT)) {
      return "the header series_id,timestamp,value[,feature...]";
    }
    String names = (time == null ? TIME : time) + " and " + (value == null ? VALUE : value);
    return "a header with the columns %s%s, each once"
        .formatted(series == null ? "" : series + ", ", names);
  }

  /** What to do about a header that has not got them. */
  String advice() {
    return equals(DEFAULT)
        ? "--columns series=...,time=...,value=... names other columns"
        : "--columns names them as the header does";
  }
}
