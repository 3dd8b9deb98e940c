package dev.weir.forecast.holiday;

/**
 * The holidays of one series by some {@link HolidaySettings}. Never saved: they are found again by
 * the name of the series. Immutable.
 */
public final class SeriesHolidays {

  private final HolidaySettings settings;
  private final HolidayDays days;

  SeriesHolidays(HolidaySettings settings, HolidayDays days) {
    this.settings = settings;
    this.days = days;
  }

  /** Whether they are by these settings, the very same object. */
  boolean isOf(HolidaySettings others) {
    return settings == others;
  }

  HolidayDays days() {
    return days;
  }
}
