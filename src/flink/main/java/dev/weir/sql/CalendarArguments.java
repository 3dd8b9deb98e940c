package dev.weir.sql;

import dev.weir.forecast.learn.HolidaySettings;
import dev.weir.forecast.learn.HolidaySettings.Override;
import dev.weir.holiday.HolidayOverrides;
import dev.weir.holiday.HolidayRegions;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.option.ForecastOptions;
import dev.weir.option.HolidayOptions;
import dev.weir.option.Option;
import dev.weir.sql.file.HolidayFileLoader;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The arguments of a call that say what days are holidays, and in which time zone. */
final class CalendarArguments {

  /** Those that say which days are holidays of which series. */
  static final List<Option<?>> HOLIDAYS =
      List.of(HolidayOptions.REGIONS, HolidayOptions.FILE, Signature.HOLIDAYS_OVERRIDES);

  private final CallArguments arguments;

  CalendarArguments(CallArguments arguments) {
    this.arguments = arguments;
  }

  private boolean hasHolidays() {
    return HOLIDAYS.stream().anyMatch(arguments::isGiven);
  }

  /** Checks what can be checked without reading a file or looking for days. */
  void check() {
    HOLIDAYS.forEach(arguments::get);
    boolean mayHaveCalendar =
        arguments.isGiven(ForecastOptions.CALENDAR) || arguments.isGiven(ForecastOptions.FILE);
    checkZone(mayHaveCalendar);
    String problem = HolidayOptions.problemWith(arguments.get(ForecastOptions.INTERVAL));
    if (hasHolidays() && problem != null) {
      throw arguments.wrong(ForecastOptions.INTERVAL, problem);
    }
  }

  /** A zone that nothing reads is a mistake. */
  private void checkZone(boolean hasCalendar) {
    if (!hasHolidays() && !hasCalendar) {
      arguments.refuse(
          List.of(ForecastOptions.TIME_ZONE), "holidays or calendar beside it", "neither");
    }
  }

  /**
   * What a base model reads of each time: as the argument says, or else as its file does.
   *
   * @param model null while none has been read
   */
  List<Calendar> calendar(ForecastModel model) {
    if (model == null) {
      return arguments.get(ForecastOptions.CALENDAR);
    }
    List<Calendar> calendar = arguments.get(ForecastOptions.CALENDAR, model.calendar());
    checkZone(!calendar.isEmpty());
    return calendar;
  }

  /** The holidays of the series; null for none. Reads the file. */
  HolidaySettings holidays() {
    if (!hasHolidays()) {
      return null;
    }
    String file = arguments.get(HolidayOptions.FILE);
    Map<String, Map<LocalDate, String>> own =
        file == null ? Map.of() : checked(HolidayOptions.FILE, () -> HolidayFileLoader.read(file));
    HolidayRegions regions = new HolidayRegions(own);
    HolidaySettings settings =
        new HolidaySettings(
            arguments.get(ForecastOptions.TIME_ZONE),
            checked(
                HolidayOptions.REGIONS, () -> regions.days(arguments.get(HolidayOptions.REGIONS))),
            checked(Signature.HOLIDAYS_OVERRIDES, () -> overrides(regions)));
    if (!regions.unused().isEmpty()) {
      throw arguments.wrong(
          HolidayOptions.FILE,
          "regions that holidays or holidays_overrides names",
          regions.unused());
    }
    return settings;
  }

  private List<Override> overrides(HolidayRegions regions) {
    String json = arguments.get(Signature.HOLIDAYS_OVERRIDES);
    return json == null ? List.of() : HolidayOverrides.parse(json, regions);
  }

  private <T> T checked(Option<?> option, Supplier<T> read) {
    try {
      return read.get();
    } catch (IllegalArgumentException e) {
      throw arguments.wrong(arguments.signature().label(option), e.getMessage());
    }
  }
}
