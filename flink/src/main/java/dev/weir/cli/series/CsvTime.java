package dev.weir.cli.series;

import dev.weir.kafka.mapping.TimeText;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/**
 * Times as CSV files have them: those of {@link TimeText#iso}, or whole seconds or milliseconds
 * since 1970.
 */
final class CsvTime {

  static final String EXPECTED =
      "a time such as 2026-01-31T12:00:00Z, 2026-01-31 12:00, 2026/1/31 12:00 or 2026-01-31, or"
          + " seconds or milliseconds since 1970";

  private static final DateTimeFormatter SLASHES = // as spreadsheets write it
      DateTimeFormatter.ofPattern("uuuu/M/d[ H:mm[:ss]]", Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  /** Seconds from here on are dates after 1973; fewer digits may be a date such as 20260131. */
  private static final long MIN_SECONDS = 100_000_000L;

  private static final long MAX_SECONDS = 10_000_000_000L; // in 2286

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
    return text.indexOf('/') == 4 ? slashes(text) : TimeText.iso(text);
  }

  private static long slashes(String text) {
    TemporalAccessor read = SLASHES.parseBest(text, LocalDateTime::from, LocalDate::from);
    LocalDateTime time =
        read instanceof LocalDate date ? date.atStartOfDay() : (LocalDateTime) read;
    return time.toInstant(ZoneOffset.UTC).toEpochMilli();
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
