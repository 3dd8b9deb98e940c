package dev.weir.forecast.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.StateBytes;
import dev.weir.forecast.StateFields;
import dev.weir.forecast.alarm.ThresholdTracker.Change;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

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
}
