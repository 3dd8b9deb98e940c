package dev.weir.forecast.learn;

import static dev.weir.forecast.learn.HolidayForecastTest.forecast;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Observation;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.NewHistory;
import dev.weir.forecast.slot.SeriesDimensions;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a learner makes of a week and a year. Seeds are fixed. */
class SecondSeasonTest {

  private static final int HORIZON = 10;
  private static final int WEEK = 7;
  private static final int YEAR = 73; // days, so that a few years pass soon
  private static final long DAY = 86_400_000;

  private static Learner learner(int year) {
    return new Learner(LearnerSettings.defaults(HORIZON).withSecondSeason(year));
  }

  /** A week, a year that is no sine, and noise with a standard deviation of 1. */
  private static double[] daily(int values, double ofYear, long seed) {
    Random random = new Random(seed);
    double[] y = new double[values];
    for (int t = 0; t < values; t++) {
      double angle = 2 * Math.PI * (t % YEAR) / YEAR;
      double year = Math.cos(angle) + 0.5 * Math.sin(2 * angle) + (t % YEAR == 50 ? 1 : 0);
      y[t] = 100 + 5 * (t % WEEK == 6 ? 1 : 0) + ofYear * year + random.nextGaussian();
    }
    return y;
  }

  /** Mean |error| of the last step over the second half of the series. */
  private static double error(Learner learner, double[] y) {
    LearnerState state = learner.newSeries("a", WEEK);
    double sum = 0;
    int count = 0;
    for (int t = 0; t + HORIZON < y.length; t++) {
      learner.observe(state, t * DAY, y[t]);
      if (t >= y.length / 2) {
        sum += Math.abs(forecast(learner, state)[HORIZON - 1] - y[t + HORIZON]);
        count++;
      }
    }
    return sum / count;
  }

  /** The mean |error| of someone who knows all but the noise is 0.8. */
  @Test
  void yearIsLearnedBesideTheWeek() {
    double[] y = daily(9 * YEAR, 10, 1);
    double with = error(learner(YEAR), y);
    assertThat(with).isLessThan(1.2);
    assertThat(error(learner(LearnerSettings.NONE), y)).isGreaterThan(1.25 * with);
  }

  @Test
  void yearThatIsNotThereCostsNearlyNothing() {
    double[] y = daily(9 * YEAR, 0, 2);
    double without = error(learner(LearnerSettings.NONE), y);
    assertThat(error(learner(YEAR), y)).isLessThan(1.02 * without);
  }

  @ParameterizedTest
  @CsvSource({"1, 73", "73, 1", "73, 91"})
  void anotherSecondSeasonLearnsTheKeptValuesAgain(int before, int after) {
    double[] y = daily(600, 10, 5);
    Learner old = learner(before);
    LearnerState state = old.newSeries("a", WEEK);
    for (int t = 0; t < 600; t++) {
      old.observe(state, t * DAY, y[t]);
    }
    Learner learner = learner(after);
    assertThat(learner.fits(state)).isFalse();
    LearnerState again = learner.relearn(state, WEEK);
    assertThat(learner.fits(again, WEEK)).isTrue();
    assertThat(again.count()).isEqualTo(600);
    LearnerState whole = learner.newSeries("a", WEEK);
    for (int t = 0; t < 600; t++) {
      learner.observe(whole, t * DAY, y[t]);
    }
    double[] expected = forecast(learner, whole);
    double[] got = forecast(learner, again);
    for (int i = 0; i < HORIZON; i++) {
      assertThat(got[i]).isCloseTo(expected[i], within(0.1)); // the tail is rounded
    }
  }

  @Test
  void withoutASecondSeasonNothingIsKeptOfOne() {
    LearnerSettings settings = LearnerSettings.defaults(HORIZON);
    LearnerState plain = new Learner(settings).newSeries("a", WEEK);
    assertThat(learner(LearnerSettings.NONE).fits(plain, WEEK)).isTrue();
    LearnerState two = learner(YEAR).newSeries("a", WEEK);
    assertThat(two.bytes() - plain.bytes()).isBetween(600, 1200);
    assertThat(learner(7 * YEAR).newSeries("a", WEEK).bytes()).isEqualTo(two.bytes());
  }

