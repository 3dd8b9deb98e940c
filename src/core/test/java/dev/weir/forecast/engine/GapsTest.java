package dev.weir.forecast.engine;

import static dev.weir.forecast.window.WindowsTest.cut;
import static dev.weir.forecast.window.WindowsTest.values;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Incident;
import dev.weir.forecast.Observation;
import dev.weir.forecast.alarm.AlarmSettings;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.alarm.Silence;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.network.LastValueForecast;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.StateLimits;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.forecast.window.Windows.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GapsTest {

  private static final String SERIES = "pump-7";
  private static final long MINUTE = 60_000;
  private static final long FIRST = 17 * MINUTE + 11; // the grid starts where the series does

  private static Windows windows(int seqLen, int stride, Gap gap) {
    return new Windows(seqLen, stride, 0, new Sampling(MINUTE, gap, 10));
  }

  private static Observation at(double minute, double value) {
    return new Observation(SERIES, FIRST + Math.round(minute * MINUTE), value);
  }

  @Test
  void skippedGapsAreNeverJoinedSoTheWindowFillsAgain() {
    Windows windows = windows(3, 1, Gap.SKIP);
    WindowState state = windows.newState();
    assertThat(cut(windows, state, at(0, 10), at(1, 20), at(3, 40), at(4, 50), at(5, 60)))
        .containsExactly(
            List.of(10.0),
            List.of(10.0, 20.0),
            List.of(40.0),
            List.of(40.0, 50.0),
            List.of(40.0, 50.0, 60.0));
    assertThat(state.seen()).isEqualTo(5);
  }

  @Test
  void carriedValuesRepeatTheLastOne() {
    Windows windows = windows(4, 1, Gap.CARRY);
    assertThat(cut(windows, windows.newState(), at(0, 10), at(1, 20), at(4, 50)))
        .containsExactly(List.of(10.0), List.of(10.0, 20.0), List.of(20.0, 20.0, 20.0, 50.0));
  }

  @Test
  void linearValuesLieOnTheLineBetweenTheNeighbours() {
    Windows windows = windows(4, 1, Gap.LINEAR);
    assertThat(cut(windows, windows.newState(), at(0, 10), at(1, 20), at(4, 50)))
        .containsExactly(List.of(10.0), List.of(10.0, 20.0), List.of(20.0, 30.0, 40.0, 50.0));
  }

  @Test
  void aResetStartsTheWindowAndTheStrideAgain() {
    Windows windows = windows(2, 2, Gap.RESET);
    WindowState state = windows.newState();
    assertThat(cut(windows, state, at(0, 10), at(1, 20), at(2, 30), at(5, 60), at(6, 70)))
        .containsExactly(List.of(10.0, 20.0), List.of(60.0, 70.0)); // skip would also end one at 5
    assertThat(state.seen()).isEqualTo(2);
  }

  @Test
  void aWindowThatIsDueAtAFilledInValueIsCutAtTheNextObservation() {
    Windows windows = windows(3, 3, Gap.CARRY);
    WindowState state = windows.newState();
    assertThat(cut(windows, state, at(0, 1), at(1, 2), at(3, 4), at(4, 5), at(5, 6)))
        .containsExactly(List.of(2.0, 2.0, 4.0), List.of(4.0, 5.0, 6.0)); // at 3 for 2, and at 5
  }

  @ParameterizedTest
  @EnumSource(
      value = Gap.class,
      names = {"CARRY", "LINEAR"})
  void aGapLongerThanTheLimitIsSkipped(Gap gap) {
    Windows windows = windows(3, 1, gap);
    WindowState state = windows.newState();
    assertThat(cut(windows, state, at(0, 10), at(11, 20))).hasSize(2); // ten are missing
    assertThat(state.size()).isEqualTo(3);
    long year = 365 * 24 * 60;
    assertThat(cut(windows, state, at(11 + 12, 30))).containsExactly(List.of(30.0));
    assertThat(cut(windows, state, at(23 + year, 40))).containsExactly(List.of(40.0));
    assertThat(windows.missing()).isEqualTo(year - 1);
  }

  @Test
  void timesCountAsTheNearestOnTheGridOfTheFirst() {
    Windows windows = windows(4, 1, Gap.SKIP);
    WindowState state = windows.newState();
    cut(windows, state, at(0, 10), at(1.49, 20), at(1.5, 30), at(2.6, 40));
    SequenceWindow window = windows.window(SERIES, state);
    assertThat(values(window)).containsExactly(10.0, 20.0, 30.0, 40.0);
    for (int i = 0; i < 4; i++) {
      assertThat(window.time(i)).isEqualTo(FIRST + i * MINUTE);
    }
    assertThat(window.spacing()).isEqualTo(MINUTE);
    assertThat(windows.offer(state, at(3.4, 41), Windows.IN_ORDER)).isEqualTo(Outcome.LATE);
  }

  @Test
  void jitterThatAddsUpDoesNotMoveTheGrid() {
    Windows windows = windows(3, 1, Gap.SKIP);
    WindowState state = windows.newState();
    for (int i = 0; i < 1_000; i++) { // each a little later: by the end half a minute
      cut(windows, state, at(i * 1.0004, i));
    }
    assertThat(state.lastTime()).isEqualTo(FIRST + 999 * MINUTE);
  }

  @Test
  void noTimeCountsAsOneBefore1970() {
    Windows windows = windows(3, 1, Gap.SKIP);
    WindowState state = windows.newState();
    long none = Long.MIN_VALUE; // is complete yet
    windows.offer(state, new Observation(SERIES, 35_000, 1), none);
    windows.offer(state, new Observation(SERIES, 1_000, 2), none); // nearer to -25 s than to 35 s
    assertThat(state.pendingTime(0)).isEqualTo(35_000);
  }

  @Test
  void forecastTimesAreTheOriginAndWholeIntervalsFromTheFirstValueOn() {
    Windows windows = windows(3, 1, Gap.SKIP);
    WindowState state = windows.newState();
    cut(windows, state, at(0, 10));
    assertThat(LastValueForecast.times(windows.window(SERIES, state), 2))
        .containsExactly(FIRST + MINUTE, FIRST + 2 * MINUTE);
    cut(windows, state, at(7, 10)); // the spacing of the values would be seven minutes
    assertThat(LastValueForecast.times(windows.window(SERIES, state), 2))
        .containsExactly(FIRST + 8 * MINUTE, FIRST + 9 * MINUTE);
  }

  @Test
  void featuresAreFilledInAsTheirValuesAre() {
    for (Gap gap : new Gap[] {Gap.CARRY, Gap.LINEAR}) {
      Windows windows = new Windows(3, 1, 1, new Sampling(MINUTE, gap, 10));
      WindowState state = windows.newState();
      Observation first = new Observation(SERIES, FIRST, 1, new double[] {2});
      Observation second = new Observation(SERIES, FIRST + 2 * MINUTE, 5, new double[] {8});
      windows.offer(state, first, Windows.IN_ORDER);
      windows.offer(state, second, FIRST);
      assertThat(windows.advance(state, second.time())).isTrue();
      SequenceWindow window = windows.window(SERIES, state);
      assertThat(window.feature(1, 0)).isEqualTo(gap == Gap.CARRY ? 2 : 5);
      assertThat(window.value(1)).isEqualTo(gap == Gap.CARRY ? 1 : 3);
      assertThat(window.feature(2, 0)).isEqualTo(8);
    }
  }

  @Test
  void theLastOneInAnIntervalWinsWhileItWaits() {
    Windows windows = windows(3, 1, Gap.SKIP);
    WindowState state = windows.newState();
    assertThat(windows.offer(state, at(0, 10), FIRST)).isEqualTo(Outcome.APPENDED);
    assertThat(windows.offer(state, at(1.1, 20), FIRST)).isEqualTo(Outcome.PENDING);
    assertThat(windows.offer(state, at(0.9, 21), FIRST)).isEqualTo(Outcome.CORRECTED);
    assertThat(windows.offer(state, at(1, 21), FIRST)).isEqualTo(Outcome.DUPLICATE);
    windows.advance(state, FIRST + MINUTE);
    assertThat(values(windows.window(SERIES, state))).containsExactly(10.0, 21.0);
  }

  @Test
  void aStateByCountIsBroughtOntoTheGridOfItsNewestValue() {
    Windows byCount = new Windows(4, 1, 0);
    WindowState state = byCount.newState();
    for (double minute : new double[] {0, 3, 4, 5}) {
      byCount.offer(state, at(minute, minute), Windows.IN_ORDER);
    }
    byCount.offer(state, at(7.1, 7), FIRST);
    byCount.offer(state, at(7.2, 8), FIRST);
    Windows windows = windows(4, 1, Gap.LINEAR);
    WindowState fitted = windows.fit(state, windows.newState());
    assertThat(values(windows.window(SERIES, fitted))).containsExactly(3.0, 4.0, 5.0);
    assertThat(fitted.pendingSize()).isEqualTo(1);
    assertThat(fitted.pendingTime(0)).isEqualTo(FIRST + 7 * MINUTE);
    assertThat(fitted.pendingValue(0)).isEqualTo(8);
    assertThat(windows.fits(fitted)).isTrue();
  }

  private static SeriesForecaster withSilences() throws Exception {
    IncidentSettings alarms =
        new IncidentSettings(AlarmSettings.defaults(), 1, 10, new Silence(2.5, null));
    Learning learning = new Learning(LearnerSettings.small(2), LearnerSettings.NONE, 0, alarms);
    return SeriesForecaster.inOrder(
        TestSettings.of(5, TestSettings.learned(2, learning))
            .limits(new StateLimits(Duration.ofMinutes(100), 0))
            .build());
  }

  @Test
  void valueThatEndsASilenceIsComparedWithNoForecast() throws Exception {
    SeriesForecaster forecaster = withSilences();
    forecaster.result().wantJudgments();
    ForecastState series = new ForecastState();
    for (int t = 0; t < 42; t++) {
      Judgment judged = forecaster.observe(series, at(t < 41 ? t : 60, t % 5)).judgments().get(0);
      assertThat(Double.isNaN(judged.forecast())).as("%d", t).isEqualTo(t == 0 || t == 41);
    }
  }

  @Test
  void silenceIsClosedWithTheLastValueWhenItsSeriesIsForgotten() throws Exception {
    SeriesForecaster forecaster = withSilences();
    ForecastState series = new ForecastState();
    for (int t = 0; t < 41; t++) {
      forecaster.observe(series, at(t, t % 5));
    }
    for (double due = 0; due < 50 && forecaster.result().isOpen() == null; due += 0.5) {
      forecaster.wake(SERIES, series, at(due, 0).time(), at(due, 0).time());
    }
    assertThat(forecaster.result().isOpen()).isTrue();
    forecaster.observe(series, at(200, 7));
    Incident closed = (Incident) forecaster.result().outputs().get(0);
    assertThat(closed.start()).isEqualTo(at(40, 0).time());
    assertThat(closed.worst().value()).isEqualTo(0);
  }

  /** A daily and a weekly rhythm; hourly. */
  private static double rhythm(long t) {
    double noise = new Random(t).nextGaussian();
    return 100 + 10 * Math.sin(2 * Math.PI * t / 24) + (t / 24 % 7 > 4 ? 8 : 0) + noise;
  }

  private static final class Series {
    final Windows windows;
    final WindowState state;
    final Learner learner;
    final LearnerState memory;
    final double[] forecast = new double[3];

    Series(Gap gap, int season) {
      this(gap, season, LearnerSettings.defaults(3));
    }

    Series(Gap gap, int season, LearnerSettings settings) {
      learner = new Learner(settings);
      windows = new Windows(5, 1, 0, new Sampling(MINUTE, gap, 100));
      state = windows.newState();
      memory = learner.newSeries(SERIES, season);
    }

    void take(long t, double value) {
      windows.offer(state, new Observation(SERIES, t * MINUTE, value), Windows.IN_ORDER);
      learner.observe(memory, windows.window(SERIES, state));
      learner.forecast(memory, forecast, null, null);
    }
  }

  /** Closed at night and on Sundays, so that each hour of the week must be known as such. */
  private static double opening(long t) {
    return t / 24 % 7 == 6 || t % 24 < 9 || t % 24 > 17 ? 0 : 100 + t % 24;
  }

  @ParameterizedTest
  @EnumSource(
      value = Gap.class,
      names = {"SKIP", "CARRY", "LINEAR"})
  void seasonsKeepTheirPhaseAcrossGapsOfAnyLength(Gap gap) {
    LearnerSettings profile =
        LearnerSettings.small(3).withExperts(List.of("naive", "seasonal-profile"));
    for (long missing : new long[] {7, 31, 101, 999, 5_000, 1_000_003}) {
      Series series = new Series(gap, 24, profile);
      long before = 10 * 168 + 15;
      for (long t = 0; t < before; t++) {
        series.take(t, opening(t));
      }
      double error = 0;
      for (long t = before + missing; t < before + missing + 168; t++) {
        series.take(t, opening(t));
        error += Math.abs(series.forecast[1] - opening(t + 2)) / 168;
      }
      assertThat(error).as("%d missing", missing).isLessThan(4); // joined: 15 and more
    }
  }

  @Test
  void whatIsMissingIsNeverScored() {
    Series whole = new Series(Gap.SKIP, 24);
    for (long t = 0; t < 300; t++) {
      whole.take(t, rhythm(t));
    }
    assertThat(whole.learner.scored(whole.memory, 1)).isEqualTo(299);
    assertThat(whole.learner.scored(whole.memory, 3)).isEqualTo(297);
    for (Gap gap : new Gap[] {Gap.SKIP, Gap.CARRY, Gap.LINEAR}) {
      Series series = new Series(gap, 24);
      for (long t = 0; t < 300; t++) {
        if (t < 100 || t > 101) {
          series.take(t, rhythm(t));
        }
      }
      // without the two that never came, nor what would have been said at them
      assertThat(series.learner.scored(series.memory, 1)).isEqualTo(299 - 3);
      assertThat(series.learner.scored(series.memory, 2)).isEqualTo(298 - 4);
      assertThat(series.learner.scored(series.memory, 3)).isEqualTo(297 - 4);
      assertThat(series.memory.count()).isEqualTo(300);
    }
  }

  @Test
  void aForecastAcrossALongGapIsNotScoredAgainstWhatComesAfterIt() {
    Series series = new Series(Gap.SKIP, LearnerSettings.NONE);
    for (long t = 0; t < 100; t++) {
      series.take(t, 1);
    }
    series.take(1_000_000, 1_000); // any forecast would be off by 999
    assertThat(series.learner.meanError(series.memory, 1)).isLessThan(1e-9);
    assertThat(series.learner.scored(series.memory, 1)).isEqualTo(99);
  }

  @Test
  void aLineToTheNextValueTellsNoForecastOfIt() {
    // every other value is missing; the mean of two neighbours says much of the second
    Series linear = new Series(Gap.LINEAR, LearnerSettings.NONE);
    Random random = new Random(3);
    for (long t = 0; t < 800; t += 2) {
      linear.take(t, random.nextGaussian());
    }
    assertThat(linear.learner.scored(linear.memory, 1)).isZero();
    // noise cannot be forecast: the mean error is at least that of its mean, sqrt(2 / pi)
    assertThat(linear.learner.meanError(linear.memory, 2)).isGreaterThan(0.75);
  }

  @Test
  void seasonsAreFoundAlsoWhenEveryOtherValueIsMissing() {
    Series series = new Series(Gap.LINEAR, LearnerSettings.AUTO);
    for (long t = 0; t < 800; t += 2) { // counts are odd: no look falls on one of them
      series.take(t, rhythm(t));
    }
    assertThat(series.memory.season()).isEqualTo(24);
  }
}
