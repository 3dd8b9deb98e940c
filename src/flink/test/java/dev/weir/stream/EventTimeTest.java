package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
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
import org.junit.jupiter.params.provider.CsvSource;

/** Time in the operator: gaps, order, lateness, corrections. */
class EventTimeTest {

  private static final long MINUTE = 60_000;
  private static final ModeSettings NETWORK =
      new ModeSettings(Mode.MANY_TO_ONE, "none", 2, null, null);
  private static final ModeSettings LEARNED =
      TestSettings.learned(2, new Learning(LearnerSettings.small(2), 1, 5));

  @AutoClose private final Opened open = new Opened();

  private static ForecastSettings settings(Duration outOfOrderness, Gap gap, ModeSettings mode) {
    Sampling sampling = gap == null ? Sampling.BY_COUNT : new Sampling(MINUTE, gap, 100);
    return TestSettings.of(3, mode).outOfOrderness(outOfOrderness).sampling(sampling).build();
  }

  private SeriesHarness harness(ForecastSettings settings, OperatorSubtaskState restored)
      throws Exception {
    return open.add(SeriesHarness.recorded(settings, restored));
  }

  private static void send(SeriesHarness harness, double minute, double value) throws Exception {
    harness.send("s", Math.round(minute * MINUTE), value);
  }

  private static void watermark(SeriesHarness harness, double minute) throws Exception {
    harness.watermark(Math.round(minute * MINUTE));
  }

  private static List<Double> minutes(SeriesHarness harness) {
    return harness.forecasts().stream().map(f -> (double) f.origin() / MINUTE).toList();
  }

  /**
   * A gap between observations, each of which has a forecast: those with a full window, the values
   * learned, and where the last window starts.
   */
  @ParameterizedTest
  @CsvSource({
    "SKIP, 0 1 2 4 5 6, 2 6, 1 2 3 5 6 7, 4",
    "CARRY, 0 1 2 40, 2 40, 1 2 3 41, 38",
    "LINEAR, 0 1 2 40, 2 40, 1 2 3 41, 38",
    "RESET, 0 1 2 4 5, 2, 1 2 3 1 2, 4",
    ", 0 1 2 40, 2 40, 1 2 3 4, 1"
  })
  void gapsAreSkippedFilledOrJoined(Gap gap, String minutes, String full, String steps, int start)
      throws Exception {
    SeriesHarness operator = harness(settings(Duration.ZERO, gap, LEARNED), null);
    for (String minute : minutes.split(" ")) {
      send(operator, Double.parseDouble(minute), Double.parseDouble(minute));
    }
    List<Forecast> forecasts = operator.forecasts();
    assertThat(forecasts)
        .extracting(f -> "" + f.origin() / MINUTE)
        .containsExactly(minutes.split(" "));
    assertThat(forecasts)
        .filteredOn(f -> f.status() == Status.OK)
        .extracting(f -> "" + f.origin() / MINUTE)
        .containsExactly(full.split(" "));
    assertThat(forecasts).extracting(f -> f.status() == Status.WARMUP).contains(true, false);
    assertThat(forecasts).extracting(f -> "" + f.learningSteps()).containsExactly(steps.split(" "));
    Forecast last = forecasts.get(forecasts.size() - 1);
    assertThat(last.windowStart()).isEqualTo(start * MINUTE);
    if (gap == Gap.SKIP) {
      assertThat(forecasts.get(3).seqLen()).isEqualTo(1);
      assertThat(forecasts.get(3).times()).containsExactly(5 * MINUTE, 6 * MINUTE);
    }
  }

  private static final List<Calendar> HOURS = List.of(Calendar.HOUR_OF_DAY);

  private static ForecastSettings reading(int features, List<Calendar> calendar, byte[] model) {
    ModeSettings mode = new ModeSettings(Mode.MANY_TO_ONE, "hours", 2, model, null);
    return TestSettings.of(3, mode).features(features).calendar(calendar).build();
  }

