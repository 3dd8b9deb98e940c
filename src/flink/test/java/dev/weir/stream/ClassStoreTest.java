package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.classify.ClassFixture;
import dev.weir.classify.ClassFixture.Step;
import dev.weir.classify.ClassifySettings;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.window.StateLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cached series that learn classes: the results are those of the heap, to the bit. */
class ClassStoreTest {

  @AutoClose private final Opened open = new Opened();
  private SeriesHarness harness;

  private static final int SERIES = 11;
  private static final long SECOND = 1_000;

  private static ClassifySettings settings(long cache, Duration ttl) {
    return settings(cache, ttl, Duration.ZERO);
  }

  private static ClassifySettings settings(long cache, Duration ttl, Duration patience) {
    return ClassFixture.of(5)
        .outOfOrderness(patience)
        .limits(new StateLimits(ttl, 0, cache))
        .build();
  }

  private static SeriesHarness open(
      ClassifySettings settings, boolean rocks, OperatorSubtaskState state) throws Exception {
    return SeriesHarness.of(
        new ClassifyOperator(settings, true), SeriesHarness.backend(rocks), state, 1, 0);
  }

  /** An event of each second: some of a few series that change, labels late or in observations. */
  private static List<InputEvent> events(int count) {
    List<List<Step>> steps = new ArrayList<>();
    for (int s = 0; s < SERIES; s++) {
      steps.add(ClassFixture.steps("series-" + s, count, s));
    }
    SplittableRandom random = new SplittableRandom(3);
    List<InputEvent> all = new ArrayList<>();
    List<LabelEvent> late = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Step step = steps.get((i / 100 + random.nextInt(5)) % SERIES).get(i);
      Observation observation = step.observation();
      boolean isLabelled = random.nextInt(4) == 0;
      all.add(
          SeriesHarness.event(
              ClassFixture.labelled(observation, isLabelled ? step.label() : null)));
      if (!isLabelled && random.nextInt(2) == 0) {
        late.add(
            new LabelEvent(
                observation.series(), observation.time(), step.label(), SeriesHarness.source(i)));
      }
      if (late.size() > 3) {
        all.add(late.remove(random.nextInt(late.size())));
      }
    }
    return all;
  }

  /**
   * @param stops how often the job is killed at a checkpoint and goes on
   */
  private static List<Output> run(
      ClassifySettings settings, boolean rocks, int stops, List<InputEvent> events)
      throws Exception {
    return SeriesHarness.killed(
        state -> open(settings, rocks, state),
        events,
        (task, event, number) -> {
          if (event instanceof ObservationEvent observed) {
            long time = observed.observation().time();
            task.setProcessingTime(time);
            task.send(event);
            task.watermark(time - 1 - settings.outOfOrderness().toMillis());
          } else {
            task.send(event);
          }
        },
        stops,
        (task, event, number) -> task.send("series-0", events.size() * SECOND, 1e6, 3));
  }

  @ParameterizedTest
  @ValueSource(longs = {100_000_000, 80_000, 1, 0}) // all fit, some do, none, no cache
  void theClassesAreThoseOfTheHeapWhateverFitsAndWhereverTheJobIsKilled(long cache)
      throws Exception {
    ClassifySettings settings = settings(cache, Duration.ZERO);
    List<InputEvent> events = events(900);
    List<Output> expected = run(settings, false, 0, events);
    assertThat(expected).hasSizeGreaterThanOrEqualTo(900);
    assertThat(run(settings, true, 5, events)).isEqualTo(expected);
  }

  /** Of what waits and expires the order is that of timers, which is the backend's. */
  @ParameterizedTest
  @CsvSource({"100_000_000, 0", "80_000, 4", "1, 0", "0, 4"})
  void seriesThatExpireAndObservationsThatWaitGoOnWhateverIsEvicted(String cache, int patience)
      throws Exception {
    ClassifySettings settings =
        settings(
            Long.parseLong(cache.replace("_", "")),
            Duration.ofSeconds(70),
            Duration.ofSeconds(patience));
    List<InputEvent> events = events(900);
    List<Output> expected = run(settings, false, 5, events);
    assertThat(expected).hasSizeGreaterThanOrEqualTo(900 - patience);
    assertThat(run(settings, true, 5, events)).containsExactlyInAnyOrderElementsOf(expected);
    Set<Output> kept = new HashSet<>(run(settings(0, Duration.ZERO), false, 5, events));
    assertThat(kept).as("a ttl forgets something").isNotEqualTo(new HashSet<>(expected));
  }

  @Test
  void whatANetworkAloneAnswersIsNotCached() throws Exception {
    ClassifySettings settings =
        ClassFixture.of(5)
            .model(ClassFixture.model("states", 1, List.of("idle", "run")))
            .fixed()
            .build();
    harness = open.add(open(settings, true, null));
    harness.send("s", SECOND, 1, 3);
    assertThat(harness.entries("classes")).isEqualTo(1);
    assertThat(harness.store().cached()).isZero();
  }
}
