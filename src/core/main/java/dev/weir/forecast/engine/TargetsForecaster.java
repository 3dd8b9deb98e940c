package dev.weir.forecast.engine;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.Explanation.Part;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Steps;
import dev.weir.forecast.JointForecast;
import dev.weir.forecast.Score;
import dev.weir.forecast.joint.JointIntervals;
import dev.weir.forecast.joint.JointLearner;
import dev.weir.forecast.joint.Targets;
import dev.weir.forecast.learn.LatestScores;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.learn.TargetStates;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.SequenceWindow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the forecasts of one mode of series with several targets: each target by the {@link
 * ModeForecaster}, then all together by the {@link JointLearner}. What is learned of the others
 * lies in the state of the first target. One instance for each task and mode.
 */
final class TargetsForecaster {

  private final ModeForecaster mode;
  private final Targets targets;
  private final ForecastResult result;
  private final JointLearner joint; // null when the model alone forecasts
  private final LatestScores scored; // null as before
  private final double[] values; // (targets), NaN for missing
  private final double[][] alone; // (targets, horizon)
  private final double[][] added; // (targets, horizon)
  private final Steps[] steps; // (targets), null for missing
  private final Explanation[] explanations; // (targets), of the forecasts alone
  private final boolean[] hasScore; // (targets)
  private boolean isRepeatable;

  TargetsForecaster(ModeForecaster mode, Targets targets, ForecastResult result) {
    this.mode = mode;
    this.result = result;
    this.targets = targets;
    int count = targets.count();
    Learner learner = mode.learner();
    int horizon = learner == null ? 0 : learner.horizon();
    List<Double> levels = learner == null ? List.of() : learner.settings().levels();
    this.joint = learner == null ? null : new JointLearner(targets, horizon, levels);
    this.scored = learner == null ? null : new LatestScores(levels.size(), 0);
    this.values = new double[count];
    this.alone = new double[count][horizon];
    this.added = new double[count][horizon];
    this.steps = new Steps[count];
    this.explanations = new Explanation[count];
    this.hasScore = new boolean[count];
  }

  /**
   * Scores what was forecast of the newest values of a window, learns from them, and makes the next
   * forecasts, in that order.
   *
   * @param known what was learned of the series before; null for nothing
   */
  LearnerState learn(LearnerState known, SequenceWindow window) {
    if (window.missing() > 0 && window.gap() == Gap.RESET) {
      drop(mode, known, window.wholeSeries());
      return learn(null, window, true);
    }
    return learn(known, window, true);
  }

  /**
   * @param isNew false for values that are learned again, of which nothing is reported
   */
  LearnerState learn(LearnerState known, SequenceWindow window, boolean isNew) {
    TargetStates of = known == null ? null : known.targets();
    LearnerState first = joint.isOfThese(of) ? known : null;
    isRepeatable = joint.fits(of) || known == null;
    if (!joint.fits(of)) { // other targets, or the same with other settings
      of = joint.newStates(first == null ? new LearnerState[targets.count() - 1] : of.others());
    }
    scored.clear();
    for (int k = 0; k < targets.count(); k++) {
      window.select(k);
      LearnerState before = k == 0 ? first : of.others()[k - 1];
      if (before != null) {
        before.targets(null);
      }
      LearnerState state = learn(before, window, k, isNew);
      if (k == 0) {
        first = state;
      } else {
        of.others()[k - 1] = state;
      }
    }
    first.targets(of);
    if (window.missing() > 0) {
      joint.skip(of, window.missing());
    }
    joint.season(season(first));
    joint.observe(of, values);
    joint.combine(of, alone, added);
    for (int k = 0; k < steps.length; k++) {
      steps[k] = null;
      if (!Double.isNaN(values[k])) {
        mode.learner().correct(state(first, k), added[k]);
        steps[k] = mode.learner().steps(state(first, k));
      }
    }
    joint.issue(of, steps);
    return first;
  }

  private LearnerState learn(LearnerState known, SequenceWindow window, int k, boolean isNew) {
    values[k] = window.last();
    hasScore[k] = false;
    if (Double.isNaN(values[k])) {
      LearnerState state = mode.pass(known, window, isNew);
      isRepeatable &= mode.isRepeatable();
      return state;
    }
    Boolean open = result.isOpen; // of another target
    result.isOpen = null;
    LearnerState state = mode.learn(known, window, isNew);
    result.isOpen = open == null || Boolean.TRUE.equals(result.isOpen) ? result.isOpen : open;
    isRepeatable &= mode.isRepeatable();
    hasScore[k] = mode.isScoreDue(state);
    scored.add(mode.scored());
    mode.learner().forecast(state, alone[k], null, null);
    explanations[k] = mode.explains() ? mode.explain(state, alone[k][0]) : null;
    return state;
  }

  /** The shortest season of a target; 1 for none. */
  private int season(LearnerState first) {
    int shortest = Integer.MAX_VALUE;
    for (int k = 0; k < values.length; k++) {
      int season = state(first, k).season();
      shortest = season > 1 ? Math.min(shortest, season) : shortest;
    }
    return shortest == Integer.MAX_VALUE ? 1 : shortest;
  }

