package dev.weir.cli.grid;

import dev.weir.option.Durations;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;

/**
 * The interval of a series: a fixed time, or months, which have different lengths.
 *
 * @param millis of a fixed time; those of average months otherwise
 * @param months 0 for a fixed time
 */
record Spacing(long millis, int months) {

  private static final long HOUR = 3_600_000L;
  private static final long DAY = 24 * HOUR;
  private static final long MONTH = 2_629_746_000L; // a 4,800th of 400 years

  /** Fewer values may be equally far apart by chance. */
  private static final int MIN_VALUES = 10;

  private static final double MIN_ON_GRID = 0.99;

  private static final Map<Long, String> UNITS =
      Map.of(
          1_000L,
          "second",
          60_000L,
          "minute",
          HOUR,
          "hour",
          DAY,
          "day",
          7 * DAY,
          "week",
          MONTH,
          "month",
          3 * MONTH,
          "quarter",
          12 * MONTH,
          "year");

  static Spacing ofMonths(int months) {
    return new Spacing(MONTH * months, months);
  }

  /**
   * From a duration such as PT15M, or a period of days or months such as P1D, P1W or P1M.
   *
   * @throws IllegalArgumentException if it is neither, or not above 0
   */
  static Spacing parse(String text) {
    Spacing read;
    if (text.matches("P[0-9]{1,4}[YMW]")) {
      Period period = Period.parse(text);
      int months = Math.toIntExact(period.toTotalMonths());
      read = months > 0 ? ofMonths(months) : new Spacing(DAY * period.getDays(), 0);
    } else {
      Duration duration = Durations.parse(text);
      boolean fits = duration.compareTo(Duration.ofDays(3_650)) <= 0;
      read = new Spacing(fits ? duration.toMillis() : 0, 0);
    }
    if (read.millis < 1) {
      throw new IllegalArgumentException(text);
    }
    return read;
  }

  /**
   * That of which nearly all distances are multiples.
   *
   * @param times ascending
   * @return null if no spacing fits
   */
  static Spacing find(long[] times) {
    if (times.length < MIN_VALUES) {
      return null;
    }
    long[] distances = new long[times.length - 1];
    Arrays.setAll(distances, i -> month(times[i + 1]) - month(times[i]));
    int months = Math.toIntExact(median(distances));
    if (months > 0 && ofMonths(months).fits(times)) {
      return ofMonths(months);
    }
    Arrays.setAll(distances, i -> times[i + 1] - times[i]);
    Spacing fixed = new Spacing(median(distances), 0);
    return fixed.fits(times) ? fixed : null;
  }

  private static long median(long[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private boolean fits(long[] times) {
    // a day of local time is so much shorter or longer where the clock changes
    long allowed = months > 0 ? HOUR : Math.max(millis / 20, millis % DAY == 0 ? HOUR : 0);
    int day = TargetTimes.day(times);
    long before = -1;
    int onGrid = 0;
    for (long time : times) {
      long index = index(times[0], time);
      if (index <= before) {
        return false;
      }
      before = index;
      onGrid += Math.abs(time - time(times[0], index, day)) <= allowed ? 1 : 0;
    }
    return onGrid >= MIN_ON_GRID * times.length;
  }

  /** Steps from the first time to the nearest one of another. */
  long index(long first, long time) {
    return months == 0
        ? Math.floorDiv(time - first + millis / 2, millis)
        : Math.floorDiv(month(time) - month(first) + months / 2, months);
  }

  /**
   * The time so many steps after the first.
   *
   * @param day of the month, as {@link TargetTimes#day} has it
   */
  long time(long first, long index, int day) {
    if (months == 0) {
      return first + index * millis;
    }
    LocalDateTime start = TargetTimes.utc(first);
    return TargetTimes.onDay(YearMonth.from(start).plusMonths(index * months), day)
        .atTime(start.toLocalTime())
        .toInstant(ZoneOffset.UTC)
        .toEpochMilli();
  }

  /** Where a job's grid begins: it knows no months, but their middles are in the right ones. */
  long start(long first) {
    YearMonth month = YearMonth.from(TargetTimes.utc(first));
    return months == 0
        ? first
        : month.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli() + MONTH / 2;
  }

  /** Such as day; value for others. */
  String unit() {
    return UNITS.getOrDefault(millis, "value");
  }

  private static long month(long time) {
    LocalDateTime utc = TargetTimes.utc(time);
    return 12L * utc.getYear() + utc.getMonthValue();
  }
}
