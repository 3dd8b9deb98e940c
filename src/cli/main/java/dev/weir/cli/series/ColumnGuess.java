package dev.weir.cli.series;

import dev.weir.cli.console.Printable;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which columns of a CSV file hold what, by the cells of its first rows. Columns whose texts tell
 * rows of the same time apart name the series; without such rows, those whose names say so.
 */
public final class ColumnGuess {

  /** Names of columns and fields that tell series apart. */
  public static final Pattern NAME =
      Pattern.compile(
          "(?i).*(device|sensor|host|site|station|machine|meter|location|symbol|series|tag|plant"
              + "|tank|name|id|key|source|node|instance|metric|store|shop|product|item|region|city"
              + "|country|filiale|produkt|artikel|standort|anlage)");

  /** Names of those whose numbers are no values. */
  public static final Pattern NO_VALUE =
      Pattern.compile(
          "(?i)(.*[_-])?(id|uuid|version|seq(uence)?|offset|code|port|zip|year|month|day|lsn|txid"
              + "|index|line|status|flags?|lat(itude)?|lon(gitude)?)|.*(Id|Nano|_ms|_ns)");

  private static final Pattern TIME_OF_DAY =
      Pattern.compile("(?i)([01]?[0-9]|2[0-4]):[0-5][0-9](:[0-5][0-9])?([.,][0-9]+)?( ?[ap]m)?");

  /** An hour, or one and the next. */
  private static final Pattern HOUR =
      Pattern.compile(
          "(?i)([01]?[0-9]|2[0-5])( ?(h|uhr))?( ?(-|\u2013|bis) ?[0-2]?[0-9]( ?(h|uhr))?)?");

  private static final int HOURS = 23; // of a day, one less where the clock changes

  private static final int SAMPLE = 500;
  static final int ROWS = 50_000; // in which times are looked at
  private static final double MOST = 0.8; // of the cells of a column of times; the end may differ
  private static final double REPEATED = 0.02; // of the rows, where the clock changes
  private static final int MAX_PARTS = 3;
  private static final int MAX_KEYS = 8;
  private static final int MAX_TEXT = 100;

  private final List<String> header;
  private final List<String[]> rows; // those with a time
  private final int[] time;
  private final Map<Integer, Integer> different = new HashMap<>(); // cells of a column

  private ColumnGuess(List<String> header, List<String[]> ahead, int[] time) {
    this.header = header;
    this.time = time;
    this.rows =
        ahead.stream().filter(row -> row.length == header.size() && isTime(row[time[0]])).toList();
  }

  /**
   * The row among the first ones that holds the columns' names: the last of the fullest before two
   * rows with a time and a number.
   *
   * @return its index; 0 if there are no such rows, -1 if they have no names
   */
  static int header(List<String[]> first) {
    int data = 0;
    while (data < first.size()
        && !IntStream.range(data, Math.min(data + 2, first.size()))
            .allMatch(row -> isData(first.get(row)))) {
      data++;
    }
    if (data == 0 || data == first.size()) {
      return data == 0 && !first.isEmpty() ? -1 : 0;
    }
    int columns = first.get(data).length;
    return IntStream.range(0, data)
        .filter(row -> first.get(row).length == columns)
        .filter(row -> Stream.of(first.get(row)).noneMatch(ColumnGuess::isTime))
        .boxed()
        .max(
            Comparator.<Integer>comparingLong(row -> filled(first.get(row)))
                .thenComparing(row -> row))
        .orElse(-1);
  }

  private static long filled(String[] row) {
    return Stream.of(row).filter(cell -> !cell.isBlank()).count();
  }

  private static boolean isData(String[] row) {
    long times = Stream.of(row).filter(ColumnGuess::isTime).count();
    return times > 0
        && Stream.of(row).anyMatch(cell -> times > 1 || !isTime(cell))
        && Stream.of(row)
            .anyMatch(
                cell -> (CsvNumbers.isLike(cell) || CsvNumbers.isNothing(cell)) && !isTime(cell));
  }

