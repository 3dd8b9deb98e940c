package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
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
import org.junit.jupiter.api.Test;

/** Series that fall silent while others go on. */
class SilenceTest {

  private static final int SERIES = 6;
  private static final long MINUTE = 60_000;
  private static final long START = 1_700_000_040_000L;
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
            state -> SeriesHarness.of(settings, rocks, state),
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

  @Test
  void theEndOfTheInputIsNoSilence() throws Exception {
    try (SeriesHarness harness =
        SeriesHarness.of(settings(Silence.AUTO, Duration.ZERO, 0), false, null)) {
      for (int i = 0; i < 50; i++) {
        harness.send("one", START + i * MINUTE, i % 5);
      }
      harness.watermark(Long.MAX_VALUE);
      assertThat(harness.take(Incident.class)).isEmpty();
    }
  }
}
