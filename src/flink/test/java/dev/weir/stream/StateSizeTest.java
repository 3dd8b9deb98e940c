package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.StateLimits;
import dev.weir.job.StateSizeEstimate;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import dev.weir.state.RecordSerializer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code weir doctor} computes of a series, beside the bytes that many series take. */
@Tag("slow")
class StateSizeTest {

  private static final int SERIES = 100;
  private static final int SMALL_SERIES = 300; // of a few hundred bytes, so that these add up
  private static final int FILLINGS = 5;
  private static final int FIRST = 33; // values after which a checkpoint writes the states
  private static final int SECOND = 16; // further ones, which the next one writes as logs
  private static final int MAX_OFF = 10; // percent

  /** How full the backend's table of keys is is a matter of their number. */
  private static final long ENTRY_OFF = 48;

  private static final int AHEAD = 3; // covariates, where a job has some
  private static final long MINUTE = 60_000;
  private static final SourceRecord SOURCE =
      new SourceRecord("observations", 0, 1, 1, null, new byte[] {1});

  private record Job(String name, int series, ForecastSettings settings) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static ForecastSettings settings(int seqLen, Duration ttl, ModeSettings... targets) {
    return TestSettings.of(seqLen, targets)
        .sampling(new Sampling(MINUTE, Gap.SKIP, 5))
        .limits(new StateLimits(ttl, 0, 1L << 30))
        .build();
  }

  private static ModeSettings learner(
      Mode mode, LearnerSettings settings, int horizon, int season) {
    return TestSettings.learned(mode, horizon, new Learning(settings, season, 0));
  }

  static Stream<Job> jobs() throws Exception {
    ForecastModel model =
        ModelFiles.read(
            Path.of("src/core/test/resources/models/sample-many-to-one.safetensors"),
            ModelFiles.Defaults.NONE);
    ModeSettings network =
        new ModeSettings(Mode.MANY_TO_ONE, model.name(), 2, ModelFiles.toBytes(model), null);
    ModeSettings small = learner(Mode.MANY_TO_ONE, LearnerSettings.small(2), 2, 24);
    ModeSettings many = learner(Mode.MANY_TO_MANY, LearnerSettings.small(5), 5, 24);
    Learning judged = new Learning(LearnerSettings.small(2), 24, 0, IncidentSettings.defaults());
    ModeSettings alarms = TestSettings.learned(2, judged);
    Learning scored = new Learning(LearnerSettings.small(2), 24, 10);
    ModeSettings scores = TestSettings.learned(2, scored);
    LearnerSettings covariates =
        LearnerSettings.small(2).withCovariates(new Covariates.Count(0, AHEAD));
    ModeSettings ahead = learner(Mode.MANY_TO_ONE, covariates, 2, 24);
    ForecastSettings read =
        TestSettings.of(5, network)
            .featuresAhead(AHEAD)
            .sampling(new Sampling(MINUTE, Gap.SKIP, 5))
            .limits(new StateLimits(Duration.ZERO, 0, 1L << 30))
            .build();
    ForecastModel lstm =
        TestModel.of(new RnnConfig(Cell.LSTM, 1, 12, 3, false, true), 5, 12).build();
    ForecastSettings carried =
        TestSettings.of(
                5, new ModeSettings(Mode.MANY_TO_ONE, "m", 12, ModelFiles.toBytes(lstm), null))
            .carry()
            .build();
    ModeSettings large = learner(Mode.MANY_TO_ONE, LearnerSettings.defaults(2), 2, 24);
    LearnerSettings two = LearnerSettings.small(2).withSecondSeason(365);
    ModeSettings week = learner(Mode.MANY_TO_ONE, two, 2, 7);
    return Stream.of(
        new Job("learning off", SMALL_SERIES, settings(5, Duration.ZERO, network)),
        new Job("learning off, carried state", SMALL_SERIES, carried),
        new Job("small", SERIES, settings(5, Duration.ZERO, small)),
        new Job("both modes, with a ttl", SERIES, settings(5, Duration.ofDays(9), small, many)),
        new Job("window of 48", SERIES, settings(48, Duration.ZERO, small)),
        new Job("small, with alarms", SERIES, settings(5, Duration.ZERO, alarms)),
        new Job("small, with scores", SERIES, settings(5, Duration.ZERO, scores)),
        new Job("small, two seasons", SERIES, settings(5, Duration.ZERO, week)),
        new Job("small, 3 covariates known ahead", SERIES, settings(5, Duration.ZERO, ahead)),
        new Job("network, 3 covariates known ahead", SMALL_SERIES, read),
        new Job("default", SERIES, settings(5, Duration.ZERO, large)));
  }

