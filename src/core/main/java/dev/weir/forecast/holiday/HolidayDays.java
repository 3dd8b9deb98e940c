package dev.weir.forecast.holiday;

import java.io.Serializable;
import java.time.LocalDate;
import java.time.Year;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A set of days of the years {@value #FIRST_YEAR} to {@value #LAST_YEAR}; outside of them no day is
 * a holiday. Immutable. Takes 6 kB and 4 bytes for each day; {@link #contains} costs the same for
 * each day.
 */
public final class HolidayDays implements Serializable {

  public static final int FIRST_YEAR = 1970;
  public static final int LAST_YEAR = 2100;

  private static final long serialVersionUID = 1L;

  /** Days from the first day to the last one, which begin with epoch day 0. */
  private static final int DAYS = (int) Year.of(LAST_YEAR + 1).atDay(1).toEpochDay();

  /** Identity of a day that is no holiday with a name. */
  public static final int UNNAMED = 0;

  private static final int MAX_IDENTITY = (1 << 24) - 1; // exact as a float

  private final int[] identities; // of the days, in their order
  private final long[] bits = new long[(DAYS + Long.SIZE - 1) / Long.SIZE]; // by epoch day

  /** Days without names. Ignores days of other years. */
  public HolidayDays(Collection<LocalDate> days) {
    this(days.stream().collect(Collectors.toMap(day -> day, day -> "", (a, b) -> a)));
  }

  /** Days with the name of their holiday, the same one each year, or ""; ignores other years. */
  public HolidayDays(Map<LocalDate, String> days) {
    int[] found = new int[days.size()];
    int count = 0;
    for (Map.Entry<LocalDate, String> entry : new TreeMap<>(days).entrySet()) {
      long number = entry.getKey().toEpochDay();
      if (number >= 0 && number < DAYS) {
        bits[(int) number / Long.SIZE] |= 1L << number;
        String name = entry.getValue();
        found[count++] =
            name.isEmpty() ? UNNAMED : 1 + Math.floorMod(name.hashCode(), MAX_IDENTITY);
      }
    }
    identities = Arrays.copyOf(found, count);
  }

  /** Which holiday a day is: 1 to 2^24 - 1 by its name, or {@link #UNNAMED}. Keep the result. */
  public int identity(long day) {
    if (!contains(day)) {
      return UNNAMED;
    }
    int word = (int) day / Long.SIZE;
    int before = Long.bitCount(bits[word] & (1L << day) - 1);
    for (int w = 0; w < word; w++) {
      before += Long.bitCount(bits[w]);
    }
    return identities[before];
  }

  /**
   * @param day days since 1970-01-01
   */
  public boolean contains(long day) {
    return day >= 0 && day < DAYS && (bits[(int) day / Long.SIZE] >>> day & 1) == 1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HolidayDays days
        && Arrays.equals(bits, days.bits)
        && Arrays.equals(identities, days.identities);
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
