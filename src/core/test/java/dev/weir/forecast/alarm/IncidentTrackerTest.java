package dev.weir.forecast.alarm;

import static dev.weir.forecast.alarm.IncidentTrackerTest.bytes;
import static dev.weir.forecast.alarm.IncidentTrackerTest.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.forecast.StateBytes;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IncidentTrackerTest {

  private static final long MINUTE = 60_000;
  private static final int NOISE = 700;

  private static IncidentSettings settings(int minDuration, int quiet) {
    AlarmSettings alarms =
        new AlarmSettings(new AlarmRate(1e-3, 0), EnumSet.of(Reason.NOVELTY, Reason.ERROR));
    return new IncidentSettings(alarms, minDuration, quiet);
  }

  /** One event and the incident at that time. */
  private record Seen(Event event, long minute, OpenIncident incident) {}

  /** Noise around 10, then these values, each with 10 as its forecast, minute by minute. */
  private static List<Seen> seen(IncidentSettings settings, double... then) {
    SplittableRandom random = new SplittableRandom(3);
    double[] values = new double[NOISE + then.length];
    Arrays.setAll(values, i -> i < NOISE ? 10 + 2 * random.nextDouble() - 1 : then[i - NOISE]);
    return seenOf(settings, values);
  }

  private static List<Seen> seenOf(IncidentSettings settings, double[] values) {
    IncidentTracker tracker = new IncidentTracker(settings);
    SeriesAlarms alarms = tracker.newSeries();
    List<Seen> seen = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      Event event = observe(tracker, alarms, values, i, 10);
      if (event != null) {
        seen.add(new Seen(event, i - NOISE, tracker.newest().copy()));
      }
    }
    return seen;
  }

  /** Values of the noise's middle, which surprise nobody. */
  private static double[] calm(int count, double... first) {
    double[] values = new double[count + first.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = i < first.length ? first[i] : 10 + (i % 5 - 2) * 0.1;
    }
    return values;
  }

  @Test
  void spikeOpensOneIncidentThatClosesAfterTheQuietValues() {
    List<Seen> seen = seen(settings(1, 7), calm(60, 25));
    assertThat(seen).extracting(Seen::event).containsExactly(Event.OPENED, Event.CLOSED);
    OpenIncident opened = seen.get(0).incident;
    assertThat(seen.get(0).minute).isZero();
    assertThat(opened.start()).isEqualTo(NOISE * MINUTE);
    assertThat(opened.end()).isEqualTo(NOISE * MINUTE);
    assertThat(opened.worst()).isEqualTo(25);
    assertThat(opened.expected()).isEqualTo(10);
    assertThat(opened.error()).isEqualTo(15);
    assertThat(opened.surprise()).isEqualTo(5);
    assertThat(opened.reason()).isEqualTo(Reason.NOVELTY);
    assertThat(opened.severity()).isEqualTo(Severity.HIGH);
    OpenIncident closed = seen.get(1).incident;
    long last = (closed.end() - closed.start()) / MINUTE; // the return is surprising, too
    assertThat(seen.get(1).minute).isEqualTo(last + 7);
    assertThat(closed.values()).isEqualTo(last + 1);
    assertThat(closed.worst()).isEqualTo(25);
  }

  /**
   * Means of the newest values contain a spike for long after it; ten values in a row that are as
   * they were expected end its incident, and it opens no other.
   */
  @ParameterizedTest
  @CsvSource({"60, 6", "-40, 6", "200, 3", "25, 1"})
  void incidentEndsWithTenValuesThatAreAsExpected(double spike, int length) {
    AlarmSettings all = new AlarmSettings(new AlarmRate(1e-4, 0), EnumSet.allOf(Reason.class));
    SplittableRandom random = new SplittableRandom(3);
    double[] values = new double[NOISE + 120];
    for (int i = 0; i < values.length; i++) {
      boolean isIn = i >= NOISE && i < NOISE + length;
      values[i] = isIn ? spike : 10 + (i < NOISE ? 2 : 1) * (random.nextDouble() - 0.5);
    }
    List<Seen> seen = seenOf(new IncidentSettings(all, 1, 10), values);
    assertThat(seen).extracting(Seen::event).containsExactly(Event.OPENED, Event.CLOSED);
    assertThat(seen).extracting(Seen::minute).containsExactly(0L, length - 1L + 10);
    assertThat(seen.get(1).incident.values()).isEqualTo(length);
  }

  @Test
  void shortIncidentIsNotReportedWithALongerLeastDuration() {
    assertThat(seen(settings(6, 7), calm(60, 25))).isEmpty();
  }

  @Test
  void incidentIsOpenedWhenItHasLastedForTheLeastDuration() {
    List<Seen> seen = seen(settings(4, 9), calm(90, 25, 10, 10, 30, 10, 10, 35));
    assertThat(seen).extracting(Seen::event).containsExactly(Event.OPENED, Event.CLOSED);
    assertThat(seen.get(0).minute).isEqualTo(3);
    assertThat(seen.get(0).incident.start()).isEqualTo(NOISE * MINUTE);
    assertThat(seen.get(0).incident.values()).isEqualTo(4);
  }

  @Test
  void updateIsReportedOnlyWhenTheSeverityRises() {
    IncidentSettings errors =
        new IncidentSettings(
            new AlarmSettings(new AlarmRate(0.05, 0), EnumSet.of(Reason.ERROR)), 1, 20);
    List<Seen> seen = seen(errors, calm(80, 11.3, 11.4, 12.5, 12.6, 14, 40, 41, 60));
    assertThat(seen.get(0).event).isEqualTo(Event.OPENED);
    assertThat(seen.get(seen.size() - 1).event).isEqualTo(Event.CLOSED);
    Severity before = seen.get(0).incident.severity();
    assertThat(before).isNotEqualTo(Severity.HIGH);
    assertThat(seen.size()).isBetween(3, 4);
    for (Seen each : seen.subList(1, seen.size() - 1)) {
      assertThat(each.event).isEqualTo(Event.UPDATED);
      assertThat(each.incident.severity()).isGreaterThan(before);
      before = each.incident.severity();
    }
  }

  @Test
  void severityFollowsFromTheSurprise() {
    assertThat(Severity.of(2.99)).isEqualTo(Severity.LOW);
    assertThat(Severity.of(3)).isEqualTo(Severity.MEDIUM);
    assertThat(Severity.of(3.99)).isEqualTo(Severity.MEDIUM);
    assertThat(Severity.of(4)).isEqualTo(Severity.HIGH);
    assertThatThrownBy(() -> Severity.ofLabel("HIGH")).hasMessageContaining("got 'HIGH'");
  }

  @Test
  void droppedSeriesClosesOnlyAnIncidentThatWasReported() {
    IncidentTracker tracker = new IncidentTracker(settings(1, 10));
    IncidentTracker patient = new IncidentTracker(settings(5, 10));
    SeriesAlarms alarms = tracker.newSeries();
    SeriesAlarms other = patient.newSeries();
    assertThat(tracker.close(alarms)).isNull();
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i <= NOISE; i++) {
      double value = i == NOISE ? 25 : 10 + random.nextDouble();
      tracker.observe(alarms, i * MINUTE, value, 10, 1);
      patient.observe(other, i * MINUTE, value, 10, 1);
    }
    assertThat(alarms.incident().isReported()).isTrue();
    assertThat(other.incident().isReported()).isFalse();
    assertThat(tracker.close(alarms)).isEqualTo(Event.CLOSED);
    assertThat(tracker.newest().start()).isEqualTo(NOISE * MINUTE);
    assertThat(patient.close(other)).isNull();
    assertThat(other.incident()).isNull();
  }

  @Test
  void otherSettingsAreRecognized() {
    SeriesAlarms alarms = new IncidentTracker(settings(1, 10)).newSeries();
    assertThat(new IncidentTracker(settings(1, 10)).fits(alarms)).isTrue();
    assertThat(new IncidentTracker(settings(2, 10)).fits(alarms)).isFalse();
    assertThat(new IncidentTracker(settings(1, 11)).fits(alarms)).isFalse();
    AlarmSettings fewer =
        new AlarmSettings(new AlarmRate(1e-3, 0), EnumSet.of(Reason.ERROR, Reason.LEVEL));
    assertThat(new IncidentTracker(new IncidentSettings(fewer, 1, 10)).fits(alarms)).isFalse();
    AlarmSettings rarer = new AlarmSettings(new AlarmRate(2e-3, 0), EnumSet.allOf(Reason.class));
    assertThat(new IncidentTracker(new IncidentSettings(rarer, 1, 10)).fits(alarms)).isFalse();
  }

  /** Noise around 10 with 10 as each forecast, which is around another level for good. */
  private static List<Seen> seenShift(IncidentSettings settings, double level) {
    SplittableRandom random = new SplittableRandom(3);
    double[] values = new double[NOISE + 400];
    Arrays.setAll(values, i -> (i < NOISE ? 10 : level) + 2 * random.nextDouble() - 1);
    return seenOf(settings, values);
  }

  private static Event observe(
      IncidentTracker tracker, SeriesAlarms alarms, double[] values, int i, double forecast) {
    int lag = tracker.leastLag();
    double before = lag > 0 && i >= lag ? values[i - lag] : Double.NaN;
    return tracker.observe(alarms, i * MINUTE, values[i], forecast, 1, before, lag, 0);
  }

  private static IncidentSettings withBreaks(int minDuration, int quiet, Reason... reasons) {
    EnumSet<Reason> all = EnumSet.of(Reason.BREAK, reasons);
    return new IncidentSettings(new AlarmSettings(new AlarmRate(1e-3, 0), all), minDuration, quiet);
  }

  @Test
  void incidentThatLastsBecomesABreakAndIsClosed() {
    List<Seen> seen = seenShift(withBreaks(1, 150, Reason.NOVELTY, Reason.ERROR), 20);
    assertThat(seen).extracting(Seen::event).startsWith(Event.OPENED, Event.UPDATED, Event.CLOSED);
    assertThat(seen.get(0).minute).isZero();
    assertThat(seen.get(0).incident.reason()).isEqualTo(Reason.NOVELTY);
    Seen found = seen.get(1);
    assertThat(found.minute).isBetween(135L, 160L);
    assertThat(found.incident.reason()).isEqualTo(Reason.BREAK);
    assertThat(found.incident.start()).isEqualTo(NOISE * MINUTE);
    assertThat(found.incident.values()).isEqualTo(found.minute + 1);
    assertThat(found.incident.severity()).isEqualTo(Severity.HIGH);
    Seen closed = seen.get(2); // although each error is still surprising
    assertThat(closed.minute).isEqualTo(found.minute + 150);
    assertThat(closed.incident.reason()).isEqualTo(Reason.BREAK);
    assertThat(closed.incident.end()).isEqualTo(found.incident.end());
    assertThat(seen).filteredOn(each -> each.incident.reason() == Reason.BREAK).hasSize(2);
  }

  /** Forecasts follow the shift, so that after some values no error is surprising. */
  @ParameterizedTest
  @CsvSource({"5, 3000, BREAK", "-4, 3000, BREAK", "5, 100, NOVELTY"})
  void oneShiftIsOneIncidentThatIsOpenWhileItLasts(double size, int length, Reason last) {
    IncidentTracker tracker = new IncidentTracker(withBreaks(1, 9, Reason.NOVELTY, Reason.ERROR));
    SeriesAlarms alarms = tracker.newSeries();
    SplittableRandom random = new SplittableRandom(7);
    double[] values = new double[2_400];
    double forecast = 0;
    List<Seen> seen = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      boolean isShifted = i >= 1_500 && i < 1_500 + length;
      values[i] = random.nextDouble() * 3 + (isShifted ? size : 0);
      Event event = observe(tracker, alarms, values, i, forecast);
      forecast += 0.3 * (values[i] - forecast);
      if (event != null && i >= 1_500 && i < 1_800) {
        seen.add(new Seen(event, i - 1_500, tracker.newest().copy()));
      }
    }
    assertThat(seen).filteredOn(each -> each.event == Event.OPENED).hasSize(1);
    assertThat(seen.get(0).minute).isLessThan(5);
    Seen closed = seen.get(seen.size() - 1);
    assertThat(closed.event).isEqualTo(Event.CLOSED);
    assertThat(closed.minute).isBetween(100L, 160L);
    assertThat(closed.incident.start()).isEqualTo(seen.get(0).incident.start());
    assertThat(closed.incident.reason()).isEqualTo(last);
  }

  @Test
  void breakWithoutAnOpenIncidentOpensOneAtOnce() {
    List<Seen> seen = seenShift(withBreaks(70, 9), 12);
    assertThat(seen).extracting(Seen::event).containsExactly(Event.OPENED, Event.CLOSED);
    OpenIncident opened = seen.get(0).incident;
    assertThat(seen.get(0).minute).isBetween(135L, 160L);
    assertThat(opened.reason()).isEqualTo(Reason.BREAK);
    assertThat(opened.start()).isEqualTo((NOISE + seen.get(0).minute) * MINUTE);
    assertThat(opened.worst()).isBetween(11.0, 13.0);
    assertThat(opened.expected()).isEqualTo(10);
    assertThat(opened.severity()).isEqualTo(Severity.MEDIUM);
    assertThat(seen.get(1).minute).isEqualTo(seen.get(0).minute + 9);
  }

  @Test
  void aBreakRestartsLongRunFigures() {
    EnumSet<Reason> reasons = EnumSet.allOf(Reason.class);
    EnumSet<Reason> fewer = EnumSet.complementOf(EnumSet.of(Reason.BREAK));
    IncidentTracker with =
        new IncidentTracker(
            new IncidentSettings(new AlarmSettings(new AlarmRate(5e-3, 0), reasons), 1, 5));
    IncidentTracker without =
        new IncidentTracker(
            new IncidentSettings(new AlarmSettings(new AlarmRate(5e-3, 0), fewer), 1, 5));
    SeriesAlarms alarms = with.newSeries();
    SeriesAlarms others = without.newSeries();
    SplittableRandom random = new SplittableRandom(6);
    double[] values = new double[5_000];
    int breaks = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian() + i / 900 * 4 + (i % 311 == 0 ? 9 : 0);
      Event event = observe(with, alarms, values, i, i / 901 * 4);
      boolean closed = event == null || event == Event.CLOSED;
      boolean isBreak = !closed && with.newest().reason() == Reason.BREAK;
      breaks += isBreak ? 1 : 0;
      observe(without, others, values, i, i / 901 * 4);
      assertThat(alarms.detection.equals(others.detection)).isEqualTo(breaks == 0);
      assertThat(alarms.values()).isEqualTo(isBreak ? 200 : breaks == 0 ? i + 1 : alarms.values());
    }
    assertThat(breaks).isBetween(2, 5);
    assertThat(others.breaks).isNull();
    assertThat(others.age()).isEqualTo(Integer.MAX_VALUE);
    assertThat(alarms.age()).isLessThan(900);
    others = alarms.copy();
    without.observe(others, values.length * MINUTE, 20, 20, 1);
    assertThat(others.breaks).as("no longer looked for").isNull();
    assertThat(alarms.breaks).isNotNull();
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertThatThrownBy(() -> settings(0, 10)).hasMessageContaining("min-duration: expected 1");
    assertThatThrownBy(() -> settings(1, 10_001)).hasMessageContaining("quiet: expected 1");
  }

  static byte[] bytes(SeriesAlarms alarms) throws IOException {
    return StateBytes.written(fields -> SeriesAlarms.fields(fields, alarms));
  }

  static SeriesAlarms read(byte[] bytes) throws IOException {
    return StateBytes.read(bytes, fields -> SeriesAlarms.fields(fields, null));
  }

  @Test
  void seriesThatWasSavedContinuesWithTheSameIncidents() throws IOException {
    for (IncidentSettings settings : List.of(settings(2, 5), withBreaks(2, 5, Reason.values()))) {
      IncidentTracker tracker = new IncidentTracker(settings);
      SeriesAlarms kept = tracker.newSeries();
      SeriesAlarms moved = tracker.newSeries();
      SplittableRandom random = new SplittableRandom(5);
      double[] values = new double[4_000];
      int events = 0;
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextGaussian() + (i % 417 < 3 ? 9 + i % 7 : 0) + i / 2_000 * 6;
        Event event = observe(tracker, kept, values, i, 0);
        moved = i % 3 == 0 ? read(bytes(moved)) : moved.copy();
        assertThat(observe(tracker, moved, values, i, 0)).isEqualTo(event);
        assertThat(bytes(moved)).isEqualTo(bytes(kept));
        assertThat(bytes(kept)).hasSize(8 + kept.bytes());
        events += event == null ? 0 : 1;
      }
      assertThat(events).isGreaterThan(1);
    }
    assertThat(read(bytes(null))).isNull();
    assertThat(bytes(null)).hasSize(1);
  }

  @Test
  void damagedIncidentsAreRefused() throws IOException {
    IncidentTracker tracker = new IncidentTracker(settings(1, 10));
    SeriesAlarms alarms = tracker.newSeries();
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i <= NOISE; i++) {
      tracker.observe(alarms, i, i == NOISE ? 25 : 10 + random.nextDouble(), 10, 1);
    }
    byte[] bytes = bytes(alarms);
    assertThat(bytes).hasSize(1 + 8 + 472 + 1 + 75 + 4 + 1 + 1);
    byte[] kind = bytes.clone();
    kind[0] = 3;
    assertThatThrownBy(() -> read(kind)).hasMessage("alarms: expected 0 to 1, got 3");
    byte[] reason = bytes.clone();
    reason[bytes.length - 9] = 5;
    assertThatThrownBy(() -> read(reason)).hasMessage("reason: expected -1 to 4, got 5");
    reason[bytes.length - 9] = -1;
    assertThatThrownBy(() -> read(reason)).hasMessageContaining("expected an incident");
    byte[] start = bytes.clone();
    start[1 + 8 + 472 + 1] = 0x7f; // later than the end
    assertThatThrownBy(() -> read(start)).hasMessageContaining("expected an incident");
    byte[] half = Arrays.copyOf(bytes, bytes.length - 1);
    assertThatThrownBy(() -> read(half)).isInstanceOf(EOFException.class);
  }

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
          alarms.reported(alarms.incident(), true);
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
  void dismissedIncidentIsClosedAtTheNextValue() throws IOException {
    IncidentTracker tracker = tracker(Reason.ERROR);
    SeriesAlarms alarms = tracker.newSeries();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1_000; i++) {
      tracker.observe(alarms, i, random.nextDouble(), 0.5, 0.5);
    }
    assertThat(tracker.observe(alarms, 1_000, 30, 0.5, 0.5)).isEqualTo(Event.OPENED);
    alarms.reported(tracker.newest(), true);
    assertThat(alarms.dismiss(dismissal(Reason.ERROR, 999)))
        .startsWith("id: expected that of one of the newest 32 incidents");
    assertThat(tracker.observe(alarms, 1_001, 40, 0.5, 0.5)).isNotEqualTo(Event.CLOSED);
    assertThat(alarms.dismiss(dismissal(Reason.ERROR, 1_000))).isNull();
    assertThat(tracker.observe(alarms, 1_002, 50, 0.5, 0.5)).isEqualTo(Event.CLOSED);
    assertThat(alarms.incident()).isNull();
    double demand = alarms.feedback.demand(Reason.ERROR);
    assertThat(alarms.dismiss(dismissal(Reason.ERROR, 1_000))).as("once is enough").isNull();
    assertThat(alarms.feedback.demand(Reason.ERROR)).isPositive().isEqualTo(demand);
    assertThat(bytes(read(bytes(alarms)))).isEqualTo(bytes(alarms)).isEqualTo(bytes(alarms.copy()));
  }

  @Test
  void stateWithoutFeedbackTakesOneByte() throws IOException {
    SeriesAlarms alarms = tracker(Reason.LEVEL).newSeries();
    int before = alarms.bytes();
    byte[] without = bytes(alarms);
    assertThat(without[without.length - 1]).isZero();
    alarms.reported(opened(0), true);
    assertThat(bytes(alarms)).hasSize(without.length + 4 * Double.BYTES + 4 + Long.BYTES);
    assertThat(alarms.bytes()).isEqualTo(before + 4 * Double.BYTES + Long.BYTES);
    byte[] damaged = bytes(alarms);
    damaged[damaged.length - 44] = 0x7f;
    assertThatThrownBy(() -> read(damaged)).hasMessageContaining("a demand of 0 to 2");
    byte[] earlier = Arrays.copyOf(bytes(alarms), without.length + 4 * Double.BYTES);
    earlier[without.length - 1] = 1; // of a layout that knew no reported incidents
    assertThat(bytes(read(earlier))).isEqualTo(earlier);
  }

  private static OpenIncident opened(long start) {
    OpenIncident incident = new OpenIncident(start);
    incident.reason = Reason.LEVEL;
    return incident;
  }

  @Test
  void theNewestReportedIncidentsCanBeDismissedAndNoBreak() throws IOException {
    SeriesAlarms alarms = tracker(Reason.LEVEL).newSeries();
    for (int i = 0; i < 40; i++) {
      alarms.reported(opened(i), true);
    }
    OpenIncident broken = opened(39);
    broken.reason = Reason.BREAK;
    alarms.reported(broken, false);
    alarms = read(bytes(alarms));
    for (int i = 0; i < 40; i++) {
      String problem = alarms.dismiss(dismissal(Reason.LEVEL, i));
      assertThat(problem == null).as("%d", i).isEqualTo(i >= 8 && i < 39);
    }
  }
}
