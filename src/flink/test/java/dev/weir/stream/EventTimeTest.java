package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.time.Duration;
import java.util.List;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Time in the operator: gaps, order, lateness, corrections. */
class EventTimeTest {

  private static final long MINUTE = 60_000;
  private static final ModeSettings NETWORK =
      new ModeSettings(Mode.MANY_TO_ONE, "none", 2, null, null);
  private static final ModeSettings LEARNED =
      TestSettings.learned(2, new Learning(LearnerSettings.small(2), 1, 5));

  @AutoClose private final Opened open = new Opened();

  private static ForecastSettings settings(Duration outOfOrderness, Gap gap, ModeSettings target) {
    Sampling sampling = gap == null ? Sampling.BY_COUNT : new Sampling(MINUTE, gap, 100);
    return TestSettings.of(3, target).outOfOrderness(outOfOrderness).sampling(sampling).build();
  }

  /** The operator on one key after another, and what it counts. */
  private final class Operator {
    final SeriesHarness harness;

    Operator(ForecastSettings settings, OperatorSubtaskState restored) throws Exception {
      harness = open.add(SeriesHarness.recorded(settings, restored));
    }

    void send(double minute, double value) throws Exception {
      send(new Observation("s", Math.round(minute * MINUTE), value));
    }

    void send(Observation observation) throws Exception {
      harness.send(observation);
    }

    void watermark(double minute) throws Exception {
      harness.watermark(Math.round(minute * MINUTE));
    }

    <T extends Output> List<T> outputs(Class<T> kind) {
      return harness.outputs(kind);
    }

    List<Forecast> forecasts() {
      return harness.forecasts();
    }

    long count(String counter) {
      return harness.metrics.count("weir." + counter);
    }

    List<Double> minutes() {
      return forecasts().stream().map(f -> (double) f.origin() / MINUTE).toList();
    }
  }

  @Test
  void aSkippedGapMarksForecastsUntilTheWindowIsFullAgain() throws Exception {
    Operator operator = new Operator(settings(Duration.ZERO, Gap.SKIP, LEARNED), null);
    for (double minute : new double[] {0, 1, 2, 4, 5, 6}) {
      operator.send(minute, minute);
    }
    assertThat(operator.forecasts())
        .extracting(Forecast::status)
        .containsExactly(
            Status.WARMUP, Status.WARMUP, Status.OK, Status.WARMUP, Status.WARMUP, Status.OK);
    assertThat(operator.forecasts().get(3).seqLen()).isEqualTo(1);
    assertThat(operator.forecasts().get(3).times()).containsExactly(5 * MINUTE, 6 * MINUTE);
    assertThat(operator.forecasts().get(5).learningSteps()).isEqualTo(7); // time went on
  }

  @ParameterizedTest
  @EnumSource(
      value = Gap.class,
      names = {"CARRY", "LINEAR"})
  void aFilledGapKeepsTheWindowFullAndMakesNoForecastOfItsOwn(Gap gap) throws Exception {
    Operator operator = new Operator(settings(Duration.ZERO, gap, LEARNED), null);
    for (double minute : new double[] {0, 1, 2, 40}) {
      operator.send(minute, minute);
    }
    assertThat(operator.minutes()).containsExactly(0.0, 1.0, 2.0, 40.0);
    Forecast last = operator.forecasts().get(3);
    assertThat(last.status()).isEqualTo(Status.OK);
    assertThat(last.windowStart()).isEqualTo(38 * MINUTE);
    assertThat(last.learningSteps()).isEqualTo(41);
  }

  @Test
  void aResetForgetsWhatWasLearned() throws Exception {
    Operator operator = new Operator(settings(Duration.ZERO, Gap.RESET, LEARNED), null);
    for (double minute : new double[] {0, 1, 2, 4, 5}) {
      operator.send(minute, minute);
    }
    assertThat(operator.forecasts())
        .extracting(Forecast::learningSteps)
        .containsExactly(1L, 2L, 3L, 1L, 2L);
  }

