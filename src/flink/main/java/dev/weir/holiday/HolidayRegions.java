package dev.weir.holiday;

import de.focus_shift.jollyday.core.CalendarHierarchy;
import de.focus_shift.jollyday.core.Holiday;
import de.focus_shift.jollyday.core.HolidayManager;
import de.focus_shift.jollyday.core.HolidayType;
import de.focus_shift.jollyday.core.ManagerParameters;
import dev.weir.forecast.holiday.HolidayDays;
import dev.weir.forecast.holiday.HolidaySettings;
import dev.weir.option.ForecastOptions;
import dev.weir.option.HolidayOptions;
import dev.weir.spec.ForecastSpec;
import java.time.LocalDate;
import java.time.Year;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The public holidays of countries and their parts, as the library Jollyday knows them. A region is
 * written as in ISO 3166: {@code DE}, or {@code DE-BE} for Berlin, which has those of {@code DE}
 * too.
 */
public final class HolidayRegions {

  private static final Pattern CODE = Pattern.compile("[A-Za-z]{2}(-[A-Za-z0-9]{1,5}){0,3}");
  private static final int MAX_SHOWN = 30;

  private HolidayRegions() {}

  /** The holidays of a specification. What is wrong becomes a problem of its front. */
  public static HolidaySettings settings(ForecastSpec spec) {
    HolidayDays days = new HolidayDays(Map.of());
    try {
      days = days(spec.get(HolidayOptions.REGIONS));
    } catch (IllegalArgumentException e) {
      spec.front().problem(HolidayOptions.REGIONS, e.getMessage());
    }
    return new HolidaySettings(spec.get(ForecastOptions.TIME_ZONE), days);
  }

  /**
   * Days that are a holiday in at least one of some regions.
   *
   * @throws IllegalArgumentException for a region that Jollyday does not know, in one line
   */
  public static HolidayDays days(List<String> regions) {
    Map<LocalDate, String> days = new TreeMap<>();
    for (String region : regions) {
      withOwnLibraries(() -> published(region))
          .forEach((day, name) -> days.merge(day, name, HolidayRegions::oneName));
    }
    return new HolidayDays(days);
  }

  /** The name of a day that has two: the first one in the alphabet, whichever comes first. */
  private static String oneName(String one, String other) {
    return other.compareTo(one) < 0 ? other : one;
  }

  private static boolean isKnown(String region) {
    return CODE.matcher(region).matches()
        && HolidayManager.getSupportedCalendarCodes().contains(country(region));
  }

  private static String country(String region) {
    return region.substring(0, 2).toUpperCase(Locale.ROOT);
  }

  /**
   * Jollyday and JAXB look for their parts by the thread's class loader, which in a SQL session may
   * know nothing of a jar that was added.
   */
  private static <T> T withOwnLibraries(Supplier<T> read) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(HolidayRegions.class.getClassLoader());
    try {
      return read.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static Map<LocalDate, String> published(String region) {
    if (!isKnown(region)) {
      throw new IllegalArgumentException(
          "expected a country or a part of one such as DE or DE-BE, got " + region);
    }
    HolidayManager manager =
        HolidayManager.getInstance(
            ManagerParameters.create(country(region).toLowerCase(Locale.ROOT)));
    String[] parts = parts(manager.getCalendarHierarchy(), region);
    Map<LocalDate, String> days = new TreeMap<>();
    for (int year = HolidayDays.FIRST_YEAR; year <= HolidayDays.LAST_YEAR; year++) {
      for (Holiday holiday : manager.getHolidays(Year.of(year), parts)) {
        if (holiday.getType() == HolidayType.PUBLIC_HOLIDAY) {
          days.merge(holiday.getDate(), holiday.getPropertiesKey(), HolidayRegions::oneName);
        }
      }
    }
    return days;
  }

  private static String[] parts(CalendarHierarchy country, String region) {
    List<String> parts = new ArrayList<>();
    CalendarHierarchy at = country;
    String[] words = region.split("-");
    for (int i = 1; i < words.length; i++) {
      String word = words[i];
      Collection<String> known = at.getChildren().keySet();
      String part =
          known.stream()
              .filter(each -> each.equalsIgnoreCase(word))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException(unknown(word, known, region)));
      parts.add(part);
      at = at.getChildren().get(part);
    }
    return parts.toArray(String[]::new);
  }

  private static String unknown(String part, Collection<String> known, String region) {
    List<String> shown =
        known.stream()
            .map(each -> each.toUpperCase(Locale.ROOT))
            .sorted()
            .limit(MAX_SHOWN)
            .toList();
    return known.isEmpty()
        ? "expected no part, since none is known there, got %s (%s)".formatted(part, region)
        : "expected a part such as %s, got %s (%s)"
            .formatted(String.join(", ", shown), part, region);
  }
}
