package dev.weir.forecast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.model.AheadInputs;
import dev.weir.model.BuiltInModels;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.Scaling;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks as models of a job: covariates, what combines forecasts, and bounds. */
class NetworkJobTest {

  private static final int SEQ_LEN = 5;
  private static final int HORIZON = 3;
  private static final int AHEAD = 2;

  private static ForecastModel model(Mode mode, int ahead, int horizon) {
    RnnConfig rnn = new RnnConfig(Cell.GRU, 1 + ahead * horizon, 4, 1, true, true);
    SplittableRandom random = new SplittableRandom(11);
    int outputs = mode == Mode.MANY_TO_ONE ? horizon : 1;
    AheadInputs inputs = ahead == 0 ? AheadInputs.NONE : AheadInputs.unscaled(ahead);
    return TestModel.of(rnn, SEQ_LEN, horizon)
        .name("net")
        .mode(mode)
        .scaling(Scaling.LAST)
        .weights(floats(random, rnn.parameterCount()))
        .head(floats(random, outputs * rnn.outputSize()), floats(random, outputs))
        .ahead(inputs)
        .build();
  }

  private static float[] floats(SplittableRandom random, int n) {
    float[] floats = new float[n];
    for (int i = 0; i < n; i++) {
      floats[i] = (float) random.nextDouble(-0.7, 0.7);
    }
    return floats;
  }

  private static ForecastSettings settings(ForecastModel model, boolean learns, int ahead) {
    LearnerSettings learner =
        LearnerSettings.small(model.horizon()).withCovariates(new Covariates.Count(0, ahead));
    Learning learning = learns ? new Learning(learner, 1, 0) : null;
    ModeSettings mode =
        new ModeSettings(
            model.mode(), model.name(), model.horizon(), ModelFiles.toBytes(model), learning);
    return TestSettings.of(SEQ_LEN, mode).featuresAhead(ahead).build();
  }

  /** Each of them knows some steps more than the model reads. */
  private static List<Observation> series(int n, int steps, double[] known) {
    double[] values = new SplittableRandom(5).doubles(n, 10, 20).toArray();
    List<Observation> series = new ArrayList<>();
    for (int t = 0; t < n; t++) {
      int from = (t + 1) * AHEAD;
      double[] ahead = Arrays.copyOfRange(known, from, from + steps * AHEAD);
      series.add(new Observation("s", t, values[t], Observation.NO_FEATURES, null, ahead));
    }
    return series;
  }

