package dev.weir.cli.evaluate;

import dev.weir.cli.console.ForecastLines;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where the ticks of a chart's axis are, and what they say: round numbers, round times in UTC. */
final class ChartAxis {

  private static final int MOST = 7;
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;
  private static final long[] STEPS = {
    1,
    10,
    100,
    1_000,
    5_000,
    15_000,
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY
  };
  private static final int[] MONTHS = {1, 3, 6, 12, 24, 60, 120, 600, 1200};
  private static final DateTimeFormatter MILLIS = format("HH:mm:ss.SSS");
  private static final DateTimeFormatter SECONDS = format("HH:mm:ss");
  private static final DateTimeFormatter MINUTES = format("MM-dd HH:mm");
  private static final DateTimeFormatter DAYS = format("yyyy-MM-dd");

  private ChartAxis() {}

  /**
   * @param at place on the axis, in its unit
   */
  record Tick(double at, String label) {}

  private static DateTimeFormatter format(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
  }

  /** Multiples of 1, 2 or 5 times a power of ten. */
  static List<Tick> ofNumbers(double low, double high) {
    if (!(high > low)) {
      return List.of(new Tick(low, ForecastLines.number(low)));
    }
    double power = Math.pow(10, Math.floor(Math.log10((high - low) / (MOST - 1))));
    double step = power;
    for (int factor : new int[] {2, 5, 10}) {
      if (Math.floor(high / step) - Math.ceil(low / step) + 1 > MOST) {
        step = factor * power;
      }
    }
    List<Tick> ticks = new ArrayList<>();
    for (double k = Math.ceil(low / step); k <= Math.floor(high / step); k++) {
      ticks.add(new Tick(k * step, number(k * step, step)));
    }
    return ticks;
  }

  private static String number(double value, double step) {
    double size = Math.max(Math.abs(value), step);
    if (size >= 1e9 || step < 1e-5) {
      return String.format(Locale.ROOT, "%.3g", value);
    }
    int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
    return String.format(
        Locale.ROOT,
        "%,." + decimals + "f",
        new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN));
  }

  /**
   * @param from milliseconds since 1970
   */
  static List<Tick> ofTimes(long from, long to) {
    for (long step : STEPS) {
      if ((to - from) / step < MOST) {
        long anchor = step % (7 * DAY) == 0 ? 4 * DAY : 0; // weeks begin on Mondays
        List<Tick> ticks = new ArrayList<>();
        long first = anchor - Math.floorDiv(anchor - from, step) * step;
        for (long at = first; at <= to; at += step) {
          DateTimeFormatter as =
              step < 1_000 ? MILLIS : step < MINUTE ? SECONDS : step < DAY ? MINUTES : DAYS;
          ticks.add(new Tick(at, as.format(Instant.ofEpochMilli(at))));
        }
        return ticks;
      }
    }
    return ofMonths(from, to);
  }

  private static List<Tick> ofMonths(long from, long to) {
    YearMonth first = YearMonth.from(Instant.ofEpochMilli(from).atOffset(ZoneOffset.UTC));
    long months = (to - from) / (30 * DAY);
    int step = MONTHS[MONTHS.length - 1];
    for (int i = MONTHS.length - 1; i >= 0 && months / MONTHS[i] < MOST; i--) {
      step = MONTHS[i];
    }
    List<Tick> ticks = new ArrayList<>();
    long number = 12L * first.getYear() + first.getMonthValue() - 1;
    YearMonth month = first.minusMonths(Math.floorMod(number, step));
    for (; ticks.size() <= 2 * MOST; month = month.plusMonths(step)) {
      long at = month.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
      if (at > to) {
        break;
      }
      if (at >= from) {
        ticks.add(new Tick(at, step < 12 ? month.toString() : Integer.toString(month.getYear())));
      }
    }
    return ticks;
  }
}
