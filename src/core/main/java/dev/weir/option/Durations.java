package dev.weir.option;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses and prints durations: {@code 60s}, {@code 5 min}, {@code PT1H}. */
public final class Durations {

  private static final Pattern COUNT = Pattern.compile("([0-9]+)\\s*(\\p{L}*)");

  private Durations() {}

  /**
   * Reads ISO 8601, negative ones too, or a number with a unit as Flink writes it; a number alone
   * counts milliseconds.
   *
   * @throws IllegalArgumentException when the text is no duration, or one that is too long
   */
  public static Duration parse(String text) {
    try {
      Matcher count = COUNT.matcher(text.trim());
      return count.matches()
          ? Duration.of(Long.parseLong(count.group(1)), unit(count.group(2)))
          : Duration.parse(text);
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** As {@link #shown(Duration)}. */
  public static String shown(long millis) {
    return shown(Duration.ofMillis(millis));
  }

  /** For people, in the two largest units that it has: {@code 5 h 40 min}, {@code 1.2 s}. */
  public static String shown(Duration duration) {
    Duration d = duration.abs();
    return (duration.isNegative() ? "-" : "")
        + (d.toDays() > 0
            ? pair(d.toDays(), "d", d.toHoursPart(), "h")
            : d.toHours() > 0
                ? pair(d.toHours(), "h", d.toMinutesPart(), "min")
                : d.toMinutes() > 0
                    ? pair(d.toMinutes(), "min", d.toSecondsPart(), "s")
                    : d.isZero() || d.toSeconds() > 0
                        ? d.toSeconds() + (tenths(d) > 0 ? "." + tenths(d) : "") + " s"
                        : d.toMillis() + " ms");
  }

  /** Tenths of a second, of durations below 10 s only. */
  private static int tenths(Duration d) {
    return d.toSeconds() < 10 ? d.toMillisPart() / 100 : 0;
  }

  private static String pair(long count, String unit, int rest, String smaller) {
    return count + " " + unit + (rest == 0 ? "" : " " + rest + " " + smaller);
  }

  private static ChronoUnit unit(String label) {
    return switch (label.toLowerCase(Locale.ROOT)) {
      case "d", "day", "days" -> ChronoUnit.DAYS;
      case "h", "hour", "hours" -> ChronoUnit.HOURS;
      case "m", "min", "minute", "minutes" -> ChronoUnit.MINUTES;
      case "s", "sec", "secs", "second", "seconds" -> ChronoUnit.SECONDS;
      case "", "ms", "milli", "millis", "millisecond", "milliseconds" -> ChronoUnit.MILLIS;
      case "\u00b5s", "micro", "micros", "microsecond", "microseconds" -> ChronoUnit.MICROS;
      case "ns", "nano", "nanos", "nanosecond", "nanoseconds" -> ChronoUnit.NANOS;
      default -> throw new IllegalArgumentException(label);
    };
  }

  /** Times are in milliseconds; a finer duration would be truncated silently. */
  static boolean isWholeMillis(Duration duration) {
    return duration.getNano() % 1_000_000 == 0;
  }
}
