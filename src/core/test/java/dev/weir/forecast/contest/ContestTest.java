package dev.weir.forecast.contest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.ContestReport;
import dev.weir.forecast.ContestReport.Event;
import dev.weir.forecast.ContestReport.Standing;
import dev.weir.forecast.StateFields;
import dev.weir.model.Mode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContestTest {

  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final int PAIRS = 400;
  private static final int DAYS = 365;
  private static final int SERIES = 20;

  private static ContestSettings settings(boolean isAuto, int minSeries, int minDays) {
    return new ContestSettings(
        "job", List.of("a", "b"), isAuto, 0.95, minSeries, minDays, Duration.ofDays(1));
  }

  private static ShadowScore score(long epoch, long period, double gain) {
    return score(epoch, 0, period, gain);
  }

  private static ShadowScore score(long epoch, int champion, long period, double gain) {
    long[] gains = new long[2];
    gains[1 - champion] = Math.round(gain * ShadowScore.ONE);
    return new ShadowScore(Mode.MANY_TO_ONE, epoch, champion, new long[] {1, 1}, period, gains);
  }

  /** The gain of a series' day, with errors of both models. */
  private static double gain(double champion, double challenger) {
    return (champion - challenger) / (champion + challenger);
  }

  /**
   * The day of the promotion; -1 for none within a year.
   *
   * @param shared deviation of what all series of a day have in common
   * @param own deviation of a series' mean error of a day, as a share
   * @param factor of the challenger's errors
   */
  private static int promotion(Random random, double shared, double own, double factor) {
    Contest contest = new Contest(settings(true, SERIES, 7), Mode.MANY_TO_ONE);
    ContestState state = contest.newState();
    for (int day = 0; day < DAYS; day++) {
      double common = shared * random.nextGaussian();
      for (int s = 0; s < SERIES; s++) {
        double champion = Math.exp(common + own * random.nextGaussian());
        double challenger = factor * Math.exp(own * random.nextGaussian());
        contest.add(state, score(0, day, gain(champion, challenger)));
      }
      for (ContestReport report : contest.close(state, contest.due(day))) {
        if (report.event() != Event.STANDINGS) {
          return day;
        }
      }
    }
    return -1;
  }

  /** Looked at each day of a year, the bound is 5 %. */
  @ParameterizedTest
  @CsvSource({"0, 0.3", "0.1, 0.3", "0.5, 0.5"})
  void equalModelsAreSeldomPromoted(double shared, double own) {
    Random random = new Random(7);
    int promoted = 0;
    for (int pair = 0; pair < PAIRS; pair++) {
      promoted += promotion(random, shared, own, 1) < 0 ? 0 : 1;
    }
    System.out.printf(
        "equal models, shared %.1f, own %.1f: %d of %d promoted%n", shared, own, promoted, PAIRS);
    assertThat(promoted).isLessThanOrEqualTo(PAIRS * 5 / 100);
  }

  @ParameterizedTest
  @CsvSource({"0, 0.3, 0.95, 100", "0.1, 0.3, 0.95, 95", "0.1, 0.3, 0.98, 40"})
  void betterModelIsPromoted(double shared, double own, double factor, int atLeast) {
    Random random = new Random(8);
    List<Integer> days = new ArrayList<>();
    for (int pair = 0; pair < PAIRS; pair++) {
      int day = promotion(random, shared, own, factor);
      if (day >= 0) {
        days.add(day + 1);
      }
    }
    Collections.sort(days);
    System.out.printf(
        "%.0f %% better, shared %.1f, own %.1f: %d of %d promoted within a year, half of them within %d days%n",
        100 * (1 - factor), shared, own, days.size(), PAIRS, days.get(days.size() / 2));
    assertThat(days.size()).isGreaterThanOrEqualTo(PAIRS * atLeast / 100);
  }

  /** Days with these gains, of one series each. */
  private static List<ContestReport> play(Contest contest, ContestState state, double... gains) {
    List<ContestReport> reports = new ArrayList<>();
    for (double gain : gains) {
      long day = state.closed == Long.MIN_VALUE ? 100 : state.closed + 1;
      contest.add(state, score(Math.max(state.epoch, 5), state.champion, day, gain));
      reports.addAll(contest.close(state, contest.due(day)));
    }
    return reports;
  }

  private static double[] days(int count, double gain) {
    double[] days = new double[count];
    Arrays.fill(days, gain);
    return days;
  }

  private static List<Event> changes(List<ContestReport> reports) {
    return reports.stream().map(ContestReport::event).filter(e -> e != Event.STANDINGS).toList();
  }

  @Test
  void challengerIsPromotedAndTheOldChampionMayComeBack() {
    Contest contest = new Contest(settings(true, 1, 3), Mode.MANY_TO_ONE);
    ContestState state = contest.newState();
    List<ContestReport> reports = play(contest, state, days(60, 0.1));
    assertThat(changes(reports)).containsExactly(Event.PROMOTED, Event.ROLLED_BACK);
    ContestReport promoted =
        reports.stream().filter(r -> r.event() == Event.PROMOTED).findFirst().orElseThrow();
    assertThat(promoted.champion()).isEqualTo("b");
    assertThat(promoted.before()).isEqualTo("a");
    assertThat(promoted.enough()).isCloseTo(20, within(1e-9));
    Standing b = promoted.standings().get(1);
    assertThat(b.evidence()).isGreaterThan(20);
    assertThat(b.gain()).isCloseTo(2 * 0.1 / 1.1, within(1e-9));
    assertThat(b.series()).isEqualTo(1);
    assertThat(promoted.time()).isEqualTo((100 + b.days()) * DAY);
  }

  @Test
  void nothingIsPromotedByHandOrBeforeEnoughDaysAndSeries() {
    Contest byHand = new Contest(settings(false, 1, 1), Mode.MANY_TO_ONE);
    ContestState state = byHand.newState();
    assertThat(changes(play(byHand, state, days(90, 0.1)))).isEmpty();
    assertThat(state.tests[1].evidence()).isGreaterThan(20);

    Contest late = new Contest(settings(true, 1, 60), Mode.MANY_TO_ONE);
    assertThat(changes(play(late, late.newState(), days(59, 0.1)))).isEmpty();
    assertThat(changes(play(late, late.newState(), days(60, 0.1)))).hasSize(1);

    Contest few = new Contest(settings(true, 2, 1), Mode.MANY_TO_ONE);
    ContestState none = few.newState();
    assertThat(changes(play(few, none, days(90, 0.1)))).isEmpty();
    assertThat(none.tests[1].count()).isZero();
  }

  @Test
  void anotherVersionOrChampionStartsTheTestsAgain() {
    Contest contest = new Contest(settings(false, 1, 1), Mode.MANY_TO_ONE);
    ContestState state = contest.newState();
    play(contest, state, days(10, 0.1));
    contest.add(
        state, new ShadowScore(Mode.MANY_TO_ONE, 6, 0, new long[] {1, 2}, 110, new long[2]));
    assertThat(state.tests[1].count()).isZero();
    contest.close(state, contest.due(110));
    contest.add(state, score(5, 111, 0.9)); // of the version before
    assertThat(state.open).isEmpty();
    contest.add(state, score(7, 1, 111, 0.1)); // somebody promoted b
    contest.close(state, contest.due(111));
    assertThat(state.champion).isEqualTo(1);
    assertThat(state.before).isZero();
    assertThat(state.tests[0].count()).isEqualTo(1);
    assertThat(state.tests[0].mean()).isCloseTo(0.1, within(1e-9));
  }

  @Test
  void lateScoresAndModelsThatAreNotThereDoNotCount() {
    Contest contest = new Contest(settings(true, 1, 1), Mode.MANY_TO_ONE);
    ContestState state = contest.newState();
    play(contest, state, 0.1);
    assertThat(contest.add(state, score(5, 100, 0.1))).isFalse();
    ShadowScore absent =
        new ShadowScore(
            Mode.MANY_TO_ONE, 5, 0, new long[] {1, 1}, 101, new long[] {0, ShadowScore.NONE});
    assertThat(contest.add(state, absent)).isTrue();
    assertThat(contest.close(state, contest.due(101) - 1)).isEmpty();
    assertThat(contest.close(state, contest.due(101))).hasSize(1);
    assertThat(state.tests[1].count()).isEqualTo(1);
  }

  @Test
  void neitherTheOrderOfSeriesNorARestoreChangesBits() throws Exception {
    Contest contest = new Contest(settings(true, 3, 2), Mode.MANY_TO_ONE);
    Random random = new Random(3);
    ContestState state = contest.newState();
    ContestState other = contest.newState();
    for (int day = 0; day < 60; day++) {
      List<ShadowScore> scores = new ArrayList<>();
      for (int s = 0; s < 7; s++) {
        scores.add(
            score(state.epoch < 0 ? 5 : state.epoch, state.champion, day, random.nextGaussian()));
      }
      scores.forEach(score -> contest.add(state, score));
      Collections.shuffle(scores, random);
      for (int s = 0; s < 7; s++) {
        contest.add(other, scores.get(s));
        other = written(other);
      }
      assertThat(contest.close(other, contest.due(day)))
          .isEqualTo(contest.close(state, contest.due(day)));
    }
  }

  private static ContestState written(ContestState state) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    state.fields(StateFields.writer(new DataOutputStream(bytes)));
    return new ContestState(2)
        .fields(
            StateFields.reader(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()))));
  }
}
