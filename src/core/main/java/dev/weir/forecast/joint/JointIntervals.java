package dev.weir.forecast.joint;

import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Forecast.Steps;
import dev.weir.forecast.JointForecast;
import dev.weir.forecast.joint.Targets.Term;
import dev.weir.forecast.joint.Targets.Total;
import dev.weir.forecast.learn.TargetStates;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where all targets are meant to be at once, and the intervals of totals.
 *
 * <p>Both are the targets' own intervals times something that follows the errors (online conformal
 * prediction; Gibbs and Candès 2021), so correlation counts as it shows: for the region the widest
 * factor that one of the targets would have needed; for an end of a total a quantile of its error
 * in units of the root of the sum of the squared widths. Neither is known before the intervals of
 * all its targets are.
 */
public final class JointIntervals {

  private static final double SLOW = 0.02; // move after a hit or miss
  private static final double EARLY = 0.7;
  private static final double SIZE = 0.01; // how fast the running size follows
  private static final double FAR = 20; // factors and ratios that are told apart

  private final JointLearner learner;
  private final List<Double> levels;
  private final int steps;
  private final int region; // (steps, 2): factor, errors
  private final int[] totals; // (entries, ENTRY + 2 levels) each
  private final int[] sums; // (steps of the total, 2) each: the sum that was forecast, its width
  private final int end;
  private final double[] ends; // scratch

  private static final int SIZES = 0; // of an entry: running |ratio|, errors, then the ends
  private static final int ERRORS = 1;
  private static final int ENTRY = 2;

  /**
   * @param from where its numbers begin among those of the states
   */
  JointIntervals(JointLearner learner, List<Double> levels, int from) {
    this.learner = learner;
    this.levels = List.copyOf(levels);
    this.steps = learner.steps;
    this.region = from;
    List<Total> all = learner.targets.totals();
    this.totals = new int[all.size()];
    this.sums = new int[all.size()];
    int next = region + 2 * steps;
    for (int i = 0; i < totals.length; i++) {
      totals[i] = next;
      next += (all.get(i).steps() == 0 ? steps : 1) * entry();
      sums[i] = next;
      next += 2 * all.get(i).steps();
    }
    this.end = next;
    this.ends = new double[steps];
  }

  private int entry() {
    return ENTRY + 2 * levels.size();
  }

  int end() {
    return end;
  }

  void reset(double[] n) {
    double level = levels.isEmpty() ? 0.5 : levels.get(0);
    double all = Math.log(1 - Math.pow(level, 1.0 / learner.count)) / Math.log(1 - level);
    for (int f = 0; f < steps; f++) {
      n[region + 2 * f] = all;
    }
    for (int i = 0; i < totals.length; i++) {
      for (int at = totals[i]; at < sums[i]; at += entry()) {
        for (int l = 0; l < levels.size(); l++) { // of the Laplace distribution
          double start = Math.log(1 - levels.get(l)) / Math.log(1 - level);
          n[at + ENTRY + 2 * l] = -start;
          n[at + ENTRY + 2 * l + 1] = start;
        }
      }
    }
    for (int i = 0; i < totals.length; i++) {
      Arrays.fill(n, sums[i], sums[i] + 2 * learner.targets.totals().get(i).steps(), Double.NaN);
    }
  }

  /** Nothing is forecast at a row. */
  void forget(double[] n, long t) {
    for (int i = 0; i < sums.length; i++) {
      int depth = learner.targets.totals().get(i).steps();
      if (depth > 0) {
        n[sums[i] + 2 * (int) (t % depth)] = Double.NaN;
      }
    }
  }

