package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.Allocations;
import dev.weir.forecast.Observation;
import dev.weir.forecast.holiday.HolidayDays;
import dev.weir.forecast.holiday.HolidaySettings;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forecasts of made series whose holidays are like Sundays, or like any day. */
class HolidayForecastTest {

  private static final LocalDate FIRST = LocalDate.parse("2024-01-01");
  private static final long DAY = 86_400_000;
  private static final int HORIZON = 7;

  /** Each 23rd day, so that they fall on all days of the week. */
  private static boolean isHoliday(long day) {
    return Math.floorMod(day, 23) == 11;
  }

  private static HolidaySettings holidays(ZoneId zone) {
    List<LocalDate> days = new ArrayList<>();
    for (long day = FIRST.toEpochDay(); day < FIRST.toEpochDay() + 1_000; day++) {
      if (isHoliday(day)) {
        days.add(LocalDate.ofEpochDay(day));
      }
    }
    return new HolidaySettings(zone, new HolidayDays(days));
  }

  private static double[] values(int days, double effect) {
    Random random = new Random(3);
    double[] values = new double[days];
    for (int d = 0; d < days; d++) {
      long day = FIRST.toEpochDay() + d;
      int weekday = LocalDate.ofEpochDay(day).getDayOfWeek().getValue();
      double usual = weekday == 7 ? 40 : weekday == 6 ? 70 : 100;
      double value = isHoliday(day) ? usual + effect * (40 - usual) : usual;
      values[d] = value + random.nextGaussian();
    }
    return values;
  }

  /** Mean errors of all steps: on holidays, and on days without one beside them. */
  private static double[] errors(LearnerSettings settings, double[] values) {
    Learner learner = new Learner(settings);
    LearnerState state = learner.newSeries("x", 7);
    double[] sums = new double[4];
    double[] forecast = new double[HORIZON];
    for (int d = 0; d < values.length; d++) {
      learner.observe(state, (FIRST.toEpochDay() + d) * DAY, values[d]);
      learner.forecast(state, forecast, null, null);
      for (int i = 1; d > 300 && i <= HORIZON && d + i < values.length; i++) {
        int kind = isHoliday(FIRST.toEpochDay() + d + i) ? 0 : 1;
        sums[2 * kind] += Math.abs(forecast[i - 1] - values[d + i]);
        sums[2 * kind + 1]++;
      }
    }
    return new double[] {sums[0] / sums[1], sums[2] / sums[3]};
  }

  @Test
  void holidaysLikeSundaysAreForecastSo() {
    LearnerSettings plain = LearnerSettings.small(HORIZON);
    double[] values = values(700, 1);
    double[] without = errors(plain, values);
    double[] with = errors(plain.withHolidays(holidays(ZoneOffset.UTC)), values);
    assertThat(without[0]).isGreaterThan(30); // 60 on most days of the week
    assertThat(with[0]).isLessThan(without[0] / 4);
    assertThat(with[1]).isLessThanOrEqualTo(without[1]); // a week after, it may be better
  }

  /** Hours: one day has many values, but says only once how holidays are. */
  @ParameterizedTest
  @ValueSource(ints = {1, 24})
  void firstTwoDaysOfAKindAreNotCorrected(int perDay) {
    LearnerSettings plain = LearnerSettings.small(HORIZON);
    Learner one = new Learner(plain);
    Learner other = new Learner(plain.withHolidays(holidays(ZoneOffset.UTC)));
    LearnerState first = one.newSeries("x", perDay == 1 ? 7 : perDay);
    LearnerState second = other.newSeries("x", perDay == 1 ? 7 : perDay);
    double[] values = values(300, 1);
    long spacing = DAY / perDay;
    long start = FIRST.toEpochDay() * perDay;
    long firstCorrected = Long.MAX_VALUE;
    for (int k = 0; k < values.length * perDay; k++) {
      one.observe(first, (start + k) * spacing, values[k / perDay]);
      other.observe(second, (start + k) * spacing, values[k / perDay]);
      double[] before = forecast(one, first);
      double[] corrected = forecast(other, second);
      for (int i = 1; i <= HORIZON; i++) {
        if (corrected[i - 1] != before[i - 1]) {
          firstCorrected = Math.min(firstCorrected, Math.floorDiv(start + k + i, (long) perDay));
        }
      }
    }
    int holidays = 0;
    long third = FIRST.toEpochDay();
    while (!isHoliday(third) || ++holidays < 3) {
      third++;
    }
    assertThat(firstCorrected).isBetween(third - 1, third + 69); // from the day before it
  }

