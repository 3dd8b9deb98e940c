package dev.weir.stream;

import static dev.weir.stream.SeriesAlarmsTest.MINUTE;
import static dev.weir.stream.SeriesAlarmsTest.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Outcome;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Observation;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.AlarmRules.Override;
import dev.weir.forecast.alarm.AlarmRules.SeriesThreshold;
import dev.weir.forecast.alarm.Threshold;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.Sampling.Gap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Thresholds and alarms by the names of series, out of the operator. */
class AlarmRulesTest {

  @AutoClose private final Opened open = new Opened();
  private SeriesHarness harness;

  private static final int SERIES = 5;
  private static final Threshold ABOVE = new Threshold(57, true, 2, 0.6);
  private static final Threshold BELOW = new Threshold(43, false, 1, 0.7);

  private static ForecastSettings settings(AlarmRules rules, long cache) {
    return SeriesAlarmsTest.learning(
        new Learning(LearnerSettings.small(2), 24, 0, rules), Gap.SKIP, cache);
  }

  private static SeriesThreshold of(String series, Threshold threshold) {
    return new SeriesThreshold(series == null ? null : Pattern.compile(series), threshold);
  }

  /** Both thresholds, and no other alarms of two series. */
  private static AlarmRules rules(SeriesThreshold... thresholds) {
    return new AlarmRules(
        SeriesAlarmsTest.alarms(2, 6),
        List.of(
            new Override(Pattern.compile("series-1"), SeriesAlarmsTest.alarms(0.01, 4)),
            new Override(Pattern.compile("series-[12]"), null)),
        List.of(thresholds));
  }

  private static final AlarmRules RULES = rules(of(null, ABOVE), of("series-[0-3]", BELOW));

  /** Waves that cross both limits, with a spike now and then. */
  private static List<Observation> observations() {
    SplittableRandom random = new SplittableRandom(11);
    List<Observation> all = new ArrayList<>();
    for (int i = 0; i < 800; i++) {
      for (int s = 0; s < SERIES; s++) {
        double wave = 9 * Math.sin(i * Math.PI / 12 + s) + random.nextGaussian();
        double spike = i % (211 + s) == 0 ? 40 : 0;
        if (i % 150 != 90 + s) { // else it is missing
          all.add(new Observation("series-" + s, START + i * MINUTE, 50 + wave + spike));
        }
      }
    }
    return all;
  }

  private static final List<Observation> OBSERVATIONS = observations();
  private static List<Incident> expected;

  @BeforeAll
  static void run() throws Exception {
    expected = SeriesAlarmsTest.run(settings(RULES, 0), OBSERVATIONS, false, 0);
  }

  private static List<Incident> warnings(List<Incident> incidents) {
    return incidents.stream().filter(i -> i.reason() == Reason.THRESHOLD).toList();
  }

  @Test
  void warningsAreTheSameOnBothBackendsWhereverTheJobIsKilled() throws Exception {
    List<Incident> warnings = warnings(expected);
    Map<Outcome, Long> outcomes =
        warnings.stream()
            .filter(i -> i.event() == Event.CLOSED)
            .collect(Collectors.groupingBy(i -> i.warning().outcome(), Collectors.counting()));
    assertThat(outcomes.get(Outcome.CROSSED)).isGreaterThan(50);
    assertThat(outcomes.get(Outcome.CROSSED)).isGreaterThan(2 * outcomes.get(Outcome.MISSED));
    for (long cache : new long[] {100_000_000, 9_000, 0}) {
      ForecastSettings settings = settings(RULES, cache);
      assertThat(SeriesAlarmsTest.run(settings, OBSERVATIONS, true, 6))
          .as("cache %d", cache)
          .isEqualTo(expected);
    }
    assertThat(SeriesAlarmsTest.run(settings(RULES, 0), OBSERVATIONS, false, 5))
        .isEqualTo(expected);
  }

  @Test
  void eachWarningHasOneRecordThatOpensItAndOneThatEndsIt() {
    Map<String, Incident> open = new TreeMap<>();
    for (Incident warning : warnings(expected)) {
      boolean opens = warning.event() == Event.OPENED;
      Incident before = opens ? open.put(warning.id(), warning) : open.remove(warning.id());
      assertThat(before == null).isEqualTo(opens);
      boolean crossed = warning.warning().outcome() == Outcome.CROSSED;
      double newest = warning.newest().get(warning.newest().size() - 1).value();
      Threshold threshold = warning.warning().above() ? ABOVE : BELOW;
      assertThat(threshold.isCrossedBy(newest)).isEqualTo(crossed);
      assertThat(warning.warning().probability()).isBetween(threshold.probability(), 1.0);
      assertThat(warning.warning().crossing())
          .isBetween(
              warning.worst().time() + MINUTE,
              warning.worst().time() + threshold.within() * MINUTE);
      assertThat(threshold.isCrossedBy(warning.worst().value())).isFalse();
    }
    assertThat(open.size()).isLessThan(2 * SERIES);
  }