  /** Learns from the values at a row about what was issued a followed step before. */
  void learn(TargetStates states, long t, int f, double[] of) {
    double[] n = states.numbers();
    double largest = 0;
    for (int p = 0; p < learner.count; p++) {
      double error = learner.issuedError(states, t, f, p, of[learner.target(p)]);
      int which = error < 0 ? JointLearner.LOW : JointLearner.HIGH;
      double ratio = ratio(Math.abs(error), learner.distance(states, t, f, p, which));
      largest =
          Double.isNaN(ratio) || Double.isNaN(largest) ? Double.NaN : Math.max(largest, ratio);
    }
    if (!Double.isNaN(largest) && !levels.isEmpty()) {
      int at = region + 2 * f;
      n[at + 1]++;
      double move = step(n[at + 1]) * Math.max(0.1, n[at]);
      n[at] += move * ((largest > n[at] ? 1 : 0) - (1 - levels.get(0)));
      n[at] = Math.max(0, n[at]);
    }
    List<Total> all = learner.targets.totals();
    for (int i = 0; i < totals.length; i++) {
      if (all.get(i).steps() > 0) {
        continue;
      }
      double error = 0;
      double width = 0;
      for (Term term : all.get(i).terms()) {
        int p = learner.place(term.target());
        double own = learner.issuedError(states, t, f, p, of[term.target()]);
        double low = learner.distance(states, t, f, p, JointLearner.LOW);
        double high = learner.distance(states, t, f, p, JointLearner.HIGH);
        error += term.isMinus() ? -own : own;
        width += (low + high) * (low + high) / 4;
      }
      learn(n, totals[i] + f * entry(), error, Math.sqrt(width));
    }
  }

  /** Learns about sums of steps that end at a row. */
  void learnSums(TargetStates states, long t, double[] of) {
    double[] n = states.numbers();
    List<Total> all = learner.targets.totals();
    for (int i = 0; i < totals.length; i++) {
      int depth = all.get(i).steps();
      if (depth == 0 || t <= depth) {
        continue;
      }
      double truth = 0;
      for (Term term : all.get(i).terms()) {
        int p = learner.place(term.target());
        double sum = of[term.target()];
        for (long row = t - depth + 1; row < t; row++) {
          sum += learner.valueAt(states, row, p);
        }
        truth += term.isMinus() ? -sum : sum;
      }
      int at = sums[i] + 2 * (int) (t % depth);
      learn(n, totals[i], truth - n[at], n[at + 1]);
    }
  }

  private static double ratio(double error, double width) {
    return error == 0 ? 0 : Math.min(FAR, error / width);
  }

  private static double step(double errors) {
    return Math.max(SLOW, EARLY / Math.sqrt(errors + 1));
  }

  private void learn(double[] n, int at, double error, double width) {
    double ratio = Math.copySign(ratio(Math.abs(error), width), error);
    if (Double.isNaN(ratio)) {
      return;
    }
    double size = n[at + SIZES];
    double magnitude = Math.abs(ratio);
    boolean isFirst = n[at + ERRORS] == 0;
    n[at + SIZES] = isFirst ? magnitude : size + SIZE * (Math.min(magnitude, 5 * size) - size);
    n[at + ERRORS]++;
    double move = step(n[at + ERRORS]) * Math.max(1e-3, n[at + SIZES]);
    for (int l = 0; l < levels.size(); l++) {
      double tail = (1 - levels.get(l)) / 2;
      int low = at + ENTRY + 2 * l;
      n[low] += move * (tail - (ratio < n[low] ? 1 : 0));
      n[low + 1] += move * ((ratio > n[low + 1] ? 1 : 0) - tail);
    }
  }

  /** Remembers sums of steps that were issued at a row. */
  void issue(TargetStates states, long t, Steps[] of) {
    List<Total> all = learner.targets.totals();
    for (int i = 0; i < totals.length; i++) {
      int depth = all.get(i).steps();
      if (depth > 0) {
        int at = sums[i] + 2 * (int) (t % depth);
        boolean isKnown = isKnown(all.get(i), of);
        states.numbers()[at] = isKnown ? sum(all.get(i), of, depth) : Double.NaN;
        states.numbers()[at + 1] = isKnown ? width(all.get(i), of, depth) : Double.NaN;
      }
    }
  }

  private static boolean isKnown(Total total, Steps[] of) {
    return total.terms().stream().allMatch(term -> of[term.target()] != null);
  }

  private static double sum(Total total, Steps[] of, int depth) {
    double sum = 0;
    for (int i = 0; i < depth; i++) {
      sum += sumAt(total, of, i, false);
    }
    return sum;
  }

  private static double sumAt(Total total, Steps[] of, int i, boolean ofMeans) {
    double sum = 0;
    for (Term term : total.terms()) {
      Steps steps = of[term.target()];
      double value = (ofMeans ? steps.mean() : steps.value())[i];
      sum += term.isMinus() ? -value : value;
    }
    return sum;
  }

  private static double width(Total total, Steps[] of, int depth) {
    double width = 0;
    for (int i = 0; i < depth; i++) {
      width += widthAt(total, of, i);
    }
    return width;
  }

