package dev.weir.cli.series;

import dev.weir.kafka.wire.TimeText;
import dev.weir.kafka.wire.TimeText.Unit;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Times as one CSV file writes them: those of {@link TimeText}, or dates such as {@code 2026/1/31},
 * {@code 31.1.2026}, {@code 31/1/2026} and {@code 1/31/2026}, with or without a time of day.
 * Without an offset a time is UTC. Whether the day or the month comes first is found in the file's
 * cells, where no point says so. Not thread-safe.
 */
public final class CsvTime {

  public static final String EXPECTED =
      "a time such as 2026-01-31T12:00:00Z, 2026-01-31 12:00, 2026/1/31 12:00, 31.1.2026 12:00,"
          + " 1/31/2026 12:00 PM or 2026-01-31, or seconds or milliseconds since 1970";

  /** A time on the command line, in milliseconds since 1970. */
  public static final class Converter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      try {
        return millis(text);
      } catch (DateTimeException | ArithmeticException e) {
        throw new TypeConversionException("expected %s, got '%s'".formatted(EXPECTED, text));
      }
    }
  }

  /** From {@code dd.MM.yyyy HH:mm}. */
  static final class PatternConverter implements ITypeConverter<DateTimeFormatter> {
    @Override
    public DateTimeFormatter convert(String pattern) {
      try {
        return dates(pattern);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            "expected a pattern such as dd.MM.yyyy HH:mm, got '%s'".formatted(pattern));
      }
    }
  }

  private static final String OF_DAY = "[ h:mm[:ss] a][['T'][ ]H:mm[:ss[.SSS]]]";
  private static final DateTimeFormatter YEAR_FIRST = dates("y/M/d" + OF_DAY);
  private static final DateTimeFormatter DAY_FIRST = dates("d/M/y" + OF_DAY);
  private static final DateTimeFormatter MONTH_FIRST = dates("M/d/y" + OF_DAY);

  private static final Pattern SHORT =
      Pattern.compile("([0-9]{1,2})([./-])([0-9]{1,2})\\2([0-9]{4}|(?<!-)[0-9]{2})((?:[ T].*)?)");

  /** The years of two digits, as POSIX reads them, end here. */
  private static final int LAST_YEAR = 68;

  /** Such as 20260131 and 2026013112, which are no seconds of a time until 2030. */
  private static final Pattern DIGITS =
      Pattern.compile(
          "((?:19|20)[0-9]{2})(0[1-9]|1[0-2])([0-2][0-9]|3[01])([01][0-9]|2[0-3])?([0-5][0-9])?");

  private DateTimeFormatter dates; // null until it is found

  /**
   * @param dates null: found
   */
  CsvTime(DateTimeFormatter dates) {
    this.dates = dates;
  }

  /** Takes in a cell that may say whether days or months come first. */
  void look(String text) {
    Matcher date = SHORT.matcher(text);
    if (dates == null && date.matches()) {
      boolean isDay = date.group(2).equals(".") || Integer.parseInt(date.group(1)) > 12;
      boolean isMonth = Integer.parseInt(date.group(3)) > 12;
      dates = isDay ? DAY_FIRST : isMonth ? MONTH_FIRST : null;
    }
  }

  /** Whether a date is one of two days, and no cell so far says which. */
  boolean isUnclear(String text) {
    if (dates != null || text.length() < 6 || text.charAt(4) == '-') { // most are ISO 8601
      return false;
    }
    look(text);
    Matcher date = SHORT.matcher(text);
    return dates == null && date.matches() && !date.group(1).equals(date.group(3));
  }

  /** The same as {@link #read}, of a time on its own. */
  public static long millis(String text) {
    return new CsvTime(null).read(text);
  }

  /**
   * Milliseconds since 1970.
   *
   * @throws DateTimeException if it is no such time, or unclear
   * @throws ArithmeticException if it is beyond milliseconds
   */
  long read(String text) {
    if (isUnclear(text)) {
      throw new DateTimeException("one of two days");
    }
    Matcher date = SHORT.matcher(text);
    if (dates != null && dates != DAY_FIRST && dates != MONTH_FIRST) {
      return millis(text, dates);
    }
    if (date.matches()) {
      int year = Integer.parseInt(date.group(4));
      year += year > 99 ? 0 : year > LAST_YEAR ? 1900 : 2000;
      return millis(
          date.group(1) + '/' + date.group(3) + '/' + year + date.group(5),
          dates == null ? DAY_FIRST : dates);
    }
    Matcher digits = DIGITS.matcher(text);
    if (digits.matches()) {
      return millis(
          "%s/%s/%s %s:%s"
              .formatted(
                  digits.group(1),
                  digits.group(2),
                  digits.group(3),
                  Objects.requireNonNullElse(digits.group(4), "00"),
                  Objects.requireNonNullElse(digits.group(5), "00")),
          YEAR_FIRST);
    }
    return text.indexOf('/') == 4 ? millis(text, YEAR_FIRST) : TimeText.millis(text, Unit.AUTO);
  }

  static long millis(String text, DateTimeFormatter dates) {
    TemporalAccessor read =
        dates.parseBest(
            text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from, YearMonth::from);
    if (read instanceof OffsetDateTime time) {
      return time.toInstant().toEpochMilli();
    }
    LocalDateTime time =
        read instanceof LocalDateTime exact
            ? exact
            : (read instanceof YearMonth month ? month.atDay(1) : (LocalDate) read).atStartOfDay();
    return time.toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  /**
   * @throws IllegalArgumentException if it is no pattern of dates
   */
  static DateTimeFormatter dates(String pattern) {
    DateTimeFormatter dates =
        new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern(pattern.replace('y', 'u')) // a year without its era
            .toFormatter(Locale.ENGLISH)
            .withResolverStyle(ResolverStyle.STRICT);
    try {
      millis(example(dates), dates);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("no date", e);
    }
    return dates;
  }

  static String example(DateTimeFormatter dates) {
    return OffsetDateTime.of(2026, 1, 31, 12, 0, 0, 0, ZoneOffset.UTC).format(dates);
  }

  /** What a message about a text that is not read expects. */
  String expected(String text) {
    return isUnclear(text)
        ? "a day above 12 in the file, or --date-format d/M/yyyy or M/d/yyyy"
        : dates == null || dates == DAY_FIRST || dates == MONTH_FIRST
            ? EXPECTED
            : "a time such as " + example(dates);
  }

  /** In words, how dates are written; null if it is by ISO 8601 or an option. */
  String found() {
    return dates == DAY_FIRST
        ? "day before month"
        : dates == MONTH_FIRST ? "month before day" : null;
  }
}
