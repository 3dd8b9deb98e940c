package dev.weir.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.cli.demo.DemoScore.Line;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Score;
import dev.weir.forecast.TestForecast;
import dev.weir.model.Mode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a demo sends when, prints and waits for. */
class DemoTest {

  private final DemoScore score = new DemoScore();

  private static Observation observation(String series, long time, double value) {
    return new Observation(series, time, value);
  }

  /** Says that the next value will be {@code next}, and the one after it {@code next + 1}. */
  private static Forecast forecast(String series, long origin, double next) {
    return TestForecast.of(series, origin, next, next + 1)
        .times(origin + 10, origin + 20)
        .model("demand", 4)
        .learningSteps(7)
        .build();
  }

  private static Score told(String series, long time) {
    return new Score(
        series,
        time,
        Mode.MANY_TO_ONE,
        3.5,
        6,
        new double[] {0.25},
        0.25,
        0.5,
        0.8,
        0.75,
        List.of(new Score.Method("naive", 0.75, 0)),
        null);
  }

  @Test
  void aForecastIsPutBesideTheScoreOfItsOwnMomentWhicheverWasReadFirst() {
    for (int time = 10; time <= 40; time += 10) {
      score.take(observation("pump", time, time + 0.5));
    }
    for (int time = 20; time <= 40; time += 10) {
      score.take(told("pump", time)); // all of them before any forecast
    }
    for (int origin = 20; origin <= 40; origin += 10) {
      score.take(forecast("pump", origin, 1));
    }
    List<Line> lines = score.lines();
    assertThat(lines).extracting(line -> line.forecast().origin()).containsExactly(20L, 30L, 40L);
    assertThat(lines).extracting(line -> line.told().time()).containsExactly(20L, 30L, 40L);
    assertThat(lines).extracting(Line::truth).containsExactly(20.5, 30.5, 40.5);
    assertThat(score.lines()).as("told once").isEmpty();
  }

  @Test
  void aForecastWaitsForItsScoreAndItsTruth() {
    score.take(forecast("pump", 20, 1));
    assertThat(score.lines()).isEmpty();
    score.take(observation("pump", 10, 1));
    score.take(told("pump", 10));
    score.take(told("pump", 20));
    assertThat(score.lines()).as("no truth").isEmpty();
    score.take(observation("pump", 20, 2));
    assertThat(score.lines()).singleElement().satisfies(l -> assertThat(l.truth()).isEqualTo(2));

    score.take(observation("pump", 30, 3));
    score.take(forecast("pump", 30, 1));
    assertThat(score.lines()).as("no score").isEmpty();
    score.take(told("pump", 30));
    assertThat(score.lines()).extracting(line -> line.told().time()).containsExactly(30L);
  }

  @Test
  void aMomentOfWhichNoScoreWasToldIsKnownByTheNext() {
    score.take(observation("pump", 10, 1));
    score.take(observation("pump", 20, 2));
    score.take(forecast("pump", 10, 1)); // the first one: there is nothing to score yet
    score.take(forecast("pump", 20, 1));
    assertThat(score.lines()).isEmpty();
    score.take(told("pump", 20));
    List<Line> lines = score.lines();
    assertThat(lines).extracting(line -> line.told() != null).containsExactly(false, true);
  }

  @Test
  void aSeriesDoesNotWaitForAnother() {
    score.take(forecast("fan", 10, 1));
    score.take(observation("pump", 10, 1));
    score.take(told("pump", 10));
    score.take(forecast("pump", 10, 1));
    assertThat(score.lines()).extracting(l -> l.forecast().series()).containsExactly("pump");
  }

  @Test
  void theErrorIsThatOfTheForecastBeforeOverThatOfTheLastValue() {
    double[] values = {2, 6, 3};
    for (int i = 0; i < 3; i++) {
      score.take(forecast("pump", 10 * i, 5));
      score.take(told("pump", 10 * i));
    }
    for (int i = 0; i < 3; i++) {
      score.take(observation("pump", 10 * i, values[i]));
    }
    List<Line> lines = score.lines();
    assertThat(lines.get(0).expected()).isNaN();
    assertThat(lines.get(0).relative()).isNaN();
    assertThat(lines.get(1).expected()).isEqualTo(5);
    assertThat(lines.get(1).relative()).isEqualTo(0.25); // |6 - 5| / |6 - 2|
    assertThat(lines.get(2).relative()).isCloseTo(3 / 7d, within(1e-12)); // (1 + 2) / (4 + 3)
    assertThat(score.summary()).contains("pump", "2 values forecast, mean error 0.43 times");
  }