  @ParameterizedTest
  @CsvSource({
    "24, 365, 2600, 2600", // few enough to go past one by one
    "24, 1, 2601, 81", // 2601 - 15 weeks of 168
    "1, 365, 7301, 1", // 20 years and a day
    "1, 365, 7300, 0"
  })
  void gapKeepsThePhase(int season, int second, long missing, long expected) {
    assertThat(MissingValues.passed(history(season), missing, second)).isEqualTo(expected);
  }

  /** Both phases, as far as that is possible: the week's exactly, the year's to half a week. */
  @Test
  void longGapKeepsWeekAndYear() {
    History history = history(24);
    int period = Math.max(24, history.shape().week());
    for (long missing : new long[] {2_601, 8_760, 50_000, 123_457}) {
      long passed = MissingValues.passed(history, missing, 1_000);
      assertThat(passed % period).isEqualTo(missing % period);
      assertThat(passed).isBetween(0L, 1_000L + 2 * period);
      long apart = Math.floorMod(missing - passed, 1_000L);
      assertThat(Math.min(apart, 1_000 - apart)).isLessThanOrEqualTo(period / 2);
    }
  }

  /** As above, of 20 years and a day. */
  @Test
  void gapOfALearnerKeepsThePhaseToo() {
    Windows windows = new Windows(1, 1, 0, new Sampling(DAY, Gap.SKIP, 1));
    WindowState days = windows.newState();
    Learner learner = learner(365);
    LearnerState state = learner.newSeries("a", LearnerSettings.NONE);
    for (long day : new long[] {0, 7_302}) {
      windows.offer(days, new Observation("a", day * DAY, 1), Windows.IN_ORDER);
      assertThat(learner.passed(state, windows.window("a", days))).isEqualTo(day == 0 ? 0 : 1);
      learner.observe(state, windows.window("a", days));
    }
  }

  private static History history(int season) {
    SeriesDimensions shape = new SeriesDimensions(2, season, History.exact(2, season, 720), 600);
    History history = NewHistory.of(shape);
    history.append(1);
    return history;
  }

  @Test
  void holidayOfLastYearIsExpectedAgain() {
    double[] y = daily(9 * YEAR, 3, 6);
    for (int t = 50; t < y.length; t += YEAR) {
      y[t] += 30;
    }
    Learner learner = learner(YEAR);
    LearnerState state = learner.newSeries("a", WEEK);
    int holiday = 50 + 8 * YEAR;
    for (int t = 0; t <= holiday - 5; t++) {
      learner.observe(state, t * DAY, y[t]);
    }
    double[] expert = new double[HORIZON];
    for (int e = 0; e < learner.experts(); e++) {
      if (learner.expertName(e).equals("fourier-profile")) {
        for (int i = 1; i <= HORIZON; i++) {
          expert[i - 1] = learner.expertForecast(e, i);
        }
      }
    }
    // the mean of three days of last year, so that a holiday which moves by a day counts, too
    double others = (expert[0] + expert[1] + expert[7] + expert[8]) / 4;
    assertThat(Arrays.stream(expert, 3, 6).min().orElseThrow()).isGreaterThan(others + 4);
  }

  /** A week, a year of 365 days and noise with a standard deviation of 1. */
  private static double[] years(int values, long seed) {
    Random random = new Random(seed);
    double[] y = new double[values];
    for (int t = 0; t < values; t++) {
      double angle = 2 * Math.PI * t / 365;
      y[t] = 100 + 5 * (t % WEEK == 6 ? 1 : 0) + random.nextGaussian();
      y[t] += 20 * Math.cos(angle) + 10 * Math.sin(2 * angle);
    }
    return y;
  }

  private static LearnerState observe(
      Learner learner, LearnerState state, double[] y, int from, int to, long spacing) {
    for (int t = from; t < to; t++) {
      learner.observe(state, t * spacing, y[t]);
    }
    return state;
  }

  private static boolean knowsYear(Learner learner, LearnerState state) {
    forecast(learner, state); // binds it
    return IntStream.range(0, learner.experts())
        .anyMatch(e -> learner.expertName(e).equals("fourier-profile"));
  }

