package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Allocations;
import dev.weir.classify.ClassFixture;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** How often a record touches its series' state, and what it allocates. */
class StateAccessTest {

  @AutoClose private final Opened open = new Opened();

  private static final Learning LEARNING = new Learning(LearnerSettings.small(2), 7, 0);

  private static final Map<String, Integer> EACH_ONCE =
      Map.of(
          "window value",
          1,
          "window update",
          1,
          "learned-many-to-one value",
          1,
          "learned-many-to-one update",
          1);

  private SeriesHarness harness;

  private void start(StateBackend backend, Duration patience, ModeSettings mode) throws Exception {
    ForecastSettings settings = TestSettings.of(5, mode).outOfOrderness(patience).build();
    harness = open.add(SeriesHarness.of(settings, backend, null));
  }

  private static ModeSettings network() throws Exception {
    ForecastModel model =
        ModelFiles.read(
            Path.of("src/core/test/resources/models/sample-many-to-one.safetensors"),
            ModelFiles.Defaults.NONE);
    return new ModeSettings(Mode.MANY_TO_ONE, model.name(), 2, ModelFiles.toBytes(model), null);
  }

  private static ModeSettings learner() {
    return TestSettings.learned(2, LEARNING);
  }

  private void send(long time, double value) throws Exception {
    harness.send("s", time, value);
  }

  @Test
  void anObservationReadsAndWritesEachStateOnce() throws Exception {
    start(counting(), Duration.ZERO, learner());
    send(1, 10);
    accesses.clear();
    send(2, 11);
    assertThat(accesses).isEqualTo(EACH_ONCE);
  }

  @Test
  void withNothingToLearnThereIsOneStateOnly() throws Exception {
    start(counting(), Duration.ZERO, network());
    for (int t = 1; t <= 5; t++) {
      send(t, t);
    }
    accesses.clear();
    send(6, 6);
    assertThat(accesses).isEqualTo(Map.of("window value", 1, "window update", 1));
  }

  @Test
  void whatChangesNothingWritesNothing() throws Exception {
    start(counting(), Duration.ZERO, learner());
    send(1, 10);
    send(2, 11);
    accesses.clear();
    send(2, 11); // a duplicate
    send(1, 12); // late
    assertThat(accesses).isEqualTo(Map.of("window value", 2));
  }

  @Test
  void whatOnlyWaitsLeavesWhatWasLearnedAlone() throws Exception {
    start(counting(), Duration.ofMillis(5), learner());
    send(3, 10);
    send(2, 11);
    send(2, 12); // a correction
    assertThat(accesses).isEqualTo(Map.of("window value", 3, "window update", 3));
    accesses.clear();
    harness.watermark(2);
    assertThat(accesses).isEqualTo(EACH_ONCE);
  }

  @Test
  void classesAreReadAndWrittenOnceOnTheHeapAndNotAtAllWhereTheyAreCached() throws Exception {
    for (boolean rocks : new boolean[] {false, true}) {
      ClassifyOperator operator = new ClassifyOperator(ClassFixture.settings(5, 1, null), true);
      SeriesHarness each =
          open.add(SeriesHarness.of(operator, counting(SeriesHarness.backend(rocks)), null, 1, 0));
      each.send("s", 1, 10, 3);
      accesses.clear();
      each.send("s", 2, 11, 3);
      each.send(new LabelEvent("s", 2, "idle", SeriesHarness.source(2)));
      assertThat(accesses)
          .isEqualTo(rocks ? Map.of() : Map.of("classes value", 2, "classes update", 2));
      accesses.clear();
      each.checkpoint();
      assertThat(accesses).isEqualTo(rocks ? Map.of("classes update", 1) : Map.of());
      accesses.clear();
      each.snapshot(2, 2);
      assertThat(accesses).as("nothing has changed").isEmpty();
      each.send("s", 3, 12, 3);
      assertThat(accesses.containsKey("classes value")).isEqualTo(!rocks);
    }
  }

  @Test
  void aRecordAllocatesItsForecastAndLittleElse() throws Exception {
    start(new HashMapStateBackend(), Duration.ZERO, network());
    ObservationEvent[] arrivals = new ObservationEvent[10_000];
    long[] time = {0};
    // a forecast with its two arrays takes 136, the harness' own records of in and output 90
    Allocations.assertAtMostOnceWarm(
        arrivals.length,
        300,
        () -> {
          for (int i = 0; i < arrivals.length; i++) {
            long t = time[0] + i;
            arrivals[i] = SeriesHarness.event(new Observation("s", t, Math.sin(t)));
          }
          harness.getOutput().clear();
          long bytes = Allocations.bytesOf(() -> send(arrivals));
          assertThat(harness.getOutput()).hasSize(arrivals.length);
          time[0] += arrivals.length;
          return bytes;
        });
  }

  private void send(ObservationEvent[] arrivals) {
    try {
      for (ObservationEvent arrival : arrivals) {
        harness.processElement1(arrival, arrival.observation().time());
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private final Map<String, Integer> accesses = new TreeMap<>();

  /**
   * A backend whose value states count. Reads and writes of the operator, not of a serializer, so
   * that they are those of any backend.
   */
  private StateBackend counting() {
    return counting(SeriesHarness.backend(false));
  }

  private StateBackend counting(StateBackend of) {
    return proxy(
        StateBackend.class,
        of,
        (method, made) ->
            made instanceof CheckpointableKeyedStateBackend<?>
                ? proxy(CheckpointableKeyedStateBackend.class, made, this::countingState)
                : made);
  }

  private Object countingState(Call call, Object made) {
    if (!call.method().equals("getPartitionedState")) {
      return made;
    }
    String state = ((StateDescriptor<?, ?>) call.arguments()[2]).getName();
    return proxy(
        ValueState.class,
        made,
        (access, result) -> {
          accesses.merge(state + " " + access.method(), 1, Integer::sum);
          return result;
        });
  }

  private record Call(String method, Object[] arguments) {}

  /** The same object, but for what becomes of the results of its methods. */
  private static <T> T proxy(Class<T> type, Object of, BiFunction<Call, Object, Object> results) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              try {
                Object result = method.invoke(of, arguments);
                return results.apply(new Call(method.getName(), arguments), result);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