  /** NaN while the targets have no intervals. */
  private static double widthAt(Total total, Steps[] of, int i) {
    double sum = 0;
    for (Term term : total.terms()) {
      List<Interval> known = of[term.target()].intervals();
      if (known.isEmpty()) {
        return Double.NaN;
      }
      double half = (known.get(0).upper()[i] - known.get(0).lower()[i]) / 2;
      sum += half * half;
    }
    return Math.sqrt(sum);
  }

  /**
   * Where a target is meant to be while all are in theirs.
   *
   * @return null while nothing is known of the errors
   */
  public Interval region(TargetStates states, Steps of) {
    double[] n = states.numbers();
    if (of.intervals().isEmpty() || n[region + 1] == 0) {
      return null;
    }
    Interval own = of.intervals().get(0);
    for (int f = 0; f < steps; f++) {
      ends[f] = n[region + 2 * f];
    }
    double[] lower = new double[learner.horizon];
    double[] upper = new double[learner.horizon];
    for (int i = 0; i < lower.length; i++) {
      double factor = learner.followed.between(ends, i + 1);
      double value = of.value()[i];
      lower[i] = value - factor * (value - own.lower()[i]);
      upper[i] = value + factor * (own.upper()[i] - value);
    }
    return new Interval(own.level(), lower, upper);
  }

  /**
   * The totals of what is forecast; without those of which a target is missing.
   *
   * @param states null where nothing is learned, then they have no intervals
   * @param of (targets), in the order of the settings; null of a missing one
   */
  public static List<JointForecast.Total> totals(
      Targets targets, JointIntervals learned, TargetStates states, Steps[] of) {
    List<JointForecast.Total> made = new ArrayList<>();
    for (int i = 0; i < targets.totals().size(); i++) {
      Total total = targets.totals().get(i);
      if (!isKnown(total, of)) {
        continue;
      }
      int depth = total.steps();
      int horizon = of[total.terms().get(0).target()].value().length;
      double[] value = new double[depth > 0 ? 1 : horizon];
      double[] mean = new double[value.length];
      for (int s = 0; s < (depth > 0 ? depth : horizon); s++) {
        value[depth > 0 ? 0 : s] += sumAt(total, of, s, false);
        mean[depth > 0 ? 0 : s] += sumAt(total, of, s, true);
      }
      List<Interval> intervals =
          learned == null ? List.of() : learned.intervals(states, i, value, of);
      made.add(new JointForecast.Total(total.name(), new Steps(value, mean, intervals)));
    }
    return made;
  }

  private List<Interval> intervals(TargetStates states, int i, double[] value, Steps[] of) {
    double[] n = states.numbers();
    Total total = learner.targets.totals().get(i);
    List<Interval> intervals = new ArrayList<>();
    for (int l = 0; l < levels.size() && n[totals[i] + ERRORS] > 0; l++) {
      Interval interval =
          new Interval(levels.get(l), new double[value.length], new double[value.length]);
      for (int side = 0; side < 2; side++) {
        double[] target = side == 0 ? interval.lower() : interval.upper();
        for (int s = 0; s < value.length; s++) {
          double width =
              total.steps() > 0 ? width(total, of, total.steps()) : widthAt(total, of, s);
          target[s] = value[s] + end(n, i, l, side, s + 1) * width;
        }
      }
      if (!intervals.isEmpty()) {
        widen(interval, intervals.get(intervals.size() - 1));
      }
      intervals.add(interval);
    }
    return intervals;
  }

  /** The end of a level, in widths, at a step. */
  private double end(double[] n, int i, int level, int side, int step) {
    int at = totals[i] + ENTRY + 2 * level + side;
    double end = n[at];
    if (learner.targets.totals().get(i).steps() == 0) {
      end =
          learner.followed.between(
              n[at + learner.followed.before(step) * entry()],
              n[at + learner.followed.next(step) * entry()],
              step);
    }
    return side == 0 ? Math.min(0, end) : Math.max(0, end);
  }

  /** Each interval lies within the next. */
  private static void widen(Interval interval, Interval narrower) {
    for (int s = 0; s < interval.lower().length; s++) {
      interval.lower()[s] = Math.min(interval.lower()[s], narrower.lower()[s]);
      interval.upper()[s] = Math.max(interval.upper()[s], narrower.upper()[s]);
    }
  }
}
