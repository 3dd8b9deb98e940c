package dev.weir.forecast.holiday;

import dev.weir.model.LocalClock;

/**
 * The local days of the values of one series, by the index of a value: the newest value's time and
 * the time from one value to the next give those of the others, also of values to come.
 *
 * <p>Of daily values each counts for a day of its own, whatever the clock does: the newest for the
 * local day two hours after its time, the others for those before and after that. So values of
 * local midnight keep their day when their times are snapped to a grid of 24 hours and thus are at
 * 23:00 for half of the year.
 *
 * <p>A flyweight, bound for each value; not thread-safe. Binding allocates nothing.
 */
public final class SeriesCalendar {

  /** The kinds of days on which a forecast is corrected. */
  static final int HOLIDAY = 0;

  static final int DAY_BEFORE = 1;
  static final int DAY_AFTER = 2;
  static final int WEEK_AFTER = 3;
  static final int KINDS = 4;

  /** Any other day. */
  static final int NORMAL = -1;

  private static final long DAY = 86_400_000;
  private static final int WEEK = 7;
  private static final long TOLERANCE = 2 * 3_600_000; // no clock is put on or back by more
  private static final int FIRST_WEEKDAY = 4; // 1970 began on a Thursday; 0 is Sunday

  private final LocalClock clock;
  private final HolidayDays days;
  private long newest; // index
  private long time; // of the newest value
  private long spacing;
  private int perDay;
  private long daily; // day of the newest value, if values are daily
  private long kindOf = Long.MIN_VALUE; // the day whose kind and identity are kept
  private int kind;
  private int identity; // of that day

  public SeriesCalendar(HolidaySettings settings) {
    this.clock = new LocalClock(settings.zone());
    this.days = settings.days();
  }

  /**
   * Points at a series.
   *
   * @param index of its newest value
   * @param time of the newest value, milliseconds since 1970 in UTC
   * @param spacing milliseconds from one value to the next; 0 if that is not known
   */
  public void bind(long index, long time, long spacing) {
    this.newest = index;
    this.time = time;
    this.spacing = spacing;
    this.perDay = spacing > 0 && DAY % spacing == 0 ? (int) (DAY / spacing) : 0;
    this.daily = perDay == 1 ? Math.floorDiv(clock.local(time + TOLERANCE), DAY) : 0;
  }

  /** Values in a day; 0 if that is not known or no whole number: then no day has a kind. */
  int perDay() {
    return perDay;
  }

  /** Local day of a value, days since 1970-01-01. */
  long day(long index) {
    return perDay == 1
        ? daily + index - newest
        : Math.floorDiv(clock.local(time + (index - newest) * spacing), DAY);
  }

  /** Kind of a day, or {@link #NORMAL}. */
  int kind(long day) {
    if (day != kindOf) {
      kindOf = day;
      kind =
          days.contains(day)
              ? HOLIDAY
              : days.contains(day + 1)
                  ? DAY_BEFORE
                  : days.contains(day - 1)
                      ? DAY_AFTER
                      : days.contains(day - WEEK) ? WEEK_AFTER : NORMAL;
      identity = days.identity(day);
    }
    return kind;
  }

  /** Which holiday a day is, see {@link HolidayDays#identity}. */
  int identity(long day) {
    return kind(day) == HOLIDAY ? identity : HolidayDays.UNNAMED;
  }

  /** Days from a day back to Sunday, 0 to 6. */
  static int sinceSunday(long day) {
    return (int) Math.floorMod(day + FIRST_WEEKDAY, (long) WEEK);
  }
}
