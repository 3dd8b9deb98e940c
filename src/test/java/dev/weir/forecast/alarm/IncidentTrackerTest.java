package dev.weir.forecast.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.alarm.IncidentTracker.Event;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IncidentTrackerTest {

  private static final long MINUTE = 60_000;
  private static final int NOISE = 700;

  private static IncidentSettings settings(int minDuration, int quiet) {
    AlarmSettings alarms = new AlarmSettings(1e-3, EnumSet.of(Reason.NOVELTY, Reason.ERROR));
    return new IncidentSettings(alarms, minDuration, quiet);
  }

  /** One event and the incident at that time. */
  private record Seen(Event event, long minute, OpenIncident incident) {}

  /** Noise around 10, then these values, each with 10 as its forecast, minute by minute. */
  private static List<Seen> seen(IncidentSettings settings, double... then) {
    IncidentTracker tracker = new IncidentTracker(settings);
    SeriesAlarms alarms = tracker.newSeries();
    SplittableRandom random = new SplittableRandom(3);
    List<Seen> seen = new ArrayList<>();
    for (int i = 0; i < NOISE + then.length; i++) {
      double value = i < NOISE ? 10 + 2 * random.nextDouble() - 1 : then[i - NOISE];
      Event event = tracker.observe(alarms, i * MINUTE, value, 10, 1);
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
        new IncidentSettings(new AlarmSettings(0.05, EnumSet.of(Reason.ERROR)), 1, 20);
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
    AlarmSettings fewer = new AlarmSettings(1e-3, EnumSet.of(Reason.ERROR, Reason.LEVEL));
    assertThat(new IncidentTracker(new IncidentSettings(fewer, 1, 10)).fits(alarms)).isFalse();
    AlarmSettings rarer = new AlarmSettings(2e-3, EnumSet.allOf(Reason.class));
    assertThat(new IncidentTracker(new IncidentSettings(rarer, 1, 10)).fits(alarms)).isFalse();
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertThatThrownBy(() -> settings(0, 10)).hasMessageContaining("min-duration: expected 1");
    assertThatThrownBy(() -> settings(1, 10_001)).hasMessageContaining("quiet: expected 1");
  }

  private static byte[] bytes(SeriesAlarms alarms) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    SeriesAlarmsFormat.write(alarms, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static SeriesAlarms read(byte[] bytes) throws IOException {
    return SeriesAlarmsFormat.read(new DataInputStream(new ByteArrayInputStream(bytes)));
  }

  @Test
  void seriesThatWasSavedContinuesWithTheSameIncidents() throws IOException {
    IncidentTracker tracker = new IncidentTracker(settings(2, 5));
    SeriesAlarms kept = tracker.newSeries();
    SeriesAlarms moved = tracker.newSeries();
    SplittableRandom random = new SplittableRandom(5);
    int events = 0;
    for (int i = 0; i < 4_000; i++) {
      double value = random.nextGaussian() + (i % 417 < 3 ? 9 + i % 7 : 0);
      Event event = tracker.observe(kept, i, value, 0, 1);
      moved = i % 3 == 0 ? read(bytes(moved)) : moved.copy();
      assertThat(tracker.observe(moved, i, value, 0, 1)).isEqualTo(event);
      assertThat(bytes(moved)).isEqualTo(bytes(kept));
      assertThat(bytes(kept)).hasSize(1 + kept.bytes());
      events += event == null ? 0 : 1;
    }
    assertThat(events).isGreaterThan(3);
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
    assertThat(bytes).hasSize(1 + 8 + 464 + 74);
    byte[] kind = bytes.clone();
    kind[0] = 3;
    assertThatThrownBy(() -> read(kind)).hasMessageContaining("alarms: expected 0, 1, 2, 5 or 6");
    byte[] reason = bytes.clone();
    reason[bytes.length - 2] = 5;
    assertThatThrownBy(() -> read(reason)).hasMessageContaining("expected an incident");
    byte[] start = bytes.clone();
    start[1 + 8 + 464] = 0x7f; // later than the end
    assertThatThrownBy(() -> read(start)).hasMessageContaining("expected an incident");
    byte[] half = java.util.Arrays.copyOf(bytes, bytes.length - 1);
    assertThatThrownBy(() -> read(half)).isInstanceOf(EOFException.class);
  }
}
