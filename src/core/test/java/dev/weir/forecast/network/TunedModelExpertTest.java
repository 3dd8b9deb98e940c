package dev.weir.forecast.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.Allocations;
import dev.weir.forecast.Observation;
import dev.weir.forecast.expert.NetworkTraining;
import dev.weir.forecast.expert.NetworkTraining.Method;
import dev.weir.forecast.expert.NetworkTraining.Tuning;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sizes all differ; seeds are fixed. */
class TunedModelExpertTest {

  private static final int SEQ_LEN = 4;
  private static final NetworkTraining REPLACE = NetworkTraining.DEFAULT.withTuning(Tuning.REPLACE);

  /** A model of random weights: any sizes, nothing learned. */
  private static ForecastModel model(
      long version, Cell cell, Mode mode, Readout readout, Scaling scaling, boolean headed) {
    int horizon = mode == Mode.MANY_TO_ONE ? 3 : SEQ_LEN;
    int rows = mode == Mode.MANY_TO_ONE ? horizon : 1;
    RnnConfig rnn = new RnnConfig(cell, 1, headed ? 5 : rows, 2, true, true);
    Random random = new Random(version);
    return TestModel.of(rnn, SEQ_LEN, horizon)
        .version(version)
        .mode(mode)
        .readout(readout)
        .scaling(scaling)
        .weights(uniform(random, rnn.parameterCount()))
        .head(
            headed
                ? new ForecastModel.Head(
                    uniform(random, rows * rnn.outputSize()), uniform(random, rows))
                : null)
        .build();
  }

  private static ForecastModel model(long version) {
    return model(
        version, Cell.RNN_TANH, Mode.MANY_TO_ONE, Readout.FINAL_HIDDEN, Scaling.LAST, true);
  }

