package dev.weir.forecast.holiday;

import dev.weir.forecast.alarm.NameMatcher;
import java.io.Serializable;
import java.time.ZoneId;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which days are holidays of which series. Goes to the tasks with the job graph, with its days.
 *
 * @param zone in which a day begins and ends
 * @param days holidays of all other series
 * @param overrides the first one that matches the name of a series has its holidays
 */
public record HolidaySettings(ZoneId zone, HolidayDays days, List<Override> overrides)
    implements Serializable {

  public HolidaySettings {
    overrides = List.copyOf(overrides);
  }

  /**
   * The holidays of some series.
   *
   * @param series matches their whole names
   */
  public record Override(Pattern series, HolidayDays days) implements Serializable {}

  HolidayDays of(String series) {
    for (Override override : overrides) {
      if (NameMatcher.match(override.series(), series) != null) {
        return override.days();
      }
    }
    return days;
  }
}
