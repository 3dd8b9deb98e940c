package dev.weir.cli.series;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Which columns of a CSV file hold what. Without names of its own a file begins with {@code
 * series_id,timestamp,value}, or with {@code timestamp,value} if it holds one series, and features
 * come after them. A column is named as in the header, or by its number from 0.
 *
 * @param series name of the column with the series; null: as the file has it
 * @param time name of the column with the time
 * @param value name of the column with the value
 * @param features names of the columns with the features
 * @param label name of the column with the class of each window, where it is known; null: none
 * @param end name of the column that is true where a window by session ends; null: none
 * @param ahead names of the columns with the covariates known ahead, each of its own row's time
 */
public record SeriesColumns(
    String series,
    String time,
    String value,
    List<String> features,
    String label,
    String end,
    List<String> ahead) {

  public static final String LABEL = "series=NAME,time=NAME,value=NAME[,...]";

  public static final String OPTION =
      "Columns of the CSV, where they have other names than series_id, timestamp and value. A file"
          + " without series is one, called as the file. A name may be a number: 0 is the first"
          + " column. Further ones: features=NAME+NAME...";

  public static final String COVARIATES_OPTION =
      OPTION
          + " and ahead=NAME+NAME... (known before their time, as forecasts and prices are; a"
          + " cell may be empty).";

  public static final SeriesColumns DEFAULT =
      new SeriesColumns(null, null, null, List.of(), null, null, List.of());

  private static final String OF_WINDOWS =
      OPTION
          + ", label=NAME (class of the window that ends there, or nothing) and end=NAME (true where"
          + " a window by session ends)";

  public static final String WINDOWS_OPTION = OF_WINDOWS + ".";

  public static final String REPLAY_OPTION =
      OF_WINDOWS
          + ", and ahead=NAME+NAME... (known before their time, as forecasts and prices are; a cell"
          + " may be empty).";

  private static final List<String> KEYS =
      List.of("series", "time", "value", "features", "label", "end", "ahead");

  private static final String SERIES = "series_id";
  private static final String TIME = "timestamp";
  private static final String VALUE = "value";

  /** From {@code series=device,time=ts,value=temp}. */
  public static class Converter implements ITypeConverter<SeriesColumns> {

    private final List<String> keys;

    public Converter() {
      this(KEYS.subList(0, 4));
    }

    private Converter(List<String> keys) {
      this.keys = keys;
    }

    @Override
    public SeriesColumns convert(String text) {
      String[] names = new String[KEYS.size()];
      for (String pair : text.split(",", -1)) {
        int equals = pair.indexOf('=');
        boolean isKey = equals >= 0 && keys.contains(pair.substring(0, equals));
        int key = isKey ? KEYS.indexOf(pair.substring(0, equals)) : -1;
        if (key < 0 || names[key] != null || equals == pair.length() - 1) {
          throw new TypeConversionException(
              "expected %s=COLUMN, each at most once, got '%s'"
                  .formatted(String.join("=COLUMN,", keys), text));
        }
        names[key] = pair.substring(equals + 1);
      }
      return new SeriesColumns(
          names[0], names[1], names[2], names(names[3]), names[4], names[5], names(names[6]));
    }

    private static List<String> names(String joined) {
      return joined == null ? List.of() : List.of(joined.split("\\+"));
    }
  }

  /** The same, and with what says something of windows. */
  public static final class WindowsConverter extends Converter {
    public WindowsConverter() {
      super(KEYS.subList(0, 6));
    }
  }

  /** The same, and with covariates that are known ahead. */
  public static final class CovariatesConverter extends Converter {
    public CovariatesConverter() {
      super(List.of("series", "time", "value", "features", "ahead"));
    }
  }

  /** With everything. */
  public static final class ReplayConverter extends Converter {
    public ReplayConverter() {
      super(KEYS);
    }
  }

  /** Whether it has what says something of windows. */
  public boolean isOfWindows() {
    return label != null || end != null;
  }

  /**
   * Where they are in a header.
   *
   * @param series -1: the file holds one series
   * @param features places of the features
   * @param label -1: none
   * @param end -1: none
   * @param ahead places of the covariates known ahead
   */
  record Places(
      int series,
      int time,
      int value,
      List<Integer> features,
      int label,
      int end,
      List<Integer> ahead) {}

  /**
   * Null if the header has not got them.
   *
   * @throws IllegalArgumentException if one column is to be two things
   */
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
      return new Places(first - 1, first, first + 1, features, -1, -1, List.of());
    }
    int ofSeries = place(header, series == null ? SERIES : series);
    int ofTime = place(header, time == null ? TIME : time);
    int ofValue = place(header, value == null ? VALUE : value);
    List<Integer> ofFeatures = features.stream().map(name -> place(header, name)).toList();
    List<Integer> ofAhead = ahead.stream().map(name -> place(header, name)).toList();
    int ofLabel = label == null ? -1 : place(header, label);
    int ofEnd = end == null ? -1 : place(header, end);
    boolean missing =
        ofTime < 0
            || ofValue < 0
            || ofSeries < 0 && series != null
            || ofFeatures.contains(-1)
            || ofAhead.contains(-1)
            || ofLabel < 0 && label != null
            || ofEnd < 0 && end != null;
    checkDifferent(header, List.of(ofSeries, ofTime, ofValue, ofLabel, ofEnd), ofFeatures, ofAhead);
    return missing
        ? null
        : new Places(ofSeries, ofTime, ofValue, ofFeatures, ofLabel, ofEnd, ofAhead);
  }

  /** A value that is its own covariate would be forecast too well. */
  private static void checkDifferent(
      List<String> header, List<Integer> others, List<Integer> features, List<Integer> ahead) {
    for (List<Integer> covariates : List.of(features, ahead)) {
      List<Integer> all = new ArrayList<>(others);
      all.addAll(covariates);
      for (int place : all) {
        if (place >= 0 && all.indexOf(place) < all.lastIndexOf(place)) {
          throw new IllegalArgumentException(
              "expected columns that differ, got %s twice".formatted(header.get(place)));
        }
      }
    }
  }

  private static boolean startsWith(List<String> header, String... names) {
    return header.size() >= names.length && header.subList(0, names.length).equals(List.of(names));
  }

  /** -1 for a column that is missing, or there twice. */
  private static int place(List<String> header, String name) {
    int first = header.indexOf(name);
    if (first < 0 && name.matches("[0-9]{1,4}")) {
      int number = Integer.parseInt(name);
      return number < header.size() ? number : -1;
    }
    return first == header.lastIndexOf(name) ? first : -1;
  }

  /** For a message. */
  String expected() {
    if (equals(DEFAULT)) {
      return "the header series_id,timestamp,value[,feature...]";
    }
    List<String> names = new ArrayList<>();
    names.add(series);
    names.add(time == null ? TIME : time);
    names.add(value == null ? VALUE : value);
    names.addAll(features);
    names.addAll(ahead);
    names.add(label);
    names.add(end);
    names.removeIf(Objects::isNull);
    String last = names.remove(names.size() - 1);
    return "a header with the columns %s and %s, each once"
        .formatted(String.join(", ", names), last);
  }

  /** What to do about a header that has not got them. */
  String advice() {
    return equals(DEFAULT)
        ? "--columns series=...,time=...,value=... names other columns"
        : "--columns names them as the header does";
  }
}
