package dev.weir.cli.series;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;

/**
 * Times as CSV files have them: ISO 8601 with T or a space, with or without an offset, a time of
 * day or a day of the month; or whole seconds or milliseconds since 1970. Without an offset a time
 * is UTC.
 */
final class CsvTime {

  static final String EXPECTED =
      "a time such as 2026-01-31T12:00:00Z, 2026-01-31 12:00 or 2026-01-31, or seconds or"
          + " milliseconds since 1970";

  /** Seconds from here on are dates after 1973; fewer digits may be a date such as 20260131. */
  private static final long MIN_SECONDS = 100_000_000L;

  private static final long MAX_SECONDS = 10_000_000_000L; // in 2286

  private static final int DATE = "2026-01-31".length();

  private static final int SECONDS = "2026-01-31T12:00:00Z".length();

  private CsvTime() {}

  /**
   * Milliseconds since 1970.
   *
   * @throws DateTimeException if it is no such time, or more than one
   * @throws ArithmeticException if it is beyond milliseconds
   */
  static long millis(String text) {
    if (text.matches("[0-9]{9,14}")) {
      return sinceEpoch(Long.parseLong(text));
    }
    if (text.length() <= DATE) {
      LocalDate date =
          text.length() == DATE ? LocalDate.parse(text) : YearMonth.parse(text).atDay(1);
      return date.atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
    }
    String iso =
        text.charAt(DATE) == ' ' ? text.substring(0, DATE) + 'T' + text.substring(DATE + 1) : text;
    if (iso.endsWith("Z") && iso.length() >= SECONDS) { // knows leap seconds, too
      return Instant.parse(iso).toEpochMilli();
    }
    boolean offset =
        iso.endsWith("Z") || iso.lastIndexOf('+') > DATE || iso.lastIndexOf('-') > DATE;
    Instant time =
        offset
            ? OffsetDateTime.parse(iso).toInstant()
            : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
    return time.toEpochMilli();
  }

  /** Between the last second and the first millisecond after 1973 a number could be either. */
  private static long sinceEpoch(long number) {
    if (number >= MIN_SECONDS && number < MAX_SECONDS) {
      return number * 1000;
    }
    if (number >= MIN_SECONDS * 1000) {
      return number;
    }
    throw new DateTimeException("neither seconds nor milliseconds for sure");
  }
}
