package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
import dev.weir.forecast.alarm.AlarmRate;
import dev.weir.forecast.alarm.AlarmSettings;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.StateLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Incidents out of the operator, on both backends, through kills, rescaling and other settings. */
class SeriesAlarmsTest {

  @AutoClose private final Opened open = new Opened();
  private SeriesHarness harness;

  static final int SEQ_LEN = 7;
  static final long MINUTE = 60_000;
  static final long START = 1_700_000_040_000L;
  private static final IncidentSettings ALARMS = alarms(2, 6);

  static IncidentSettings alarms(double perThousand, int quiet) {
    AlarmSettings all = AlarmSettings.defaults();
    return new IncidentSettings(
        new AlarmSettings(new AlarmRate(perThousand / 1_000, 0), all.reasons()), 1, quiet);
  }

  private static ForecastSettings settings(IncidentSettings incidents, Gap gap, long cache) {
    return learning(new Learning(LearnerSettings.small(2), 1, 0, incidents), gap, cache);
  }

  static ForecastSettings learning(Learning learning, Gap gap, long cache) {
    return TestSettings.of(SEQ_LEN, TestSettings.learned(2, learning))
        .sampling(new Sampling(MINUTE, gap, 5))
        .limits(new StateLimits(Duration.ofDays(1), 0, cache))
        .build();
  }

  /** Value of minute i: noise with spikes, shifts of the level and repeated values. */
  private static double value(SplittableRandom random, int s, int i) {
    double noise = random.nextDouble();
    double level = i / (500 + 10 * s) % 2 == 1 ? 6 : 0;
    double spike = i % (211 + s) == 0 ? 25 : 0;
    return i % 700 > 660 ? 3 : level + spike + noise;
  }

  /**
   * @param stops how often the job is killed at a checkpoint, and goes on as another number of
   *     tasks
   */
  static List<Incident> run(
      ForecastSettings settings, List<Observation> observations, boolean rocks, int stops)
      throws Exception {
    return SeriesHarness.only(Incident.class, outputs(settings, observations, rocks, stops));
  }

  /** All forecasts and incidents; see {@link #run}. */
  private static List<Output> outputs(
      ForecastSettings settings, List<Observation> observations, boolean rocks, int stops)
      throws Exception {
    return SeriesHarness.killed(
        state -> SeriesHarness.of(settings, rocks, state),
        observations,
        (task, observation, number) -> task.send(observation),
        stops,
        (task, observation, number) ->
            task.send("series-0", observation.time() + 90 * MINUTE, 1e6));
  }

  /** A level that changes for good after 800 of 1,300 values. */
  private static List<Observation> shifted() {
    SplittableRandom random = new SplittableRandom(17);
    List<Observation> shifted = new ArrayList<>();
    for (int i = 0; i < 1_300; i++) {
      double value = 3 * random.nextDouble() + (i >= 800 ? 9 : 0);
      shifted.add(new Observation("s", START + i * MINUTE, value));
    }
    return shifted;
  }

  @Test
  void changeThatLastsIsABreakAndLearnedFasterWhereverTheJobIsKilled() throws Exception {
    List<Observation> shifted = shifted();
    List<Output> expected = outputs(settings(ALARMS, Gap.SKIP, 0), shifted, false, 0);
    List<Incident> breaks =
        SeriesHarness.only(Incident.class, expected).stream()
            .filter(incident -> incident.reason() == Reason.BREAK)
            .toList();
    assertThat(breaks).hasSize(2);
    Incident found = breaks.get(0);
    assertThat(found.event()).isNotEqualTo(Event.CLOSED);
    assertThat((found.time() - START) / MINUTE).isBetween(935L, 960L);
    assertThat(breaks.get(1).event()).isEqualTo(Event.CLOSED);
    assertThat(breaks.get(1).id()).isEqualTo(found.id());
    assertThat(breaks.get(1).time()).isEqualTo(found.time() + 6 * MINUTE);
    for (boolean rocks : new boolean[] {false, true}) {
      long cache = rocks ? 100_000_000 : 0;
      List<Output> killed = outputs(settings(ALARMS, Gap.SKIP, cache), shifted, rocks, 16);
      assertThat(killed).isEqualTo(expected);
    }
    List<Forecast> off = forecasts(settings(null, Gap.SKIP, 0), shifted);
    List<Forecast> without = forecasts(settings(withoutBreaks(2, 6), Gap.SKIP, 0), shifted);
    List<Forecast> with = SeriesHarness.only(Forecast.class, expected);
    assertThat(without).isEqualTo(off);
    int known = (int) ((found.time() - START) / MINUTE);
    assertThat(with.subList(0, known)).isEqualTo(off.subList(0, known));
    assertThat(with.subList(known, 1_000)).isNotEqualTo(off.subList(known, 1_000));
  }

