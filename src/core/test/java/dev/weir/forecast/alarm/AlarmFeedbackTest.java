package dev.weir.forecast.alarm;

import static dev.weir.forecast.alarm.IncidentTrackerTest.bytes;
import static dev.weir.forecast.alarm.IncidentTrackerTest.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import java.io.IOException;
import java.util.EnumSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlarmFeedbackTest {

  private static FeedbackEvent dismissal(Reason reason, long start) {
    return new FeedbackEvent("pump", reason, start, null);
  }

  private static IncidentTracker tracker(Reason reason, double budget) {
    return new IncidentTracker(
        new IncidentSettings(
            new AlarmSettings(new AlarmRate(budget, 0), EnumSet.of(reason)), 1, 5));
  }

  private static IncidentTracker tracker(Reason reason) {
    return tracker(reason, 5e-3);
  }

  /** Value number i: noise, in which a shock that begins each 200 values lasts for 12. */
  private static double value(SplittableRandom random, int i, double shock) {
    double noise = random.nextGaussian();
    return noise + (i > 0 && i % 200 < 12 ? shock : 0);
  }

  /** The alarms of a series, of which the first so many are dismissed when they come. */
  private static int alarms(IncidentTracker tracker, Reason reason, int dismissed) {
    SeriesAlarms alarms = tracker.newSeries();
    SplittableRandom random = new SplittableRandom(5);
    int raised = 0;
    double highest = 6;
    for (int i = 0; i < 12_000; i++) {
      double y = value(random, i, 3);
      if (reason == Reason.NOVELTY) {
        y = i % 400 == 399 ? highest *= 1.06 : i % 50 == 0 ? highest * 0.9 : random.nextGaussian();
      }
      tracker.observe(alarms, i, y, 0, 1);
      if (tracker.isAlarm()) {
        raised++;
        if (raised <= dismissed) {
          alarms.dismiss(dismissal(reason, i));
        }
      }
    }
    return raised;
  }

  @ParameterizedTest
  @CsvSource({"NOVELTY, 1e-3, 99", "LEVEL, 5e-3, 5", "ERROR, 3e-2, 5"})
  void dismissedReasonNeedsMoreEvidence(Reason reason, double budget, int dismissed) {
    IncidentTracker tracker = tracker(reason, budget);
    int all = alarms(tracker, reason, 0);
    assertThat(all).isGreaterThan(12);
    assertThat(alarms(tracker, reason, dismissed)).isLessThan(all * 3 / 4);
  }

  @Test
  void demandIsBoundedFadesAndIsOfOneReason() {
    AlarmFeedback feedback = new AlarmFeedback();
    for (int i = 0; i < 9; i++) {
      feedback.dismiss(Reason.LEVEL);
    }
    assertThat(feedback.demand(Reason.LEVEL)).isEqualTo(AlarmFeedback.MAX_DEMAND);
    assertThat(feedback.demand(Reason.NOVELTY)).isZero();
    for (int i = 0; i < AlarmFeedback.HALF_LIFE; i++) {
      assertThat(feedback.advance()).isTrue();
    }
    assertThat(feedback.demand(Reason.LEVEL)).isCloseTo(1, within(1e-9));
    int values = 0;
    while (feedback.advance()) {
      values++;
    }
    assertThat(values).isBetween(25_000, 35_000);
    assertThat(feedback.demand(Reason.LEVEL)).isZero();
  }

  @Test
  void reasonsOfEvidenceAreNumberedFromZero() {
    for (int i = 0; i < Reason.OF_EVIDENCE.size(); i++) {
      assertThat(Reason.OF_EVIDENCE.get(i).ordinal()).isEqualTo(i);
    }
  }

  @Test
  void dismissedIncidentIsClosedAtTheNextValue() {
    IncidentTracker tracker = tracker(Reason.ERROR);
    SeriesAlarms alarms = tracker.newSeries();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1_000; i++) {
      tracker.observe(alarms, i, random.nextDouble(), 0.5, 0.5);
    }
    assertThat(tracker.observe(alarms, 1_000, 30, 0.5, 0.5)).isEqualTo(Event.OPENED);
    alarms.dismiss(dismissal(Reason.ERROR, 999)); // another incident
    assertThat(tracker.observe(alarms, 1_001, 40, 0.5, 0.5)).isNotEqualTo(Event.CLOSED);
    alarms.dismiss(dismissal(Reason.ERROR, 1_000));
    assertThat(tracker.observe(alarms, 1_002, 50, 0.5, 0.5)).isEqualTo(Event.CLOSED);
    assertThat(alarms.incident()).isNull();
  }

  @Test
  void restoredFeedbackContinuesWithTheSameBits() throws IOException {
    IncidentTracker tracker = tracker(Reason.LEVEL);
    IncidentTracker other = tracker(Reason.LEVEL);
    SeriesAlarms kept = tracker.newSeries();
    SeriesAlarms moved = tracker.newSeries();
    SplittableRandom random = new SplittableRandom(8);
    for (int i = 0; i < 3_000; i++) {
      double y = value(random, i, 4);
      Event event = tracker.observe(kept, i, y, 0, 1);
      assertThat(other.observe(moved, i, y, 0, 1)).isEqualTo(event);
      if (i % 500 == 499) {
        for (SeriesAlarms each : new SeriesAlarms[] {kept, moved}) {
          each.dismiss(dismissal(Reason.LEVEL, i - 3));
        }
      }
      if (i % 7 == 0) {
        moved = read(bytes(moved));
      }
    }
    assertThat(bytes(moved)).isEqualTo(bytes(kept)).isEqualTo(bytes(kept.copy()));
    assertThat(kept.feedback.demand(Reason.LEVEL)).isPositive();
  }

  @Test
  void stateWithoutFeedbackTakesOneByte() throws IOException {
    SeriesAlarms alarms = tracker(Reason.LEVEL).newSeries();
    int before = alarms.bytes();
    byte[] without = bytes(alarms);
    assertThat(without[without.length - 1]).isZero();
    alarms.dismiss(dismissal(Reason.LEVEL, 0));
    assertThat(bytes(alarms)).hasSize(without.length + 4 * Double.BYTES);
    assertThat(alarms.bytes()).isEqualTo(before + 4 * Double.BYTES);
    byte[] damaged = bytes(alarms);
    damaged[damaged.length - 32] = 0x7f;
    assertThatThrownBy(() -> read(damaged)).hasMessageContaining("a demand of 0 to 2");
  }
}
