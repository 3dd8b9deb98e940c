package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.ChampionUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Score;
import dev.weir.forecast.contest.ContestSettings;
import dev.weir.forecast.contest.ShadowScore;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.model.BuiltInModels;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests models that compete in the operator that forecasts. */
class ContestOperatorTest {

  private static final int SEQ_LEN = 3;
  private static final int PERIOD = 10; // milliseconds, of a value each
  private static final ContestSettings CONTEST =
      new ContestSettings("job", List.of("a", "b"), true, 0.95, 1, 1, Duration.ofMillis(PERIOD));
  private static final ModeSettings ALONE =
      new ModeSettings(Mode.MANY_TO_ONE, "a", 1, null, null).withContest(CONTEST);
  private static final ModeSettings LEARNED =
      new ModeSettings(
              Mode.MANY_TO_ONE, "a", 1, null, new Learning(LearnerSettings.small(1), 1, 20))
          .withContest(CONTEST);

  @AutoClose private final Opened open = new Opened();

  private SeriesHarness harness(ModeSettings target, boolean rocks, OperatorSubtaskState state)
      throws Exception {
    ForecastSettings settings = TestSettings.of(SEQ_LEN, target).build();
    return open.add(SeriesHarness.of(settings, rocks, state));
  }

  /** Forecasts its newest input times a factor. */
  private static ForecastModel model(String name, long version, float factor) {
    RnnConfig config = new RnnConfig(Cell.RNN_RELU, 1, 1, 1, false, false);
    return TestModel.of(config, SEQ_LEN, 1).name(name).version(version).weights(factor, 0).build();
  }

  private static void promote(SeriesHarness harness, String job, String model, long offset)
      throws Exception {
    harness.processElement2(
        new ChampionUpdate(job, Mode.MANY_TO_ONE, model, SeriesHarness.source(offset)), 0);
  }

  private static void observe(SeriesHarness harness, int from, int to) throws Exception {
    for (int t = from; t <= to; t++) {
      harness.send("s", t, 10);
    }
  }

  private static List<ShadowScore> scores(SeriesHarness harness) {
    var records = harness.getSideOutput(ForecastOperator.SHADOW_SCORES);
    return records == null ? List.of() : records.stream().map(StreamRecord::getValue).toList();
  }

  /** All values are 10: a is off by 10 and b by 5, so that the gain is (10 - 5) / (10 + 5). */
  @Test
  void championForecastsAndChallengersAreScoredBesideIt() throws Exception {
    SeriesHarness harness = harness(ALONE, false, null);
    harness.publish(model("a", 3, 2), SeriesHarness.source(5));
    harness.publish(model("b", 4, 1.5f), SeriesHarness.source(6));
    harness.publish(model("c", 4, 1.5f), SeriesHarness.source(7)); // of another job
    observe(harness, 1, 10);
    assertThat(scores(harness)).hasSize(1);
    ShadowScore score = scores(harness).get(0);
    assertThat(score.period()).isZero();
    assertThat(score.epoch()).isEqualTo(6);
    assertThat(score.champion()).isZero();
    assertThat(score.versions()).containsExactly(3, 4);
    assertThat(score.gains()).containsExactly(0, Math.round(ShadowScore.ONE / 3.0));
    assertThat(harness.forecasts().get(9).values()).containsExactly(20);
    assertThat(harness.forecasts()).extracting(Forecast::model).doesNotContain("b");
  }

