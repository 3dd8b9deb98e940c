package dev.weir.cli.series;

import dev.weir.kafka.wire.TimeText;
import dev.weir.kafka.wire.TimeText.Unit;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/** Times as CSV files have them: those of {@link TimeText}, or dates with slashes. */
final class CsvTime {

  static final String EXPECTED =
      "a time such as 2026-01-31T12:00:00Z, 2026-01-31 12:00, 2026/1/31 12:00 or 2026-01-31, or"
          + " seconds or milliseconds since 1970";

  private static final DateTimeFormatter SLASHES = // as spreadsheets write it
      DateTimeFormatter.ofPattern("uuuu/M/d[ H:mm[:ss]]", Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private CsvTime() {}

  /**
   * Milliseconds since 1970.
   *
   * @throws DateTimeException if it is no such time
   * @throws ArithmeticException if it is beyond milliseconds
   */
  static long millis(String text) {
    return text.indexOf('/') == 4 ? slashes(text) : TimeText.millis(text, Unit.AUTO);
  }

  private static long slashes(String text) {
    TemporalAccessor read = SLASHES.parseBest(text, LocalDateTime::from, LocalDate::from);
    LocalDateTime time =
        read instanceof LocalDate date ? date.atStartOfDay() : (LocalDateTime) read;
    return time.toInstant(ZoneOffset.UTC).toEpochMilli();
  }
}