  /** Whether a text may be a time; its day and month may be unclear. */
  private static boolean isTime(String text) {
    if (text.length() < 6
        || !Character.isDigit(text.charAt(0))
        || CsvNumbers.isLike(text) && !text.matches("[0-9]{8,}")) {
      return false;
    }
    CsvTime times = new CsvTime(null);
    try {
      return times.isUnclear(text) || times.read(text) >= 0;
    } catch (DateTimeException | ArithmeticException e) {
      return false;
    }
  }

  /**
   * The columns of a file.
   *
   * @param ahead rows after the header
   * @return by key, as {@link SeriesColumns} has them
   * @throws IllegalArgumentException that says what is expected, and what is there
   */
  static Map<String, List<Integer>> of(List<String> header, List<String[]> ahead) {
    List<String[]> sample =
        ahead.stream().filter(row -> row.length == header.size()).limit(SAMPLE).toList();
    int[] time = time(header.size(), sample);
    if (time == null) {
      throw new IllegalArgumentException(
          "a column of times and one of numbers, got %s"
              .formatted(Printable.line(String.join(",", header), MAX_TEXT)));
    }
    return new ColumnGuess(header, ahead, time).columns();
  }

  /** The column of times; and that of times of day, if the first one has only dates. */
  private static int[] time(int columns, List<String[]> sample) {
    int best = -1;
    long most = 0;
    for (int c = 0; c < columns && !sample.isEmpty(); c++) {
      int column = c;
      List<String> texts =
          sample.stream().map(row -> row[column]).filter(ColumnGuess::isTime).toList();
      // a date before a number that could be a time
      long score =
          texts.stream().distinct().count()
              + (texts.stream().allMatch(text -> text.matches("[0-9]+")) ? 0 : sample.size());
      if (texts.size() >= MOST * sample.size() && score > most) {
        most = score;
        best = c;
      }
    }
    int date = best;
    if (date < 0) {
      return null;
    }
    boolean isDate = sample.stream().noneMatch(row -> row[date].indexOf(':') > 0);
    return IntStream.range(0, columns)
        .filter(
            c ->
                isDate
                    && sample.stream().filter(row -> isOfDay(row[c])).count()
                        >= MOST * sample.size())
        .mapToObj(c -> new int[] {date, c})
        .findFirst()
        .orElse(new int[] {date});
  }

  private static boolean isOfDay(String text) {
    return TIME_OF_DAY.matcher(text).matches();
  }

  private Map<String, List<Integer>> columns() {
    List<Integer> others =
        IntStream.range(0, header.size())
            .filter(c -> IntStream.of(time).noneMatch(t -> t == c))
            .boxed()
            .toList();
    List<Integer> numbers = others.stream().filter(this::isNumber).toList();
    List<String> names = numbers.stream().map(header::get).toList();
    if (names.size() > 1
        && names.stream().filter(name -> isTime(name) || isOfDay(name)).count() * 2
            > names.size()) {
      throw new IllegalArgumentException(
          "one time in each row, got columns called %s and %s; put their values one below the other"
              .formatted(names.get(0), names.get(1)));
    }
    List<Integer> series = series(others, numbers);
    List<Integer> values = new ArrayList<>(numbers);
    values.removeAll(series);
    values.removeIf(c -> NO_VALUE.matcher(header.get(c)).matches());
    keep(values, c -> different(c) > 1);
    keep(values, c -> !isCount(c));
    if (values.isEmpty()) {
      throw new IllegalArgumentException(
          "a column of numbers besides %s, got none in %s"
              .formatted(
                  Printable.line(header.get(time[0])),
                  Printable.line(String.join(",", header), MAX_TEXT)));
    }
    Map<String, List<Integer>> columns = new HashMap<>();
    columns.put("time", IntStream.of(time).boxed().toList());
    columns.put("value", values);
    if (!series.isEmpty()) {
      columns.put("series", series);
    }
    return columns;
  }

  /** Leaves those columns alone, unless there are none. */
  private static void keep(List<Integer> columns, IntPredicate isKept) {
    if (columns.stream().anyMatch(isKept::test)) {
      columns.removeIf(c -> !isKept.test(c));
    }
  }

