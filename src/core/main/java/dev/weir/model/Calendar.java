package dev.weir.model;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The position of a local time in a cycle of the calendar, as two inputs of a network: sine and
 * cosine of {@code 2 pi (time since the cycle's begin) / (its length)}. The time is continuous:
 * half past six is between six and seven.
 */
public enum Calendar {
  /** From each full hour. */
  MINUTE_OF_HOUR(3_600_000, 0),
  /** From midnight. */
  HOUR_OF_DAY(86_400_000, 0),
  /** From midnight of Monday; 1970 began on a Thursday. */
  DAY_OF_WEEK(7 * 86_400_000, 3 * 86_400_000),
  /** From the first of January, 365 or 366 days long. */
  DAY_OF_YEAR(0, 0);

  private final int length; // milliseconds; 0 when it depends
  private final int offset;

  Calendar(int length, int offset) {
    this.length = length;
    this.offset = offset;
  }

  /** Inputs of a network for so many of these. */
  public static int inputs(List<Calendar> calendar) {
    return 2 * calendar.size();
  }

  /** As in files and options: {@code hour-of-day}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The one of this label, or null. */
  public static Calendar ofLabel(String label) {
    for (Calendar calendar : values()) {
      if (calendar.label().equals(label)) {
        return calendar;
      }
    }
    return null;
  }

  /** Labels joined by commas. */
  public static String labels(List<Calendar> calendar) {
    return calendar.stream().map(Calendar::label).collect(Collectors.joining(","));
  }

  /**
   * Writes sine and cosine of each in turn.
   *
   * @param time milliseconds since 1970 in UTC, or as {@link LocalClock#local} gives them
   */
  public static void fill(List<Calendar> calendar, long time, float[] inputs, int at) {
    for (int i = 0; i < calendar.size(); i++) {
      double angle = 2 * Math.PI * calendar.get(i).share(time);
      inputs[at + 2 * i] = (float) Math.sin(angle);
      inputs[at + 2 * i + 1] = (float) Math.cos(angle);
    }
  }

  private double share(long time) {
    if (length > 0) {
      return (double) Math.floorMod(time + offset, (long) length) / length;
    }
    int year = Instant.ofEpochMilli(time).atOffset(ZoneOffset.UTC).getYear();
    long begin = begin(year);
    return (double) (time - begin) / (begin(year + 1) - begin);
  }

  private static long begin(int year) {
    return LocalDate.of(year, 1, 1).atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
  }
}