  private static final List<Calendar> HOURS = List.of(Calendar.HOUR_OF_DAY);

  private static ForecastSettings reading(int features, List<Calendar> calendar, byte[] model) {
    ModeSettings target = new ModeSettings(Mode.MANY_TO_ONE, "hours", 2, model, null);
    return TestSettings.of(3, target).features(features).calendar(calendar).build();
  }

  @Test
  void theCalendarIsReadAfterValueAndFeatures() throws Exception {
    RnnConfig config = new RnnConfig(Cell.RNN_RELU, 4, 2, 1, false, false);
    float[] weights = {0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0}; // one unit reads sine, one cosine
    ForecastModel model =
        TestModel.of(config, 3, 2).name("hours").weights(weights).calendar(HOURS).build();
    Operator operator = new Operator(reading(1, HOURS, ModelFiles.toBytes(model)), null);
    for (int hour = 1; hour <= 6; hour++) {
      long time = hour * 60 * MINUTE;
      operator.send(new Observation("s", time, 1e6, new double[] {-1e6}));
    }
    assertThat(operator.forecasts().get(2).values()) // at three: 45 degrees
        .containsExactly(new double[] {Math.sqrt(0.5), Math.sqrt(0.5)}, within(1e-6));
    assertThat(operator.forecasts().get(5).values()) // at six: 90 degrees
        .containsExactly(new double[] {1, 0}, within(1e-6));
  }

  @Test
  void aModelThatReadsAnotherCalendarIsRefusedByName() throws Exception {
    ForecastModel model =
        TestModel.of(new RnnConfig(Cell.RNN_RELU, 3, 2, 1, false, false), 3, 2)
            .name("hours")
            .version(4)
            .weights(new float[10])
            .calendar(HOURS)
            .build();
    SourceRecord source = SeriesHarness.source(1);
    List<Calendar> days = List.of(Calendar.DAY_OF_WEEK);
    for (List<Calendar> calendar : List.of(List.<Calendar>of(), days)) {
      Operator operator = new Operator(reading(2, calendar, null), null);
      operator.harness.publish(model, source);
      assertThat(operator.outputs(DeadLetter.class))
          .containsExactly(
              new DeadLetter(
                  Reason.MODEL,
                  "calendar: expected [%s], got [hour-of-day] (model hours version 4)"
                      .formatted(Calendar.labels(calendar)),
                  source));
    }
    Operator more = new Operator(reading(1, HOURS, null), null);
    more.harness.publish(model, source);
    assertThat(more.outputs(DeadLetter.class))
        .extracting(DeadLetter::message)
        .containsExactly(
            "input_size (1 + features + 2 for each of the calendar): expected 4, got 3"
                + " (model hours version 4)");
  }

  @Test
  void changedIntervalLetsASeriesLearnAgain() throws Exception {
    Operator minutes = new Operator(settings(Duration.ZERO, Gap.SKIP, LEARNED), null);
    Operator byCount = new Operator(settings(Duration.ZERO, null, LEARNED), null);
    for (int minute = 0; minute < 20; minute++) {
      minutes.send(minute, minute % 3);
      byCount.send(minute, minute % 3);
    }
    ForecastSettings seconds =
        TestSettings.of(3, LEARNED).sampling(new Sampling(1_000, Gap.SKIP, 100)).build();
    ForecastSettings same = settings(Duration.ZERO, Gap.SKIP, LEARNED);
    assertThat(stepsAfter(minutes, same)).isEqualTo(21);
    assertThat(stepsAfter(byCount, same)).isEqualTo(21); // once a minute, as it found itself
    assertThat(stepsAfter(minutes, settings(Duration.ZERO, null, LEARNED))).isEqualTo(21);
    assertThat(stepsAfter(minutes, seconds)).isEqualTo(1);
  }

  private long stepsAfter(Operator operator, ForecastSettings settings) throws Exception {
    Operator restored = new Operator(settings, operator.harness.checkpoint());
    restored.send(20, 1);
    return restored.forecasts().get(0).learningSteps();
  }

