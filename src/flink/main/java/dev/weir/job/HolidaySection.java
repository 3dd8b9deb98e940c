package dev.weir.job;

import dev.weir.forecast.learn.HolidayDays;
import dev.weir.forecast.learn.HolidaySettings;
import dev.weir.forecast.learn.HolidaySettings.Override;
import dev.weir.holiday.HolidayFile;
import dev.weir.holiday.HolidayRegions;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.HolidayOptions;
import dev.weir.option.Option;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads the section {@code holidays} of a job file. What is wrong becomes a problem of the file.
 */
public final class HolidaySection {

  private HolidaySection() {}

  /** Whether the job file names holidays. */
  public static boolean isIn(JobFile file) {
    return file.has(HolidayOptions.REGIONS)
        || file.has(HolidayOptions.FILE)
        || file.hasSection("holidays.overrides[0]");
  }

  /**
   * Notes options of a job with forecasts that nothing would read: a time zone without a calendar,
   * holidays unlearned.
   */
  public static void check(JobFile file, boolean learns) {
    if (JobOptions.MODES.stream().noneMatch(mode -> file.hasSection(mode.section()))) {
      return;
    }
    boolean hasCalendar = !file.get(ForecastOptions.CALENDAR).isEmpty();
    if (file.has(ForecastOptions.TIME_ZONE) && !hasCalendar && !isIn(file)) {
      file.problem(
          ForecastOptions.TIME_ZONE, "expected holidays or window.calendar beside it, got neither");
    }
    if (isIn(file) && !learns) {
      file.problem(HolidayOptions.REGIONS, "expected none without a mixture that learns, got some");
    }
  }

  /**
   * The holidays of the series; null for none.
   *
   * @param directory where a relative path of the file begins
   */
  public static HolidaySettings read(JobFile file, Path directory) {
    if (!isIn(file)) {
      return null;
    }
    String problem = HolidayOptions.problemWith(file.get(ForecastOptions.INTERVAL));
    if (problem != null) {
      file.problem(ForecastOptions.INTERVAL, problem);
    }
    HolidayRegions regions = new HolidayRegions(own(file, directory));
    HolidayDays common = days(file, HolidayOptions.REGIONS, regions);
    List<Override> overrides = new ArrayList<>();
    int entries = file.entries(HolidayOptions.SERIES, HolidayOptions.MAX_OVERRIDES);
    for (int i = 0; i < entries; i++) {
      Pattern series = file.require(HolidayOptions.SERIES.at(i));
      if (!file.has(HolidayOptions.SERIES_REGIONS.at(i))) {
        file.problem(
            HolidayOptions.SERIES_REGIONS.at(i),
            "expected a list of regions, or none, got nothing");
      }
      overrides.add(new Override(series, days(file, HolidayOptions.SERIES_REGIONS.at(i), regions)));
    }
    if (!regions.unused().isEmpty()) {
      file.problem(
          HolidayOptions.FILE,
          "expected regions that holidays.regions or an entry of holidays.overrides names, got "
              + regions.unused());
    }
    return new HolidaySettings(file.get(ForecastOptions.TIME_ZONE), common, overrides);
  }

  private static Map<String, Map<LocalDate, String>> own(JobFile file, Path directory) {
    String location = file.get(HolidayOptions.FILE);
    if (location == null) {
      return Map.of();
    }
    try {
      return HolidayFile.read(directory.resolve(location));
    } catch (IllegalArgumentException e) {
      file.problem(HolidayOptions.FILE, e.getMessage());
      return Map.of();
    }
  }

  private static HolidayDays days(
      JobFile file, Option<List<String>> option, HolidayRegions regions) {
    try {
      return regions.days(file.get(option));
    } catch (IllegalArgumentException e) {
      file.problem(option, e.getMessage());
      return new HolidayDays(Map.of());
    }
  }
}