  /** Changes that last keep no incident open. */
  private static IncidentSettings withoutBreaks(double perThousand, int quiet) {
    EnumSet<Reason> reasons = EnumSet.complementOf(EnumSet.of(Reason.BREAK));
    return new IncidentSettings(
        new AlarmSettings(new AlarmRate(perThousand / 1_000, 0), reasons), 1, quiet);
  }

  private static List<Forecast> forecasts(ForecastSettings settings, List<Observation> observations)
      throws Exception {
    return SeriesHarness.only(Forecast.class, outputs(settings, observations, false, 0));
  }

  private static void calm(SeriesHarness harness, int from, int until) throws Exception {
    for (int i = from; i < until; i++) {
      harness.send("s", START + i * MINUTE, 0.5);
    }
  }

  private static void assertCloses(SeriesHarness harness, Incident opened) {
    List<Incident> closed = harness.take(Incident.class);
    assertThat(closed).extracting(Incident::event).containsExactly(Event.CLOSED);
    assertThat(closed.get(0).id()).isEqualTo(opened.id());
  }

  /** Noise, then a spike. */
  private static void spike(SeriesHarness harness, int from, int until) throws Exception {
    SplittableRandom random = new SplittableRandom(from);
    for (int i = from; i < until; i++) {
      double value = i == until - 1 ? 40 : random.nextDouble();
      harness.send("s", START + i * MINUTE, value);
    }
  }

  @Test
  void recordHasTheValuesUpToTheAlarmAndCloses() throws Exception {
    harness = open.add(SeriesHarness.of(settings(ALARMS, Gap.SKIP, 0), false, null));
    spike(harness, 0, 500);
    Incident opened = harness.take(Incident.class).get(0);
    long time = START + 499 * MINUTE;
    assertThat(opened.id()).isEqualTo(Incident.id("s", time));
    assertThat(opened.start()).isEqualTo(time);
    assertThat(opened.duration()).isZero();
    assertThat(opened.newest()).hasSize(SEQ_LEN);
    assertThat(opened.newest().get(SEQ_LEN - 1)).isEqualTo(new Incident.Value(time, 40));
    assertThat(opened.newest().get(0).time()).isEqualTo(time - 6 * MINUTE);
    assertThat(opened.model()).isEmpty();
    assertThat(opened.modelVersion()).isEqualTo(-1);
    calm(harness, 500, 530);
    Incident closed = harness.take(Incident.class).get(0);
    assertThat(closed.event()).isEqualTo(Event.CLOSED);
    assertThat(closed.id()).isEqualTo(opened.id());
    assertThat(closed.time()).isEqualTo(closed.end() + 6 * MINUTE);
    assertThat(closed.worst()).isEqualTo(opened.worst());
  }