  @Test
  void overridesSayWhichSeriesRaiseAlarms() {
    Map<String, List<Incident>> bySeries =
        expected.stream().collect(Collectors.groupingBy(Incident::series));
    assertThat(bySeries.keySet())
        .containsExactlyInAnyOrder("series-0", "series-1", "series-3", "series-4");
    assertThat(bySeries.get("series-0")).anyMatch(i -> i.reason() != Reason.THRESHOLD);
    assertThat(bySeries.get("series-0")).anyMatch(i -> i.warning() != null && !i.warning().above());
    assertThat(bySeries.get("series-1")).allMatch(i -> i.reason() == Reason.THRESHOLD);
    assertThat(bySeries.get("series-4")).allMatch(i -> i.warning() == null || i.warning().above());
  }

  /** Incidents of a run that goes on in three tasks after three fifths of the observations. */
  private static List<Incident> rescaled(ForecastSettings settings) throws Exception {
    int half = OBSERVATIONS.size() * 3 / 5;
    List<Incident> incidents = new ArrayList<>();
    OperatorSubtaskState state;
    try (SeriesHarness one = SeriesHarness.of(settings, true, null)) {
      for (Observation observation : OBSERVATIONS.subList(0, half)) {
        one.send(observation);
      }
      state = one.checkpoint();
      incidents.addAll(one.take(Incident.class));
    }
    int tasks = 3;
    for (int task = 0; task < tasks; task++) {
      try (SeriesHarness each = SeriesHarness.of(settings, true, state, tasks, task)) {
        for (Observation observation : OBSERVATIONS.subList(half, OBSERVATIONS.size())) {
          if (SeriesHarness.task(observation.series(), tasks) == task) {
            each.send(observation);
          }
        }
        incidents.addAll(each.take(Incident.class));
      }
    }
    return incidents;
  }

  @Test
  void warningsAreTheSameAfterRescaling() throws Exception {
    assertThat(rescaled(settings(RULES, 100_000_000)))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  /** A ramp that ends below the limit: a warning is open at its end. */
  private static OperatorSubtaskState openWarning(AlarmRules rules, List<Incident> incidents)
      throws Exception {
    try (SeriesHarness harness = SeriesHarness.of(settings(rules, 1 << 20), true, null)) {
      for (int i = 0; i < 400; i++) {
        double value = i < 380 ? 50 + 0.1 * (i % 3) : 49.9 + 0.35 * (i - 379);
        harness.send("s", START + i * MINUTE, value);
      }
      harness.send("s", START + 400 * MINUTE, 56.8); // is learned again
      incidents.addAll(warnings(harness.take(Incident.class)));
      return harness.checkpoint();
    }
  }

  private static List<Incident> goOn(AlarmRules rules, OperatorSubtaskState state, double value)
      throws Exception {
    try (SeriesHarness harness = SeriesHarness.of(settings(rules, 1 << 20), true, state)) {
      harness.send("s", START + 401 * MINUTE, value);
      List<Incident> incidents = warnings(harness.take(Incident.class));
      harness.send("s", START + 402 * MINUTE, value);
      assertThat(warnings(harness.take(Incident.class))).isEmpty();
      return incidents;
    }
  }

  @Test
  void changedOptionsCountFromTheNextValueOn() throws Exception {
    List<Incident> opened = new ArrayList<>();
    OperatorSubtaskState state = openWarning(rules(of(null, ABOVE)), opened);
    assertThat(opened).extracting(Incident::event).containsExactly(Event.OPENED);
    String id = opened.get(0).id();
    // another probability: the same warning comes true
    List<Incident> crossed =
        goOn(rules(of("s", BELOW), of("s", new Threshold(57, true, 2, 0.9))), state, 57.5);
    assertThat(crossed).extracting(Incident::id).containsExactly(id);
    assertThat(crossed.get(0).warning().outcome()).isEqualTo(Outcome.CROSSED);
    // no longer a threshold, of another limit, of other series; and no alarms of the series
    AlarmRules off =
        new AlarmRules(
            SeriesAlarmsTest.alarms(2, 6),
            List.of(new Override(Pattern.compile("s"), null)),
            List.of(of(null, ABOVE)));
    List<AlarmRules> others =
        List.of(
            rules(), rules(of(null, new Threshold(75, true, 2, 0.6))), rules(of("t", ABOVE)), off);
    for (AlarmRules other : others) {
      List<Incident> dropped = goOn(other, state, 57.5);
      assertThat(dropped).extracting(Incident::id).containsExactly(id);
      assertThat(dropped.get(0).event()).isEqualTo(Event.CLOSED);
      assertThat(dropped.get(0).warning().outcome()).isEqualTo(Outcome.DROPPED);
    }
  }

  @Test
  void seriesThatResetsDropsItsWarning() throws Exception {
    List<Incident> opened = new ArrayList<>();
    OperatorSubtaskState state = openWarning(rules(of(null, ABOVE)), opened);
    ForecastSettings reset =
        SeriesAlarmsTest.learning(
            new Learning(LearnerSettings.small(2), 24, 0, rules(of(null, ABOVE))),
            Gap.RESET,
            1 << 20);
    harness = open.add(SeriesHarness.of(reset, true, state));
    harness.send("s", START + 450 * MINUTE, 50);
    List<Incident> dropped = warnings(harness.take(Incident.class));
    assertThat(dropped).extracting(Incident::id).containsExactly(opened.get(0).id());
    assertThat(dropped.get(0).warning().outcome()).isEqualTo(Outcome.DROPPED);
    assertThat(dropped.get(0).newest()).isEmpty();
  }
}
