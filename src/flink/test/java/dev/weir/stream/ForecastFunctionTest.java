package dev.weir.stream;

import static dev.weir.stream.SeriesHarness.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Explanation;
import dev.weir.forecast.Explanation.Part;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Score;
import dev.weir.forecast.engine.ExplanationSettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForecastFunctionTest {

  private static final int SEQ_LEN = 3;
  private static final ModeSettings ONE = new ModeSettings(Mode.MANY_TO_ONE, "one", 1, null, null);
  private static final ModeSettings MANY =
      new ModeSettings(Mode.MANY_TO_MANY, "many", SEQ_LEN, null, null);

  @AutoClose private final Opened open = new Opened();

  private static ForecastSettings settings(Duration outOfOrderness, ModeSettings... modes) {
    return TestSettings.of(SEQ_LEN, modes).outOfOrderness(outOfOrderness).build();
  }

  private SeriesHarness harness(ForecastSettings settings, OperatorSubtaskState restored)
      throws Exception {
    return open.add(SeriesHarness.of(settings, restored));
  }

  private SeriesHarness harness(ModeSettings... modes) throws Exception {
    return harness(settings(Duration.ZERO, modes), null);
  }

  /** A network without memory whose answer is its input, so that forecasts are known by hand. */
  private static ForecastModel model(String name, long version, Mode mode, float gain) {
    RnnConfig config = new RnnConfig(Cell.RNN_RELU, 1, 1, 1, false, false);
    return TestModel.of(config, SEQ_LEN, mode == Mode.MANY_TO_ONE ? 1 : SEQ_LEN)
        .name(name)
        .version(version)
        .mode(mode)
        .weights(gain, 0)
        .build();
  }

  private static ObservationEvent at(String series, long time, double value) {
    return SeriesHarness.event(new Observation(series, time, value));
  }

  private static void send(SeriesHarness harness, InputEvent... arrivals) throws Exception {
    for (InputEvent arrival : arrivals) {
      harness.send(arrival);
    }
  }

  @Test
  void withoutAModelEachForecastRepeatsTheLastValueAndSaysSo() throws Exception {
    SeriesHarness harness = harness(ONE);
    send(harness, at("s", 1, 10), at("s", 2, 20), at("s", 3, 30));
    assertThat(harness.forecasts())
        .extracting(Forecast::status)
        .containsExactly(Status.WARMUP, Status.WARMUP, Status.FALLBACK);
    assertThat(harness.forecasts()).allMatch(f -> f.modelVersion() == Forecast.NO_VERSION);
    assertThat(harness.forecasts().get(2).values()).containsExactly(30);
  }

  @Test
  void bothModesForecastTheSameWindowsSideBySide() throws Exception {
    SeriesHarness harness = harness(ONE, MANY);
    harness.publish(model("one", 1, Mode.MANY_TO_ONE, 2), source(0));
    harness.publish(model("many", 5, Mode.MANY_TO_MANY, 3), source(1));
    send(harness, at("s", 1, 10), at("s", 2, 20), at("s", 3, 30));
    List<Forecast> last = harness.forecasts().subList(4, 6);
    assertThat(last.get(0).mode()).isEqualTo(Mode.MANY_TO_ONE);
    assertThat(last.get(0).values()).containsExactly(60);
    assertThat(last.get(1).mode()).isEqualTo(Mode.MANY_TO_MANY);
    assertThat(last.get(1).values()).containsExactly(30, 60, 90);
    assertThat(last.get(1).modelVersion()).isEqualTo(5);
    assertThat(last).allMatch(f -> f.origin() == 3 && f.windowStart() == 1);
  }

  @Test
  void aPublishedModelTakesOverFromOneForecastToTheNext() throws Exception {
    byte[] initial = ModelFiles.toBytes(model("one", 1, Mode.MANY_TO_ONE, 1));
    SeriesHarness harness = harness(new ModeSettings(Mode.MANY_TO_ONE, "one", 1, initial, null));
    send(harness, at("s", 1, 10), at("s", 2, 20), at("s", 3, 30));
    harness.publish(model("one", 2, Mode.MANY_TO_ONE, 2), source(0));
    send(harness, at("s", 4, 40));
    harness.publish(model("one", 1, Mode.MANY_TO_ONE, 1), source(1)); // again: a rollback
    send(harness, at("s", 5, 50));
    List<Forecast> full = harness.forecasts().subList(2, 5);
    assertThat(full).extracting(Forecast::modelVersion).containsExactly(1L, 2L, 1L);
    assertThat(full).extracting(f -> f.values()[0]).containsExactly(30.0, 80.0, 50.0);
  }

  @Test
  void aModelThatDoesNotFitBecomesADeadLetterAndTheActiveOneStays() throws Exception {
    SeriesHarness harness = harness(ONE);
    harness.publish(model("one", 1, Mode.MANY_TO_ONE, 2), source(0));
    harness.publish(model("one", 2, Mode.MANY_TO_MANY, 9), source(7));
    send(harness, at("s", 1, 10), at("s", 2, 20), at("s", 3, 30));
    assertThat(harness.forecasts().get(2).modelVersion()).isEqualTo(1);
    assertThat(harness.deadLetters())
        .containsExactly(
            new DeadLetter(
                Reason.MODEL,
                "mode: expected many-to-one, got many-to-many (model one version 2)",
                source(7)));
  }

  @Test
  void modelOfAnotherNameIsIgnored() throws Exception {
    SeriesHarness harness = harness(ONE);
    harness.publish(model("other", 2, Mode.MANY_TO_MANY, 9), source(7));
    assertThat(harness.extractOutputValues()).isEmpty();
  }

  @Test
  void deadLettersPassThrough() throws Exception {
    SeriesHarness harness = harness(ONE);
    DeadLetter letter = new DeadLetter(Reason.MALFORMED, "m", source(3));
    send(harness, letter);
    harness.processElement2(new DeadLetter(Reason.MODEL, "bad", source(4)), 0);
    assertThat(harness.extractOutputValues())
        .containsExactly(letter, new DeadLetter(Reason.MODEL, "bad", source(4)));
  }

  @Test
  void anObservationWithAnotherNumberOfFeaturesIsADeadLetter() throws Exception {
    SeriesHarness harness = harness(ONE);
    send(harness, new ObservationEvent(new Observation("s", 1, 1, new double[] {1}), source(9)));
    assertThat(harness.deadLetters())
        .containsExactly(new DeadLetter(Reason.FEATURES, "features: expected 0, got 1", source(9)));
  }

  @Test
  void withOutOfOrdernessASeriesWaitsForTheWatermark() throws Exception {
    SeriesHarness harness = harness(settings(Duration.ofMillis(5), ONE), null);
    send(harness, at("s", 3, 30), at("s", 1, 10), at("t", 2, 7), at("s", 2, 20));
    assertThat(harness.extractOutputValues()).isEmpty();
    harness.watermark(2);
    assertThat(harness.forecasts())
        .extracting(Forecast::series, Forecast::origin)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("s", 1L),
            org.assertj.core.groups.Tuple.tuple("s", 2L),
            org.assertj.core.groups.Tuple.tuple("t", 2L));
    harness.watermark(3);
    assertThat(harness.forecasts()).hasSize(4);
    assertThat(harness.deadLetters()).isEmpty();
  }

  @Test
  void anObservationBehindTheWatermarkIsNotLateIfItsSeriesIsNot() throws Exception {
    SeriesHarness harness = harness(settings(Duration.ofMillis(5), ONE), null);
    harness.watermark(100);
    send(harness, at("young", 7, 10));
    assertThat(harness.forecasts()).extracting(Forecast::origin).containsExactly(7L);
  }

  @Test
  void whatWaitedIsTakenInFirstWhenAJobIsRestoredWithLessPatience() throws Exception {
    SeriesHarness patient = harness(settings(Duration.ofMillis(500), ONE), null);
    send(patient, at("s", 100, 1));
    SeriesHarness hasty = harness(settings(Duration.ZERO, ONE), patient.snapshot(1, 1));
    send(hasty, at("s", 200, 2), at("s", 150, 3));
    hasty.watermark(1000);
    assertThat(hasty.forecasts()).extracting(Forecast::origin).containsExactly(100L, 200L);
    assertThat(hasty.deadLetters()).extracting(DeadLetter::reason).containsExactly(Reason.LATE);
  }

  /** With a season of 7, after so many values and a 1. */
  private static double[] learnedByTheCore(LearnerSettings settings, int values) {
    Learner core = new Learner(settings);
    LearnerState memory = core.newSeries("s", 7);
    for (int t = 0; t <= values; t++) {
      core.observe(memory, t, t == values ? 1 : noisySine(t));
    }
    double[] forecast = new double[2];
    core.forecast(memory, forecast, null, null);
    return forecast;
  }

  @Test
  void withASecondSeasonASeriesLearnsItsKeptValuesAgain() throws Exception {
    Learning two = new Learning(LEARNING.learner().withSecondSeason(30), 7, 10);
    ModeSettings one = TestSettings.learned(2, new Learning(LEARNING.learner(), 7, 10));
    ModeSettings both = TestSettings.learned(2, two);
    SeriesHarness before = harness(one);
    for (int t = 0; t < 90; t++) {
      send(before, at("s", t, noisySine(t)));
    }
    SeriesHarness with = harness(settings(Duration.ZERO, both), before.snapshot(1, 1));
    send(with, at("s", 90, 1));
    SeriesHarness without = harness(settings(Duration.ZERO, one), with.snapshot(2, 2));
    send(without, at("s", 91, 1));
    assertThat(with.forecasts().get(0).learningSteps()).isEqualTo(91);
    assertThat(without.forecasts().get(0).learningSteps()).isEqualTo(92);
    double[] expected = learnedByTheCore(two.learner(), 90);
    assertThat(with.forecasts().get(0).values()).containsExactly(expected, within(1e-2)); // 16 bits
  }

  @Test
  void withAnotherSeasonASeriesLearnsItsKeptValuesAgain() throws Exception {
    ModeSettings found = TestSettings.learned(2, LEARNING);
    ModeSettings given = TestSettings.learned(2, new Learning(LEARNING.learner(), 7, 10));
    SeriesHarness before = harness(found);
    for (int t = 0; t < 30; t++) {
      send(before, at("s", t, noisySine(t)));
    }
    OperatorSubtaskState saved = before.snapshot(1, 1);
    SeriesHarness same = harness(settings(Duration.ZERO, found), saved);
    SeriesHarness other = harness(settings(Duration.ZERO, given), saved);
    send(same, at("s", 30, 1));
    send(other, at("s", 30, 1));
    assertThat(same.forecasts().get(0).learningSteps()).isEqualTo(31);
    assertThat(other.forecasts().get(0).learningSteps()).isEqualTo(31);
    double[] expected = learnedByTheCore(LEARNING.learner(), 30);
    assertThat(other.forecasts().get(0).values()).containsExactly(expected, within(1e-5));
    assertThat(same.forecasts().get(0).values()[1]).isNotCloseTo(expected[1], within(1e-3));
  }

  @Test
  void aRestoredModelThatDisagreesWithTheJobFileStopsTheJobAtOnce() throws Exception {
    SeriesHarness first = harness(ONE);
    first.publish(model("one", 1, Mode.MANY_TO_ONE, 2), source(0));
    OperatorSubtaskState saved = first.snapshot(1, 1);
    ForecastSettings longer = TestSettings.of(SEQ_LEN + 1, ONE).build();
    assertThatThrownBy(() -> harness(longer, saved))
        .hasStackTraceContaining(
            "the restored state and the job file disagree: seq_len: expected 4, got 3"
                + " (model one version 1)");
  }

  private static final Learning LEARNING =
      new Learning(LearnerSettings.small(2), LearnerSettings.AUTO, 10);

  private static double noisySine(int t) {
    return 100
        + 10 * Math.sin(2 * Math.PI * t / 12)
        + new java.util.SplittableRandom(t).nextDouble();
  }

  @Test
  void thePublishedModelIsOneExpertAmongOthers() throws Exception {
    ModeSettings mode =
        new ModeSettings(
            Mode.MANY_TO_ONE, "one", 1, null, new Learning(LearnerSettings.small(1), 1, 50));
    SeriesHarness harness = harness(mode);
    // a series that doubles and is cut back: only the model knows, being a network that doubles
    harness.publish(model("one", 3, Mode.MANY_TO_ONE, 2), source(0));
    java.util.SplittableRandom random = new java.util.SplittableRandom(1);
    double value = 1;
    for (int t = 0; t < 400; t++) {
      value = t % 2 == 0 ? 1 + random.nextDouble() : 2 * value;
      send(harness, at("s", t, value));
    }
    List<Score> scores = harness.outputs(Score.class);
    Score score = scores.get(scores.size() - 1);
    assertThat(score.coverage()).isBetween(0.5, 1.0);
    assertThat(score.methods()).anyMatch(m -> m.name().equals("expert:base-model"));
    Forecast last = harness.forecasts().get(399);
    assertThat(last.model()).isEqualTo("one");
    assertThat(last.modelVersion()).isEqualTo(3);
  }

  private static final int HORIZON = 2;
  private static final int VALUES = 160;
  private static final List<String> SERIES = List.of("a", "b", "c");

  private static ForecastSettings settings(boolean explains) {
    ExplanationSettings explanation = explains ? ExplanationSettings.NUMBERED : null;
    Learning learning = new Learning(LearnerSettings.defaults(HORIZON), 6, 0, null, explanation);
    ModeSettings mode = TestSettings.learned(HORIZON, learning);
    return TestSettings.of(4, mode).build();
  }

  private static void send(SeriesHarness harness, int from, int to) throws Exception {
    for (int t = from; t < to; t++) {
      for (String series : SERIES) {
        SplittableRandom random = new SplittableRandom(31L * t + series.hashCode());
        double value = 20 + 3 * Math.sin(2 * Math.PI * t / 6) + random.nextDouble();
        harness.send(series, 60_000L * (t + 1), value);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void explanationIsSwitchedOnWithASavepointAndChangesNoForecast(boolean rocks) throws Exception {
    SeriesHarness plain = open.add(SeriesHarness.of(settings(false), rocks, null));
    send(plain, 0, 50);
    SeriesHarness other = open.add(SeriesHarness.of(settings(true), rocks, plain.checkpoint()));
    assertThat(plain.forecasts()).hasSize(SERIES.size() * 50);
    plain.getOutput().clear();
    send(plain, 50, VALUES);
    send(other, 50, VALUES);
    List<Forecast> explained = other.forecasts();
    assertThat(explained).hasSize(SERIES.size() * (VALUES - 50)).hasSameSizeAs(plain.forecasts());
    for (int i = 0; i < explained.size(); i++) {
      Forecast expected = plain.forecasts().get(i);
      assertThat(expected.explanation()).isNull();
      assertThat(explained.get(i).values()).isEqualTo(expected.values());
      assertThat(explained.get(i).intervals()).isEqualTo(expected.intervals());
      Explanation explanation = explained.get(i).explanation();
      assertThat(explanation.value()).isEqualTo(expected.values()[0]);
      assertThat(explanation.parts().stream().mapToDouble(Part::amount).sum())
          .isEqualTo(explanation.value(), within(1e-9 * explanation.value()));
    }
    assertThat(explained.get(explained.size() - 1).explanation().parts())
        .extracting(Part::name)
        .contains("level", "expert:analogs", "stack", "network");
  }
}