  @Test
  void dailyValuesHaveAYearFromFourHundredOn() {
    double[] y = years(1_000, 7);
    Learner learner = new Learner(LearnerSettings.defaults(HORIZON));
    LearnerState state = learner.newSeries("a", LearnerSettings.AUTO);
    observe(learner, state, y, 0, 399, DAY);
    assertThat(knowsYear(learner, state)).isFalse();
    int before = state.bytes();
    observe(learner, state, y, 399, 400, DAY);
    assertThat(knowsYear(learner, state)).isTrue();
    assertThat(learner.fits(state, LearnerSettings.AUTO)).isTrue();
    assertThat(learner.fits(state, WEEK)).isFalse();
    assertThat(state.season()).isEqualTo(WEEK);
    assertThat(state.bytes() - before).isBetween(600, 1_200);
    Learner given = learner(365);
    LearnerState two = observe(given, given.newSeries("a", WEEK), y, 0, 1_000, DAY);
    observe(learner, state, y, 400, 1_000, DAY);
    double[] expected = forecast(given, two);
    double[] found = forecast(learner, state);
    for (int i = 0; i < HORIZON; i++) {
      assertThat(found[i]).isCloseTo(expected[i], within(0.3));
    }
  }

  @ParameterizedTest
  @CsvSource({"3600000", "604800000", "86300000", "0"})
  void otherSpacingsHaveNoYear(long spacing) {
    double[] y = years(700, 8);
    Learner learner = new Learner(LearnerSettings.small(HORIZON));
    LearnerState state = learner.newSeries("a", LearnerSettings.AUTO);
    observe(learner, state, y, 0, 700, spacing);
    assertThat(knowsYear(learner, state)).isFalse();
  }

  @Test
  void givenSeasonAndCovariatesHaveNoYear() {
    double[] y = years(500, 9);
    Learner learner = new Learner(LearnerSettings.small(HORIZON));
    LearnerState given = observe(learner, learner.newSeries("a", WEEK), y, 0, 500, DAY);
    assertThat(knowsYear(learner, given)).isFalse();
    LearnerSettings settings = LearnerSettings.small(HORIZON);
    Learner with = new Learner(settings.withCovariates(new Covariates.Count(1, 0)));
    LearnerState state = with.newSeries("a", LearnerSettings.AUTO);
    observe(with, state, y, 0, 500, DAY);
    assertThat(knowsYear(with, state)).isFalse();
  }

  /** The errors that count are those of what was issued, before and after. */
  @Test
  void scoresGoOnWhenTheYearIsAdded() {
    double[] y = years(430, 10);
    Learner learner = new Learner(LearnerSettings.defaults(HORIZON));
    learner.scoreDistributions(true);
    LearnerState state = learner.newSeries("a", LearnerSettings.AUTO);
    double[][] issued = new double[y.length][];
    double[] sums = new double[HORIZON + 1];
    for (int t = 0; t < y.length; t++) {
      learner.observe(state, t * DAY, y[t]);
      double newest = 0;
      for (int i = 1; i <= Math.min(t, HORIZON); i++) {
        sums[i] += Math.abs(y[t] - issued[t - i][i - 1]);
        newest += Math.abs(y[t] - issued[t - i][i - 1]);
      }
      assertThat(learner.newest().error()).isCloseTo(newest, within(1e-3));
      issued[t] = forecast(learner, state);
    }
    assertThat(knowsYear(learner, state)).isTrue();
    for (int i = 1; i <= HORIZON; i++) {
      assertThat(learner.scored(state, i)).isEqualTo(y.length - i);
      assertThat(learner.meanError(state, i)).isCloseTo(sums[i] / (y.length - i), within(1e-3));
    }
    assertThat(learner.explain(state, forecast(learner, state)[0], List.of())).isNotNull();
  }

  @Test
  void learnedAgainItHasTheYearAtOnce() {
    double[] y = years(700, 12);
    Learner old = new Learner(LearnerSettings.defaults(HORIZON + 1));
    LearnerState state = observe(old, old.newSeries("a", WEEK), y, 0, 700, DAY);
    Learner learner = new Learner(LearnerSettings.defaults(HORIZON));
    LearnerState again = learner.relearn(state, LearnerSettings.AUTO);
    assertThat(knowsYear(learner, again)).isTrue();
    assertThat(again.count()).isEqualTo(700);
    assertThat(knowsYear(learner, learner.relearn(state, WEEK))).isFalse();
  }
}