  @Test
  void theCalendarIsReadAfterValueAndFeatures() throws Exception {
    RnnConfig config = new RnnConfig(Cell.RNN_RELU, 4, 2, 1, false, false);
    float[] weights = {0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0}; // one unit reads sine, one cosine
    ForecastModel model =
        TestModel.of(config, 3, 2).name("hours").weights(weights).calendar(HOURS).build();
    SeriesHarness operator = harness(reading(1, HOURS, ModelFiles.toBytes(model)), null);
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
      SeriesHarness operator = harness(reading(2, calendar, null), null);
      operator.publish(model, source);
      assertThat(operator.deadLetters())
          .containsExactly(
              new DeadLetter(
                  Reason.MODEL,
                  "calendar: expected [%s], got [hour-of-day] (model hours version 4)"
                      .formatted(Calendar.labels(calendar)),
                  source));
    }
    SeriesHarness more = harness(reading(1, HOURS, null), null);
    more.publish(model, source);
    assertThat(more.deadLetters())
        .extracting(DeadLetter::message)
        .containsExactly(
            "input_size (1 + features + 2 for each of the calendar): expected 4, got 3"
                + " (model hours version 4)");
  }

  @Test
  void changedIntervalLetsASeriesLearnAgain() throws Exception {
    SeriesHarness minutes = harness(settings(Duration.ZERO, Gap.SKIP, LEARNED), null);
    SeriesHarness byCount = harness(settings(Duration.ZERO, null, LEARNED), null);
    for (int minute = 0; minute < 20; minute++) {
      send(minutes, minute, minute % 3);
      send(byCount, minute, minute % 3);
    }
    ForecastSettings seconds =
        TestSettings.of(3, LEARNED).sampling(new Sampling(1_000, Gap.SKIP, 100)).build();
    ForecastSettings same = settings(Duration.ZERO, Gap.SKIP, LEARNED);
    assertThat(stepsAfter(minutes, same)).isEqualTo(21);
    assertThat(stepsAfter(byCount, same)).isEqualTo(21); // once a minute, as it found itself
    assertThat(stepsAfter(minutes, settings(Duration.ZERO, null, LEARNED))).isEqualTo(21);
    assertThat(stepsAfter(minutes, seconds)).isEqualTo(1);
  }

  private long stepsAfter(SeriesHarness operator, ForecastSettings settings) throws Exception {
    SeriesHarness restored = harness(settings, operator.checkpoint());
    send(restored, 20, 1);
    return restored.forecasts().get(0).learningSteps();
  }

  @Test
  void whileItWaitsTheLastValueOfATimeWinsAndLaterOnesAreLate() throws Exception {
    SeriesHarness operator = harness(settings(Duration.ofMinutes(2), null, NETWORK), null);
    send(operator, 1, 10);
    send(operator, 2, 20);
    send(operator, 1, 11);
    send(operator, 1, 11);
    send(operator, 1, 12);
    assertThat(operator.forecasts()).isEmpty();
    watermark(operator, 1);
    assertThat(operator.forecasts()).extracting(f -> f.values()[0]).containsExactly(12.0);
    send(operator, 1, 12); // again: nothing new
    send(operator, 1, 13); // another value for what has been used
    send(operator, 0.5, 5);
    watermark(operator, 10);
    assertThat(operator.forecasts()).extracting(f -> f.values()[0]).containsExactly(12.0, 20.0);
    assertThat(operator.count("corrections")).isEqualTo(2);
    assertThat(operator.count("duplicates")).isEqualTo(2);
    assertThat(operator.count("observations")).isEqualTo(8);
    assertThat(operator.count("reason.LATE.deadLetters")).isEqualTo(2);
    assertThat(operator.deadLetters())
        .extracting(DeadLetter::message)
        .containsExactly(
            "time: expected after 1970-01-01T00:01:00Z, got another value for that very time",
            "time: expected after 1970-01-01T00:01:00Z, got 1970-01-01T00:00:30Z, late by PT30S");
    assertThat(operator.deadLetters())
        .extracting(DeadLetter::source)
        .containsExactly(SeriesHarness.source(MINUTE), SeriesHarness.source(MINUTE / 2));
  }

  @Test
  void inOrderEachObservationIsForecastFromAtOnceAndTheNextCorrectionIsLate() throws Exception {
    SeriesHarness operator = harness(settings(Duration.ZERO, null, NETWORK), null);
    send(operator, 1, 10);
    assertThat(operator.forecasts()).hasSize(1);
    send(operator, 1, 10);
    send(operator, 1, 11);
    assertThat(operator.forecasts()).hasSize(1);
    assertThat(operator.count("duplicates")).isEqualTo(1);
    assertThat(operator.count("corrections")).isZero();
    assertThat(operator.count("reason.LATE.deadLetters")).isEqualTo(1);
  }

  @Test
  void scoresAreWrittenIfEveryOtherObservationIsMissing() throws Exception {
    Learning everyTen = new Learning(LearnerSettings.small(2), 1, 10);
    ModeSettings mode = TestSettings.learned(2, everyTen);
    SeriesHarness operator = harness(settings(Duration.ZERO, Gap.CARRY, mode), null);
    send(operator, 0, 0);
    send(operator, 1, 1);
    for (int minute = 2; minute < 41; minute += 2) { // values seen are odd, never a multiple of 10
      send(operator, minute, minute % 7);
    }
    assertThat(operator.outputs(Score.class))
        .extracting(score -> score.time() / MINUTE)
        .containsExactly(10L, 20L, 30L, 40L);
  }

  @Test
  void gapsMissingValuesAndDeadLettersAreCounted() throws Exception {
    SeriesHarness operator = harness(settings(Duration.ZERO, Gap.CARRY, LEARNED), null);
    for (double minute : new double[] {0, 1, 4, 5, 7, 5_000}) {
      send(operator, minute, minute);
    }
    assertThat(operator.count("gaps")).isEqualTo(3);
    assertThat(operator.count("missingObservations")).isEqualTo(2 + 1 + 4_992);
    operator.send(new DeadLetter(Reason.NOT_FINITE, "value", SeriesHarness.source(1)));
    assertThat(operator.count("reason.NOT_FINITE.deadLetters")).isEqualTo(1);
    assertThat(operator.count("reason.MALFORMED.deadLetters")).isZero();
  }

  @Test
  void withOutOfOrdernessAGapIsFilledOnceTheWatermarkHasPassedTheNextOne() throws Exception {
    SeriesHarness operator = harness(settings(Duration.ofMinutes(5), Gap.LINEAR, NETWORK), null);
    send(operator, 0, 0);
    send(operator, 4, 40);
    send(operator, 1.2, 10);
    watermark(operator, 3.9);
    assertThat(minutes(operator)).containsExactly(0.0, 1.0);
    send(operator, 2, 25); // in time: nothing was made up yet
    watermark(operator, 4);
    assertThat(minutes(operator)).containsExactly(0.0, 1.0, 2.0, 4.0);
    assertThat(operator.forecasts().get(3).windowStart()).isEqualTo(2 * MINUTE);
    send(operator, 5.3, 50);
    send(operator, 5.8, 60);
    watermark(operator, 5); // by their times on the grid, not by their own
    assertThat(minutes(operator)).endsWith(4.0, 5.0);
    watermark(operator, 6);
    assertThat(minutes(operator)).endsWith(5.0, 6.0);
    assertThat(operator.deadLetters()).isEmpty();
  }

  @Test
  void anObservationWhoseTimeOnTheGridIsUsedIsLateAndToldSo() throws Exception {
    SeriesHarness operator = harness(settings(Duration.ZERO, Gap.CARRY, NETWORK), null);
    send(operator, 0, 0);
    send(operator, 3, 30);
    send(operator, 3.25, 31);
    send(operator, 2, 20);
    assertThat(operator.deadLetters())
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
    SeriesHarness before = harness(settings(patience, null, LEARNED), null);
    send(before, 1, 10);
    watermark(before, 1);
    send(before, 2.7, 20); // counts as 3 from now on, and has a timer at 2.7
    OperatorSubtaskState state = before.checkpoint();
    SeriesHarness after = harness(settings(patience, Gap.CARRY, LEARNED), state);
    watermark(after, 2.9);
    assertThat(after.forecasts()).isEmpty();
    watermark(after, 3);
    assertThat(minutes(after)).containsExactly(3.0);
  }

  @Test
  void lateObservationsAreLoggedOnceAMinuteWithTheNextStep() throws Exception {
    TestProcessingTimeService time = new TestProcessingTimeService();
    Counter late = new SimpleCounter();
    Counter observations = new SimpleCounter();
    try (CapturedLog log = new CapturedLog(LossLog.class)) {
      time.setCurrentTime(1);
      LossLog.start(time, late, observations);
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