  @Test
  void holidaysThatMeanNothingChangeNothing() {
    LearnerSettings plain = LearnerSettings.small(HORIZON);
    double[] values = values(500, 0);
    double[] without = errors(plain, values);
    double[] with = errors(plain.withHolidays(holidays(ZoneOffset.UTC)), values);
    assertThat(with[0]).isLessThan(1.01 * without[0]);
    assertThat(with[1]).isLessThan(1.005 * without[1]);
  }

  @ParameterizedTest
  @ValueSource(longs = {1_000, 7 * DAY, 25_200_000})
  void valuesThatAreNoPartOfADayAreForecastAsBefore(long spacing) {
    LearnerSettings plain = LearnerSettings.small(HORIZON);
    Learner one = new Learner(plain);
    Learner other = new Learner(plain.withHolidays(holidays(ZoneOffset.UTC)));
    LearnerState first = one.newSeries("x", 7);
    LearnerState second = other.newSeries("x", 7);
    double[] values = values(200, 1);
    long from = FIRST.toEpochDay() * DAY;
    for (int d = 0; d < values.length; d++) {
      one.observe(first, from + d * spacing, values[d]);
      other.observe(second, from + d * spacing, values[d]);
      assertThat(forecast(other, second)).isEqualTo(forecast(one, first));
    }
  }

  /** Hours of a series whose day is local: half a day off, a holiday would be forecast wrong. */
  @Test
  void daysAreThoseOfTheZone() {
    ZoneId zone = ZoneId.of("Asia/Tokyo");
    LearnerSettings plain = LearnerSettings.small(24);
    double right = hourlyError(plain.withHolidays(holidays(zone)), zone);
    double wrong = hourlyError(plain.withHolidays(holidays(ZoneOffset.UTC)), zone);
    assertThat(right).isLessThan(0.7 * wrong);
  }

  private static double hourlyError(LearnerSettings settings, ZoneId zone) {
    Learner learner = new Learner(settings);
    LearnerState state = learner.newSeries("x", 24);
    double[] days = values(400, 1);
    Random random = new Random(5);
    long start = FIRST.atStartOfDay(zone).toInstant().toEpochMilli();
    double sum = 0;
    int count = 0;
    double[] values = new double[days.length * 24];
    for (int h = 0; h < values.length; h++) {
      double shape = 1 + 0.3 * Math.sin(2 * Math.PI * (h % 24) / 24);
      values[h] = days[h / 24] * shape + random.nextGaussian();
    }
    double[] forecast = new double[24];
    for (int h = 0; h + 24 < values.length; h++) {
      learner.observe(state, start + h * 3_600_000L, values[h]);
      boolean isNext = isHoliday(FIRST.toEpochDay() + (h + 1) / 24);
      if ((h + 1) % 24 == 0 && isNext && h > 200 * 24) {
        learner.forecast(state, forecast, null, null);
        for (int i = 1; i <= 24; i++) {
          sum += Math.abs(forecast[i - 1] - values[h + i]);
          count++;
        }
      }
    }
    return sum / count;
  }

  @Test
  void statesWithHolidaysAreOfAnotherLayout() {
    LearnerSettings plain = LearnerSettings.small(HORIZON);
    LearnerSettings with = plain.withHolidays(holidays(ZoneOffset.UTC));
    LearnerState state = new Learner(with).newSeries("x", 7);
    assertThat(new Learner(plain).fits(state)).isFalse();
    assertThat(new Learner(plain.withHolidays(holidays(ZoneId.of("+01:00")))).fits(state)).isTrue();
    assertThat(state.bytes() - new Learner(plain).newSeries("x", 7).bytes()).isLessThan(1_500);
  }

  /** Twice a year: the spring fair, which adds 10, and the autumn fair, which takes 10. */
  private static HolidaySettings fairs(boolean areNamed) {
    Map<LocalDate, String> days = new HashMap<>();
    for (int year = 2000; year < 2012; year++) {
      days.put(LocalDate.of(year, 3, 10), areNamed ? "spring" : "");
      days.put(LocalDate.of(year, 9, 20), areNamed ? "autumn" : "");
    }
    return new HolidaySettings(ZoneOffset.UTC, new HolidayDays(days));
  }

  /** Forecasts of each day from the day before. */
  private static double[] ofFairs(boolean areNamed, double[] values, boolean isSaved) {
    LearnerSettings settings = LearnerSettings.small(1).withHolidays(fairs(areNamed));
    Learner learner = new Learner(settings);
    LearnerState state = learner.newSeries("x", 7);
    long first = LocalDate.of(2000, 1, 1).toEpochDay();
    double[] forecasts = new double[values.length];
    for (int d = 0; d + 1 < values.length; d++) {
      learner.observe(state, (first + d) * DAY, values[d]);
      forecasts[d + 1] = forecast(learner, state)[0];
      if (isSaved && d % 100 == 0) {
        state = state.copy();
        learner = new Learner(settings);
      }
    }
    return forecasts;
  }

