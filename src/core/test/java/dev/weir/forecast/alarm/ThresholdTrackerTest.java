package dev.weir.forecast.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.StateBytes;
import dev.weir.forecast.StateFields;
import dev.weir.forecast.alarm.AlarmRules.SeriesThreshold;
import dev.weir.forecast.alarm.ThresholdTracker.Change;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThresholdTrackerTest {

  private static final int QUIET = 2;
  private static final Threshold THRESHOLD = new Threshold(90, true, 3, 0.7);

  private final ThresholdTracker tracker = new ThresholdTracker(THRESHOLD, List.of(0.8));
  private final ThresholdState state = tracker.newSeries();
  private long time;

  /** The next value, with a forecast that is the same for all steps, and ends 1 beside it. */
  private Change next(double value, double forecast) {
    double[] steps = {forecast, forecast, forecast};
    double[][] lower = {{forecast - 1, forecast - 1, forecast - 1}};
    double[][] upper = {{forecast + 1, forecast + 1, forecast + 1}};
    tracker.predict(state, value, steps, lower, upper);
    time += 10;
    return tracker.warn(state, time, value, steps, 10, QUIET, true);
  }

  @Test
  void warningComesTrueAtTheFirstValueBeyond() {
    assertThat(next(80, 80)).isNull();
    assertThat(next(85, 90.8)).isEqualTo(Change.OPENED);
    assertThat(state.warning()).isSameAs(tracker.newest());
    assertThat(next(88, 92)).isNull();
    assertThat(next(90, 90.9)).isNull(); // not beyond it
    assertThat(next(91, 93)).isEqualTo(Change.CROSSED);
    ThresholdWarning warning = tracker.newest();
    assertThat(state.warning()).isNull();
    assertThat(warning.start()).isEqualTo(20);
    assertThat(warning.end()).isEqualTo(40);
    assertThat(warning.values()).isEqualTo(3);
    assertThat(warning.time()).isEqualTo(30); // where it was largest
    assertThat(warning.value()).isEqualTo(88);
    assertThat(warning.forecast()).isEqualTo(92);
    assertThat(warning.crossing()).isEqualTo(40);
    assertThat(warning.probability()).isGreaterThan(0.95);
  }

  @Test
  void warningIsMissedAfterTheLastValueThatItForetold() {
    assertThat(next(85, 92)).isEqualTo(Change.OPENED);
    assertThat(next(85, 80)).isNull();
    assertThat(next(85, 92)).isNull(); // says so again
    assertThat(next(85, 80)).isNull();
    assertThat(next(85, 80)).isNull();
    assertThat(next(85, 80)).isEqualTo(Change.MISSED);
    assertThat(tracker.newest().values()).isEqualTo(3);
    assertThat(next(85, 92)).isEqualTo(Change.OPENED);
  }

  @Test
  void oneCrossingHasOneWarningUntilItHasBeenQuiet() {
    assertThat(next(85, 92)).isEqualTo(Change.OPENED);
    assertThat(next(91, 92)).isEqualTo(Change.CROSSED);
    assertThat(next(91, 92)).isNull();
    assertThat(next(89, 92)).isNull();
    assertThat(next(91, 92)).isNull();
    assertThat(next(89, 92)).isNull();
    assertThat(next(89, 92)).isNull();
    assertThat(next(89, 92)).isEqualTo(Change.OPENED); // two values before were on this side
  }

  @Test
  void valueThatIsLearnedAgainOpensAndEndsNothing() {
    double[] steps = {92, 92, 92};
    double[][] lower = {{91, 91, 91}};
    double[][] upper = {{93, 93, 93}};
    tracker.predict(state, 85, steps, lower, upper);
    assertThat(tracker.warn(state, 5, 85, steps, 0, QUIET, false)).isNull();
    assertThat(state.warning()).isNull();
    assertThat(tracker.warn(state, 5, 85, steps, 0, QUIET, true)).isEqualTo(Change.OPENED);
    assertThat(tracker.newest().crossing()).isEqualTo(ThresholdWarning.NO_TIME);
    tracker.predict(state, 95, steps, lower, upper);
    assertThat(tracker.warn(state, 6, 95, steps, 0, QUIET, false)).isNull();
    assertThat(state.warning()).isNotNull();
  }

  @Test
  void nothingIsLearnedOfPredictionsAboutMissingValues() {
    for (int i = 0; i < 20; i++) {
      tracker.skip(state);
      next(85, 92);
    }
    assertThat(state.weights).containsExactly(0, 1, 0.25);
    for (int i = 0; i < 5; i++) {
      next(85, 92);
    }
    assertThat(state.weights[0]).isNegative(); // two did not come true
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void predictionComesTrueByAnyOfTheValuesThatItIsOf(int crossing) {
    for (int k = 0; k <= 3; k++) {
      next(k == crossing ? 91 : 85, 92);
    }
    assertThat(state.weights[0]).isPositive();
  }

  @Test
  void stateIsOfOneEventWhateverItsProbability() {
    assertThat(fits(new Threshold(90, true, 3, 0.9))).isTrue();
    assertThat(fits(new Threshold(91, true, 3, 0.7))).isFalse();
    assertThat(fits(new Threshold(90, false, 3, 0.7))).isFalse();
    assertThat(fits(new Threshold(90, true, 4, 0.7))).isFalse();
  }

  private boolean fits(Threshold other) {
    return new ThresholdTracker(other, List.of(0.8)).fits(state);
  }

  @Test
  void firstThresholdOfAnEventCounts() {
    SeriesThreshold ofOne = new SeriesThreshold(Pattern.compile("a"), THRESHOLD);
    SeriesThreshold ofAll = new SeriesThreshold(null, new Threshold(90, true, 3, 0.9));
    SeriesThreshold other = new SeriesThreshold(null, new Threshold(90, false, 3, 0.7));
    AlarmRules rules = new AlarmRules(null, List.of(), List.of(ofOne, ofAll, other));
    assertThat(rules.of("a").thresholds()).containsExactly(0, 2);
    assertThat(rules.of("b").thresholds()).containsExactly(1, 2);
  }

  @Test
  void wrongThresholdsAreRefused() {
    assertThatThrownBy(() -> new Threshold(Double.NaN, true, 1, 0.8))
        .hasMessageStartingWith("limit: expected");
    assertThatThrownBy(() -> new Threshold(1, true, 101, 0.8))
        .hasMessage("within: expected 1 to 100, got 101");
    assertThatThrownBy(() -> new Threshold(1, true, 1, 1))
        .hasMessage("probability: expected 0.05 to 0.99, got 1.0");
  }

  private static byte[] bytes(List<ThresholdState> states) throws IOException {
    return StateBytes.written(fields -> all(states, fields));
  }

  private static List<ThresholdState> read(byte[] bytes) throws IOException {
    return StateBytes.read(bytes, fields -> all(new ArrayList<>(), fields));
  }

  private static List<ThresholdState> all(List<ThresholdState> states, StateFields fields)
      throws IOException {
    ThresholdState.all(states, fields);
    return states;
  }

  @Test
  void stateContinuesFromItsBytes() throws IOException {
    ThresholdTracker second =
        new ThresholdTracker(new Threshold(-0.5, false, 2, 0.3), List.of(0.8));
    List<ThresholdState> kept = List.of(tracker.newSeries(), second.newSeries());
    List<ThresholdState> moved = List.of(tracker.newSeries(), second.newSeries());
    SplittableRandom random = new SplittableRandom(1);
    int changes = 0;
    for (int i = 0; i < 600; i++) {
      double value = 88 + random.nextGaussian() * (i % 100 == 0 ? 60 : 2);
      double middle = i % 40 < 10 ? 91 : 87;
      double[] steps = {middle, middle, middle};
      double[][] lower = {{middle - 2, middle - 2, middle - 2}};
      double[][] upper = {{middle + 2, middle + 2, middle + 2}};
      for (int k = 0; k < 2; k++) {
        ThresholdTracker each = k == 0 ? tracker : second;
        each.predict(kept.get(k), value, steps, lower, upper);
        Change change = each.warn(kept.get(k), i, value, steps, 1, QUIET, true);
        each.predict(moved.get(k), value, steps, lower, upper);
        assertThat(each.warn(moved.get(k), i, value, steps, 1, QUIET, true)).isEqualTo(change);
        changes += change == null ? 0 : 1;
      }
      moved =
          i % 3 == 0
              ? read(bytes(moved))
              : new ArrayList<>(moved.stream().map(ThresholdState::copy).toList());
      assertThat(bytes(moved)).isEqualTo(bytes(kept));
      int numbers = kept.stream().mapToInt(ThresholdState::bytes).sum();
      assertThat(bytes(kept)).hasSize(4 + numbers);
    }
    assertThat(changes).isGreaterThan(6);
  }

  @Test
  void damagedStatesAreRefused() throws IOException {
    next(85, 92);
    byte[] bytes = bytes(List.of(state));
    assertThat(bytes).hasSize(4 + 8 + 1 + 4 + 4 + 4 + 9 * 8 + 6 * 4 + 1 + 6 * 8 + 3 * 8);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(EOFException.class);
    }
    // count, limit, within, place in the ring, a variance, a warning's probability
    int[] places = {0, 4, 13, 17, 55, bytes.length - 8};
    for (int place : places) {
      byte[] other = bytes.clone();
      other[place] = 0x7f;
      other[place + 1] = (byte) 0xff;
      assertThatThrownBy(() -> read(other))
          .as("byte %d", place)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("thresholds: expected");
    }
    byte[] weight = bytes.clone();
    Arrays.fill(weight, 25, 25 + Double.BYTES, (byte) 0xff); // NaN
    assertThatThrownBy(() -> read(weight)).hasMessageStartingWith("thresholds: expected weights");
  }

  private static final double Q80 = 1.2816; // of the normal distribution, where 80 % are within

  private static final double Q95 = 1.96;

  private static final List<Double> LEVELS = List.of(0.8, 0.95);

  private final double[] weights = new double[CrossingProbability.WEIGHTS];

  private final double[] covariances = new double[CrossingProbability.COVARIANCES];

  private static CrossingProbability of(double limit, boolean above, int within) {
    return new CrossingProbability(new Threshold(limit, above, within, 0.8), LEVELS);
  }

  private double predict(CrossingProbability crossing, double... forecast) {
    return predict(crossing, 1, forecast);
  }

  /** With the intervals of a normal distribution. */
  private double predict(CrossingProbability crossing, double deviation, double[] forecast) {
    double[][] lower = new double[LEVELS.size()][forecast.length];
    double[][] upper = new double[LEVELS.size()][forecast.length];
    for (int i = 0; i < forecast.length; i++) {
      lower[0][i] = forecast[i] - Q80 * deviation;
      upper[0][i] = forecast[i] + Q80 * deviation;
      lower[1][i] = forecast[i] - Q95 * deviation;
      upper[1][i] = forecast[i] + Q95 * deviation;
    }
    return crossing.predict(weights, forecast, lower, upper);
  }

  @Test
  void oneStepIsTheNormalDistribution() {
    CrossingProbability.reset(weights, covariances);
    // upper tails at 0, 0.5, 1.2816, 1.96 and 2.5 deviations
    assertThat(predict(of(7, true, 1), 7)).isCloseTo(0.5, within(1e-9));
    assertThat(predict(of(7.5, true, 1), 7)).isCloseTo(0.30854, within(4e-4));
    assertThat(predict(of(7 + Q80, true, 1), 7)).isCloseTo(0.1, within(4e-4));
    assertThat(predict(of(7 + Q95, true, 1), 7)).isCloseTo(0.025, within(4e-4));
    assertThat(predict(of(9.5, true, 1), 7)).isCloseTo(0.00621, within(4e-4));
    assertThat(predict(of(6.5, true, 1), 7)).isCloseTo(0.69146, within(4e-4));
    assertThat(predict(of(6.5, false, 1), 7)).isCloseTo(0.30854, within(4e-4));
    // an interval of one deviation: two are far beyond its end
    CrossingProbability ofOne =
        new CrossingProbability(new Threshold(2, true, 1, 0.8), List.of(0.68269));
    assertThat(ofOne.predict(weights, new double[1], new double[][] {{-1}}, new double[][] {{1}}))
        .isCloseTo(0.02275, within(1.4e-4));
  }

  /** An interval's end at the limit says how much is beyond; the other end says nothing. */
  @Test
  void endOnTheLimitsSideOfTheForecastCounts() {
    CrossingProbability.reset(weights, covariances);
    double[] forecast = {7};
    double[][] lower = {{0}, {-1}};
    double[][] upper = {{8}, {20}};
    assertThat(of(8, true, 1).predict(weights, forecast, lower, upper))
        .isCloseTo(0.1, within(4e-4));
    assertThat(of(0, true, 1).predict(weights, forecast, lower, upper))
        .isCloseTo(0.9, within(4e-4));
    assertThat(of(0, false, 1).predict(weights, forecast, lower, upper))
        .isCloseTo(0.1, within(4e-4));
  }

  @Test
  void severalStepsAreBetweenOneAndIndependentOnes() {
    CrossingProbability.reset(weights, covariances);
    // by hand: logit .1 = -2.1972, logit (1 - .9 .9) = logit .19 = -1.4500; a quarter of the way
    assertThat(predict(of(Q80, true, 2), 0, 0)).isCloseTo(0.11807, within(3e-4));
    weights[2] = 0; // one event
    assertThat(predict(of(Q80, true, 2), 0, 0)).isCloseTo(0.1, within(3e-4));
    weights[2] = 1; // independent ones; of .1 and .5 at least one: .55
    assertThat(predict(of(Q80, true, 2), 0, 0)).isCloseTo(0.19, within(3e-4));
    assertThat(predict(of(Q80, true, 2), 0, Q80)).isCloseTo(0.55, within(3e-4));
  }

  @Test
  void crossingIsExpectedWhereHalfOfTheProbabilityIsReached() {
    CrossingProbability.reset(weights, covariances);
    CrossingProbability crossing = of(3, true, 4);
    predict(crossing, 0, 0.5, 2.9, 0);
    assertThat(crossing.step()).isEqualTo(3);
    predict(crossing, 2.9, 0.5, 2.9, 0);
    assertThat(crossing.step()).isEqualTo(1);
  }

  @Test
  void oneEventMovesTheWeightsAsByHand() {
    CrossingProbability.reset(weights, covariances);
    // x = (1, 0, 0): information .25, variance .5, shrink 1 / (1 + .125), error .5
    of(0, true, 1).learn(weights, covariances, 0, 0, true);
    assertThat(weights).containsExactly(new double[] {0.5 * 0.5 / 1.125, 1, 0.25}, within(1e-12));
    double left = 0.5 - 0.25 * 0.25 / 1.125;
    assertThat(covariances)
        .containsExactly(new double[] {left, 0, 0, 0.1 / 0.9998, 0, 0.2 / 0.9998}, within(0.001));
  }

  @Test
  void dependenceOfTheStepsIsLearned() {
    for (boolean isOne : new boolean[] {true, false}) {
      CrossingProbability.reset(weights, covariances);
      CrossingProbability crossing = of(Q80, true, 5);
      SplittableRandom random = new SplittableRandom(3);
      for (int n = 0; n < 4_000; n++) {
        predict(crossing, 0, 0, 0, 0, 0);
        boolean occurred = false;
        double shared = random.nextGaussian();
        for (int k = 0; k < 5; k++) {
          occurred |= (isOne ? shared : random.nextGaussian()) > Q80;
        }
        crossing.learn(weights, covariances, crossing.one(), crossing.beyond(), occurred);
      }
      double truth = isOne ? 0.1 : 1 - Math.pow(0.9, 5);
      assertThat(predict(crossing, 0, 0, 0, 0, 0)).isCloseTo(truth, within(0.03));
    }
  }

  @Test
  void intervalsWithoutWidthAreCertain() {
    CrossingProbability.reset(weights, covariances);
    assertThat(predict(of(7, true, 1), 0, new double[] {7})).isLessThan(0.001);
    assertThat(predict(of(7, true, 1), 0, new double[] {7.1})).isGreaterThan(0.999);
    assertThat(predict(of(7, true, 2), 0, new double[] {Double.NaN, 1})).isNaN();
    assertThat(predict(of(7, true, 1), 1e300, new double[] {-1e307})).isBetween(0.0, 0.01);
  }

  @Test
  void anythingThatOccursLeavesSoundNumbers() {
    SplittableRandom random = new SplittableRandom(5);
    CrossingProbability.reset(weights, covariances);
    CrossingProbability crossing = of(0, true, 3);
    for (int n = 0; n < 200_000; n++) {
      double size = Math.pow(10, random.nextDouble(-3, 3));
      predict(crossing, size, new double[] {random.nextGaussian(), 1e9 * random.nextGaussian(), 0});
      boolean occurred = n / 5_000 % 2 == 0 || random.nextInt(50) == 0;
      crossing.learn(weights, covariances, crossing.one(), crossing.beyond(), occurred);
      assertThat(CrossingProbability.areSound(weights, covariances)).isTrue();
    }
    assertThat(Arrays.stream(weights).map(Math::abs).max().orElseThrow()).isLessThan(100);
  }

  private static final Path SERIES = Path.of("src/cli/main/resources/sample");

  private static final List<String> SOME =
      List.of("uci_bike.csv", "nab_elb_requests.csv", "vega_seattle_tmax.csv");

  private static final int HORIZON = 12;
  private static final int[] WITHIN = {1, 4, HORIZON};
  private static final double[] QUANTILES = {0.8, 0.9, 0.95};
  private static final double[][] BINS = {{0.45, 0.55}, {0.75, 0.85}, {0.925, 0.975}};
  private static final double PAST = 0.4;
  private static final int QUIET_VALUES = 10;

  /**
   * What was foretold for a threshold, by values ahead: in each bin how often, and how often it
   * happened; warnings, and those that came true.
   */
  private static final class Counts {
    final int[][][] bins = new int[WITHIN.length][BINS.length][2];
    final int[][] warnings = new int[WITHIN.length][2];

    void add(int k, double probability, boolean occurred) {
      for (int b = 0; b < BINS.length; b++) {
        if (probability >= BINS[b][0] && probability < BINS[b][1]) {
          bins[k][b][0]++;
          bins[k][b][1] += occurred ? 1 : 0;
        }
      }
    }

    double share(int k, int bin) {
      return (double) bins[k][bin][1] / bins[k][bin][0];
    }
  }

  private record Run(
      ThresholdTracker tracker, ThresholdState state, int k, double[] probabilities) {

    static Run of(Threshold threshold, List<Double> levels, int k, int values) {
      ThresholdTracker tracker = new ThresholdTracker(threshold, levels);
      double[] probabilities = new double[values];
      Arrays.fill(probabilities, Double.NaN);
      return new Run(tracker, tracker.newSeries(), k, probabilities);
    }

    void count(double[] values, Counts counts) {
      int within = tracker.threshold().within();
      for (int i = 0; i + within < values.length; i++) {
        counts.add(
            k,
            probabilities[i],
            Arrays.stream(values, i + 1, i + 1 + within)
                .anyMatch(tracker.threshold()::isCrossedBy));
      }
    }
  }

  private static void measure(Path file, Counts counts) throws IOException {
    List<String> lines = Files.readAllLines(file);
    double[] values = new double[lines.size() - 1];
    LearnerSettings settings = LearnerSettings.defaults(HORIZON);
    Learner learner = new Learner(settings);
    LearnerState state = learner.newSeries(file.getFileName().toString(), LearnerSettings.AUTO);
    double[] forecast = new double[HORIZON];
    double[][] lower = new double[settings.levels().size()][HORIZON];
    double[][] upper = new double[settings.levels().size()][HORIZON];
    int past = (int) (PAST * values.length);
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      String[] fields = lines.get(i + 1).split(",");
      values[i] = Double.parseDouble(fields[2]);
      learner.observe(state, Instant.parse(fields[1]).toEpochMilli(), values[i]);
      if (i + 1 == past) {
        double[] sorted = Arrays.copyOf(values, past);
        Arrays.sort(sorted);
        for (double quantile : QUANTILES) {
          for (int k = 0; k < 2 * WITHIN.length; k++) {
            boolean above = k % 2 == 0;
            double limit = sorted[(int) ((above ? quantile : 1 - quantile) * (past - 1))];
            Threshold threshold = new Threshold(limit, above, WITHIN[k / 2], 0.8);
            runs.add(Run.of(threshold, settings.levels(), k / 2, values.length));
          }
        }
      }
      if (!runs.isEmpty()) {
        learner.forecast(state, forecast, lower, upper);
      }
      for (Run run : runs) {
        run.probabilities[i] = run.tracker.predict(run.state, values[i], forecast, lower, upper);
        Change change = run.tracker.warn(run.state, i, values[i], forecast, 1, QUIET_VALUES, true);
        counts.warnings[run.k][0] += change == Change.OPENED ? 1 : 0;
        counts.warnings[run.k][1] += change == Change.CROSSED ? 1 : 0;
      }
    }
    runs.forEach(run -> run.count(values, counts));
  }

  /**
   * How often what is foretold of real series happens, each prediction made before. The limits are
   * quantiles of the first 40 % of a series; what comes after them is counted, nothing is learned
   * before.
   */
  @Test
  void probabilitiesOfRealSeriesComeTrueAsOften() throws IOException {
    Counts counts = new Counts();
    for (String file : SOME) {
      measure(SERIES.resolve(file), counts);
    }
    int[] all = new int[2];
    for (int k = 0; k < WITHIN.length; k++) {
      assertThat(counts.share(k, 1)).as("80 %%, within %d", WITHIN[k]).isBetween(0.75, 0.85);
      assertThat(counts.share(k, 0)).as("50 %%, within %d", WITHIN[k]).isBetween(0.43, 0.57);
      assertThat(counts.share(k, 2)).as("95 %%, within %d", WITHIN[k]).isBetween(0.90, 0.99);
      assertThat((double) counts.warnings[k][1] / counts.warnings[k][0]).isGreaterThan(0.8);
      all[0] += counts.bins[k][1][0];
      all[1] += counts.bins[k][1][1];
    }
    assertThat((double) all[1] / all[0]).isBetween(0.77, 0.83);
  }
}