  @Test
  void whileItWaitsTheLastValueOfATimeWinsAndLaterOnesAreLate() throws Exception {
    Operator operator = new Operator(settings(Duration.ofMinutes(2), null, NETWORK), null);
    operator.send(1, 10);
    operator.send(2, 20);
    operator.send(1, 11);
    operator.send(1, 11);
    operator.send(1, 12);
    assertThat(operator.forecasts()).isEmpty();
    operator.watermark(1);
    assertThat(operator.forecasts()).extracting(f -> f.values()[0]).containsExactly(12.0);
    operator.send(1, 12); // again: nothing new
    operator.send(1, 13); // another value for what has been used
    operator.send(0.5, 5);
    operator.watermark(10);
    assertThat(operator.forecasts()).extracting(f -> f.values()[0]).containsExactly(12.0, 20.0);
    assertThat(operator.count("corrections")).isEqualTo(2);
    assertThat(operator.count("duplicates")).isEqualTo(2);
    assertThat(operator.count("observations")).isEqualTo(8);
    assertThat(operator.count("reason.LATE.deadLetters")).isEqualTo(2);
    assertThat(operator.outputs(DeadLetter.class))
        .extracting(DeadLetter::message)
        .containsExactly(
            "time: expected after 1970-01-01T00:01:00Z, got another value for that very time",
            "time: expected after 1970-01-01T00:01:00Z, got 1970-01-01T00:00:30Z, late by PT30S");
    assertThat(operator.outputs(DeadLetter.class))
        .extracting(DeadLetter::source)
        .containsExactly(SeriesHarness.source(MINUTE), SeriesHarness.source(MINUTE / 2));
  }

  @Test
  void inOrderEachObservationIsForecastFromAtOnceAndTheNextCorrectionIsLate() throws Exception {
    Operator operator = new Operator(settings(Duration.ZERO, null, NETWORK), null);
    operator.send(1, 10);
    assertThat(operator.forecasts()).hasSize(1);
    operator.send(1, 10);
    operator.send(1, 11);
    assertThat(operator.forecasts()).hasSize(1);
    assertThat(operator.count("duplicates")).isEqualTo(1);
    assertThat(operator.count("corrections")).isZero();
    assertThat(operator.count("reason.LATE.deadLetters")).isEqualTo(1);
  }

  @Test
  void byCountGapsAreJoined() throws Exception {
    Operator operator = new Operator(settings(Duration.ZERO, null, LEARNED), null);
    for (double minute : new double[] {0, 1, 2, 40}) {
      operator.send(minute, minute);
    }
    assertThat(operator.forecasts())
        .extracting(Forecast::status)
        .containsExactly(Status.WARMUP, Status.WARMUP, Status.OK, Status.OK);
    assertThat(operator.forecasts().get(3).windowStart()).isEqualTo(MINUTE);
  }

  @Test
  void scoresAreWrittenIfEveryOtherObservationIsMissing() throws Exception {
    Learning everyTen = new Learning(LearnerSettings.small(2), 1, 10);
    ModeSettings target = TestSettings.learned(2, everyTen);
    Operator operator = new Operator(settings(Duration.ZERO, Gap.CARRY, target), null);
    operator.send(0, 0);
    operator.send(1, 1);
    for (int minute = 2; minute < 41; minute += 2) { // values seen are odd, never a multiple of 10
      operator.send(minute, minute % 7);
    }
    assertThat(operator.outputs(Score.class))
        .extracting(score -> score.time() / MINUTE)
        .containsExactly(10L, 20L, 30L, 40L);
  }

  @Test
  void gapsAreCountedAndWhatIsMissingInThem() throws Exception {
    Operator operator = new Operator(settings(Duration.ZERO, Gap.CARRY, LEARNED), null);
    for (double minute : new double[] {0, 1, 4, 5, 7, 5_000}) {
      operator.send(minute, minute);
    }
    assertThat(operator.count("gaps")).isEqualTo(3);
    assertThat(operator.count("missingObservations")).isEqualTo(2 + 1 + 4_992);
  }

