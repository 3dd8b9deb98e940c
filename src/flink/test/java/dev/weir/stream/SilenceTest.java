package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.alarm.AlarmSettings;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.alarm.Silence;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.StateLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Series that fall silent while others go on. */
class SilenceTest {

  @AutoClose private final Opened open = new Opened();
  private SeriesHarness harness;

  private static final int SERIES = 6;
  private static final long MINUTE = 60_000;
  private static final long START = 17_280_000_000L; // the clock comes there soon
  private static final int FROM = 400; // a silence of each other series
  private static final int VALUES = 60;

  private static ForecastSettings settings(Silence silence, Duration wait, long cache) {
    IncidentSettings alarms = new IncidentSettings(AlarmSettings.defaults(), 1, 10, silence);
    return TestSettings.of(
            5, TestSettings.learned(2, new Learning(LearnerSettings.small(2), 24, 0, alarms)))
        .outOfOrderness(wait)
        .limits(new StateLimits(Duration.ofDays(1), 0, cache))
        .build();
  }

  private static String name(int series) {
    return "series-" + series;
  }

  /**
   * Each minute's values, by a season of 24 minutes.
   *
   * @param missing share of values that are missing at random, of each third series but the first
   * @param silent whether each other series has no values for an hour
   */
  private static List<Observation> observations(int count, double missing, boolean silent) {
    SplittableRandom random = new SplittableRandom(31);
    List<Observation> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      for (int s = 0; s < SERIES; s++) {
        double value = 3 * Math.sin(2 * Math.PI * i / 24) + random.nextGaussian();
        boolean isMissing = random.nextDouble() < (s % 3 == 0 ? missing : 0) && i % 24 != 0;
        boolean isSilent = silent && s % 2 == 1 && i >= FROM && i < FROM + VALUES;
        if (!isMissing && !isSilent) {
          all.add(new Observation(name(s), START + i * MINUTE, value));
        }
      }
    }
    return all;
  }

  /**
   * @param every values of all series between two watermarks
   * @param stops how often the job is killed at a checkpoint
   */
  private static List<Incident> run(
      ForecastSettings settings, List<Observation> all, int every, int stops, boolean rocks)
      throws Exception {
    long late = settings.outOfOrderness().toMillis() + 1;
    List<Output> outputs =
        SeriesHarness.killed(
            state -> late(SeriesHarness.of(settings, rocks, state)),
            all,
            (task, observation, number) -> {
              task.send(observation);
              if (number == all.size() - 1) {
                task.watermark(observation.time());
              } else if (number % every == every - 1) {
                task.watermark(observation.time() - late);
              }
            },
            stops,
            (task, observation, number) -> task.watermark(observation.time() + 90 * MINUTE));
    return SeriesHarness.only(Incident.class, outputs).stream()
        .sorted(Comparator.comparingLong(Incident::time).thenComparing(Incident::series))
        .toList();
  }

  /** By the clock all observations have passed long ago. */
  private static SeriesHarness late(SeriesHarness task) throws Exception {
    task.setProcessingTime(START + 30 * 1_440 * MINUTE);
    return task;
  }

  private static List<Incident> silences(List<Incident> all, Event event) {
    return all.stream()
        .filter(each -> each.reason() == Reason.SILENCE && each.event() == event)
        .toList();
  }

  @Test
  void aSilenceOpensAnIncidentThatItsEndCloses() throws Exception {
    List<Observation> all = observations(700, 0.05, true);
    List<Incident> incidents = run(settings(Silence.AUTO, Duration.ZERO, 0), all, SERIES, 0, false);

    List<Incident> opened = silences(incidents, Event.OPENED);
    assertThat(opened).hasSize(SERIES / 2);
    long last = START + (FROM - 1) * MINUTE;
    for (Incident each : opened) {
      double after = (each.time() - each.start()) / (double) MINUTE;
      boolean hasGaps = Integer.parseInt(each.series().substring(7)) % 3 == 0;
      assertThat(each.start()).isBetween(last - 3 * MINUTE, last);
      assertThat(after).isBetween(hasGaps ? 4.2 : 3.2, hasGaps ? 6.6 : 3.3);
      assertThat(each.severity()).isEqualTo(Severity.HIGH);
      assertThat(each.values()).isEqualTo((long) after);
      assertThat(each.newest().get(each.newest().size() - 1).time()).isEqualTo(each.start());
    }
    List<Incident> closed = silences(incidents, Event.CLOSED);
    assertThat(closed).extracting(Incident::id).containsExactlyInAnyOrder(ids(opened));
    for (Incident each : closed) {
      assertThat(each.time()).isBetween(last + 61 * MINUTE, last + 64 * MINUTE);
      assertThat(each.values()).isEqualTo(each.duration() / MINUTE - 1);
    }
    Set<String> silent = opened.stream().map(Incident::series).collect(Collectors.toSet());
    assertThat(incidents)
        .as("alarms of who has just come back")
        .noneMatch(
            each ->
                each.reason() != Reason.SILENCE
                    && silent.contains(each.series())
                    && each.time() > last + VALUES * MINUTE
                    && each.time() <= last + (VALUES + 30) * MINUTE);
  }

  private static String[] ids(List<Incident> incidents) {
    return incidents.stream().map(Incident::id).toArray(String[]::new);
  }

  @Test
  void missingValuesAreNoSilence() throws Exception {
    List<Observation> all = observations(2_000, 0.05, false);
    assertThat(
            silences(run(settings(Silence.AUTO, Duration.ZERO, 0), all, 5, 0, false), Event.OPENED))
        .isEmpty();
  }

  @Test
  void aReplayHasTheSameIncidentsHoweverFastAndWhereverTheJobIsKilled() throws Exception {
    List<Observation> all = observations(500, 0.05, true);
    for (Duration wait : List.of(Duration.ZERO, Duration.ofMinutes(2))) {
      List<Incident> expected = run(settings(Silence.AUTO, wait, 0), all, SERIES, 0, false);
      assertThat(silences(expected, Event.CLOSED)).hasSize(SERIES / 2);
      assertThat(run(settings(Silence.AUTO, wait, 0), all, 750, 0, false)).isEqualTo(expected);
      assertThat(run(settings(Silence.AUTO, wait, 0), all, 11, 4, false)).isEqualTo(expected);
      assertThat(run(settings(Silence.AUTO, wait, 4_500), all, 185, 4, true)).isEqualTo(expected);
    }
  }

  private static List<Incident> ofOne(Silence silence, long... times) throws Exception {
    List<Observation> all = new ArrayList<>();
    for (long time : times) {
      all.add(new Observation("one", START + time, all.size() % 7));
    }
    return run(settings(silence, Duration.ZERO, 0), all, 1, 0, false);
  }

  @Test
  void optionsSayAfterHowLong() throws Exception {
    long[] times = IntStream.range(0, 90).mapToLong(i -> i * MINUTE).toArray();
    times[89] = 92 * MINUTE; // three are missing
    Silence three = new Silence(2.5, null);
    Silence duration = new Silence(0, Duration.ofSeconds(220));
    long last = START + 88 * MINUTE;
    assertThat(ofOne(Silence.OFF, times)).isEmpty();
    assertThat(ofOne(three, times))
        .extracting(Incident::time)
        .containsExactly(last + 150_000, last + 4 * MINUTE);
    assertThat(ofOne(duration, times))
        .extracting(Incident::time)
        .containsExactly(last + 220_000, last + 4 * MINUTE);
    assertThat(ofOne(duration, 0, 221_000)).hasSize(2); // needs to know nothing of the series
    assertThat(ofOne(duration, 0, 220_000)).isEmpty();
  }

  @Test
  void aPauseThatComesEachDayIsUsualFromTheThirdOn() throws Exception {
    long[] times = new long[7 * 96];
    for (int i = 0; i < times.length; i++) { // eight hours of five minutes
      times[i] = i / 96 * 1_440 * MINUTE + i % 96 * 5 * MINUTE;
    }
    assertThat(ofOne(Silence.AUTO, times))
        .extracting(Incident::event)
        .containsExactly(Event.OPENED, Event.CLOSED, Event.OPENED, Event.CLOSED);
  }

  /** Sensors of one partition, minute by minute, by their own clocks. */
  private enum Clocks {
    RIGHT,
    FAST, // one of them, half an hour ahead
    FAST_ONCE, // a single time
    SLOW, // one of them, ten minutes
    ALL_SLOW,
    STEPPING, // one is put forward and back again
    DAY_AHEAD; // one has the values of the next day

    long ahead(int sensor, int minute) {
      return switch (this) {
        case RIGHT -> 0;
        case FAST -> sensor == 1 ? 30 : 0;
        case FAST_ONCE -> sensor == 1 && minute == 58 ? 30 : 0;
        case SLOW -> sensor == 1 ? -10 : 0;
        case ALL_SLOW -> -10;
        case STEPPING -> sensor == 1 && minute >= 45 && minute < 52 ? 20 : 0;
        case DAY_AHEAD -> sensor == 1 ? 1_440 : 0;
      };
    }

    /** The third of four sensors has no values from minute 60 to 79. */
    List<ObservationEvent> events() {
      List<ObservationEvent> events = new ArrayList<>();
      for (int minute = 0; minute < 120; minute++) {
        for (int sensor = 0; sensor < 4; sensor++) {
          if (sensor != 2 || minute < 60 || minute >= 80) {
            long arrived = START + minute * MINUTE + sensor;
            SourceRecord record = new SourceRecord("t", 0, events.size(), arrived, null, null);
            long time = arrived + ahead(sensor, minute) * MINUTE;
            Observation observation =
                new Observation(SilenceTest.name(sensor), time, minute % 7 + sensor);
            events.add(new ObservationEvent(observation, record));
          }
        }
      }
      return events;
    }
  }

  /** As the source has it: a watermark goes by the record where a value is ahead of it. */
  private static long watermark(ObservationEvent event, long before) {
    return Math.max(before, event.eventTime(true));
  }

  @ParameterizedTest
  @EnumSource
  void aSilenceIsToldWhileItLastsWhateverOtherClocksSay(Clocks clocks) throws Exception {
    long last = START + (59 + clocks.ahead(2, 59)) * MINUTE + 2;
    SeriesHarness live =
        open.add(SeriesHarness.of(settings(new Silence(3, null), Duration.ZERO, 0), null));
    long carried = Long.MIN_VALUE; // by what is ahead of its record
    for (ObservationEvent event : clocks.events()) {
      long arrived = event.source().timestamp();
      live.setProcessingTime(arrived);
      live.send(event);
      carried = Math.max(carried, event.observation().time());
      live.watermark(carried);
      int open = arrived < START + 62 * MINUTE + 3 ? 0 : 1;
      if (arrived < START + 80 * MINUTE) {
        assertThat(live.outputs(Incident.class)).as("minute " + arrived).hasSize(open);
      }
    }
    List<Incident> expected = live.take(Incident.class);
    assertThat(expected)
        .extracting(Incident::series, Incident::event, Incident::start, Incident::time)
        .containsExactly(
            tuple(name(2), Event.OPENED, last, last + 3 * MINUTE),
            tuple(name(2), Event.CLOSED, last, last + 21 * MINUTE));
    for (int every : new int[] {1, 5, 37, 200}) { // a replay
      assertThat(replayed(clocks, every)).isEqualTo(expected);
    }
  }

  private static List<Incident> replayed(Clocks clocks, int every) throws Exception {
    try (SeriesHarness task =
        late(SeriesHarness.of(settings(new Silence(3, null), Duration.ZERO, 0), null))) {
      long watermark = Long.MIN_VALUE;
      int sent = 0;
      for (ObservationEvent event : clocks.events()) {
        task.send(event);
        watermark = watermark(event, watermark);
        if (++sent % every == 0) {
          task.watermark(watermark);
        }
      }
      return task.take(Incident.class);
    }
  }

  @Test
  void aSilenceThatTheClockHasYetToReachIsToldAfterARestore() throws Exception {
    ForecastSettings settings = settings(new Silence(0, Duration.ofMinutes(3)), Duration.ZERO, 0);
    SeriesHarness first = open.add(SeriesHarness.of(settings, null));
    first.setProcessingTime(START);
    first.send("one", START, 7);
    first.watermark(START + 30 * MINUTE);
    assertThat(first.outputs(Incident.class)).isEmpty();
    OperatorSubtaskState state = first.checkpoint();
    SeriesHarness second = open.add(SeriesHarness.of(settings, state));
    second.setProcessingTime(START + 10 * MINUTE); // it knows no event time yet
    assertThat(second.outputs(Incident.class)).isEmpty();
    second.watermark(START + 3 * MINUTE);
    assertThat(second.outputs(Incident.class))
        .extracting(Incident::time)
        .containsExactly(START + 3 * MINUTE);
  }

  @Test
  void theEndOfTheInputIsNoSilence() throws Exception {
    harness =
        open.add(late(SeriesHarness.of(settings(Silence.AUTO, Duration.ZERO, 0), false, null)));
    for (int i = 0; i < 50; i++) {
      harness.send("one", START + i * MINUTE, i % 5);
    }
    harness.watermark(Long.MAX_VALUE);
    assertThat(harness.take(Incident.class)).isEmpty();
  }
}
