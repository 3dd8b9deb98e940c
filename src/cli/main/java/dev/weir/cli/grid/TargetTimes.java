package dev.weir.cli.grid;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

/**
 * When the next values of a series are due. Where the newest values came on the same day of each
 * month (or of each quarter or year), or at the end of each, the next ones do; a month is no fixed
 * time, so the spacing of the forecast itself would drift.
 */
final class TargetTimes {

  /** Newest values that are looked at. */
  private static final int LOOKED_AT = 13;

  private static final int LEAST = 3;

  private TargetTimes() {}

  /**
   * The times of the next values, milliseconds.
   *
   * @param times of the series' values, ascending, milliseconds
   * @param otherwise what the forecast says; null if it knows nothing
   * @return null if nothing is known
   */
  public static long[] of(long[] times, int horizon, long[] otherwise) {
    long[] newest = newest(times);
    int months = months(newest);
    if (months == 0) {
      return otherwise;
    }
    LocalDateTime last = utc(newest[newest.length - 1]);
    int day = day(newest);
    long[] targets = new long[horizon];
    for (int i = 0; i < horizon; i++) {
      LocalDate date = onDay(YearMonth.from(last).plusMonths((i + 1L) * months), day);
      targets[i] = date.atTime(last.toLocalTime()).toInstant(ZoneOffset.UTC).toEpochMilli();
    }
    return targets;
  }

  /** Whether the newest values came at equal intervals, of time or of months. */
  public static boolean isRegular(long[] times) {
    long[] newest = newest(times);
    for (int i = 2; i < newest.length; i++) {
      if (newest[i] - newest[i - 1] != newest[1] - newest[0]) {
        return months(newest) > 0;
      }
    }
    return true;
  }

  private static long[] newest(long[] times) {
    return Arrays.copyOfRange(times, Math.max(0, times.length - LOOKED_AT), times.length);
  }

  /** Months from each time to the next; 0 if they are not the same, or it is no such series. */
  private static int months(long[] times) {
    if (times.length < LEAST) {
      return 0;
    }
    int day = day(times);
    LocalDateTime first = utc(times[0]);
    long step = monthsBetween(first, utc(times[1]));
    for (int i = 0; i < times.length; i++) {
      LocalDateTime time = utc(times[i]);
      YearMonth month = YearMonth.from(first).plusMonths(i * step);
      boolean fits =
          time.toLocalDate().equals(onDay(month, day))
              && time.toLocalTime().equals(first.toLocalTime());
      if (!fits) {
        return 0;
      }
    }
    return (int) step;
  }

  private static long monthsBetween(LocalDateTime from, LocalDateTime to) {
    return ChronoUnit.MONTHS.between(YearMonth.from(from), YearMonth.from(to));
  }

  /** The day of the month that all times are on, as far as their months have it. */
  static int day(long[] times) {
    int day = 0;
    boolean ends = true;
    for (long time : times) {
      LocalDate date = utc(time).toLocalDate();
      day = Math.max(day, date.getDayOfMonth());
      ends &= date.getDayOfMonth() == date.lengthOfMonth();
    }
    return ends ? 31 : day;
  }

  static LocalDate onDay(YearMonth month, int day) {
    return month.atDay(Math.min(day, month.lengthOfMonth()));
  }

  static LocalDateTime utc(long time) {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(time, 1000L), Math.floorMod(time, 1000) * 1_000_000, ZoneOffset.UTC);
  }
}
