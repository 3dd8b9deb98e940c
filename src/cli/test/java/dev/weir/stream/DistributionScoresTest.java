package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Score;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.score.ProperScores;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Scores of distributions out of the operator, against the intervals that it gave out before. */
class DistributionScoresTest {

  private static final int HORIZON = 6;
  private static final int SEASON = 5;
  private static final int VALUES = 520;
  private static final long MINUTE = 60_000;
  private static final List<Double> LEVELS = List.of(0.5, 0.8, 0.95);
  private static final double[] TAUS = {0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975};

  private static ForecastSettings settings(int scoresEvery) {
    LearnerSettings learner = LearnerSettings.small(HORIZON).withLevels(LEVELS);
    Learning learning = new Learning(learner, SEASON, scoresEvery);
    return TestSettings.of(4, TestSettings.learned(HORIZON, learning))
        .sampling(new Sampling(MINUTE, Gap.SKIP, 0))
        .build();
  }

  /** Sends these values, each a minute after the one before it. */
  private static void send(SeriesHarness harness, double[] values, int from, int to)
      throws Exception {
    for (int i = from; i < to; i++) {
      harness.send("s", MINUTE * (i + 1), values[i]);
    }
  }

  /** A season, noise of changing size, and a shift of the level that intervals miss. */
  private static double[] values() {
    SplittableRandom random = new SplittableRandom(5);
    double[] values = new double[VALUES];
    for (int i = 0; i < VALUES; i++) {
      double size = i / 80 % 2 == 0 ? 1 : 3;
      values[i] =
          4 * Math.sin(2 * Math.PI * i / SEASON) + size * random.nextDouble() + (i > 300 ? 9 : 0);
    }
    return values;
  }

  private static SeriesHarness run(double[] values) throws Exception {
    SeriesHarness harness = SeriesHarness.of(settings(1));
    send(harness, values, 0, values.length);
    return harness;
  }

  /** Its quantiles at a step from 1. */
  private static double[] quantiles(Forecast forecast, int step) {
    int n = LEVELS.size();
    double[] quantiles = new double[2 * n + 1];
    quantiles[n] = forecast.values()[step - 1];
    for (int k = 0; k < n; k++) {
      quantiles[n - 1 - k] = forecast.intervals().get(k).lower()[step - 1];
      quantiles[n + 1 + k] = forecast.intervals().get(k).upper()[step - 1];
    }
    return quantiles;
  }

  @Test
  void scoresAreThoseOfTheIntervalsThatWereIssued() throws Exception {
    double[] values = values();
    SeriesHarness harness = run(values);
    List<Forecast> forecasts = harness.outputs(Forecast.class);
    Map<Long, Score> scores = new TreeMap<>();
    harness.outputs(Score.class).forEach(score -> scores.put(score.time() / MINUTE, score));
    int scored = 0;
    for (int t = 3; t <= VALUES; t++) { // values seen; the first forecast has no interval
      Score.Distribution at = scores.get((long) t).distribution();
      assertThat(at.scored()).isEqualTo(t - 2);
      assertThat(at.steps()).isEqualTo(List.of(1, 2, 3, 4, 5, 6).subList(0, Math.min(t - 2, 6)));
      if (t % 37 != 0 && t != VALUES) {
        continue;
      }
      for (int s = 0; s < at.steps().size(); s++) {
        int step = at.steps().get(s);
        double crps = 0;
        double[] losses = new double[TAUS.length];
        double[] intervals = new double[LEVELS.size()];
        int count = t - step - 1;
        for (int origin = 2; origin + step <= t; origin++) {
          Forecast forecast = forecasts.get(origin - 1);
          double truth = values[origin + step - 1];
          double[] quantiles = quantiles(forecast, step);
          crps += ProperScores.crps(TAUS, quantiles, truth) / count;
          for (int q = 0; q < TAUS.length; q++) {
            losses[q] += ProperScores.pinball(TAUS[q], quantiles[q], truth) / count;
          }
          for (int k = 0; k < LEVELS.size(); k++) {
            double lower = quantiles[LEVELS.size() - 1 - k];
            double upper = quantiles[LEVELS.size() + 1 + k];
            intervals[k] += ProperScores.interval(LEVELS.get(k), lower, upper, truth) / count;
          }
        }
        assertThat(at.crpsByStep().get(s)).isCloseTo(crps, within(1e-5));
        for (int q = 0; q < TAUS.length; q++) {
          assertThat(at.quantiles().get(q).quantile()).isCloseTo(TAUS[q], within(1e-12));
          assertThat(at.quantiles().get(q).lossByStep().get(s)).isCloseTo(losses[q], within(1e-5));
        }
        for (int k = 0; k < LEVELS.size(); k++) {
          assertThat(at.intervals().get(k).scoreByStep().get(s))
              .isCloseTo(intervals[k], within(1e-4));
        }
        scored++;
      }
    }
    assertThat(scored).isEqualTo(90);
  }

  @Test
  void stateThatKeptNoScoresBeginsWithZero() throws Exception {
    double[] values = values();
    SeriesHarness off = SeriesHarness.of(settings(0));
    send(off, values, 0, 200);
    assertThat(off.outputs(Score.class)).isEmpty();
    SeriesHarness on = SeriesHarness.of(settings(1), off.checkpoint());
    send(on, values, 200, 201);
    Score score = on.outputs(Score.class).get(0);
    assertThat(score.scored()).isEqualTo(200);
    assertThat(score.distribution().scored()).isEqualTo(1);
    double[] quantiles = quantiles(off.outputs(Forecast.class).get(199), 1);
    assertThat(score.distribution().crpsByStep().get(0))
        .isCloseTo(ProperScores.crps(TAUS, quantiles, values[200]), within(1e-5));
  }

  @Test
  void valuesAfterAGapAreNotScored() throws Exception {
    double[] values = values();
    SeriesHarness harness = SeriesHarness.of(settings(1));
    send(harness, values, 0, 100);
    send(harness, values, 102, 104); // two are missing
    List<Score> scores = harness.outputs(Score.class);
    List<Long> scored = new ArrayList<>();
    for (Score score : scores.subList(scores.size() - 3, scores.size())) {
      scored.add(score.distribution().scored());
    }
    assertThat(scored).containsExactly(98L, 98L, 99L);
  }
}
