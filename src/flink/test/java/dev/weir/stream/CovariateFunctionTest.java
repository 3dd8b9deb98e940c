package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Covariates known ahead in the operator: what it takes, what it keeps, what it must not know. */
class CovariateFunctionTest {

  @AutoClose private final Opened open = new Opened();
  private SeriesHarness harness;

  private static final long MINUTE = 60_000;
  private static final int HORIZON = 3;

  private static ForecastSettings settings(Duration outOfOrderness, int ahead) {
    LearnerSettings learner =
        LearnerSettings.small(HORIZON).withCovariates(new Covariates.Count(0, ahead));
    ModeSettings mode = TestSettings.learned(HORIZON, new Learning(learner, 1, 0));
    return TestSettings.of(4, mode)
        .outOfOrderness(outOfOrderness)
        .sampling(new Sampling(MINUTE, Gap.SKIP, 5))
        .build();
  }

  private static Observation at(String series, int minute, double value, double... ahead) {
    return new Observation(series, minute * MINUTE, value, Observation.NO_FEATURES, null, ahead);
  }

  private static double[] noise(int n, long seed) {
    return new SplittableRandom(seed).doubles(n, -1, 1).toArray();
  }

  /** x after minute t, as far as the horizon and x reach. */
  private static double[] after(double[] x, int t) {
    double[] known = new double[Math.max(0, Math.min(HORIZON, x.length - 1 - t))];
    System.arraycopy(x, t + 1, known, 0, known.length);
    return known;
  }

  // ---- what is taken

  @Test
  void stepsBeyondTheHorizonAreCut() throws Exception {
    double[] x = noise(60, 1);
    try (SeriesHarness exact = SeriesHarness.of(settings(Duration.ZERO, 1));
        SeriesHarness more = SeriesHarness.of(settings(Duration.ZERO, 1))) {
      for (int t = 0; t + 10 < x.length; t++) {
        exact.send(at("s", t, x[t], after(x, t)));
        double[] longer = new double[9];
        System.arraycopy(x, t + 1, longer, 0, longer.length);
        more.send(at("s", t, x[t], longer));
      }
      List<Output> outputs = more.take(Output.class);
      assertThat(outputs).hasSize(50).isEqualTo(exact.take(Output.class));
    }
  }

  @Test
  void numbersThatAreNoWholeVectorsAreADeadLetter() throws Exception {
    try (SeriesHarness two = SeriesHarness.of(settings(Duration.ZERO, 2));
        SeriesHarness none = SeriesHarness.of(settings(Duration.ZERO, 0))) {
      two.send(at("s", 0, 1, 5, 6, 7));
      none.send(at("s", 0, 1, 5, 6));
      two.send(at("s", 1, 1, 5, 6));
      none.send(at("s", 1, 1));
      List<Output> outputs = two.take(Output.class);
      assertThat(((DeadLetter) outputs.get(0)).reason()).isEqualTo(Reason.FEATURES);
      assertThat(((DeadLetter) outputs.get(0)).message())
          .isEqualTo("features_ahead: expected 2 for each step, got 3 in all");
      assertThat(outputs.get(1)).isInstanceOf(Forecast.class);
      assertThat(((DeadLetter) none.take(Output.class).get(0)).message())
          .isEqualTo("features_ahead: expected 0 for each step, got 2 in all");
    }
  }

  /** Of 2 covariates and 3 steps, 6 numbers may be known; the next record may tell the rest. */
  @Test
  void forecastSaysHowManyNumbersItDidNotKnow() throws Exception {
    harness = open.add(SeriesHarness.recorded(settings(Duration.ZERO, 2), null));
    harness.send(at("s", 0, 1, 5, 6, 7, Double.NaN, 8, 9));
    harness.send(at("s", 1, 1)); // what was said before is still known, of two steps
    harness.send(at("s", 2, 1, 5, 6));
    harness.send(at("s", 3, 1));
    harness.send(at("s", 4, 1, 1, 2, 3, 4, 5, 6));
    assertThat(harness.take(Forecast.class))
        .extracting(Forecast::covariatesMissing)
        .containsExactly(1, 3, 4, 6, 0);
    assertThat(harness.metrics.count("weir.missingCovariates")).isEqualTo(1 + 3 + 4 + 6);
    SeriesHarness without = open.add(SeriesHarness.of(settings(Duration.ZERO, 0)));
    without.send(at("s", 0, 1));
    assertThat(without.take(Forecast.class))
        .extracting(Forecast::covariatesMissing)
        .containsExactly(0);
  }

