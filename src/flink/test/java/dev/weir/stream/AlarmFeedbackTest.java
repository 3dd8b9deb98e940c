package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.FeedbackEvent;
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
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.Sampling.Gap;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What people say of alarms, out of the operator, on both backends and through restores. */
class AlarmFeedbackTest {

  private static final long MINUTE = SeriesAlarmsTest.MINUTE;
  private static final long START = SeriesAlarmsTest.START;
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

  private static List<Incident> run(List<InputEvent> events, long cache, boolean rocks, int kills)
      throws Exception {
    ForecastSettings settings = SeriesAlarmsTest.learning(LEARNING, Gap.SKIP, cache);
    List<Output> outputs =
        SeriesHarness.killed(
            state -> SeriesHarness.of(settings, rocks, state),
            events,
            (task, event, number) -> task.send(event),
            kills,
            (task, event, number) -> {});
    assertThat(outputs).noneMatch(DeadLetter.class::isInstance);
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
      assertThat(run(events(true), cache, true, 200)).as("cache %d", cache).isEqualTo(expected);
    }
  }

  @Test
  void feedbackOnAnUnknownSeriesIsADeadLetter() throws Exception {
    ForecastSettings settings = SeriesAlarmsTest.learning(LEARNING, Gap.SKIP, 0);
    for (boolean rocks : new boolean[] {false, true}) {
      try (SeriesHarness harness = SeriesHarness.of(settings, rocks, null)) {
        harness.send("s", START, 1);
        harness.send(dismissal("other", START));
        harness.send("s", minute(1), 1);
        assertThat(harness.deadLetters())
            .extracting(DeadLetter::reason)
            .containsExactly(DeadLetter.Reason.FEEDBACK);
        assertThat(harness.deadLetters())
            .extracting(DeadLetter::message)
            .first()
            .isEqualTo("series: expected one with observations and alarms, got 'other'");
        assertThat(harness.forecasts()).hasSize(2);
        assertThat(harness.entries("window")).isOne();
      }
    }
  }
}