  @Test
  void withOutOfOrdernessAGapIsFilledOnceTheWatermarkHasPassedTheNextOne() throws Exception {
    Operator operator = new Operator(settings(Duration.ofMinutes(5), Gap.LINEAR, NETWORK), null);
    operator.send(0, 0);
    operator.send(4, 40);
    operator.send(1.2, 10);
    operator.watermark(3.9);
    assertThat(operator.minutes()).containsExactly(0.0, 1.0);
    operator.send(2, 25); // in time: nothing was made up yet
    operator.watermark(4);
    assertThat(operator.minutes()).containsExactly(0.0, 1.0, 2.0, 4.0);
    assertThat(operator.forecasts().get(3).windowStart()).isEqualTo(2 * MINUTE);
    operator.send(5.3, 50);
    operator.send(5.8, 60);
    operator.watermark(5); // by their times on the grid, not by their own
    assertThat(operator.minutes()).endsWith(4.0, 5.0);
    operator.watermark(6);
    assertThat(operator.minutes()).endsWith(5.0, 6.0);
    assertThat(operator.outputs(DeadLetter.class)).isEmpty();
  }

  @Test
  void anObservationWhoseTimeOnTheGridIsUsedIsLateAndToldSo() throws Exception {
    Operator operator = new Operator(settings(Duration.ZERO, Gap.CARRY, NETWORK), null);
    operator.send(0, 0);
    operator.send(3, 30);
    operator.send(3.25, 31);
    operator.send(2, 20);
    assertThat(operator.outputs(DeadLetter.class))
        .extracting(DeadLetter::reason, DeadLetter::message)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                Reason.LATE,
                "time: expected after 1970-01-01T00:03:00Z, got another value for that very time,"
                    + " which 1970-01-01T00:03:15Z counts as"),
            org.assertj.core.groups.Tuple.tuple(
                Reason.LATE,
                "time: expected after 1970-01-01T00:03:00Z, got 1970-01-01T00:02:00Z, late by"
                    + " PT1M"));
  }

  @Test
  void whatWaitsWhenAnIntervalIsGivenIsForecastFromAtTheTimeThatItCountsAs() throws Exception {
    Duration patience = Duration.ofMinutes(5);
    Operator before = new Operator(settings(patience, null, LEARNED), null);
    before.send(1, 10);
    before.watermark(1);
    before.send(2.7, 20); // counts as 3 from now on, and has a timer at 2.7
    OperatorSubtaskState state = before.harness.checkpoint();
    Operator after = new Operator(settings(patience, Gap.CARRY, LEARNED), state);
    after.watermark(2.9);
    assertThat(after.forecasts()).isEmpty();
    after.watermark(3);
    assertThat(after.minutes()).containsExactly(3.0);
  }

  @Test
  void lateObservationsAreLoggedOnceAMinuteWithTheNextStep() throws Exception {
    TestProcessingTimeService time = new TestProcessingTimeService();
    Counter late = new SimpleCounter();
    Counter observations = new SimpleCounter();
    try (CapturedLog log = new CapturedLog(LateLog.class)) {
      time.setCurrentTime(1);
      LateLog.start(time, late, observations);
      observations.inc(50);
      time.setCurrentTime(20_001);
      assertThat(log.lines).isEmpty();
      late.inc(3);
      time.setCurrentTime(30_001);
      observations.inc(50);
      late.inc(38);
      time.setCurrentTime(80_001); // within the minute
      assertThat(log.lines)
          .singleElement()
          .asString()
          .startsWith("3 of 50 observations are late so far, 3 of them since the last such line")
          .contains("raise window.out-of-orderness");
      time.setCurrentTime(90_001);
      time.setCurrentTime(300_001); // no news
      assertThat(log.lines).hasSize(2);
      assertThat(log.lines.get(1)).startsWith("41 of 100 observations are late so far, 38 of them");
    }
  }
}