  private static final class Harness
      extends KeyedTwoInputStreamOperatorTestHarness<String, InputEvent, ModelEvent, Output> {

    Harness(Job job, boolean rocks) throws Exception {
      super(
          new ForecastOperator(job.settings),
          arrival -> ((ObservationEvent) arrival).observation().series(),
          model -> "",
          Types.STRING);
      setStateBackend(rocks ? new EmbeddedRocksDBStateBackend() : new HashMapStateBackend());
      setCheckpointStorage(new JobManagerCheckpointStorage(1 << 30));
      setup(new RecordSerializer<>(Output.class));
      open();
    }

    OperatorSubtaskState savepoint(long number) throws Exception {
      return snapshotWithLocalState(
              number, number, SavepointType.savepoint(SavepointFormatType.CANONICAL))
          .getJobManagerOwnedState();
    }
  }

  /** Sends values of the series [first, first + series), which have had some before. */
  private static void fill(Harness harness, Job job, int first, int from, int values)
      throws Exception {
    for (int i = from; i < from + values; i++) {
      for (int s = first; s < first + job.series; s++) {
        String name = "plant/pump-%09d".formatted(s); // of NAME_LENGTH characters
        double[] known = new double[job.settings.ahead()];
        Arrays.fill(known, Math.cos(i));
        Observation observation =
            new Observation(
                name, i * MINUTE, s + Math.sin(i), Observation.NO_FEATURES, null, known);
        harness.processElement1(new ObservationEvent(observation, SOURCE), i * MINUTE);
      }
      harness.getOutput().clear();
    }
  }

  /**
   * Bytes that each of further series takes on the heap: the median of some fillings, since what
   * was used before may be freed during one of them.
   */
  private static long perSeries(Harness harness, Job job, int values) throws Exception {
    fill(harness, job, 0, 0, values);
    long[] taken = new long[FILLINGS];
    long before = used();
    for (int k = 0; k < FILLINGS; k++) {
      fill(harness, job, (k + 1) * job.series, 0, values);
      long after = used();
      taken[k] = (after - before) / job.series;
      before = after;
    }
    Arrays.sort(taken);
    return taken[FILLINGS / 2];
  }

  /** Bytes of live objects, once nothing more is freed: what was finalized goes a cycle later. */
  private static long used() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int unchanged = 0; unchanged < 2; ) {
      System.gc();
      Thread.sleep(20);
      long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
      unchanged = used < least - 10_000 ? 0 : unchanged + 1;
      least = Math.min(least, used);
    }
    return least;
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void computedBytesAreTheMeasuredOnes(Job job) throws Exception {
    StateSizeEstimate computed = StateSizeEstimate.of(job.settings, StateSizeEstimate.NAME_LENGTH);
    boolean learns = job.settings.modes().get(0).learning() != null;
    int values = job.settings.seqLen() + FIRST;
    try (Harness harness = new Harness(job, false)) {
      measured("heap", job, perSeries(harness, job, values), computed.heap());
    }
    try (Harness harness = new Harness(job, true)) {
      long cached = perSeries(harness, job, values);
      if (learns) {
        measured("cached", job, cached, computed.cached());
      }
      harness.savepoint(1); // writes the states
      int all = (1 + FILLINGS) * job.series;
      fill(harness, new Job(job.name, all, job.settings), 0, values, SECOND);
      long disk = harness.savepoint(2).getStateSize() / all;
      measured("disk", job, disk, computed.disk());
    }
  }

  private static void measured(String what, Job job, long measured, long computed) {
    System.out.printf(
        "%-24s %s %,8d measured, %,8d computed, %+.1f %%%n",
        job, what, measured, computed, 100.0 * (computed - measured) / measured);
    assertThat(computed)
        .as(what)
        .isCloseTo(measured, within(Math.max(ENTRY_OFF, measured * MAX_OFF / 100)));
  }
}
