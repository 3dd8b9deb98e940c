package dev.weir.lab.train;

import dev.weir.forecast.candidate.CandidateKinds;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.step.FollowedSteps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Lets a learner go through a series as it would in a job, and takes samples on the way. Half of
 * the time only the experts that need no learning take part, as when the network forecasts alone;
 * otherwise all of the default or a random choice, so that the network learns to do without any.
 *
 * <p>No sample knows more than a job would: its inputs are those of the learner at that value.
 */
final class CandidateSampler {

  private static final int FIRST = 8; // no sample of values before this
  private static final int YOUNG = 400;
  private static final double OF_YOUNG = 0.45; // share of values that become samples
  private static final double OF_OLDER = 0.25;
  private static final int FIRST_SCORED = 30;
  private static final int SHORT = 200; // a series of fewer values has all of them sampled
  private static final int OF_SHORT = 3; // times

  private static final double ALONE = 0.45;
  private static final double ALL = 0.6; // of the others
  private static final double KEPT = 0.6; // of the experts in a random choice
  private static final double UNNAMED = 0.15;
  private static final double AUTO_SEASON = 0.1;
  private static final double NO_SEASON = 0.05;

  private CandidateSampler() {}

  /** CandidateSamples of one series. */
  static CandidateSamples of(TrainingSeries series, int horizon, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean alone = random.nextDouble() < ALONE;
    LearnerSettings settings = alone ? LearnerSettings.alone(horizon) : some(horizon, random);
    Learner learner = new Learner(settings, List.of(), null);
    LearnerState state = learner.newSeries(series.family(), season(series, settings, random));
    int[] kinds = learner.candidates().kinds();
    if (!alone && random.nextDouble() < UNNAMED) {
      kinds[random.nextInt(settings.experts().size())] =
          CandidateKinds.NAMES.indexOf(CandidateKinds.OTHER);
    }
    return samples(series.values(), horizon, learner, state, new CandidateSamples(kinds), random);
  }

  private static int season(
      TrainingSeries series, LearnerSettings settings, SplittableRandom random) {
    double x = random.nextDouble();
    int season = series.season();
    if (x < AUTO_SEASON || season == LearnerSettings.AUTO) {
      return LearnerSettings.AUTO;
    }
    boolean fits =
        2 * season + settings.horizon() + 4 <= LearnerSettings.EXACT_LIMIT
            && 3 * season <= series.values().length;
    return fits && x >= AUTO_SEASON + NO_SEASON ? season : LearnerSettings.NONE;
  }

  private static int times(int length, int t, SplittableRandom random) {
    if (length < SHORT) {
      return OF_SHORT;
    }
    return random.nextDouble() < (t < YOUNG ? OF_YOUNG : OF_OLDER) ? 1 : 0;
  }

  private static LearnerSettings some(int horizon, SplittableRandom random) {
    LearnerSettings all = LearnerSettings.defaults(horizon);
    if (random.nextDouble() < ALL) {
      return all;
    }
    List<String> chosen = new ArrayList<>(all.experts());
    chosen.removeIf(name -> random.nextDouble() >= KEPT);
    return chosen.size() < 2 ? all : all.withExperts(chosen);
  }

  private static CandidateSamples samples(
      double[] values,
      int horizon,
      Learner learner,
      LearnerState state,
      CandidateSamples samples,
      SplittableRandom random) {
    FollowedSteps followed = learner.candidates().followed();
    double[] sums = new double[horizon + 1];
    long[] counts = new long[horizon + 1];
    double[][] bases = new double[horizon + 1][horizon + 1]; // of the newest values, by t
    int scored = Math.min(FIRST_SCORED, values.length / 3);
    int[] ahead = new int[CandidateSamples.STEPS];
    double[] truth = new double[CandidateSamples.STEPS];
    for (int t = 0; t < values.length; t++) {
      learner.observe(state, t, values[t]);
      for (int i = 1; i <= horizon && t - i >= scored; i++) {
        sums[i] += Math.abs(values[t] - values[t - i] - bases[(t - i) % (horizon + 1)][i]);
        counts[i]++;
      }
      for (int i = 1; i <= horizon; i++) {
        bases[t % (horizon + 1)][i] = learner.candidates().base(i);
      }
      if (t < FIRST || t + horizon >= values.length) {
        continue;
      }
      for (int left = times(values.length, t, random); left > 0; left--) {
        for (int k = 0; k < ahead.length; k++) {
          ahead[k] = followed.step(random.nextInt(followed.count()));
        }
        Arrays.sort(ahead);
        for (int k = 0; k < ahead.length; k++) {
          truth[k] = values[t + ahead[k]] - values[t];
        }
        samples.add(learner.candidates(), ahead, truth);
      }
    }
    for (int i = 1; i <= horizon; i++) {
      sums[i] /= Math.max(1, counts[i]);
    }
    samples.weigh(sums);
    return samples;
  }
}
