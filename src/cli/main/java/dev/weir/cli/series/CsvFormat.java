package dev.weir.cli.series;

import java.time.DateTimeException;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How the cells of a CSV file are written, as far as options say so.
 *
 * @param dates null: found in the file
 * @param decimal the decimal sign; null: found in the file
 */
record CsvFormat(DateTimeFormatter dates, Decimal decimal) {

  static final CsvFormat FOUND = new CsvFormat(null, null);

  /** A decimal sign; the other one may separate groups of three digits. */
  enum Decimal {
    point('.'),
    comma(',');

    private final char sign;

    Decimal(char sign) {
      this.sign = sign;
    }

    char sign() {
      return sign;
    }

    static Decimal of(char sign) {
      return sign == ',' ? comma : point;
    }

    Decimal other() {
      return this == comma ? point : comma;
    }
  }

  /** From {@code dd.MM.yyyy HH:mm}. */
  static final class DatesConverter implements ITypeConverter<DateTimeFormatter> {
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
      CsvTime.millis(CsvTime.example(dates), dates);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("no date", e);
    }
    return dates;
  }
}
