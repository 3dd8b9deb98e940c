package dev.weir.holiday;

import de.focus_shift.jollyday.core.CalendarHierarchy;
import de.focus_shift.jollyday.core.Holiday;
import de.focus_shift.jollyday.core.HolidayManager;
import de.focus_shift.jollyday.core.HolidayType;
import de.focus_shift.jollyday.core.ManagerParameters;
import dev.weir.forecast.holiday.HolidayDays;
import dev.weir.forecast.holiday.HolidaySettings;
import dev.weir.forecast.holiday.HolidaySettings.Override;
import dev.weir.option.ForecastOptions;
import dev.weir.option.HolidayOptions;
import dev.weir.option.Option;
import dev.weir.spec.ForecastSpec;
import dev.weir.spec.Front;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.Year;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The holidays of regions: public holidays of countries and their parts, as the library Jollyday
 * knows them, and the days of a {@link HolidayFile}. A region is written as in ISO 3166: {@code
 * DE}, or {@code DE-BE} for Berlin, which has those of {@code DE} too.
 */
public final class HolidayRegions {

  /** As the only region: no holidays at all. */
  public static final String NONE = "none";

  private static final Pattern CODE = Pattern.compile("[A-Za-z]{2}(-[A-Za-z0-9]{1,5}){0,3}");
  private static final int MAX_SHOWN = 30;

  private final Map<String, Map<LocalDate, String>> own; // by region; of all regions by ""
  private final Set<String> used = new TreeSet<>();
  private final Map<Set<String>, HolidayDays> found = new HashMap<>(); // by regions

  /**
   * @param own days of a file with their names; empty without one
   */
  public HolidayRegions(Map<String, Map<LocalDate, String>> own) {
    this.own = own;
  }

  /**
   * The holidays of a specification. What is wrong becomes a problem of its front.
   *
   * @param directory where a relative path of a file starts; null for the working directory
   * @param ofOverrides the option of other regions for some series
   * @param overrides reads these
   */
  public static HolidaySettings settings(
      ForecastSpec spec,
      Path directory,
      Option<?> ofOverrides,
      Function<HolidayRegions, List<Override>> overrides) {
    Front front = spec.front();
    String file = spec.get(HolidayOptions.FILE);
    HolidayRegions regions =
        new HolidayRegions(
            file == null
                ? Map.of()
                : checked(
                    front, HolidayOptions.FILE, Map.of(), () -> HolidayFile.read(file, directory)));
    HolidaySettings settings =
        new HolidaySettings(
            spec.get(ForecastOptions.TIME_ZONE),
            checked(
                front,
                HolidayOptions.REGIONS,
                new HolidayDays(Map.of()),
                () -> regions.days(spec.get(HolidayOptions.REGIONS))),
            checked(front, ofOverrides, List.of(), () -> overrides.apply(regions)));
    if (!regions.unused().isEmpty()) {
      front.problem(
          HolidayOptions.FILE,
          "expected regions that %s or %s names, got %s"
              .formatted(
                  front.name(HolidayOptions.REGIONS), front.name(ofOverrides), regions.unused()));
    }
    return settings;
  }

  private static <T> T checked(Front front, Option<?> option, T otherwise, Supplier<T> read) {
    try {
      return read.get();
    } catch (IllegalArgumentException e) {
      front.problem(option, e.getMessage());
      return otherwise;
    }
  }

  /**
   * Days that are a holiday in at least one of some regions; the same object for the same regions.
   *
   * @throws IllegalArgumentException for a region that neither Jollyday nor the file knows, in one
   *     line
   */
  public HolidayDays days(List<String> regions) {
    Set<String> key = Set.copyOf(regions);
    HolidayDays days = found.get(key);
    if (days == null) {
      days = find(regions);
      found.put(key, days);
    }
    return days;
  }

  private HolidayDays find(List<String> regions) {
    if (regions.equals(List.of(NONE))) {
      return new HolidayDays(Map.of());
    }
    Map<LocalDate, String> days = new TreeMap<>(own.getOrDefault(HolidayFile.ALL, Map.of()));
    for (String region : regions) {
      Map<LocalDate, String> ofFile = own.get(region);
      if (ofFile != null) {
        used.add(region);
        ofFile.forEach((day, name) -> days.merge(day, name, HolidayFile::oneName));
      }
      if (ofFile == null || isKnown(region)) {
        withOwnLibraries(() -> published(region))
            .forEach((day, name) -> days.merge(day, name, HolidayFile::oneName));
      }
    }
    return new HolidayDays(days);
  }

  /** Regions of the file that nobody has asked for. */
  public Set<String> unused() {
    Set<String> unused = new TreeSet<>(own.keySet());
    unused.removeAll(used);
    unused.remove(HolidayFile.ALL);
    return unused;
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
          "expected a country or a part of one such as DE or DE-BE, or a region of the holidays"
              + " file, got "
              + region);
    }
    HolidayManager manager =
        HolidayManager.getInstance(
            ManagerParameters.create(country(region).toLowerCase(Locale.ROOT)));
    String[] parts = parts(manager.getCalendarHierarchy(), region);
    Map<LocalDate, String> days = new TreeMap<>();
    for (int year = HolidayDays.FIRST_YEAR; year <= HolidayDays.LAST_YEAR; year++) {
      for (Holiday holiday : manager.getHolidays(Year.of(year), parts)) {
        if (holiday.getType() == HolidayType.PUBLIC_HOLIDAY) {
          days.merge(holiday.getDate(), holiday.getPropertiesKey(), HolidayFile::oneName);
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