  private static double[] noise(int n, long seed) {
    return new SplittableRandom(seed).doubles(n, -1, 1).toArray();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void covariatesThatAreNotKnownYetChangeNoBit(boolean learns) throws Exception {
    ForecastModel model = model(Mode.MANY_TO_ONE, AHEAD, HORIZON);
    int n = 80;
    int origin = 60;
    double[] known = noise((n + 9) * AHEAD, 1);
    double[] others =
        known.clone(); // from the first step that the forecast at the origin can't know
    int unknown = (origin + HORIZON + 1) * AHEAD;
    System.arraycopy(noise(known.length, 2), 0, others, unknown, known.length - unknown);
    ForecastSettings settings = settings(model, learns, AHEAD);

    List<Forecast> first = OneSeries.forecasts(settings, series(n, HORIZON, known));
    List<Forecast> second = OneSeries.forecasts(settings, series(n, HORIZON, others));
    List<Forecast> longer = OneSeries.forecasts(settings, series(n, HORIZON + 4, known));
    for (int t = 0; t <= origin; t++) {
      assertThat(second.get(t)).isEqualTo(first.get(t));
      assertThat(longer.get(t)).as("steps beyond").isEqualTo(first.get(t));
    }
    assertThat(second.get(origin + 1).values()).isNotEqualTo(first.get(origin + 1).values());
  }

  @Test
  void eachNumberOfAWindowAndItsStepsCounts() throws Exception {
    ForecastModel model = model(Mode.MANY_TO_MANY, AHEAD, SEQ_LEN);
    int n = 30;
    int newest = n - 1;
    double[] known = noise((n + 9) * AHEAD, 1);
    ForecastSettings settings = settings(model, false, AHEAD);
    double[] before = last(settings, series(n, SEQ_LEN, known));
    for (int at = 0; at < known.length; at++) {
      double[] changed = known.clone();
      changed[at] += 0.5;
      int time = at / AHEAD; // the first row reads what is known of the second
      boolean isRead = time > newest - SEQ_LEN + 1 && time <= newest + SEQ_LEN;
      double[] after = last(settings, series(n, SEQ_LEN, changed));
      assertThat(!Arrays.equals(after, before)).as("time %d", time).isEqualTo(isRead);
    }
  }

  private static double[] last(ForecastSettings settings, List<Observation> series)
      throws Exception {
    List<Forecast> forecasts = OneSeries.forecasts(settings, series);
    return forecasts.get(forecasts.size() - 1).values();
  }

  @Test
  void whatIsMissingIsCountedAndRead() throws Exception {
    ForecastModel model = model(Mode.MANY_TO_ONE, AHEAD, HORIZON);
    double[] known = noise(60, 1);
    List<Observation> series = new ArrayList<>(series(20, HORIZON, known));
    ForecastSettings settings = settings(model, false, AHEAD);
    assertThat(last(settings, series)).doesNotContain(Double.NaN);
    Observation newest = series.remove(19);
    series.add(newest.knownAhead(3)); // of 6
    List<Forecast> forecasts = OneSeries.forecasts(settings, series);
    Forecast forecast = forecasts.get(19);
    assertThat(forecast.status()).isEqualTo(Status.OK);
    // its third number says nothing of the other covariate of that step; earlier records did of two
    assertThat(forecast.covariatesMissing()).isEqualTo(2);
    assertThat(forecasts.get(18).covariatesMissing()).isZero();
    assertThat(forecasts.get(0).status()).isEqualTo(Status.WARMUP);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void modelThatReadsNoneGoesOnBesideCovariates(Mode mode) throws Exception {
    int horizon = mode == Mode.MANY_TO_ONE ? HORIZON : SEQ_LEN;
    ForecastModel plain = model(mode, 0, horizon);
    List<Observation> with = series(40, horizon, noise(120, 1));
    List<Observation> without =
        with.stream().map(o -> new Observation("s", o.time(), o.value())).toList();
    List<Forecast> beside = OneSeries.forecasts(settings(plain, false, AHEAD), with);
    List<Forecast> alone = OneSeries.forecasts(settings(plain, false, 0), without);
    for (int t = 0; t < 40; t++) {
      assertThat(beside.get(t).values()).containsExactly(alone.get(t).values());
      assertThat(beside.get(t).covariatesMissing()).isZero();
    }
  }

  @Test
  void modelOfAnotherNumberOfCovariatesIsRefused() {
    ForecastModel model = model(Mode.MANY_TO_ONE, AHEAD, HORIZON);
    assertThatThrownBy(() -> OneSeries.forecasts(settings(model, true, 3), List.of()))
        .hasMessage("ahead: expected 3, got 2 (model net version 1)");
    assertThatThrownBy(() -> OneSeries.forecasts(settings(model, true, 0), List.of()))
        .hasMessage("ahead: expected 0, got 2 (model net version 1)");
    assertThat(
            settings(model, true, AHEAD)
                .problemWith(model, settings(model, true, 2).modes().get(0)))
        .isNull();
  }

  @Test
  void onlyJobsWhoseModelMayReadThemKeepCovariatesWithWindows() throws Exception {
    ForecastModel model = model(Mode.MANY_TO_ONE, AHEAD, HORIZON);
    assertThat(settings(model, true, AHEAD).columnsKept()).isEqualTo(AHEAD);
    assertThat(settings(model, false, AHEAD).columnsKept()).isEqualTo(AHEAD);
    assertThat(settings(model(Mode.MANY_TO_ONE, 0, HORIZON), true, 0).columnsKept()).isZero();
    LearnerSettings learner =
        LearnerSettings.small(HORIZON).withCovariates(new Covariates.Count(0, AHEAD));
    ModeSettings none = TestSettings.learned(HORIZON, new Learning(learner, 1, 0));
    ForecastSettings mixture = TestSettings.of(SEQ_LEN, none).build();
    assertThat(mixture.columnsKept()).isZero();
    assertThat(new SeriesForecaster(mixture, () -> 0).newState().columns()).isZero();
    assertThat(mixture.ahead()).isEqualTo(AHEAD * HORIZON);
  }

  private static final int LONG = 7;
  private static final int SEASON = 12;
  private static final int VALUES = 300;

  private static final int FIRST = 100; // origin whose error counts

  private static final int SWAP = 200;
  private static final List<Observation> SERIES = series();

  private static List<Observation> series() {
    Random random = new Random(9);
    List<Observation> series = new ArrayList<>();
    for (int t = 0; t < VALUES; t++) {
      double value = 20 * Math.sin(2 * Math.PI * t / SEASON) + t / 10.0 + random.nextGaussian();
      series.add(new Observation("pump-7", 60_000L * t, value));
    }
    return series;
  }

  /** Mean error, divided by that of the values a season ago. */
  private static double error(List<Forecast> forecasts) {
    double error = 0;
    double naive = 0;
    for (int t = FIRST; t + LONG < VALUES; t++) {
      for (int i = 1; i <= LONG; i++) {
        double truth = SERIES.get(t + i).value();
        error += Math.abs(truth - forecasts.get(t).values()[i - 1]);
        naive += Math.abs(truth - SERIES.get(t + i - SEASON).value());
      }
    }
    return error / naive;
  }

  private static ForecastSettings settings(Mode mode, LearnerSettings learner) {
    return settings(mode, learner, BuiltInModels.weir());
  }

  private static ForecastSettings settings(
      Mode mode, LearnerSettings learner, ForecastModel initial) {
    Learning learning = learner == null ? null : new Learning(learner, SEASON, 0);
    byte[] model = ModelFiles.toBytes(initial);
    return TestSettings.of(
            mode == Mode.MANY_TO_MANY ? LONG : 5,
            new ModeSettings(mode, "weir", LONG, model, learning))
        .build();
  }

  @Test
  void aloneItForecastsInBothModesBetterThanTheLastSeason() throws Exception {
    for (Mode mode : Mode.values()) {
      List<Forecast> forecasts =
          OneSeries.forecasts(settings(mode, LearnerSettings.alone(LONG)), SERIES);
      assertThat(forecasts).hasSize(VALUES);
      Forecast last = forecasts.get(VALUES - 1);
      assertThat(last.model()).isEqualTo("weir");
      assertThat(last.modelVersion()).isEqualTo(BuiltInModels.weir().version());
      assertThat(last.intervals()).hasSize(2);
      assertThat(error(forecasts)).isLessThan(0.95);
    }
  }

  /** The built-in network with another weight, so with other forecasts. */
  private static ForecastModel changed() {
    ForecastModel builtIn = BuiltInModels.weir();
    float[] weights = builtIn.weights().clone();
    int bias = builtIn.candidateShape().offset("res.2.bias");
    weights[bias] += 0.5f;
    return TestModel.like(builtIn)
        .name("weir")
        .version(builtIn.version() + 1)
        .weights(weights)
        .head(null)
        .build();
  }

  @Test
  void anotherNetworkGoesOnWithTheErrorsThatAreKnown() throws Exception {
    for (LearnerSettings learner :
        List.of(LearnerSettings.alone(LONG), LearnerSettings.defaults(LONG))) {
      ForecastSettings settings = settings(Mode.MANY_TO_ONE, learner);
      List<Forecast> before = OneSeries.forecasts(settings, SERIES);
      List<Forecast> swapped = OneSeries.forecasts(settings, SERIES, SWAP, changed());
      assertThat(swapped.get(SWAP - 1).values()).isEqualTo(before.get(SWAP - 1).values());
      assertThat(swapped.get(SWAP).values()).isNotEqualTo(before.get(SWAP).values());
      assertThat(swapped.get(SWAP).modelVersion()).isEqualTo(changed().version());
    }
  }

  @Test
  void whatCombinesIsBuiltInAgainOnceTheActiveModelReadsWindows() throws Exception {
    RnnConfig rnn = new RnnConfig(Cell.RNN_TANH, 1, 2, 1, false, true);
    ForecastModel windows =
        TestModel.of(rnn, 5, LONG)
            .name("weir")
            .version(9)
            .scaling(Scaling.LAST)
            .head(new float[2 * LONG], new float[LONG])
            .build();
    LearnerSettings learner = LearnerSettings.defaults(LONG);
    int swap = 60; // before the network is judged by its errors, which differ
    List<Forecast> other =
        OneSeries.forecasts(settings(Mode.MANY_TO_ONE, learner, changed()), SERIES, swap, windows);
    List<Forecast> builtIn =
        OneSeries.forecasts(settings(Mode.MANY_TO_ONE, learner), SERIES, swap, windows);
    assertThat(other.get(swap - 1).values()).isNotEqualTo(builtIn.get(swap - 1).values());
    // as after a restore, which knows the active model only
    assertThat(other.get(swap).values()).isEqualTo(builtIn.get(swap).values());
  }

  @Test
  void aModelOfTheOtherKindIsRefusedInOneLine() throws Exception {
    ForecastSettings alone = settings(Mode.MANY_TO_ONE, LearnerSettings.alone(LONG));
    ForecastSettings windows = settings(Mode.MANY_TO_ONE, null);
    byte[] file =
        Files.readAllBytes(
            Path.of("src/core/test/resources/models/sample-many-to-one.safetensors"));
    ForecastModel sample = ModelFiles.fromBytes(file, ModelFiles.Defaults.NONE, "sample");
    assertThat(alone.problemWith(sample, alone.modes().get(0)))
        .startsWith("kind: expected a network that combines forecasts")
        .endsWith("(model sample-many-to-one version 1)");
    assertThat(windows.problemWith(BuiltInModels.weir(), windows.modes().get(0)))
        .startsWith("kind: expected a network that reads windows, got one that combines");
    ForecastSettings small = settings(Mode.MANY_TO_ONE, LearnerSettings.small(LONG));
    assertThatThrownBy(() -> OneSeries.forecasts(small, SERIES))
        .hasMessageStartingWith("kind: expected a network that reads windows");
  }

  private static final Bounds BOUNDS = new Bounds(0, 4, true);

  private static List<Observation> observations() {
    List<Observation> all = new ArrayList<>();
    Random random = new Random(21);
    for (int t = 0; t < 60; t++) {
      all.add(new Observation("s", t, 6 * random.nextDouble() - 1));
    }
    return all;
  }

  private static List<Forecast> forecasts(ModeSettings mode) throws Exception {
    return OneSeries.forecasts(TestSettings.of(SEQ_LEN, mode).build(), observations());
  }

  @Test
  void networkAloneAndItsReplacementAreBounded() throws Exception {
    byte[] weights = BuiltInModels.bytes("builtin:sample-many-to-one");
    ModeSettings free = new ModeSettings(Mode.MANY_TO_ONE, "sample", 2, weights, null);
    List<Forecast> unbounded = forecasts(free);
    List<Forecast> bounded = forecasts(free.withBounds(BOUNDS));
    assertThat(bounded).hasSameSizeAs(unbounded);
    assertThat(bounded.get(0).status()).isEqualTo(Status.WARMUP); // the last value
    assertThat(bounded.get(50).status()).isEqualTo(Status.OK);
    int changed = 0;
    for (int n = 0; n < bounded.size(); n++) {
      for (int i = 0; i < 2; i++) {
        double value = unbounded.get(n).values()[i];
        assertThat(bounded.get(n).values()[i]).isEqualTo(BOUNDS.value(value));
        changed += value == BOUNDS.value(value) ? 0 : 1;
      }
    }
    assertThat(changed).isGreaterThan(50);
  }
}
