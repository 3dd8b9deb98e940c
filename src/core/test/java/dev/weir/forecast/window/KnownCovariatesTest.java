package dev.weir.forecast.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Observation;
import dev.weir.forecast.window.Sampling.Gap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a window keeps of covariates known ahead: seq_len 3, two covariates, 4 steps. */
class KnownCovariatesTest {

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
    assertThat(known(longer, longer.fit(state), 4, 5))
        .containsExactly(NAN, 6, 7, 8, 9, 10, NAN, NAN, NAN);
    Windows shorter = windows(2, 1, Gap.SKIP);
    assertThat(known(shorter, shorter.fit(state), 2, 1)).containsExactly(7, 8, 9);
    WindowState plain = new Windows(3, 1, 0, new Sampling(HOUR, Gap.SKIP, 9), 8).fit(state);
    assertThat(plain.columns()).isZero();
    assertThat(plain.size()).isEqualTo(3);
    state = windows.fit(plain); // nothing is known, but the values are
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
}
