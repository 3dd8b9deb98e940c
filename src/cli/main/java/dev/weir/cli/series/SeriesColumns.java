package dev.weir.cli.series;

import dev.weir.cli.series.CsvNumbers.Decimal;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * Which columns of a CSV file hold what, and how their cells are written. Without names of its own
 * a file begins with {@code series_id,timestamp,value}, or with {@code timestamp,value} if it holds
 * one series, and features come after them. A column is named as in the header, or by its number
 * from 0.
 *
 * @param names of the columns by key: {@code series} (joined by slashes), {@code time} (or a date
 *     and a time of day), {@code value} (each a series of its own), {@code features}, {@code label}
 *     (the class of each window, where it is known) and {@code ahead} (the covariates known ahead,
 *     each of its own row's time)
 * @param dates how dates are written; null: found in the file
 * @param decimal the decimal sign; null: found in the file
 */
public record SeriesColumns(
    Map<String, List<String>> names, DateTimeFormatter dates, Decimal decimal) {

  public static final SeriesColumns DEFAULT = new SeriesColumns(Map.of(), null, null);

  private static final List<String> KEYS =
      List.of("series", "time", "value", "features", "label", "ahead");

  private static final List<String> SEVERAL =
      List.of("series", "time", "value", "features", "ahead");

  private static final String SERIES = "series_id";
  private static final String TIME = "timestamp";
  private static final String VALUE = "value";

  /** Options of commands that read CSV files. */
  public static final class Options {

    @Option(
        names = "--columns",
        converter = Converter.class,
        paramLabel = "series=NAME,time=NAME,value=NAME[,...]",
        description =
            "Columns of the CSV (default: series_id, timestamp and value, or found by what is in"
                + " them). A file without series is one, called as the"
                + " file; value=NAME+NAME... makes each column a series. A name may be a number: 0"
                + " is the first column; time=DATE+TIME joins two. Further ones: features=NAME+NAME..., ahead=NAME+NAME..."
                + " (known before their time, as forecasts and prices are; a cell may be empty) and"
                + " label=NAME (class of the window that ends there, or nothing).")
    private SeriesColumns named = DEFAULT;

    @Option(
        names = "--date-format",
        paramLabel = "PATTERN",
        converter = CsvTime.PatternConverter.class,
        description =
            "How the CSV writes dates, such as d/M/yyyy HH:mm (default: found, where a day above 12"
                + " or a point says which number is the day).")
    private DateTimeFormatter dates;

    @Option(
        names = "--decimal",
        paramLabel = "point|comma",
        description = "The CSV's decimal sign (default: found).")
    private Decimal decimal;

    /** What the options say. */
    public SeriesColumns columns() {
      return new SeriesColumns(named.names, dates, decimal);
    }
  }

  /** From {@code series=device,time=ts,value=temp}. */
  public static final class Converter implements ITypeConverter<SeriesColumns> {
    @Override
    public SeriesColumns convert(String text) {
      return new SeriesColumns(parse(text), null, null);
    }
  }

  private static Map<String, List<String>> parse(String text) {
    Map<String, List<String>> names = new HashMap<>();
    for (String pair : text.split(",", -1)) {
      int equals = pair.indexOf('=');
      String key = pair.substring(0, Math.max(0, equals));
      boolean isKey = KEYS.contains(key) && equals < pair.length() - 1;
      String joined = pair.substring(equals + 1);
      List<String> of = SEVERAL.contains(key) ? List.of(joined.split("\\+")) : List.of(joined);
      if (!isKey || names.put(key, of) != null) {
        throw new TypeConversionException(
            "expected %s=COLUMN, each at most once, got '%s'"
                .formatted(String.join("=COLUMN,", KEYS), text));
      }
    }
    return names;
  }

  /** Whether all columns have their names by default. */
  public boolean areDefault() {
    return names.isEmpty();
  }

  /** The same cells in other columns. */
  SeriesColumns in(List<String> header, Map<String, List<Integer>> places) {
    Map<String, List<String>> named = new HashMap<>();
    places.forEach(
        (key, of) -> named.put(key, of.stream().map(place -> name(header, place)).toList()));
    return new SeriesColumns(named, dates, decimal);
  }

  /** A name that the option takes: the column's number if its own is not clear. */
  private static String name(List<String> header, int place) {
    String name = header.get(place);
    boolean isClear =
        header.indexOf(name) == header.lastIndexOf(name)
            && name.matches("[^,+=]*[^,+=0-9\\s][^,+=]*");
    return isClear ? name : Integer.toString(place);
  }

  /** As the option has it. */
  public String text() {
    return KEYS.stream()
        .filter(names::containsKey)
        .map(key -> key + "=" + String.join("+", names.get(key)))
        .collect(Collectors.joining(","));
  }

  /** Whether only some rows can be their header. */
  boolean areNamed() {
    return areDefault()
        || names.values().stream().flatMap(List::stream).anyMatch(name -> !name.matches("[0-9]+"));
  }

  /** Whether a header has these columns. */
  boolean fit(List<String> header) {
    try {
      return !in(header).isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Names of the columns with the features. */
  public List<String> features() {
    return names("features");
  }

  /** Names of the columns with the covariates known ahead. */
  public List<String> ahead() {
    return names("ahead");
  }

  /** Whether it has labels of windows. */
  public boolean hasLabels() {
    return names.containsKey("label");
  }

  private List<String> names(String key) {
    return names.getOrDefault(
        key, key.equals("time") ? List.of(TIME) : key.equals("value") ? List.of(VALUE) : List.of());
  }

  /**
   * Where the columns are in a header, by key; empty for what the file has not.
   *
   * @throws IllegalArgumentException if it lacks one, or one is to be two things: what is expected
   */
  Map<String, int[]> in(List<String> header) {
    Map<String, int[]> places = new HashMap<>();
    if (areDefault()) {
      int first =
          startsWith(header, SERIES, TIME, VALUE) ? 1 : startsWith(header, TIME, VALUE) ? 0 : -1;
      if (first < 0) {
        throw new IllegalArgumentException("the header series_id,timestamp,value[,feature...]");
      }
      KEYS.forEach(key -> places.put(key, new int[0]));
      places.put("series", IntStream.range(0, first).toArray());
      places.put("time", new int[] {first});
      places.put("value", new int[] {first + 1});
      places.put("features", IntStream.range(first + 2, header.size()).toArray());
      return places;
    }
    List<String> all = new ArrayList<>();
    for (String key : KEYS) {
      List<String> of = names(key);
      all.addAll(of);
      boolean isOfDefault = key.equals("series") && of.isEmpty() && header.contains(SERIES);
      of = isOfDefault ? List.of(SERIES) : of;
      places.put(key, of.stream().mapToInt(name -> place(header, name)).toArray());
    }
    if (places.values().stream().flatMapToInt(IntStream::of).anyMatch(place -> place < 0)) {
      String last = all.remove(all.size() - 1);
      throw new IllegalArgumentException(
          "a header with the columns %s and %s".formatted(String.join(", ", all), last));
    }
    checkDifferent(header, places);
    return places;
  }

  /** A value that is its own covariate would be forecast too well. */
  private static void checkDifferent(List<String> header, Map<String, int[]> places) {
    for (String covariates : List.of("features", "ahead")) { // may share columns
      Set<Integer> all = new HashSet<>();
      for (String key : KEYS) {
        boolean isOther =
            !key.equals(covariates) && (key.equals("features") || key.equals("ahead"));
        for (int place : isOther ? new int[0] : places.get(key)) {
          if (!all.add(place)) {
            throw new IllegalArgumentException(
                "columns that differ, not %s twice".formatted(header.get(place)));
          }
        }
      }
    }
  }

  private static boolean startsWith(List<String> header, String... names) {
    return header.size() >= names.length && header.subList(0, names.length).equals(List.of(names));
  }

  /** -1 for a column that is missing. */
  private static int place(List<String> header, String name) {
    int first = header.indexOf(name.strip());
    if (first < 0 && name.matches("[0-9]{1,4}")) {
      int number = Integer.parseInt(name);
      return number < header.size() ? number : -1;
    }
    int last = header.lastIndexOf(name.strip());
    if (first != last) {
      throw new IllegalArgumentException(
          "%d or %d, since both columns are called %s".formatted(first, last, name));
    }
    return first;
  }

  /** What to do about a header that has not got them. */
  String advice() {
    return areDefault()
        ? "--columns series=...,time=...,value=... names the columns"
        : "--columns names them as the header does";
  }
}