  @Test
  void promotedModelForecastsAndStaysChampionAfterARestore() throws Exception {
    SeriesHarness harness = harness(ALONE, false, null);
    promote(harness, "job", "b", 1); // before it is there, as after a compaction
    harness.publish(model("a", 3, 2), SeriesHarness.source(2));
    observe(harness, 1, 3);
    assertThat(harness.forecasts().get(2).model()).isEqualTo("a");
    harness.publish(model("b", 4, 1.5f), SeriesHarness.source(3));
    promote(harness, "other", "a", 4);
    observe(harness, 4, 4);
    assertThat(harness.forecasts().get(3).model()).isEqualTo("b");
    assertThat(harness.forecasts().get(3).values()).containsExactly(15);
    SeriesHarness restored = harness(ALONE, false, harness.checkpoint());
    observe(restored, 5, 20);
    assertThat(restored.forecasts()).extracting(Forecast::model).containsOnly("b");
    assertThat(scores(restored)).extracting(ShadowScore::champion).containsOnly(1);
    promote(restored, "job", "a", 5);
    observe(restored, 21, 21);
    assertThat(restored.forecasts().get(16).model()).isEqualTo("a");
    assertThat(harness.deadLetters()).isEmpty();
  }

  @Test
  void modelsThatDoNotFitOrDoNotCompeteBecomeDeadLetters() throws Exception {
    SeriesHarness harness = harness(ALONE, false, null);
    promote(harness, "job", "c", 1);
    ForecastModel steps =
        TestModel.of(model("b", 1, 1).rnn(), SEQ_LEN, SEQ_LEN)
            .name("b")
            .mode(Mode.MANY_TO_MANY)
            .build();
    harness.publish(steps, SeriesHarness.source(2));
    harness.publish(BuiltInModels.weir().withName("b"), SeriesHarness.source(3));
    assertThat(harness.deadLetters())
        .extracting(DeadLetter::message)
        .containsExactly(
            "champion of many-to-one: expected one of [a, b], got c",
            "mode: expected many-to-one, got many-to-many (model b version 1)",
            "kind: expected networks that read windows alone where several compete, got one that"
                + " combines forecasts (model b version 1)");
  }

  @Test
  void scoresTellTheErrorOfEachModel() throws Exception {
    SeriesHarness harness = harness(LEARNED, false, null);
    harness.publish(model("a", 3, 2), SeriesHarness.source(5));
    harness.publish(model("b", 4, 1.5f), SeriesHarness.source(6));
    observe(harness, 1, 40);
    List<Score> scores = harness.outputs(Score.class);
    assertThat(scores.get(scores.size() - 1).methods())
        .contains(new Score.Method("model:a", 10, 0), new Score.Method("model:b", 5, 0));
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void restoredSeriesGoOnWithTheSameBits(boolean learns, boolean rocks) throws Exception {
    ModeSettings target = learns ? LEARNED : ALONE;
    List<Observation> all = new ArrayList<>();
    Random random = new Random(1);
    for (int t = 1; t <= 100; t++) {
      for (String series : List.of("s", "t", "u")) {
        all.add(new Observation(series, t, 10 + random.nextGaussian()));
      }
    }
    SeriesHarness whole = harness(target, rocks, null);
    SeriesHarness first = harness(target, rocks, null);
    for (SeriesHarness each : List.of(whole, first)) {
      each.publish(model("a", 3, 1), SeriesHarness.source(5));
      each.publish(model("b", 4, 0.9f), SeriesHarness.source(6));
    }
    for (Observation observation : all) {
      whole.send(observation);
    }
    List<ShadowScore> scores = new ArrayList<>();
    List<Object> outputs = new ArrayList<>();
    SeriesHarness part = first;
    for (int i = 0; i < all.size(); i++) {
      if (i > 0 && i % 70 == 0) {
        scores.addAll(scores(part));
        outputs.addAll(part.extractOutputValues());
        part = harness(target, rocks, part.checkpoint());
      }
      part.send(all.get(i));
    }
    scores.addAll(scores(part));
    outputs.addAll(part.extractOutputValues());
    assertThat(scores).hasSize(3 * 10);
    assertThat(scores).usingRecursiveComparison().isEqualTo(scores(whole));
    assertThat(outputs).isEqualTo(List.copyOf(whole.extractOutputValues()));
  }
}