  private static float[] uniform(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  /** A job's part for one mode: the two experts of a model beside a naive one, and any series. */
  private static final class Task {
    final BaseModelExpert base = new BaseModelExpert();
    final TunedModelExpert tuned;
    final Learner learner;
    final Windows windows = new Windows(SEQ_LEN, 1, 0);
    NetworkForecaster network;

    Task(NetworkTraining training, int horizon) {
      tuned = new TunedModelExpert(base, SEQ_LEN, training);
      LearnerSettings settings = LearnerSettings.small(horizon).withTraining(training);
      learner = new Learner(settings.withExperts(List.of("naive")), List.of(base, tuned));
    }

    Task model(ForecastModel model) {
      network = model == null ? null : new NetworkForecaster(model);
      return this;
    }

    /** What the base model and its copy say for the first step. */
    double[] next(Series series, double value) {
      Observation observation = new Observation("s", series.memory.count(), value);
      windows.offer(series.state, observation, Windows.IN_ORDER);
      SequenceWindow window = windows.window("s", series.state);
      long newest = series.memory.count();
      base.use(network, window, newest);
      tuned.use(network, window, newest, series.memory);
      learner.observe(series.memory, newest, value);
      return new double[] {learner.expertForecast(1, 1), learner.expertForecast(2, 1)};
    }
  }

  private static final class Series {
    LearnerState memory;
    WindowState state;

    Series(Task task, int season) {
      memory = task.learner.newSeries("s", season);
      state = task.windows.newState();
    }

    private Series(LearnerState memory, WindowState state) {
      this.memory = memory;
      this.state = state;
    }

    Series copy() {
      return new Series(memory.copy(), new WindowState(state));
    }

    /** Adam counts its updates in the last number that it keeps. */
    float updates() {
      float[] floats = memory.tuned().floats();
      return floats[floats.length - 1];
    }
  }

  private static double wave(int t) {
    return 100 + 10 * Math.sin(0.7 * t) + new java.util.SplittableRandom(t).nextDouble();
  }

  @Test
  void saysWhatTheBaseModelSaysUntilItBeginsAndTakesNoMemory() {
    Task task = new Task(REPLACE, 3).model(model(1));
    Series series = new Series(task, 1);
    for (int t = 0; t < TunedModelExpert.START - 1; t++) {
      double[] said = task.next(series, wave(t));
      assertThat(said[1]).isEqualTo(said[0]);
      assertThat(series.memory.tuned()).isNull();
    }
    double[] said = task.next(series, wave(TunedModelExpert.START - 1));
    assertThat(said[1]).isNotEqualTo(said[0]);
    assertThat(series.memory.tuned().version()).isEqualTo(1);
    int weights = TrainableModel.count(model(1));
    assertThat(4 * series.memory.tuned().floats().length)
        .isEqualTo(16 * weights + 4)
        .isEqualTo(task.tuned.bytes(model(1)));
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void learnsWhatTheBaseModelGetsWrong(ForecastModel model, NetworkTraining training) {
    boolean scaled = model.scaling().readsWindow() || model.head() != null;
    Task task = new Task(training, model.horizon()).model(model);
    Series series = new Series(task, 1);
    double[] errors = new double[2];
    double[] said = null;
    for (int t = 0; t < 2_500; t++) {
      // what a network without scaling and head can reach
      double value = model.scaling().readsWindow() ? wave(t) : (wave(t) - 100) / 25;
      if (t > 2_000) {
        errors[0] += Math.abs(value - said[0]);
        errors[1] += Math.abs(value - said[1]);
      }
      said = task.next(series, value);
    }
    assertThat(errors[1]).isLessThan((scaled ? 0.9 : 0.98) * errors[0]);
  }

  static Stream<Arguments> everyKind() {
    Stream.Builder<Arguments> all = Stream.builder();
    NetworkTraining sgd = REPLACE.withMethod(Method.SGD, NetworkTraining.OWN);
    for (Cell cell : Cell.values()) {
      for (Mode mode : Mode.values()) {
        all.add(
            Arguments.of(model(1, cell, mode, Readout.FINAL_HIDDEN, Scaling.LAST, true), REPLACE));
      }
    }
    for (Scaling scaling :
        List.of(Scaling.NONE, Scaling.WINDOW, new Scaling(Scaling.Rule.FIXED, 0.5, 2))) {
      for (boolean headed : new boolean[] {true, false}) {
        all.add(
            Arguments.of(
                model(2, Cell.GRU, Mode.MANY_TO_ONE, Readout.LAST_STEP, scaling, headed), REPLACE));
        all.add(
            Arguments.of(
                model(3, Cell.RNN_TANH, Mode.MANY_TO_MANY, Readout.LAST_STEP, scaling, headed),
                REPLACE));
      }
    }
    all.add(Arguments.of(model(4), sgd));
    return all.build();
  }

  @Test
  void aNewModelReplacesTheCopyWhichBeginsAgainFromIt() {
    Task task = new Task(REPLACE, 3).model(model(1));
    Series series = new Series(task, 1);
    for (int t = 0; t < 300; t++) {
      task.next(series, wave(t));
    }
    assertThat(series.updates()).isEqualTo(101);
    task.model(model(2));
    task.next(series, wave(300));
    assertThat(series.memory.tuned().version()).isEqualTo(2);
    assertThat(series.updates()).isEqualTo(1);
    assertThat(furthest(series, model(2))).isLessThan(1e-3);
    task.model(model(1)); // published again: a rollback
    task.next(series, wave(301));
    assertThat(series.memory.tuned().version()).isEqualTo(1);
    assertThat(series.updates()).isEqualTo(1);
  }

  /** The largest distance of a weight from the model's. */
  private static double furthest(Series series, ForecastModel model) {
    float[] weights = TrainableModel.weights(model);
    double furthest = 0;
    for (int i = 0; i < weights.length; i++) {
      furthest = Math.max(furthest, Math.abs(series.memory.tuned().floats()[i] - weights[i]));
    }
    return furthest;
  }

  @Test
  void copyIsKeptUnderANewModelOfItsShape() {
    Task task = new Task(REPLACE.withTuning(Tuning.KEEP), 3).model(model(1));
    Series series = new Series(task, 1);
    for (int t = 0; t < 300; t++) {
      task.next(series, wave(t));
    }
    task.model(model(2));
    task.next(series, wave(300));
    assertThat(series.memory.tuned().version()).isEqualTo(1);
    assertThat(series.updates()).isEqualTo(102);
    assertThat(furthest(series, model(1))).isLessThan(0.1);
    task.model(model(3, Cell.GRU, Mode.MANY_TO_ONE, Readout.FINAL_HIDDEN, Scaling.LAST, true));
    task.next(series, wave(301));
    assertThat(series.memory.tuned().version()).as("of another shape").isEqualTo(3);
    assertThat(series.updates()).isEqualTo(1);
  }

  @Test
  void whileThereIsNoModelItKnowsNothingAndForgetsNothing() {
    Task task = new Task(REPLACE, 3).model(model(1));
    Series series = new Series(task, 1);
    for (int t = 0; t < 300; t++) {
      task.next(series, wave(t));
    }
    task.model(null);
    assertThat(task.next(series, 7)).containsExactly(7, 7);
    assertThat(series.updates()).isEqualTo(101);
    task.model(model(1));
    task.next(series, wave(301));
    assertThat(series.updates()).isEqualTo(102);
  }

  @Test
  void aModelThatIsTooLargeIsNotTuned() {
    int hidden = 200; // 40,400 weights and more
    RnnConfig rnn = new RnnConfig(Cell.RNN_TANH, 1, hidden, 1, false, true);
    ForecastModel large =
        TestModel.of(rnn, SEQ_LEN, 3)
            .version(9)
            .scaling(Scaling.LAST)
            .head(new float[3 * hidden], new float[] {1, 2, 3})
            .build();
    Task task = new Task(REPLACE, 3).model(model(1));
    assertThat(task.tuned.bytes(large)).isZero();
    Series series = new Series(task, 1);
    for (int t = 0; t < 250; t++) {
      task.next(series, wave(t));
    }
    task.model(large);
    double[] said = task.next(series, wave(250));
    assertThat(said[1]).isEqualTo(said[0]);
    assertThat(series.memory.tuned()).as("of a model that is gone").isNull();
  }

  @Test
  void aLearnerThatGoesThroughThePastAgainTeachesItNothingTwice() {
    Task task = new Task(REPLACE, 3).model(model(1));
    Series series = new Series(task, LearnerSettings.AUTO);
    int values = 1_400;
    Random random = new Random(13);
    int found = 0;
    for (int t = 0; t < values; t++) { // the season comes when there is a copy already
      double season = t < 300 ? 0 : 20 * Math.sin(2 * Math.PI * t / 12);
      task.next(series, 100 + season + random.nextGaussian());
      found = found == 0 && series.memory.season() == 12 ? t : found;
    }
    assertThat(found).as("when the season was found").isGreaterThan(300);
    assertThat(series.updates()).isEqualTo(values - TunedModelExpert.START + 1);
    assertThat(series.memory.tuned().learned()).isEqualTo(values - 1);
  }

  @Test
  void learnsAsOftenAsConfigured() {
    NetworkTraining seldom = REPLACE.withEvery(10).withSteps(3).withStart(400).withReplay(50);
    Task task = new Task(seldom, 3).model(model(1));
    Series series = new Series(task, 1);
    for (int t = 0; t < 500; t++) {
      task.next(series, wave(t));
      if (t < 399) {
        assertThat(series.memory.tuned()).isNull();
      }
    }
    assertThat(series.updates()).isEqualTo(3 * 10); // at 400, 410 ... 490
  }

  @ParameterizedTest
  @MethodSource("trainings")
  void savedAndRestoredAmongOtherSeriesItGivesTheSameBits(NetworkTraining training) {
    Task alone = new Task(training, 3).model(model(1));
    Series whole = new Series(alone, LearnerSettings.AUTO);
    Task busy = new Task(training, 3).model(model(1));
    Series part = new Series(busy, LearnerSettings.AUTO);
    Series other = new Series(busy, 1);
    for (int t = 0; t < 600; t++) {
      if (t == 330) {
        busy = new Task(training, 3).model(model(1));
        Series restored = part.copy();
        Arrays.fill(part.memory.tuned().floats(), Float.NaN);
        part = restored;
      }
      if (t == 450) {
        alone.model(model(2));
        busy.model(model(2));
      }
      busy.next(other, -3 * wave(t + 9));
      double[] expected = alone.next(whole, wave(t));
      assertThat(busy.next(part, wave(t))).as("at %d", t).isEqualTo(expected);
    }
    assertThat(part.memory.tuned().floats()).isEqualTo(whole.memory.tuned().floats());
  }

  static List<NetworkTraining> trainings() {
    return List.of(
        REPLACE,
        REPLACE.withTuning(Tuning.KEEP).withEvery(3).withSteps(2),
        REPLACE.withMethod(Method.SGD, NetworkTraining.OWN));
  }

  @Test
  void aLaterValueChangesNoEarlierForecast() {
    Task task = new Task(REPLACE, 3).model(model(1));
    Series one = new Series(task, 1);
    Series other = new Series(task, 1);
    for (int t = 0; t < 400; t++) {
      double[] expected = task.next(one, wave(t));
      assertThat(task.next(other, wave(t))).isEqualTo(expected);
    }
    double[] of = task.next(one, 90);
    assertThat(task.next(other, 110)).isNotEqualTo(of);
  }

  @Test
  void strangeSeriesGetFiniteForecastsAndLeaveFiniteWeights() {
    for (Scaling scaling : List.of(Scaling.LAST, Scaling.WINDOW, Scaling.NONE)) {
      for (int kind = 0; kind < 6; kind++) {
        Task task =
            new Task(REPLACE, 3)
                .model(model(1, Cell.LSTM, Mode.MANY_TO_ONE, Readout.FINAL_HIDDEN, scaling, true));
        Series series = new Series(task, 1);
        for (int t = 0; t < 500; t++) {
          for (double value : task.next(series, strange(kind, t))) {
            assertThat(value).as("kind %d at %d", kind, t).isFinite();
          }
        }
        for (float weight : series.memory.tuned().floats()) {
          assertThat(weight).as("kind %d", kind).isFinite();
        }
      }
    }
  }

  private static double strange(int kind, int t) {
    return switch (kind) {
      case 0 -> 42;
      case 1 -> t % 2 == 0 ? 1e300 : -1e300;
      case 2 -> Math.pow(1.3, t);
      case 3 -> t < 300 ? 0 : Math.sin(t);
      case 4 -> t % 100 == 99 ? 1e30 : 1;
      default -> 1.7e9 + t;
    };
  }

  @Test
  void aConstantIsForecastAsItself() {
    Task task =
        new Task(REPLACE, 3)
            .model(
                model(
                    1, Cell.RNN_TANH, Mode.MANY_TO_ONE, Readout.FINAL_HIDDEN, Scaling.LAST, true));
    Series series = new Series(task, 1);
    double[] said = null;
    for (int t = 0; t < 400; t++) {
      said = task.next(series, 42);
    }
    assertThat(said[1]).isCloseTo(42, within(1e-9)); // a flat past bounds every forecast
  }

  @ParameterizedTest
  @MethodSource("trainings")
  void onceWarmItAllocatesNothing(NetworkTraining training) {
    Task task = new Task(training, 3).model(model(1));
    Series series = new Series(task, 1);
    double[] out = new double[3];
    Allocations.assertNoneOnceWarm(
        300,
        () -> {
          long allocated = 0;
          for (int t = 0; t < 300; t++) {
            long newest = series.memory.count();
            task.windows.offer(
                series.state, new Observation("s", newest, wave(t)), Windows.IN_ORDER);
            SequenceWindow window = task.windows.window("s", series.state);
            allocated +=
                Allocations.bytesOf(
                    () -> {
                      task.base.use(task.network, window, newest);
                      task.tuned.use(task.network, window, newest, series.memory);
                      task.learner.observe(series.memory, newest, window.last());
                      task.learner.forecast(series.memory, out, null, null);
                    });
          }
          return allocated;
        });
  }
}