  private Stream<String> cells(int column) {
    return rows.stream().limit(SAMPLE).map(row -> row[column]);
  }

  private boolean isNumber(int column) {
    List<String> given = cells(column).filter(text -> !CsvNumbers.isNothing(text)).toList();
    long like = given.stream().filter(CsvNumbers::isLike).count();
    long wrong = given.size() - like; // the reader names the line of a single one
    return like > 0 && wrong <= Math.max(like > 2 ? 1 : 0, REPEATED * given.size());
  }

  private int different(int column) {
    return different.computeIfAbsent(
        column, c -> (int) rows.stream().map(row -> row[c]).distinct().count());
  }

  /** Whether it counts the rows, from 0 or 1 on. */
  private boolean isCount(int column) {
    List<String> all = cells(column).toList();
    int first = all.get(0).equals("0") ? 0 : 1;
    return IntStream.range(0, all.size())
        .allMatch(i -> all.get(i).equals(Integer.toString(first + i)));
  }

  /** The columns that name the series. */
  private List<Integer> series(List<Integer> others, List<Integer> numbers) {
    List<Integer> keys =
        others.stream()
            .filter(
                c -> !numbers.contains(c) || cells(c).allMatch(text -> text.matches("[0-9]{1,18}")))
            .filter(c -> cells(c).allMatch(text -> !text.isBlank() && text.length() <= MAX_TEXT))
            .filter(c -> different(c) * 2 <= rows.size() || rows.size() < 10)
            .sorted(
                Comparator.comparing((Integer c) -> numbers.contains(c))
                    .thenComparing(this::different))
            .limit(MAX_KEYS)
            .toList();
    if (areOnce(List.of())) {
      List<Integer> named = new ArrayList<>(keys);
      named.removeIf(c -> numbers.contains(c) && !NO_VALUE.matcher(header.get(c)).matches());
      named.removeIf(c -> !NAME.matcher(header.get(c)).matches());
      return named.stream().limit(MAX_PARTS).sorted().toList();
    }
    for (int parts = 1; parts <= MAX_PARTS; parts++) {
      List<Integer> found = once(keys, 0, List.of(), parts);
      if (found != null) {
        found.forEach(this::checkNoHour);
        return found.stream().sorted().toList();
      }
    }
    throw new IllegalArgumentException(
        "one value for each time, got %s several times and no column that tells series apart; sum"
                .formatted(Printable.line(repeated()))
            + " them up");
  }

  /** The first so many of the keys, from one on, with others before them, that rows differ in. */
  private List<Integer> once(List<Integer> keys, int from, List<Integer> before, int parts) {
    if (parts == 0) {
      return areOnce(before) ? before : null;
    }
    for (int i = from; i < keys.size(); i++) {
      List<Integer> more = new ArrayList<>(before);
      more.add(keys.get(i));
      List<Integer> found = once(keys, i + 1, more, parts - 1);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private boolean areOnce(List<Integer> keys) {
    Set<String> seen = new HashSet<>();
    for (String[] row : rows) {
      seen.add(key(row, keys));
    }
    return rows.size() - seen.size() <= REPEATED * rows.size();
  }

  private String key(String[] row, List<Integer> keys) {
    StringBuilder key = new StringBuilder(CsvRows.joined(row, time));
    keys.forEach(c -> key.append('\0').append(row[c]));
    return key.toString();
  }

  private String repeated() {
    Set<String> seen = new HashSet<>();
    return rows.stream()
        .map(row -> key(row, List.of()))
        .filter(key -> !seen.add(key))
        .findFirst()
        .orElse("");
  }

  private void checkNoHour(int column) {
    if (different(column) >= HOURS
        && cells(column).allMatch(text -> HOUR.matcher(text).matches())) {
      throw new IllegalArgumentException(
          "a time of day such as 13:00 in %s, got '%s', which may be the hour's begin or its end;"
                  .formatted(
                      Printable.line(header.get(column)), cells(column).findFirst().orElse(""))
              + " write it so");
    }
  }
}
