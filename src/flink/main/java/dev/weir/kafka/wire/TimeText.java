package dev.weir.kafka.wire;

import com.ethlo.time.ITU;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;

/**
 * Times as texts: numbers since 1970, or ISO 8601 with T or a space, with or without an offset, a
 * time of day or a day of the month. Without an offset a time is UTC.
 */
public final class TimeText {

  /** What a number counts. */
  public enum Unit {
    /** What gives a time from 1973 to 2286: seconds, milliseconds, micro- or nanoseconds. */
    AUTO(0),
    SECONDS(3),
    MILLIS(0),
    MICROS(-3),
    NANOS(-6);

    private final int toMillis; // power of ten

    Unit(int toMillis) {
      this.toMillis = toMillis;
    }
  }

  private static final Unit[] UNITS = {Unit.SECONDS, Unit.MILLIS, Unit.MICROS, Unit.NANOS};

  public static final String EXPECTED =
      "a time such as 2026-01-31T12:00:00Z, 2026-01-31 12:00 or 2026-01-31, or a number since 1970";

  private static final long MIN_SECONDS = 100_000_000L; // in 1973; a date has fewer digits
  private static final long MIN_MINUTE = 1900_01_01_00_00L; // of dates without signs: as
  private static final long MAX_MINUTE = 2100_01_01_00_00L; // milliseconds all of them are in 1976

  private static final int DATE = "2026-01-31".length();
  private static final int SECONDS = "2026-01-31T12:00:00Z".length();
  private static final int MAX_LENGTH = 64;

  private TimeText() {}

  /**
   * Milliseconds since 1970.
   *
   * @throws DateTimeException if it is no such time, or a number of which the unit is not sure
   * @throws ArithmeticException if it is beyond milliseconds
   */
  public static long millis(String text, Unit unit) {
    int length = text.length();
    if (length == 0 || length > MAX_LENGTH) {
      throw new DateTimeException("a time has 1 to %d characters".formatted(MAX_LENGTH));
    }
    if (length < 19 && isWhole(text)) {
      return ofWhole(Long.parseLong(text), unit);
    }
    return isNumber(text) ? ofNumber(text, unit) : iso(text);
  }

  /** A date has a second sign, and no date is followed by an exponent. */
  private static boolean isNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isDigit = c >= '0' && c <= '9';
      boolean isSign = (c == '-' || c == '+') && (i == 0 || isExponent(text.charAt(i - 1)));
      if (!isDigit && !isSign && c != '.' && !isExponent(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isExponent(char c) {
    return c == 'e' || c == 'E';
  }

  private static boolean isWhole(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static long ofWhole(long number, Unit unit) {
    return switch (unit == Unit.AUTO ? unit(number) : unit) {
      case SECONDS -> Math.multiplyExact(number, 1_000L);
      case MICROS -> number / 1_000;
      case NANOS -> number / 1_000_000;
      default -> number;
    };
  }

  private static long ofNumber(String text, Unit unit) {
    try {
      BigDecimal number = new BigDecimal(text);
      if (number.precision() - (long) number.scale() > 30 || number.scale() > 1_000) {
        throw new DateTimeException("a time has fewer digits");
      }
      Unit of = unit == Unit.AUTO ? unit(number.longValue()) : unit;
      return number.movePointRight(of.toMillis).setScale(0, RoundingMode.FLOOR).longValueExact();
    } catch (NumberFormatException e) {
      throw new DateTimeException("neither a number nor a time", e);
    }
  }

  /** The one by which a number is a time from 1973 to 2286, and no date such as 202601311200. */
  private static Unit unit(long number) {
    long min = MIN_SECONDS;
    for (Unit unit : UNITS) {
      if (number >= min && number / 100 < min && (number < MIN_MINUTE || number >= MAX_MINUTE)) {
        return unit;
      }
      min *= 1_000;
    }
    throw new DateTimeException("the unit is not sure");
  }

  /**
   * Milliseconds since 1970 of a time of ISO 8601 or RFC 3339.
   *
   * @throws DateTimeException if it is no such time
   */
  public static long iso(String text) {
    if (text.length() <= DATE) {
      LocalDate date =
          text.length() == DATE ? LocalDate.parse(text) : YearMonth.parse(text).atDay(1);
      return date.atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
    }
    int sign = Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
    if (sign > DATE && text.length() - sign == "+0100".length() && text.indexOf(':', sign) < 0) {
      return iso(text.substring(0, sign + 3) + ':' + text.substring(sign + 3));
    }
    if (text.length() >= SECONDS && hasOffset(text)) {
      try {
        return ITU.parseDateTime(text).toInstant().toEpochMilli(); // a tenth of the JDK's time
      } catch (DateTimeException e) {
        // what only the JDK knows: a leap second, or 24:00
      }
    }
    String iso =
        text.charAt(DATE) == ' ' ? text.substring(0, DATE) + 'T' + text.substring(DATE + 1) : text;
    if (isUtc(iso) && iso.length() >= SECONDS) {
      return Instant.parse(iso).toEpochMilli();
    }
    Instant time =
        hasOffset(iso)
            ? OffsetDateTime.parse(iso).toInstant()
            : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
    return time.toEpochMilli();
  }

  private static boolean hasOffset(String text) {
    return isUtc(text) || text.lastIndexOf('+') > DATE || text.lastIndexOf('-') > DATE;
  }

  private static boolean isUtc(String text) {
    return text.endsWith("Z") || text.endsWith("z");
  }
}