  private static LearnerState state(LearnerState first, int k) {
    return k == 0 ? first : first.targets().others()[k - 1];
  }

  /**
   * What was learned of the target whose incidents have this name; null if no target has.
   *
   * @param first what was learned of the series; may be null
   */
  static LearnerState named(String name, LearnerState first, String series) {
    TargetStates of = first == null ? null : first.targets();
    for (int k = 0; of != null && k < of.names().size(); k++) {
      if (JointForecast.nameOf(series, of.names().get(k)).equals(name)) {
        return state(first, k);
      }
    }
    return null;
  }

  /** What {@link #learn} has scored at the newest values; valid until the next. */
  LatestScores scored() {
    return scored;
  }

  /** Whether a series was learned with the same targets. */
  boolean isOfThese(LearnerState first) {
    return joint.isOfThese(first.targets());
  }

  /** As {@link ModeForecaster#isRepeatable}. */
  boolean isRepeatable() {
    return isRepeatable;
  }

  /** The series is silent: closes the incidents of all targets. */
  static void drop(ModeForecaster mode, LearnerState first, String series) {
    TargetStates of = first == null ? null : first.targets();
    for (int k = 0; of != null && k < of.names().size(); k++) {
      mode.drop(state(first, k), JointForecast.nameOf(series, of.names().get(k)));
    }
  }

  /**
   * @param first what {@link #learn} gave just now; null when nothing is learned
   */
  JointForecast forecast(SequenceWindow window, LearnerState first) {
    List<JointForecast.Target> made = new ArrayList<>();
    for (int k = 0; k < steps.length; k++) {
      window.select(k);
      boolean isMissing = Double.isNaN(window.last());
      Forecast forecast = null;
      if (!isMissing && first == null) {
        forecast = mode.forecast(window, null, null);
        steps[k] = forecast.steps();
      } else if (!isMissing) {
        forecast = mode.mixture(window, state(first, k), steps[k], explanation(k));
      } else {
        steps[k] = null;
      }
      if (forecast != null) {
        made.add(target(k, forecast, first));
      }
    }
    return all(window, first, made);
  }

  private JointForecast.Target target(int k, Forecast forecast, LearnerState first) {
    return new JointForecast.Target(
        targets.names().get(k),
        forecast,
        first == null
            ? null
            : joint.intervals().region(first.targets(), forecast.steps(), mode.bounds()));
  }

  private JointForecast all(
      SequenceWindow window, LearnerState first, List<JointForecast.Target> made) {
    return new JointForecast(
        window.wholeSeries(),
        window.origin(),
        mode.mode(),
        made,
        JointIntervals.totals(
            targets,
            first == null ? null : joint.intervals(),
            first == null ? null : first.targets(),
            steps,
            mode.bounds()));
  }

  /** What the forecast alone consists of, then what each other target adds to it. */
  private Explanation explanation(int k) {
    if (explanations[k] == null) {
      return null;
    }
    double value = steps[k].value()[0];
    List<Part> parts = new ArrayList<>(explanations[k].parts());
    double rest = value - explanations[k].value();
    for (int j = 0; j < steps.length; j++) {
      double amount = j == k ? 0 : joint.part(k, j);
      if (amount != 0) {
        parts.add(new Part(targets.names().get(j), amount));
        rest -= amount;
      }
    }
    for (int i = parts.size() - 1; i >= 0; i--) {
      if (parts.get(i).name().equals(Explanation.OTHER)) {
        rest += parts.remove(i).amount();
      }
    }
    if (rest != 0) {
      parts.add(new Part(Explanation.OTHER, rest));
    }
    return new Explanation(value, parts);
  }

  /** Adds the scores that are due after this observation. */
  void addScores(SequenceWindow window, LearnerState first) {
    for (int k = 0; k < steps.length; k++) {
      if (hasScore[k]) {
        window.select(k);
        result.add(mode.score(window, state(first, k), null));
      }
    }
  }

  /**
   * The forecasts at the newest observation, from what is known, without explanations; null if the
   * series was not learned like this.
   */
  JointForecast again(SequenceWindow window, LearnerState first) {
    if (joint == null) {
      return forecast(window, null);
    }
    if (first == null || !joint.fits(first.targets())) {
      return null;
    }
    List<JointForecast.Target> made = new ArrayList<>();
    Arrays.fill(steps, null);
    for (int k = 0; k < steps.length; k++) {
      window.select(k);
      if (joint.isMissing(first.targets(), k)) {
        continue;
      }
      Forecast forecast = mode.again(state(first, k), window);
      if (forecast == null) {
        return null;
      }
      steps[k] = forecast.steps();
      made.add(target(k, forecast, first));
    }
    return all(window, first, made);
  }

  /** The score of a target at its newest value; null while unknown. */
  Score score(SequenceWindow window, LearnerState first, int k) {
    if (first == null || !joint.isOfThese(first.targets()) || state(first, k) == null) {
      return null;
    }
    window.select(k);
    return mode.scoreSoFar(state(first, k), window, null);
  }
}