  // ---- what is kept

  private record Sent(Observation observation, long watermark) {}

  /** Three series whose observations come in another order within five minutes, all with ahead. */
  private static List<Sent> shuffled() {
    List<Sent> all = new ArrayList<>();
    double[] x = noise(140, 8);
    double[] y = noise(140, 9);
    Random random = new Random(10);
    for (int first = 0; first < 120; first += 4) {
      List<Observation> some = new ArrayList<>();
      for (int t = first; t < first + 4; t++) {
        for (int s = 0; s < 3; s++) {
          double[] known = new double[HORIZON * 2];
          for (int i = 0; i < known.length; i++) {
            known[i] = i % 5 == s ? Double.NaN : x[t + 1 + i / 2] * (1 + s) + i % 2 * t;
          }
          some.add(at("s" + s, t, x[t] * (s + 1) + 0.1 * y[t], known));
        }
      }
      Collections.shuffle(some, random);
      long watermark = (first - 3) * MINUTE;
      some.forEach(o -> all.add(new Sent(o, watermark)));
    }
    return all;
  }

  private static void send(List<SeriesHarness> tasks, List<Sent> records) throws Exception {
    for (Sent sent : records) {
      tasks
          .get(SeriesHarness.task(sent.observation().series(), tasks.size()))
          .send(sent.observation());
      for (SeriesHarness each : tasks) {
        each.watermark(sent.watermark());
      }
    }
  }

  private static void collect(List<SeriesHarness> tasks, Map<String, List<Forecast>> bySeries) {
    for (SeriesHarness task : tasks) {
      for (Forecast forecast : task.take(Forecast.class)) {
        bySeries.computeIfAbsent(forecast.series(), s -> new ArrayList<>()).add(forecast);
      }
    }
  }

  /** Waiting observations carry covariates; a checkpoint, a crash and two tasks change no bit. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void crashAndRescalingChangeNoBit(boolean rocks) throws Exception {
    ForecastSettings settings = settings(Duration.ofMinutes(6), 2);
    List<Sent> all = shuffled();
    Map<String, List<Forecast>> expected = new HashMap<>();
    SeriesHarness undisturbed = open.add(SeriesHarness.of(settings));
    send(List.of(undisturbed), all);
    undisturbed.watermark(Long.MAX_VALUE);
    collect(List.of(undisturbed), expected);
    assertThat(expected).hasSize(3);
    assertThat(expected.get("s0")).hasSize(120);

    int checkpoint = 205;
    Map<String, List<Forecast>> actual = new HashMap<>();
    SeriesHarness first = open.add(SeriesHarness.of(settings, rocks, null));
    send(List.of(first), all.subList(0, checkpoint));
    collect(List.of(first), actual);
    OperatorSubtaskState saved = first.checkpoint();
    send(List.of(first), all.subList(checkpoint, checkpoint + 40)); // lost with the crash
    assertThat(actual.get("s1").size()).isBetween(40, 68); // others wait
    List<SeriesHarness> tasks =
        List.of(
            SeriesHarness.of(settings, rocks, saved, 2, 0),
            SeriesHarness.of(settings, rocks, saved, 2, 1));
    send(tasks, all.subList(checkpoint, all.size()));
    for (SeriesHarness task : tasks) {
      task.watermark(Long.MAX_VALUE);
    }
    collect(tasks, actual);
    for (SeriesHarness task : tasks) {
      task.close();
    }
    assertThat(actual).isEqualTo(expected);
  }
}