  @Test
  void eachHolidayLearnsItsOwnEffect() {
    HolidayDays days = fairs(true).days();
    LocalDate first = LocalDate.of(2000, 1, 1);
    double[] values = new double[12 * 365];
    Random random = new Random(11);
    for (int d = 0; d < values.length; d++) {
      LocalDate day = first.plusDays(d);
      double effect = !days.contains(day.toEpochDay()) ? 0 : day.getMonthValue() == 3 ? 10 : -10;
      values[d] = 100 + (d % 7) + effect + random.nextGaussian();
    }
    double[] common = ofFairs(false, values, false);
    double[] own = ofFairs(true, values, false);
    assertThat(ofFairs(true, values, true)).isEqualTo(own);
    double[] sums = new double[2];
    int count = 0;
    for (int d = 1; d < values.length; d++) {
      if (!days.contains(first.plusDays(d).toEpochDay())) {
        assertThat(own[d]).as("day %d", d).isEqualTo(common[d]);
      } else if (d > 8 * 365) {
        sums[0] += Math.abs(common[d] - values[d]);
        sums[1] += Math.abs(own[d] - values[d]);
        count++;
      }
    }
    assertThat(sums[0] / count).isGreaterThan(8); // as if there were no holidays
    assertThat(sums[1] / count).isLessThan(4);
  }

  @ParameterizedTest
  @ValueSource(
      longs = {-62_135_596_800_000L, 253_402_300_799_999L, Long.MIN_VALUE / 2, Long.MAX_VALUE / 2})
  void farTimesAreLearned(long from) {
    Learner learner =
        new Learner(
            LearnerSettings.small(HORIZON).withHolidays(holidays(ZoneId.of("Europe/Berlin"))));
    LearnerState state = learner.newSeries("x", 7);
    for (int d = 0; d < 100; d++) {
      learner.observe(state, from + d * DAY, d % 7);
      assertThat(forecast(learner, state)[0]).isFinite();
    }
  }

  /** A day has a holiday in or beside it in nearly half of the values. */
  @Test
  @Tag("own-jvm")
  void correctingAllocatesNothing() {
    Learner learner =
        new Learner(LearnerSettings.small(24).withHolidays(holidays(ZoneId.of("Europe/Berlin"))));
    Windows windows = new Windows(5, 1, 0);
    WindowState state = windows.newState();
    LearnerState learned = learner.newSeries("s", 24);
    double[] values = values(400, 1);
    long[] next = {FIRST.toEpochDay() * 24};
    int calls = 24 * 24;
    Allocations.assertNoneOnceWarm(
        calls,
        () -> {
          long allocated = 0;
          for (int k = 0; k < calls; k++) {
            long hour = next[0]++;
            double value = values[(int) (hour / 24 % 400)] + hour % 24;
            windows.offer(state, new Observation("s", hour * 3_600_000, value), Windows.IN_ORDER);
            SequenceWindow window = windows.window("s", state);
            allocated += Allocations.bytesOf(() -> learner.observe(learned, window));
          }
          return allocated;
        });
  }

  static double[] forecast(Learner learner, LearnerState state) {
    double[] forecast = new double[learner.horizon()];
    learner.forecast(state, forecast, null, null);
    return forecast;
  }

  /** The 400th value, after which a year is learned as well, comes four days before a holiday. */
  @Test
  void holidaysAreKnownWhenTheYearIsAdded() {
    double[] values = values(500, 1);
    Learner learner =
        new Learner(LearnerSettings.small(HORIZON).withHolidays(holidays(ZoneOffset.UTC)));
    LearnerState state = learner.newSeries("x", LearnerSettings.AUTO);
    int first = 10;
    int last = first + 399;
    for (int d = first; d <= last; d++) {
      learner.observe(state, (FIRST.toEpochDay() + d) * DAY, values[d]);
    }
    assertThat(isHoliday(FIRST.toEpochDay() + last + 4)).isTrue();
    double[] forecast = forecast(learner, state);
    assertThat(learner.expertName(learner.experts() - 1)).isEqualTo("fourier-profile");
    for (int i = 1; i <= HORIZON; i++) {
      assertThat(forecast[i - 1]).isCloseTo(values[last + i], within(12.0));
    }
  }
}