  @Test
  void valuesThatWereFilledInRaiseNoAlarm() throws Exception {
    harness = open.add(SeriesHarness.of(settings(ALARMS, Gap.LINEAR, 0), false, null));
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 2_000; i++) {
      if (i % 25 < 22) { // the three between are filled in
        harness.send("s", START + i * MINUTE, random.nextDouble());
      }
    }
    assertThat(harness.take(Incident.class))
        .allSatisfy(
            incident -> assertThat((incident.worst().time() - START) / MINUTE % 25).isLessThan(22));
    // the first value after a gap has no forecast of one step
    spike(harness, 2_000, 2_003);
    harness.take(Incident.class);
  }

  @Test
  void gapThatResetsTheSeriesClosesItsIncident() throws Exception {
    harness = open.add(SeriesHarness.of(settings(ALARMS, Gap.RESET, 0), false, null));
    spike(harness, 0, 500);
    Incident opened = harness.take(Incident.class).get(0);
    harness.send("s", START + 505 * MINUTE, 0.5);
    List<Incident> closed = harness.take(Incident.class);
    assertThat(closed).hasSize(1);
    assertThat(closed.get(0).event()).isEqualTo(Event.CLOSED);
    assertThat(closed.get(0).id()).isEqualTo(opened.id());
    assertThat(closed.get(0).newest()).isEmpty();
  }

  @Test
  void seriesThatExpiresClosesItsIncident() throws Exception {
    for (boolean rocks : new boolean[] {false, true}) {
      harness = open.add(SeriesHarness.of(settings(ALARMS, Gap.SKIP, 1 << 20), rocks, null));
      spike(harness, 0, 500);
      Incident opened = harness.take(Incident.class).get(0);
      for (int days = 2; days <= 8; days += 2) { // event time and the clock
        long time = START + 500 * MINUTE + Duration.ofDays(days).toMillis();
        harness.watermark(time);
        harness.setProcessingTime(Duration.ofDays(days).toMillis());
      }
      assertCloses(harness, opened);
    }
  }

  @Test
  void otherExpertsKeepAnOpenIncident() throws Exception {
    harness = open.add(SeriesHarness.of(settings(ALARMS, Gap.SKIP, 1 << 20), true, null));
    spike(harness, 0, 500);
    Incident opened = harness.take(Incident.class).get(0);
    OperatorSubtaskState state = harness.checkpoint();
    ForecastSettings before = settings(ALARMS, Gap.SKIP, 1 << 20);
    Learning fewer =
        new Learning(LearnerSettings.small(2).withExperts(List.of("naive")), 1, 0, ALARMS);
    ForecastSettings other =
        TestSettings.of(SEQ_LEN, TestSettings.learned(2, fewer))
            .sampling(before.sampling())
            .limits(before.limits())
            .build();
    harness = open.add(SeriesHarness.of(other, true, state));
    calm(harness, 500, 530);
    assertCloses(harness, opened);
  }

  /**
   * Values that are learned again are not judged by settings that their time did not have, and what
   * reported something is not among them.
   *
   * @param written values when the state is written: before or after the incident begins
   */
  @ParameterizedTest
  @ValueSource(ints = {475, 490})
  void otherAlarmSettingsReportEachIncidentOnceAndCloseIt(int written) throws Exception {
    harness = open.add(SeriesHarness.of(settings(ALARMS, Gap.SKIP, 1 << 20), true, null));
    SplittableRandom random = new SplittableRandom(0);
    for (int i = 0; i < 492; i++) {
      if (i == written) {
        harness.checkpoint();
      }
      double value = i == 489 ? 40 : random.nextDouble();
      harness.send("s", START + i * MINUTE, value);
    }
    OperatorSubtaskState state = harness.snapshot(2, 2);
    List<Incident> incidents = harness.take(Incident.class);
    assertThat(incidents).extracting(Incident::event).containsExactly(Event.OPENED);
    Incident opened = incidents.get(0);
    harness = open.add(SeriesHarness.of(settings(alarms(2, 2), Gap.SKIP, 1 << 20), true, state));
    calm(harness, 492, 510);
    assertCloses(harness, opened);
  }

  @Test
  void withoutAlarmsNothingIsKept() throws Exception {
    harness = open.add(SeriesHarness.of(settings(ALARMS, Gap.SKIP, 1 << 20), false, null));
    spike(harness, 0, 500);
    OperatorSubtaskState state = harness.checkpoint();
    harness = open.add(SeriesHarness.of(settings(null, Gap.SKIP, 1 << 20), false, state));
    calm(harness, 500, 530);
    assertThat(harness.take(Incident.class)).isEmpty();
  }

  private static final IncidentSettings ERRORS =
      new IncidentSettings(
          new AlarmSettings(new AlarmRate(0.02, 0), EnumSet.of(Reason.ERROR)), 1, 6);

  private static final Learning LEARNING = new Learning(LearnerSettings.small(2), 1, 0, ERRORS);

  private static long minute(int i) {
    return START + i * MINUTE;
  }

  private static FeedbackEvent dismissal(String series, long start) {
    return new FeedbackEvent(series, Reason.ERROR, start, SeriesHarness.source(5));
  }

  /** Noise with a spike each 50 values. */
  private static double value(SplittableRandom random, int i) {
    return random.nextDouble() + (i % 50 == 49 ? 6 : 0);
  }

  private static List<InputEvent> events(boolean isDismissed) {
    SplittableRandom random = new SplittableRandom(3);
    List<InputEvent> events = new ArrayList<>();
    for (int i = 0; i < 1_500; i++) {
      events.add(SeriesHarness.event(new Observation("s", minute(i), value(random, i))));
      if (isDismissed && i > 400 && i < 700 && i % 50 == 49) {
        events.add(dismissal("s", minute(i)));
      }
    }
    return events;
  }

  private static List<Output> outputs(List<InputEvent> events, long cache, boolean rocks, int kills)
      throws Exception {
    ForecastSettings settings = learning(LEARNING, Gap.SKIP, cache);
    return SeriesHarness.killed(
        state -> SeriesHarness.of(settings, rocks, state),
        events,
        (task, event, number) -> task.send(event),
        kills,
        (task, event, number) -> {});
  }

  private static List<Incident> run(List<InputEvent> events, long cache, boolean rocks, int kills)
      throws Exception {
    List<Output> outputs = outputs(events, cache, rocks, kills);
    assertThat(SeriesHarness.only(DeadLetter.class, outputs)) // of spikes that raised no alarm
        .allMatch(letter -> letter.reason() == DeadLetter.Reason.FEEDBACK);
    return SeriesHarness.only(Incident.class, outputs);
  }

  private static long opened(List<Incident> incidents) {
    return incidents.stream()
        .filter(i -> i.event() == Event.OPENED && i.start() >= minute(750))
        .count();
  }

  @Test
  void feedbackIsKeptOnBothBackendsWhereverTheJobIsKilled() throws Exception {
    List<Incident> expected = run(events(true), 0, false, 0);
    assertThat(opened(expected)).isLessThan(opened(run(events(false), 0, false, 0)));
    assertThat(run(events(true), 0, false, 14)).isEqualTo(expected);
    for (long cache : new long[] {1 << 20, 0}) { // with logs of observations, and without
      assertThat(run(events(true), cache, true, 15)).as("cache %d", cache).isEqualTo(expected);
    }
  }

  @Test
  void feedbackHasTheStateSavedSinceNoLogOfObservationsSaysIt() throws Exception {
    ForecastSettings settings = learning(LEARNING, Gap.SKIP, 1 << 20);
    harness = open.add(SeriesHarness.of(settings, true, null));
    harness.send("s", START, 1);
    harness.checkpoint();
    assertThat(harness.entries("unlearned")).isOne();
    harness.send(dismissal("s", START));
    harness.checkpoint();
    assertThat(harness.entries("unlearned")).isZero();
    assertThat(harness.entries("learned-many-to-one")).isOne();
  }

  @Test
  void feedbackOnAnUnknownSeriesOrIncidentIsADeadLetter() throws Exception {
    ForecastSettings settings = learning(LEARNING, Gap.SKIP, 0);
    for (boolean rocks : new boolean[] {false, true}) {
      harness = open.add(SeriesHarness.of(settings, rocks, null));
      harness.send("s", START, 1);
      harness.send(dismissal("other", START));
      harness.send(dismissal("s", START)); // without an incident
      harness.send("s", minute(1), 1);
      assertThat(harness.deadLetters())
          .allMatch(letter -> letter.reason() == DeadLetter.Reason.FEEDBACK)
          .extracting(DeadLetter::message)
          .satisfiesExactly(
              of ->
                  assertThat(of)
                      .isEqualTo("series: expected one with observations and alarms, got another"),
              of -> assertThat(of).startsWith("id: expected that of one of the newest"));
      assertThat(harness.forecasts()).hasSize(2);
      assertThat(harness.entries("window")).isOne();
    }
  }
}
