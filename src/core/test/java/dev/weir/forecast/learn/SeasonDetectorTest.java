package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.slot.NewSlots;
import dev.weir.forecast.slot.Slots;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class SeasonDetectorTest {

  private static double[] wave(int n, int season, double noise, double unit) {
    Random random = new Random(21);
    double[] y = new double[n];
    for (int t = 0; t < n; t++) {
      y[t] = unit * (Math.sin(2 * Math.PI * t / season) + noise * random.nextGaussian() + 0.01 * t);
    }
    return y;
  }

  @Test
  void aNoisyWaveWithATrendHasItsSeason() {
    for (int season : new int[] {7, 12, 24, 48}) {
      double[] y = wave(400, season, 0.3, 1);
      assertThat(new SeasonDetector().detect(y, y.length, 1)).isEqualTo(season);
    }
  }

  @Test
  void weeksHaveTheSeasonOfAQuarterWhereOneOfAMonthIsNoWholeNumber() {
    Random random = new Random(3);
    double[] y = new double[600];
    for (int t = 0; t < y.length; t++) {
      y[t] = Math.sin(2 * Math.PI * t / (365.25 / 12 / 7)) + 0.2 * random.nextGaussian();
    }
    assertThat(new SeasonDetector().detect(y, y.length, 1)).isEqualTo(13);
    for (int found : new int[] {4, 9}) {
      assertThat(new SeasonDetector().detect(y.clone(), y.length, found)).isEqualTo(13);
    }
  }

  @Test
  void lagsThatAreLookedAtTogetherHaveTheBitsOfEachAlone() {
    for (int n : new int[] {15, 16, 17, 18, 19, 401}) {
      double[] x = wave(n, 7, 0.5, 3);
      SeasonDetector detector = new SeasonDetector();
      detector.detect(x, n, 1); // brings x to what it looks at
      double[] sums = new double[n + 1];
      for (int i = 0; i < n; i++) {
        sums[i + 1] = sums[i] + x[i];
      }
      for (int lag = 2; lag <= n / 3 + 1; lag++) {
        assertThat(detector.correlation[lag])
            .as("lag %d of %d values", lag, n)
            .isEqualTo(correlation(x, sums, lag));
      }
    }
  }

  /** Of what is left of x after a moving average of the lag's length; odd and even places apart. */
  private static double correlation(double[] x, double[] sums, int lag) {
    double[] left = new double[x.length - lag + 1];
    double total = 0;
    for (int i = 0; i < left.length; i++) {
      left[i] = x[i + lag / 2] - (sums[i + lag] - sums[i]) / lag;
      total += left[i];
    }
    int pairs = left.length - lag;
    if (pairs < lag / 2) {
      return 0;
    }
    double mean = total / left.length;
    double[] xy = new double[2];
    double[] xx = new double[2];
    double[] yy = new double[2];
    for (int i = 0; i < pairs - pairs % 2; i++) {
      double a = left[i] - mean;
      double b = left[i + lag] - mean;
      xy[i % 2] += a * b;
      xx[i % 2] += a * a;
      yy[i % 2] += b * b;
    }
    double power = (xx[0] + xx[1]) * (yy[0] + yy[1]);
    return power > 0 ? (xy[0] + xy[1]) / Math.sqrt(power) : 0;
  }

  @Test
  void theUnitDoesNotMatter() {
    for (double unit : new double[] {1e-200, 1e30}) {
      double[] y = wave(400, 24, 0.3, unit);
      assertThat(new SeasonDetector().detect(y, y.length, 1)).isEqualTo(24);
    }
  }

  @Test
  void noiseAndConstantsAndRandomWalksHaveNone() {
    Random random = new Random(22);
    double[] noise = new double[600];
    double[] walk = new double[600];
    for (int t = 1; t < 600; t++) {
      noise[t] = random.nextGaussian();
      walk[t] = walk[t - 1] + random.nextGaussian();
    }
    assertThat(new SeasonDetector().detect(noise, 600, 1)).isEqualTo(1);
    assertThat(new SeasonDetector().detect(new double[600], 600, 1)).isEqualTo(1);
    assertThat(new SeasonDetector().detect(walk, 600, 1)).isIn(1); // by this seed
  }

  @Test
  void oneSpikeDoesNotHideASeason() {
    double[] y = wave(400, 24, 0.3, 1);
    y[200] = 1e6;
    assertThat(new SeasonDetector().detect(y, y.length, 1)).isEqualTo(24);
  }

  @Test
  void aLearnerFindsTheSeasonAndUsesIt() {
    Learner learner = new Learner(LearnerSettings.small(3));
    LearnerState found = learner.newSeries("found", LearnerSettings.AUTO);
    LearnerState none = learner.newSeries("none", LearnerSettings.NONE);
    double[] y = wave(1_000, 24, 0.3, 1);
    for (int t = 0; t < y.length; t++) {
      learner.observe(found, t, y[t]);
      learner.observe(none, t, y[t]);
    }
    assertThat(found.season()).isEqualTo(24);
    assertThat(learner.fits(found)).isTrue();
    assertThat(learner.meanError(found, 3)).isLessThan(learner.meanError(none, 3));
  }

  /**
   * Two like humps in a day, one a little higher: half a day fits nearly as well as a whole one.
   */
  private static double[] humps(int n) {
    Random random = new Random(23);
    double[] y = new double[n];
    for (int t = 0; t < n; t++) {
      double half = Math.sin(2 * Math.PI * t / 10);
      double whole = 0.3 * Math.sin(2 * Math.PI * t / 20);
      y[t] = half + whole + 0.2 * random.nextGaussian();
    }
    return y;
  }

  @Test
  void aDayThatFitsNearlyAsWellAsAPartOfItIsTheSeason() {
    assertThat(new SeasonDetector().detect(humps(400), 400, 1)).isEqualTo(10);
    assertThat(new SeasonDetector().detect(humps(400), 400, 1, 20, 140)).isEqualTo(20);
    assertThat(new SeasonDetector().detect(humps(400), 400, 10, 20, 140)).isEqualTo(20);
    assertThat(new SeasonDetector().detect(humps(400), 400, 20, 20, 140)).isEqualTo(20);
  }

  @Test
  void aDayThatDoesNotFitIsNotTheSeason() {
    double[] y = wave(400, 17, 0.3, 1);
    assertThat(new SeasonDetector().detect(y.clone(), 400, 1, 24, 168)).isEqualTo(17);
    double[] slow = wave(400, 40, 0.1, 1);
    assertThat(new SeasonDetector().detect(slow, 400, 1, 44, 308)).isEqualTo(40); // near, no more
    assertThat(new SeasonDetector().detect(new double[400], 400, 1, 24, 168)).isEqualTo(1);
    double[] weeks = new double[1_200]; // each hour of the week has its own value, days are faint
    for (int t = 0; t < weeks.length; t++) {
      weeks[t] =
          2 * new java.util.SplittableRandom(t % 168).nextDouble() + Math.sin(2 * Math.PI * t / 24);
    }
    assertThat(new SeasonDetector().detect(weeks, weeks.length, 1, 24, 168)).isEqualTo(168);
  }

  @Test
  void seasonOfTwoDaysIsLearnedAsDays() {
    double[] y = wave(400, 48, 0.3, 1);
    assertThat(new SeasonDetector().detect(y.clone(), 400, 1)).isEqualTo(48);
    assertThat(new SeasonDetector().detect(y.clone(), 400, 1, 24, 168)).isEqualTo(24);
    assertThat(new SeasonDetector().detect(y, 400, 24, 24, 168)).isEqualTo(24);
    SeasonDetector faint = new SeasonDetector(); // seen four times, below 1.4 / sqrt(4.2)
    assertThat(faint.detect(wave(200, 48, 0.6, 1), 200, 1, 24, 168)).isEqualTo(1);
    assertThat(faint.correlation[48]).isBetween(0.5, 0.68);
  }

  @Test
  void aFaintDayIsTakenForWhatItIsButARandomWalkHasNone() {
    double[] y = wave(1_200, 288, 0.64, 1); // seen four times, with noise: that may be chance
    assertThat(new SeasonDetector().detect(y.clone(), y.length, 1)).isEqualTo(1);
    assertThat(new SeasonDetector().detect(y, y.length, 1, 288, 2016)).isEqualTo(288);
    int found = 0;
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      double[] walk = new double[1_200];
      for (int t = 1; t < walk.length; t++) {
        walk[t] = walk[t - 1] + random.nextGaussian();
      }
      found += new SeasonDetector().detect(walk, walk.length, 1, 288, 2016) == 288 ? 1 : 0;
    }
    assertThat(found).isLessThan(10);
  }

  private static int seasonFound(long[] times) {
    Learner learner = new Learner(LearnerSettings.small(3));
    LearnerState memory = learner.newSeries("s", LearnerSettings.AUTO);
    double[] y = humps(400);
    for (int t = 0; t < 400; t++) {
      learner.observe(memory, times[t], y[t]);
    }
    return memory.season();
  }

  @Test
  void timesThatAreRegularTellALearnerWhatADayIs() {
    long step = 86_400_000 / 20;
    long[] regular = new long[400];
    long[] nearly = new long[400]; // a value is missing here and there
    long[] irregular = new long[400];
    Random random = new Random(24);
    for (int t = 1; t < 400; t++) {
      regular[t] = regular[t - 1] + step;
      nearly[t] = nearly[t - 1] + (t % 30 == 0 ? 2 : 1) * step;
      irregular[t] = irregular[t - 1] + step + random.nextInt(1_000);
    }
    assertThat(seasonFound(regular)).isEqualTo(20);
    assertThat(seasonFound(nearly)).isEqualTo(20);
    assertThat(seasonFound(irregular)).isEqualTo(10);
  }

  private static ObservationSpacing spacing() {
    Slots slots = NewSlots.declare();
    ObservationSpacing spacing = new ObservationSpacing(slots);
    NewSlots.bind(slots, 1);
    return spacing;
  }

  @Test
  void businessDaysAreNotRegular() {
    ObservationSpacing spacing = spacing();
    for (int t = 0; t < 5_000; t++) {
      spacing.observe(t % 5 == 4 ? 3 : 1, t + 1);
    }
    assertThat(spacing.regular()).isZero();
  }

  @Test
  void anotherSpacingIsBelievedWithinAWhile() {
    ObservationSpacing spacing = spacing();
    for (int t = 0; t < 100_000; t++) {
      spacing.observe(7, t + 1);
    }
    assertThat(spacing.regular()).isEqualTo(7);
    for (int t = 0; t < 2_000; t++) {
      spacing.observe(3, 100_000 + t);
    }
    assertThat(spacing.regular()).isEqualTo(3);
  }

  @Test
  void calendarHasWholeNumbersOfValuesFromFourOn() {
    assertThat(calendar(1_800_000)).containsExactly(48, 336);
    assertThat(calendar(6 * 3_600_000)).containsExactly(4, 28);
    assertThat(calendar(7 * 60_000)).containsExactly(1440);
    assertThat(calendar(86_400_000)).containsExactly(7);
    assertThat(calendar(43_200_000)).containsExactly(14);
    assertThat(calendar(7 * 86_400_000)).containsExactly(52);
    assertThat(calendar(0)).isEmpty();
    assertThat(calendar(365 * 86_400_000L)).isEmpty();
  }

  private static int[] calendar(long step) {
    ObservationSpacing spacing = spacing();
    spacing.set(step);
    return spacing.calendar();
  }

  /** The seasons after each value of a series that is observed at the given times. */
  private static List<Integer> seasons(double[] y, LongUnaryOperator times) {
    Learner learner = new Learner(LearnerSettings.small(3));
    LearnerState state = learner.newSeries("s", LearnerSettings.AUTO);
    List<Integer> seasons = new ArrayList<>();
    for (int t = 0; t < y.length; t++) {
      learner.observe(state, times.applyAsLong(t), y[t]);
      seasons.add(state.season());
    }
    return seasons;
  }

  @Test
  void calendarGivesTheSeasonFromTheSixthValueOn() {
    List<Integer> hourly = seasons(wave(200, 24, 0.3, 1), t -> t * 3_600_000);
    assertThat(hourly.subList(0, 5)).containsOnly(1);
    assertThat(hourly.subList(5, 200)).containsOnly(24);
    List<Integer> halfHourly = seasons(wave(200, 48, 0.3, 1), t -> t * 1_800_000);
    assertThat(halfHourly.subList(0, 11)).containsOnly(1); // a quarter of a day
    assertThat(halfHourly.subList(11, 200)).containsOnly(48);
    LocalDate first = LocalDate.of(2023, 11, 1);
    assertThat(seasons(wave(80, 12, 0.3, 1), t -> millis(first.plusMonths(t))).subList(5, 80))
        .containsOnly(12);
    assertThat(seasons(wave(60, 4, 0.3, 1), t -> millis(first.plusMonths(3 * t))).subList(5, 60))
        .containsOnly(4);
    assertThat(seasons(wave(180, 52, 0.3, 1), t -> millis(first.plusWeeks(t))).subList(14, 180))
        .containsOnly(52);
  }

  private static long millis(LocalDate day) {
    return day.toEpochDay() * 86_400_000;
  }

  @Test
  void valuesThatContradictTheCalendarHaveNoSeason() {
    double[] wave = wave(90, 17, 0.3, 1);
    List<Integer> seasons = seasons(wave, t -> t * 3_600_000);
    assertThat(seasons.subList(5, 35)).containsOnly(24);
    assertThat(seasons.subList(35, 90)).containsOnly(1);
    Random random = new Random(25);
    int dropped = 0;
    for (int series = 0; series < 20; series++) {
      double[] noise = random.doubles(400).toArray();
      dropped += seasons(noise, t -> t * 3_600_000).get(399) == 1 ? 1 : 0;
    }
    assertThat(dropped).isGreaterThanOrEqualTo(19);
  }

  @Test
  void businessDaysAndOtherSpacingsHaveNoSeasonAtFirst() {
    double[] y = wave(90, 24, 0.3, 1);
    assertThat(seasons(y, t -> (t / 5 * 7 + t % 5) * 86_400_000)).containsOnly(1);
    assertThat(seasons(y, t -> t * 1_000)).containsOnly(1);
    assertThat(seasons(y, t -> t * 60_000)).containsOnly(1); // a day is more than is kept
    assertThat(seasons(y, t -> t * 3_600_000 + t * t)).containsOnly(1);
  }
}
