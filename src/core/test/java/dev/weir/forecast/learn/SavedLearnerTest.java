package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.expert.Experts;
import dev.weir.forecast.holiday.HolidayDays;
import dev.weir.forecast.holiday.HolidaySettings;
import dev.weir.forecast.stage.OutsideModels;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A series that was saved goes on with the bits of one that was not. Seeds are fixed. */
class SavedLearnerTest {

  private static final int AUTO = LearnerSettings.AUTO;
  private static final long HOUR = 3_600_000;
  private static final long DAY = 24 * HOUR;
  private static final double[] NONE = {};

  /**
   * How a series is observed.
   *
   * @param found its season at the end
   * @param stops how many values it has when it is saved
   */
  private record Course(int season, int found, long spacing, int values, int... stops) {}

  static Stream<Arguments> courses() {
    LearnerSettings all = LearnerSettings.defaults(5).withExperts(Experts.NAMES);
    LearnerSettings ten = LearnerSettings.defaults(10);
    LearnerSettings three = LearnerSettings.small(3);
    List<LocalDate> days = IntStream.range(0, 20).mapToObj(k -> day(11 + 23 * k)).toList();
    HolidaySettings holidays = new HolidaySettings(ZoneOffset.UTC, new HolidayDays(days));
    Covariates.Count one = new Covariates.Count(0, 1);
    OutsideModels outside = new OutsideModels(List.of("good"));
    return Stream.of(
        arguments("all experts", all, new Course(AUTO, 24, 1, 700, 350)),
        arguments("all experts, a season", all, new Course(24, 24, 1, 700, 350)),
        arguments("covariates", all.withCovariates(one), new Course(AUTO, 24, 1, 890, 97, 388)),
        arguments("a year", ten.withSecondSeason(73), new Course(7, 7, DAY, 500, 300)),
        arguments("a year is found", ten, new Course(AUTO, 7, DAY, 500, 399, 400, 410)),
        arguments("holidays", three.withHolidays(holidays), new Course(7, 7, DAY, 400, 250)),
        arguments("a model outside", three.withOutside(outside), new Course(1, 1, HOUR, 200, 120)),
        arguments("hours", three, new Course(AUTO, 24, HOUR, 120, 3, 6, 37)),
        arguments("far steps", LearnerSettings.small(400), new Course(24, 24, 1, 1_000, 900)));
  }

  private static LocalDate day(int number) {
    return LocalDate.ofEpochDay(number);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("courses")
  void savedSeriesGoesOnAmongOthersWithTheSameBits(
      String what, LearnerSettings settings, Course course) throws IOException {
    check(settings, Bounds.NONE, course);
  }

  @Test
  void savedSeriesWithinBoundsGoesOnWithTheSameBits() throws IOException {
    check(LearnerSettings.small(3), new Bounds(0, 110, true), new Course(7, 7, 1, 360, 300));
  }

  private static void check(LearnerSettings settings, Bounds bounds, Course course)
      throws IOException {
    Learner alone = learner(settings, bounds);
    Learner busy = learner(settings, bounds);
    LearnerState whole = alone.newSeries("a", course.season());
    LearnerState part = busy.newSeries("a", course.season());
    LearnerState other = busy.newSeries("b", 7);
    int horizon = settings.horizon();
    int known = settings.covariates().ahead() + settings.outside().names().size();
    double[] x = new Random(1).doubles(course.values() + horizon, -9, 9).toArray();
    for (int t = 0; t < course.values(); t++) {
      int count = t;
      if (Arrays.stream(course.stops()).anyMatch(stop -> stop == count)) {
        busy = learner(settings, bounds);
        part = copy(part);
        assertThat(busy.fits(part, course.season())).isTrue();
      }
      double cycle = 20 * Math.sin(2 * Math.PI * t / (course.spacing() == DAY ? 7 : 24));
      double value = 100 + cycle + 10 * Math.cos(2 * Math.PI * t / 365) + x[t];
      double[] ahead = known == 0 ? NONE : Arrays.copyOfRange(x, t + 1, t + 1 + horizon);
      alone.observe(whole, t * course.spacing(), value, NONE, ahead);
      busy.observe(other, t * course.spacing(), -3 * value, NONE, ahead);
      busy.observe(part, t * course.spacing(), value, NONE, ahead);
      assertThat(busy.steps(part)).as("at %d", t).isEqualTo(alone.steps(whole));
    }
    assertThat(whole.season()).isEqualTo(course.found());
    assertThat(part.longs()).isEqualTo(whole.longs());
    assertThat(part.doubles()).isEqualTo(whole.doubles());
    assertThat(part.floats()).isEqualTo(whole.floats());
    assertThat(part.shorts()).isEqualTo(whole.shorts());
  }

  private static Learner learner(LearnerSettings settings, Bounds bounds) {
    Learner learner = new Learner(settings);
    learner.bound(bounds);
    return learner;
  }

  private static LearnerState copy(LearnerState state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    LearnerStateFormat.write(state, new DataOutputStream(bytes));
    return LearnerStateFormat.read(
        new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
  }
}