  @Test
  void whatWaitsInVainIsForgottenAndHoldsNothingUp() {
    int all = DemoScore.REMEMBERED + 500;
    for (int i = 0; i < all; i++) {
      score.take(observation("pump", i, i));
      score.take(told("pump", i));
      score.take(forecast("pump", i, i));
    }
    List<Line> lines = score.lines();
    assertThat(lines).hasSize(DemoScore.REMEMBERED);
    assertThat(lines.get(0).forecast().origin()).isEqualTo(500);
    assertThat(lines.get(0).expected()).as("of one that is forgotten").isNaN();

    score.take(forecast("pump", 20, 1)); // its value and its score are long forgotten
    score.take(observation("pump", all, 1));
    score.take(told("pump", all));
    score.take(forecast("pump", all, 1));
    assertThat(score.lines()).extracting(l -> l.forecast().origin()).containsExactly((long) all);
  }

  /** As at Ctrl-C, when the process ends while records still come. */
  @Test
  @Timeout(600)
  void aSummaryMayBeAskedForWhileNewSeriesCome() throws Exception {
    CompletableFuture<Void> coming =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 50_000; i++) {
                score.take(observation("s" + i, 0, i));
              }
            });
    do {
      assertThat(score.summary()).isEmpty(); // nothing was forecast
    } while (!coming.isDone());
    coming.get();
  }

  private static final List<String> MODES = List.of("many-to-one", "many-to-many");
  private static final Duration GIVEN = Duration.ofSeconds(15);

  @Test
  void aDemoThatHasShownEachModeEndsWhenItsTimeIsOver() {
    DemoDeadline end = new DemoDeadline(GIVEN, MODES);
    end.shown("many-to-many");
    end.shown("many-to-one");
    assertThat(end.isOver(GIVEN.minusNanos(1))).isFalse();
    assertThat(end.isOver(GIVEN)).isTrue();
    assertThat(end.isOverdue(GIVEN)).isFalse();
  }

  @Test
  void aDemoThatLacksAModeGoesOnUntilItHasShownThat() {
    DemoDeadline end = new DemoDeadline(GIVEN, MODES);
    end.shown("many-to-one");
    assertThat(end.isOverdue(GIVEN.minusNanos(1))).isFalse();
    assertThat(end.isOverdue(GIVEN)).isTrue();
    assertThat(end.isOver(GIVEN.plusSeconds(90))).isFalse();
    assertThat(end.missing()).isEqualTo("many-to-many");
    end.shown("many-to-many");
    assertThat(end.isOver(GIVEN.plusSeconds(90))).isTrue();
    assertThat(end.isComplete()).isTrue();
  }

  @Test
  void aDemoThatShowsNothingIsGivenUp() {
    DemoDeadline end = new DemoDeadline(GIVEN, MODES);
    Duration last = GIVEN.plusMinutes(2);
    assertThat(end.isOver(last.minusNanos(1))).isFalse();
    assertThat(end.isOver(last)).isTrue();
    assertThat(end.missing()).isEqualTo("many-to-one, many-to-many");
  }

  @Test
  void aDemoWithoutADurationNeverEnds() {
    DemoDeadline end = new DemoDeadline(null, MODES);
    assertThat(end.isOver(Duration.ofDays(1))).isFalse();
    assertThat(end.isOverdue(Duration.ofDays(1))).isFalse();
    end.shown("many-to-one");
    end.shown("many-to-many");
    assertThat(end.isOver(Duration.ofDays(1))).isFalse();
  }

  /** 48 values are sent before the first forecast, 288 more at 50 a second, then the usual ones. */
  @Test
  void aHistoryIsSentQuicklyAndTheRestAtTheUsualRate() {
    assertThat(Demo.dueSeconds(48, 4)).isZero();
    assertThat(Demo.dueSeconds(148, 4)).isEqualTo(2);
    assertThat(Demo.dueSeconds(336, 4)).isCloseTo(5.76, within(1e-9));
    assertThat(Demo.dueSeconds(346, 4)).isCloseTo(5.76 + 2.5, within(1e-9));
  }

  @Test
  void aRateAboveThatOfTheHistoryIsUsedForBoth() {
    assertThat(Demo.dueSeconds(148, 200)).isEqualTo(0.5);
    assertThat(Demo.dueSeconds(536, 200)).isCloseTo(488 / 200.0, within(1e-9));
  }
}
