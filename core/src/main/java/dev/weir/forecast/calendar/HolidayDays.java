package dev.weir.forecast.calendar;

import java.io.Serializable;
import java.time.LocalDate;
import java.time.Year;
import java.util.Arrays;
import java.util.Collection;

/**
 * A set of days of the years {@value #FIRST_YEAR} to {@value #LAST_YEAR}; outside of them no day is
 * a holiday. Immutable. Takes 6 kB; {@link #contains} costs the same for each day.
 */
public final class HolidayDays implements Serializable {

  public static final int FIRST_YEAR = 1970;
  public static final int LAST_YEAR = 2100;

  private static final long serialVersionUID = 1L;

  /** Days from the first day to the last one, which begin with epoch day 0. */
  private static final int DAYS = (int) Year.of(LAST_YEAR + 1).atDay(1).toEpochDay();

  private final long[] bits = new long[(DAYS + Long.SIZE - 1) / Long.SIZE]; // by epoch day

  /** Ignores days of other years. */
  public HolidayDays(Collection<LocalDate> days) {
    for (LocalDate day : days) {
      long number = day.toEpochDay();
      if (number >= 0 && number < DAYS) {
        bits[(int) number / Long.SIZE] |= 1L << number;
      }
    }
  }

  /**
   * @param day days since 1970-01-01
   */
  public boolean contains(long day) {
    return day >= 0 && day < DAYS && (bits[(int) day / Long.SIZE] >>> day & 1) == 1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HolidayDays days && Arrays.equals(bits, days.bits);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bits);
  }

  /** How many days there are. */
  public int size() {
    int size = 0;
    for (long word : bits) {
      size += Long.bitCount(word);
    }
    return size;
  }
}
