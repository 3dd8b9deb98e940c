package dev.weir.forecast.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Observation;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.Windows.Outcome;
import java.nio.LongBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

public class WindowsTest {

  private static final String SERIES = "pump-7";
  private static final long MINUTE = 60_000;

  private static Observation at(long minute, double value) {
    return new Observation(SERIES, minute * MINUTE, value);
  }

  /** Feeds observations as if complete up to each, and returns the windows' values. */
  public static List<List<Double>> cut(Windows windows, WindowState state, Observation... all) {
    List<List<Double>> cut = new ArrayList<>();
    for (Observation observation : all) {
      if (windows.offer(state, observation, Windows.IN_ORDER) == Outcome.APPENDED
          && windows.isDue(state)) {
        cut.add(values(windows.window(SERIES, state)));
      }
    }
    return cut;
  }

  public static List<Double> values(SequenceWindow window) {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < window.size(); i++) {
      values.add(window.value(i));
    }
    return values;
  }

  @Test
  void aStrideOfOneGivesAWindowAtEachObservation() {
    Windows windows = new Windows(3, 1, 0);
    assertThat(cut(windows, windows.newState(), at(1, 10), at(2, 20), at(3, 30), at(4, 40)))
        .containsExactly(
            List.of(10.0),
            List.of(10.0, 20.0),
            List.of(10.0, 20.0, 30.0),
            List.of(20.0, 30.0, 40.0));
  }

  @Test
  void aStrideOfSeqLenCutsTwentyValuesIntoFourWindowsOfFive() {
    Windows windows = new Windows(5, 5, 0);
    Observation[] twenty = new Observation[20];
    for (int i = 0; i < 20; i++) {
      twenty[i] = at(i, i + 1);
    }
    assertThat(cut(windows, windows.newState(), twenty))
        .containsExactly(
            List.of(1.0, 2.0, 3.0, 4.0, 5.0),
            List.of(6.0, 7.0, 8.0, 9.0, 10.0),
            List.of(11.0, 12.0, 13.0, 14.0, 15.0),
            List.of(16.0, 17.0, 18.0, 19.0, 20.0));
  }

  /** After 10, 20 and 30 in a window of two. */
  @ParameterizedTest
  @CsvSource({
    "2, 20, DUPLICATE",
    "3, 30, DUPLICATE",
    "3, 31, LATE", // another value for that time
    "2, 21, LATE",
    "1, 10, LATE", // older than the window
    "0, 10, LATE"
  })
  void observationOfATimeAlreadyPassedIsADuplicateOrLate(long minute, double value, Outcome is) {
    Windows windows = new Windows(2, 1, 0);
    WindowState state = windows.newState();
    cut(windows, state, at(1, 10), at(2, 20), at(3, 30));
    assertThat(windows.offer(state, at(minute, value), Windows.IN_ORDER)).isEqualTo(is);
    assertThat(state.seen()).isEqualTo(3);
  }

  @Test
  void anObservationWaitsUntilItsSeriesIsCompleteUpToIt() {
    Windows windows = new Windows(3, 1, 0);
    WindowState state = windows.newState();
    assertThat(windows.offer(state, at(3, 30), MINUTE)).isEqualTo(Outcome.PENDING);
    assertThat(windows.offer(state, at(2, 20), MINUTE)).isEqualTo(Outcome.PENDING);
    assertThat(windows.offer(state, at(1, 10), MINUTE)).isEqualTo(Outcome.APPENDED);
    assertThat(windows.advance(state, 2 * MINUTE)).isTrue();
    assertThat(windows.advance(state, 2 * MINUTE)).isFalse();
    assertThat(values(windows.window(SERIES, state))).containsExactly(10.0, 20.0);
    assertThat(windows.advance(state, 3 * MINUTE)).isTrue();
    assertThat(values(windows.window(SERIES, state))).containsExactly(10.0, 20.0, 30.0);
  }

  @Test
  void theLastCorrectionBeforeTheWatermarkWins() {
    Windows windows = new Windows(3, 1, 0);
    WindowState state = windows.newState();
    assertThat(windows.offer(state, at(2, 20), 0)).isEqualTo(Outcome.PENDING);
    assertThat(windows.offer(state, at(2, 20), 0)).isEqualTo(Outcome.DUPLICATE);
    assertThat(windows.offer(state, at(2, 21), 0)).isEqualTo(Outcome.CORRECTED);
    assertThat(windows.offer(state, at(2, 22), 0)).isEqualTo(Outcome.CORRECTED);
    assertThat(windows.advance(state, 2 * MINUTE)).isTrue();
    assertThat(values(windows.window(SERIES, state))).containsExactly(22.0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whateverTheOrderWithinTheBoundTheWindowsAreThoseOfTheSortedSeries(long seed) {
    Random random = new Random(seed);
    int n = 200;
    int bound = 7; // minutes out of order
    List<Observation> sorted = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      sorted.add(at(i, random.nextGaussian()));
    }
    List<Observation> shuffled = new ArrayList<>(sorted);
    for (int i = 0; i + bound <= n; i += bound) {
      Collections.shuffle(shuffled.subList(i, i + bound), random);
    }
    Windows windows = new Windows(5, 2, 0);
    List<List<Double>> expected =
        cut(windows, windows.newState(), sorted.toArray(Observation[]::new));

    WindowState state = windows.newState();
    List<List<Double>> got = new ArrayList<>();
    long newest = Long.MIN_VALUE;
    for (Observation observation : shuffled) {
      newest = Math.max(newest, observation.time());
      long watermark = newest - bound * MINUTE - 1;
      while (windows.advance(state, watermark)) {
        addDue(windows, state, got);
      }
      if (windows.offer(state, observation, watermark) == Outcome.APPENDED) {
        addDue(windows, state, got);
      }
    }
    while (windows.advance(state, Long.MAX_VALUE)) {
      addDue(windows, state, got);
    }
    assertThat(got).isEqualTo(expected);
    assertThat(state.seen()).isEqualTo(n);
    assertThat(state.pendingSize()).isZero();
  }

  private static void addDue(Windows windows, WindowState state, List<List<Double>> to) {
    if (windows.isDue(state)) {
      to.add(values(windows.window(SERIES, state)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void nothingIsLostOrCountedTwiceOnAMessyStream(long seed) {
    Random random = new Random(seed);
    Windows windows = new Windows(5, 1, 0);
    WindowState state = windows.newState();
    TreeMap<Outcome, Integer> counts = new TreeMap<>();
    long watermark = -1;
    int n = 5_000;
    int appendedLater = 0;
    for (int i = 0; i < n; i++) {
      long minute = Math.max(0, i / 2 + random.nextInt(9) - 4);
      Observation observation = at(minute, random.nextInt(2));
      if (i % 10 == 0) {
        watermark = Math.max(watermark, (i / 2 - 2) * MINUTE);
        while (windows.advance(state, watermark)) {
          appendedLater++;
        }
      }
      counts.merge(windows.offer(state, observation, watermark), 1, Integer::sum);
    }
    while (windows.advance(state, Long.MAX_VALUE)) {
      appendedLater++;
    }
    assertThat(counts.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(n);
    assertThat(counts).containsOnlyKeys(Outcome.values()); // each kind did happen
    assertThat(appendedLater).isEqualTo(counts.get(Outcome.PENDING));
    assertThat(state.seen()).isEqualTo(counts.get(Outcome.APPENDED) + appendedLater);
  }

  @Test
  void featuresTravelWithTheirValues() {
    Windows windows = new Windows(2, 1, 2);
    WindowState state = windows.newState();
    windows.offer(state, new Observation(SERIES, 1, 10, new double[] {1, 2}), Windows.IN_ORDER);
    windows.offer(state, new Observation(SERIES, 3, 30, new double[] {5, 6}), 1);
    windows.offer(state, new Observation(SERIES, 2, 20, new double[] {3, 4}), 1);
    windows.advance(state, 3);
    windows.advance(state, 3);
    SequenceWindow window = windows.window(SERIES, state);
    assertThat(window.value(0)).isEqualTo(20);
    assertThat(window.feature(0, 0)).isEqualTo(3);
    assertThat(window.feature(0, 1)).isEqualTo(4);
    assertThat(window.feature(1, 0)).isEqualTo(5);
    assertThat(window.feature(1, 1)).isEqualTo(6);
  }

  @Test
  void whatIsKnownAheadTravelsWithItsObservation() {
    Windows windows = new Windows(2, 1, 0, Sampling.BY_COUNT, 3, 0);
    WindowState state = windows.newState();
    assertThat(windows.offer(state, ahead(1, 4, 5), Windows.IN_ORDER)).isEqualTo(Outcome.APPENDED);
    assertThat(windows.window(SERIES, state).ahead()).containsExactly(4, 5);
    assertThat(windows.offer(state, ahead(3, 6, 7, 8), 1)).isEqualTo(Outcome.PENDING);
    assertThat(windows.offer(state, ahead(3, 6, 7, 8), 1)).isEqualTo(Outcome.DUPLICATE);
    assertThat(windows.offer(state, ahead(3, 9), 1)).isEqualTo(Outcome.CORRECTED);
    assertThat(windows.offer(state, ahead(2), 1)).isEqualTo(Outcome.PENDING);
    windows.advance(state, 3);
    assertThat(windows.window(SERIES, state).ahead()).isEmpty();
    windows.advance(state, 3);
    assertThat(windows.window(SERIES, state).ahead()).containsExactly(9);
  }

  private static Observation ahead(long time, double... known) {
    return new Observation(SERIES, time, 7, Observation.NO_FEATURES, null, known);
  }

  @Test
  void aStateSavedUnderALongerWindowKeepsItsNewestValues() {
    Windows longer = new Windows(4, 1, 0);
    WindowState state = longer.newState();
    cut(longer, state, at(1, 10), at(2, 20), at(3, 30), at(4, 40), at(5, 50));
    longer.offer(state, at(9, 90), 6 * MINUTE);
    Windows shorter = new Windows(2, 1, 0);
    WindowState fitted = shorter.fit(state, shorter.newState());
    assertThat(values(shorter.window(SERIES, fitted))).containsExactly(40.0, 50.0);
    assertThat(fitted.seen()).isEqualTo(5);
    assertThat(fitted.pendingSize()).isEqualTo(1);
    assertThat(shorter.fits(fitted)).isTrue();
  }

  @Test
  void withAnotherNumberOfFeaturesASeriesStartsAgain() {
    Windows none = new Windows(3, 1, 0);
    WindowState state = none.newState();
    cut(none, state, at(1, 10));
    Windows other = new Windows(3, 1, 1);
    assertThat(other.fit(state, other.newState()).size()).isZero();
  }

  @Test
  void spacingIsTheMedianOfTheNewestGaps() {
    Windows windows = new Windows(5, 1, 0);
    WindowState state = windows.newState();
    cut(windows, state, at(1, 0));
    assertThat(windows.window(SERIES, state).spacing()).isZero();
    cut(windows, state, at(2, 0), at(3, 0), at(13, 0), at(14, 0)); // one long gap among short ones
    assertThat(windows.window(SERIES, state).spacing()).isEqualTo(MINUTE);
  }

  @Test
  void sizesBelowOneAreRefusedByName() {
    assertThatThrownBy(() -> new Windows(0, 1, 0))
        .hasMessage("seq_len: expected at least 1, got 0");
    assertThatThrownBy(() -> new Windows(5, 0, 0)).hasMessage("stride: expected at least 1, got 0");
  }

  @Test
  void aSeriesThatGoesBackKeepsThePhaseOfTheWeek() {
    long hour = 3_600_000;
    Windows windows = new Windows(3, 1, 0, new Sampling(Duration.ofHours(1), Sampling.Gap.SKIP, 0));
    WindowState state = windows.newState();
    windows.offer(state, new Observation("s", 100 * hour, 1), Windows.IN_ORDER);
    windows.resume(state, new Observation("s", 90 * hour, 2));
    assertThat(windows.missing()).isEqualTo(7 * 24 - 11); // with the value itself: 10 back
    assertThat(state.size()).isEqualTo(1);
    assertThat(state.lastTime()).isEqualTo(90 * hour);
    assertThat(state.seen()).isEqualTo(2);
  }

  private static final long HOUR = 3_600_000;

  private static final double NAN = Double.NaN;

  private final Windows windows = windows(3, 4, Gap.SKIP);

  private WindowState state = windows.newState();

  private static Windows windows(int seqLen, int steps, Gap gap) {
    return new Windows(seqLen, 1, 0, new Sampling(HOUR, gap, 9), 2 * steps, 2);
  }

  private static Observation at(long hour, double... ahead) {
    return new Observation("s", hour * HOUR, 7, Observation.NO_FEATURES, null, ahead);
  }

  private void offer(long hour, double... ahead) {
    windows.offer(state, at(hour, ahead), Windows.IN_ORDER);
  }

  /** The first covariate from the oldest row to the last step, and all seconds its opposite. */
  private static double[] known(Windows windows, WindowState state, int seqLen, int steps) {
    SequenceWindow window = windows.window("s", state);
    double[] known = new double[seqLen + steps];
    for (int i = 0; i < known.length; i++) {
      known[i] = window.covariate(i + 1 - seqLen, 0);
      assertThat(window.covariate(i + 1 - seqLen, 1)).isEqualTo(Double.valueOf(-known[i]));
    }
    assertThat(window.covariate(steps + 1, 0)).as("beyond all steps").isNaN();
    return known;
  }

  private double[] known() {
    return known(windows, state, 3, 4);
  }

  @Test
  void whatWasKnownAheadBecomesKnownOfRows() {
    offer(0, 1, -1, 2, -2, 3, -3, 4, -4, 99, 99);
    assertThat(known()).containsExactly(NAN, NAN, NAN, 1, 2, 3, 4);
    offer(1, 2.5, -2.5, NAN, NAN); // the newest record counts, also where it says nothing is known
    assertThat(known()).containsExactly(NAN, NAN, 1, 2.5, NAN, 4, NAN);
    offer(2);
    assertThat(known()).containsExactly(NAN, 1, 2.5, NAN, 4, NAN, NAN);
    offer(3, 5, -5, 6, -6, 7, -7, 8, -8);
    assertThat(known()).containsExactly(1, 2.5, NAN, 5, 6, 7, 8);
    offer(4, 9, -9);
    assertThat(known()).containsExactly(2.5, NAN, 5, 9, 7, 8, NAN);
  }

  @ParameterizedTest
  @CsvSource({"SKIP", "CARRY", "LINEAR"})
  void gapMovesOnByTheMissingSteps(Gap gap) {
    Windows other = windows(3, 4, gap);
    WindowState of = other.newState();
    other.offer(of, at(0, 1, -1, 2, -2, 3, -3, 4, -4), Windows.IN_ORDER);
    other.offer(of, at(3, 5, -5), Windows.IN_ORDER);
    assertThat(known(other, of, 3, 4)).containsExactly(1, 2, 3, 5, NAN, NAN, NAN);
    other.offer(of, at(50, 6, -6), Windows.IN_ORDER);
    assertThat(known(other, of, 3, 4)).containsExactly(NAN, NAN, NAN, 6, NAN, NAN, NAN);
  }

  @Test
  void resetAndReturnToAnEarlierTimeForget() {
    Windows other = windows(3, 4, Gap.RESET);
    WindowState of = other.newState();
    other.offer(of, at(5, 1, -1, 2, -2, 3, -3), Windows.IN_ORDER);
    other.offer(of, at(7, 4, -4), Windows.IN_ORDER);
    assertThat(known(other, of, 3, 4)).containsExactly(NAN, NAN, NAN, 4, NAN, NAN, NAN);
    other.resume(of, at(2, 5, -5));
    assertThat(known(other, of, 3, 4)).containsExactly(NAN, NAN, NAN, 5, NAN, NAN, NAN);
  }

  @Test
  void observationThatWaitedBringsItsCovariatesInOrder() {
    offer(0, 1, -1, 2, -2);
    windows.offer(state, at(2, 5, -5), 0);
    windows.offer(state, at(1, 3, -3, 4, -4), 0);
    assertThat(windows.advance(state, 2 * HOUR)).isTrue();
    assertThat(known()).containsExactly(NAN, NAN, 1, 3, 4, NAN, NAN);
    assertThat(windows.advance(state, 2 * HOUR)).isTrue();
    assertThat(known()).containsExactly(NAN, 1, 3, 5, NAN, NAN, NAN);
  }

  @Test
  void stateOfOtherSizesKeepsWhatItKnowsOfTheSameSteps() {
    for (int hour = 0; hour < 9; hour++) { // so that the ring has turned
      offer(hour, hour + 1, -hour - 1, hour + 2, -hour - 2);
    }
    Windows longer = windows(4, 5, Gap.SKIP);
    assertThat(known(longer, longer.fit(state, longer.newState()), 4, 5))
        .containsExactly(NAN, 6, 7, 8, 9, 10, NAN, NAN, NAN);
    Windows shorter = windows(2, 1, Gap.SKIP);
    assertThat(known(shorter, shorter.fit(state, shorter.newState()), 2, 1))
        .containsExactly(7, 8, 9);
    Windows unknowing = new Windows(3, 1, 0, new Sampling(HOUR, Gap.SKIP, 9), 8, 0);
    WindowState plain = unknowing.fit(state, unknowing.newState());
    assertThat(plain.columns()).isZero();
    assertThat(plain.size()).isEqualTo(3);
    state = windows.fit(plain, windows.newState()); // nothing is known, but the values are
    assertThat(known()).containsOnly(NAN);
    assertThat(state.size()).isEqualTo(3);
  }

  @Test
  void copySharesNothing() {
    offer(0, 1, -1);
    WindowState copy = new WindowState(state);
    offer(1, 2, -2);
    assertThat(known(windows, copy, 3, 4)).containsExactly(NAN, NAN, NAN, 1, NAN, NAN, NAN);
    assertThat(copy.bytes()).isEqualTo(8 * (3 * 2 + (3 + 4) * 2));
  }

  @Test
  void ringThatHasTurnedIsSavedOldestFirst() {
    WindowState ring = new WindowState(3, 0);
    for (int t = 0; t < 5; t++) {
      ring.append(t, 0, new double[0], 0);
    }
    long[] saved = new long[ring.numbers()];
    ring.save(LongBuffer.wrap(saved));
    assertThat(saved).containsExactly(2, 0, 3, 0, 4, 0); // the bits of 0
  }

  @Test
  void copyKnowsThePauseThatHasComeTwice() {
    Pace pace = new Pace();
    for (int gap = 0; gap < 30; gap++) {
      pace.observe(10);
    }
    pace.observe(9_000);
    pace.observe(8_000);
    state.pace(pace);
    assertThat(new WindowState(state).pace().limit()).isEqualTo(10_000); // 1.25 of the second
  }
}
