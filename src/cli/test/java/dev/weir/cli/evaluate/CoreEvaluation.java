package dev.weir.cli.evaluate;

import dev.weir.cli.evaluate.Evaluation.Sums;
import dev.weir.cli.evaluate.Evaluation.Trial;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Scores the core's mixture on a whole series, without the job's operators. */
public final class CoreEvaluation {

  private CoreEvaluation() {}

  /**
   * Scores by method: the mixture, the mixture without networks, and those of {@link Evaluation}.
   *
   * @param m season of the scores and of the learner
   */
  public static Map<String, SeriesScore> evaluate(
      LearnerSettings settings, String series, double[] y, int m) {
    Map<String, SeriesScore> scores = new LinkedHashMap<>();
    scores.put(Evaluation.WEIR, mixture(settings, series, y, m));
    if (settings.combines()) {
      scores.put(Evaluation.WITHOUT_NETWORKS, mixture(settings.withoutNetwork(), series, y, m));
    }
    Trial trial = new Trial(series, y, m, settings.horizon(), 0, 1, new BitSet());
    scores.putAll(new Evaluation(settings).evaluateOthers(trial, m));
    return scores;
  }

  /** The score of the mixture alone. */
  static SeriesScore mixture(LearnerSettings settings, String series, double[] y, int m) {
    Trial trial = new Trial(series, y, m, settings.horizon(), 0, 1, new BitSet());
    Learner learner = new Learner(settings);
    LearnerState state = learner.newSeries(series, m);
    List<Double> levels = settings.levels();
    double[] values = new double[settings.horizon()];
    double[][] lower = new double[levels.size()][settings.horizon()];
    double[][] upper = new double[levels.size()][settings.horizon()];
    Sums sums = new Sums(levels.size());
    for (int t = 1; t <= trial.lastOrigin(); t++) { // t values seen
      learner.observe(state, t - 1, y[t - 1]);
      if (t >= trial.firstOrigin()) {
        learner.forecast(state, values, lower, upper);
        List<Interval> intervals = new ArrayList<>();
        for (int k = 0; k < levels.size(); k++) {
          intervals.add(new Interval(levels.get(k), lower[k], upper[k]));
        }
        trial.add(sums, t, values, intervals);
      }
    }
    return trial.score(sums);
  }
}
