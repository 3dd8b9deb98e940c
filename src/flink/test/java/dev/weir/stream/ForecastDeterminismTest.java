package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.StateLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Gaps, silences, jitter and disorder at once: what is forecast follows from the observations, not
 * from when watermarks come or where a job is stopped and goes on.
 */
class ForecastDeterminismTest {

  private static final long MINUTE = 60_000;
  private static final long PATIENCE = 4 * MINUTE;
  private static final long TTL = 30 * MINUTE;
  private static final int SEEDS = 5;

  private static ForecastSettings settings(Gap gap, boolean patient) {
    Sampling sampling = new Sampling(MINUTE, gap, 5);
    Learning learning = new Learning(LearnerSettings.small(2), 1, 3);
    return TestSettings.of(3, TestSettings.learned(2, learning))
        .stride(2)
        .outOfOrderness(Duration.ofMillis(patient ? PATIENCE : 0))
        .sampling(sampling)
        .limits(new StateLimits(Duration.ofMillis(TTL), 0))
        .build();
  }

  /** Of two series, in order of time; both end with one that all others are complete before. */
  private static List<Observation> timeline(SplittableRandom random) {
    List<Observation> all = new ArrayList<>();
    for (String series : List.of("a", "b")) {
      long minute = 10 + random.nextInt(3);
      int exact = 5; // the first to arrive after a silence says where the grid lies
      for (int i = 0; i < 70; i++) {
        long jitter = exact-- > 0 ? 0 : random.nextInt(-20_000, 20_000);
        all.add(new Observation(series, minute * MINUTE + jitter, 50 + random.nextInt(40)));
        int kind = random.nextInt(30);
        exact = kind == 0 ? 5 : exact;
        minute += kind == 0 ? 32 + random.nextInt(60) : kind < 4 ? 2 + random.nextInt(8) : 1;
      }
    }
    all.sort(Comparator.comparingLong(Observation::time));
    return all;
  }

  private static List<Observation> shuffled(List<Observation> timeline, SplittableRandom random) {
    record Sent(long at, Observation observation) {}
    return timeline.stream()
        .map(o -> new Sent(o.time() + random.nextLong(PATIENCE), o))
        .sorted(Comparator.comparingLong(Sent::at))
        .map(Sent::observation)
        .toList();
  }

  /**
   * @param watermarks one after so many observations on average
   * @param stops how often the job is stopped and goes on
   */
  private static List<Output> run(
      ForecastSettings settings,
      List<Observation> arrivals,
      int watermarks,
      int stops,
      SplittableRandom random)
      throws Exception {
    long patience = settings.outOfOrderness().toMillis();
    long[] newest = {Long.MIN_VALUE};
    return SeriesHarness.killed(
        state -> SeriesHarness.of(settings, state),
        arrivals,
        (task, observation, number) -> {
          task.send(observation);
          newest[0] = Math.max(newest[0], observation.time());
          if (number == arrivals.size() - 1) {
            task.watermark(newest[0] + MINUTE); // a time may count as a later one
          } else if (random.nextInt(watermarks) == 0) {
            task.watermark(newest[0] - patience - 1);
          }
        },
        stops,
        (task, observation, number) -> task.watermark(newest[0] + TTL));
  }

  @ParameterizedTest
  @EnumSource(Gap.class)
  void whatIsForecastDependsOnNeitherWatermarksNorStopsNorTheOrderOfArrivals(Gap gap)
      throws Exception {
    ForecastSettings patient = settings(gap, true);
    for (int seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<Observation> timeline = timeline(random);
      List<Observation> arrivals = shuffled(timeline, random);
      List<Output> expected = run(settings(gap, false), timeline, 1, 0, random);
      assertThat(expected).hasSizeGreaterThan(40);
      List<List<Output>> others =
          List.of(
              run(settings(gap, false), timeline, 1, 4, random),
              run(patient, timeline, 2, 0, random),
              run(patient, arrivals, 1, 4, random),
              run(patient, arrivals, 1, 0, random),
              run(patient, arrivals, 5, 0, random),
              run(patient, arrivals, 1_000_000, 0, random));
      for (int i = 0; i < others.size(); i++) {
        assertThat(others.get(i))
            .as("run %d of seed %d", i, seed)
            .containsExactlyInAnyOrderElementsOf(expected);
      }
    }
  }
}
