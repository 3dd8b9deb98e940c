package dev.weir.forecast.joint;

import dev.weir.forecast.Bounds;
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
 * <p>Both are the targets' own intervals times something that follows the errors, so correlation
 * counts as it shows: for the region the widest factor that one of the targets would have needed;
 * for an end of a total a quantile of its error in units of the root of the sum of the squared
 * widths. As in the targets' own intervals an end is (c + r) R: R the running mean size of these
 * ratios, c follows by how often the ratio is beyond it now, r by how often it was as it was issued
 * (online conformal prediction; Gibbs and Candès 2021). While n, the errors of an end that do not
 * overlap, are few, its tail is smaller by (1/2 - tail) / n, as in split conformal prediction.
 */
public final class JointIntervals {

  private static final double SLOW = 0.01; // move of c after a hit or miss
  private static final double EARLY = 0.7;
  private static final double RUNS = 60; // of errors, after which each counts in full
  private static final double REST = 0.025; // the same of r
  private static final double LEAST = 0.2; // of a tail that few errors leave
  private static final double SIZE = 0.02; // how fast R follows
  private static final double FAR = 50; // larger ratios count as this
  private static final double NARROWEST = 0.05; // side of an interval, of its width
  private static final double WIDEST = 1e150; // wider ones count as this: squares stay finite
  private static final int NEAR = 48; // steps up to which r is learned

  private static final int RUNNING = 0; // of an entry: R, errors, then c and r of each end
  private static final int ERRORS = 1;
  private static final int ENTRY = 2;

  private final JointLearner learner;
  private final List<Double> levels;
  private final int steps;
  private final Ends region;
  private final Ends[] totals;
  private final int[] sums; // of each total: ring of the sum that was forecast, and its width
  private final int end;
  private final double[] factors; // (steps), scratch

  /** Ends of the region or a total, one entry for each followed step or one in all. */
  private final class Ends {

    private final int depth;
    private final int entries;
    private final double[] tails; // probability beyond each end
    private final boolean[] isLower;
    private final double[] starts;
    private final int from;
    private final int issued; // rings of the near steps: (ends)
    private final int until;

    /**
     * @param depth rows from what is issued to its truth; 0: the followed steps, an entry for each
     */
    Ends(int depth, double[] tails, boolean[] isLower, double[] starts, int from) {
      this.depth = depth;
      this.entries = depth > 0 ? 1 : steps;
      this.tails = tails;
      this.isLower = isLower;
      this.starts = starts;
      this.from = from;
      this.issued = from + entries * size();
      int rings = 0;
      for (int f = 0; f < entries && depth(f) <= NEAR; f++) {
        rings += depth(f);
      }
      this.until = issued + rings * tails.length;
    }

    private int size() {
      return ENTRY + 2 * tails.length;
    }

    /** Rows from what an entry is issued to its truth. */
    private int depth(int f) {
      return depth > 0 ? depth : learner.followed.step(f);
    }

    private int at(int f) {
      return from + f * size();
    }

    private int issuedAt(long t, int f) {
      int place = 0;
      for (int g = 0; g < f; g++) {
        place += depth(g);
      }
      return issued + (place + (int) (t % depth(f))) * tails.length;
    }

    void reset(double[] n) {
      for (int f = 0; f < entries; f++) {
        for (int e = 0; e < tails.length; e++) {
          n[at(f) + ENTRY + 2 * e] = starts[e];
        }
      }
      Arrays.fill(n, issued, until, Double.NaN);
    }

    boolean isKnown(double[] n) {
      return n[from + ERRORS] > 0;
    }

    /** An end in widths: of the newest step up to this whose errors are known. */
    double end(double[] n, int f, int e) {
      int known = f;
      while (known > 0 && n[at(known) + ERRORS] == 0) {
        known--;
      }
      int at = at(known);
      double end = (n[at + ENTRY + 2 * e] + n[at + ENTRY + 2 * e + 1]) * n[at + RUNNING];
      return isLower[e] ? Math.min(0, end) : Math.max(0, end);
    }

    void issue(double[] n, long t) {
      for (int f = 0; f < entries && depth(f) <= NEAR; f++) {
        for (int e = 0; e < tails.length; e++) {
          n[issuedAt(t, f) + e] = isKnown(n) ? end(n, f, e) : Double.NaN;
        }
      }
    }

    void learn(double[] n, long t, int f, double error, double width) {
      double ratio = Math.copySign(ratio(Math.abs(error), width), error);
      if (Double.isNaN(ratio)) {
        return;
      }
      int at = at(f);
      double errors = ++n[at + ERRORS];
      double running = n[at + RUNNING];
      double magnitude = Math.abs(ratio);
      double follow = Math.max(1 / errors, SIZE / Math.max(1, SIZE * depth(f)));
      n[at + RUNNING] =
          running
              + follow
                  * ((errors < 10 || running == 0 ? magnitude : Math.min(magnitude, 5 * running))
                      - running);
      double early = Math.max(0, EARLY / Math.sqrt(errors) - SLOW);
      double share = Math.max(1.0 / depth(f), Math.min(1, errors / (RUNS * depth(f))));
      double move = share * SLOW + early / depth(f);
      for (int e = 0; e < tails.length; e++) {
        int c = at + ENTRY + 2 * e;
        double tail = tails[e] - (0.5 - tails[e]) / (1 + errors / depth(f));
        tail = Math.max(LEAST * tails[e], tail);
        double side = isLower[e] ? -1 : 1;
        if (running > 0) {
          n[c] += side * move * (isBeyond(ratio, n[c] * running, e) - tail);
        }
        double was = depth(f) > NEAR ? Double.NaN : n[issuedAt(t, f) + e];
        if (!Double.isNaN(was)) {
          n[c + 1] += side * REST * (isBeyond(ratio, was, e) - tail);
        }
      }
    }

    private int isBeyond(double ratio, double end, int e) {
      return (isLower[e] ? ratio < end : ratio > end) ? 1 : 0;
    }
  }

  /**
   * @param from where its numbers begin among those of the states
   */
  JointIntervals(JointLearner learner, List<Double> levels, int from) {
    this.learner = learner;
    this.levels = List.copyOf(levels);
    this.steps = learner.steps;
    double level = levels.isEmpty() ? 0.5 : levels.get(0);
    this.region = new Ends(0, new double[] {1 - level}, new boolean[1], new double[] {2}, from);
    int ends = 2 * levels.size();
    double[] tails = new double[ends];
    double[] starts = new double[ends];
    boolean[] isLower = new boolean[ends];
    for (int e = 0; e < ends; e++) {
      isLower[e] = e % 2 == 0;
      tails[e] = (1 - levels.get(e / 2)) / 2;
      double start = -Math.log(2 * tails[e]); // of the Laplace distribution
      starts[e] = isLower[e] ? -start : start;
    }
    List<Total> all = learner.targets.totals();
    this.totals = new Ends[all.size()];
    this.sums = new int[all.size()];
    int next = region.until;
    for (int i = 0; i < totals.length; i++) {
      totals[i] = new Ends(all.get(i).steps(), tails, isLower, starts, next);
      sums[i] = totals[i].until;
      next = sums[i] + 2 * all.get(i).steps();
    }
    this.end = next;
    this.factors = new double[steps];
  }

  int end() {
    return end;
  }

  void reset(double[] n) {
    region.reset(n);
    for (int i = 0; i < totals.length; i++) {
      totals[i].reset(n);
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
      double low = learner.distance(states, t, f, p, JointLearner.LOW);
      double high = learner.distance(states, t, f, p, JointLearner.HIGH);
      double ratio = ratio(Math.abs(error), side(error < 0 ? low : high, low + high));
      largest =
          Double.isNaN(ratio) || Double.isNaN(largest) ? Double.NaN : Math.max(largest, ratio);
    }
    region.learn(n, t, f, largest, 1);
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
      totals[i].learn(n, t, f, error, Math.sqrt(width));
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
      totals[i].learn(n, t, 0, truth - n[at], n[at + 1]);
    }
  }

  /** A side of an interval as the region counts it: counts may have none below their forecast. */
  private static double side(double side, double width) {
    return Math.max(side, NARROWEST * width);
  }

  private static double ratio(double error, double width) {
    return error == 0 ? 0 : Math.min(FAR, error / width);
  }

  /** Remembers sums of steps that were issued at a row. */
  void issue(TargetStates states, long t, Steps[] of) {
    List<Total> all = learner.targets.totals();
    region.issue(states.numbers(), t);
    for (int i = 0; i < totals.length; i++) {
      totals[i].issue(states.numbers(), t);
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
      sum = finite(sum + (term.isMinus() ? -value : value));
    }
    return sum;
  }

  private static double finite(double number) {
    return Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, number));
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
      double half = Math.min(WIDEST, (known.get(0).upper()[i] - known.get(0).lower()[i]) / 2);
      sum += half * half;
    }
    return Math.sqrt(sum);
  }

  /**
   * Where a target is meant to be while all are in theirs.
   *
   * @param bounds of the target
   * @return null while nothing is known of the errors
   */
  public Interval region(TargetStates states, Steps of, Bounds bounds) {
    double[] n = states.numbers();
    if (of.intervals().isEmpty() || !region.isKnown(n)) {
      return null;
    }
    Interval own = of.intervals().get(0);
    for (int f = 0; f < steps; f++) {
      factors[f] = region.end(n, f, 0);
    }
    double[] lower = new double[learner.horizon];
    double[] upper = new double[learner.horizon];
    for (int i = 0; i < lower.length; i++) {
      double factor = learner.followed.between(factors, i + 1);
      double value = of.value()[i];
      double width = own.upper()[i] - own.lower()[i];
      lower[i] = bounds.lower(finite(value - factor * side(value - own.lower()[i], width)));
      upper[i] = bounds.upper(finite(value + factor * side(own.upper()[i] - value, width)));
    }
    return new Interval(own.level(), lower, upper);
  }

  /**
   * The totals of what is forecast; without those of which a target is missing.
   *
   * @param states null where nothing is learned, then they have no intervals
   * @param of (targets), in the order of the settings; null of a missing one
   * @param bounds of each target
   */
  public static List<JointForecast.Total> totals(
      Targets targets, JointIntervals learned, TargetStates states, Steps[] of, Bounds bounds) {
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
        int at = depth > 0 ? 0 : s;
        value[at] = finite(value[at] + sumAt(total, of, s, false));
        mean[at] = finite(mean[at] + sumAt(total, of, s, true));
      }
      List<Interval> intervals =
          learned == null ? List.of() : learned.intervals(states, i, value, of, bounds);
      made.add(new JointForecast.Total(total.name(), new Steps(value, mean, intervals)));
    }
    return made;
  }

  private List<Interval> intervals(
      TargetStates states, int i, double[] value, Steps[] of, Bounds bounds) {
    double[] n = states.numbers();
    Total total = learner.targets.totals().get(i);
    Bounds within = bounds(total, bounds);
    List<Interval> intervals = new ArrayList<>();
    for (int l = 0; l < levels.size() && totals[i].isKnown(n); l++) {
      Interval interval =
          new Interval(levels.get(l), new double[value.length], new double[value.length]);
      for (int side = 0; side < 2; side++) {
        double[] target = side == 0 ? interval.lower() : interval.upper();
        for (int s = 0; s < value.length; s++) {
          double width =
              total.steps() > 0 ? width(total, of, total.steps()) : widthAt(total, of, s);
          double end = finite(value[s] + end(n, i, l, side, s + 1) * width);
          target[s] = side == 0 ? within.lower(end) : within.upper(end);
        }
      }
      if (!intervals.isEmpty()) {
        widen(interval, intervals.get(intervals.size() - 1));
      }
      intervals.add(interval);
    }
    return intervals;
  }

  /** What a total can be. */
  private static Bounds bounds(Total total, Bounds each) {
    double min = 0;
    double max = 0;
    for (Term term : total.terms()) {
      min += term.isMinus() ? -each.max() : each.min();
      max += term.isMinus() ? -each.min() : each.max();
    }
    int steps = Math.max(1, total.steps());
    return new Bounds(steps * min, steps * max, each.integer());
  }

  /** The end of a level, in widths, at a step. */
  private double end(double[] n, int i, int level, int side, int step) {
    int e = 2 * level + side;
    return totals[i].depth > 0
        ? totals[i].end(n, 0, e)
        : learner.followed.between(
            totals[i].end(n, learner.followed.before(step), e),
            totals[i].end(n, learner.followed.next(step), e),
            step);
  }

  /** Each interval lies within the next. */
  private static void widen(Interval interval, Interval narrower) {
    for (int s = 0; s < interval.lower().length; s++) {
      interval.lower()[s] = Math.min(interval.lower()[s], narrower.lower()[s]);
      interval.upper()[s] = Math.max(interval.upper()[s], narrower.upper()[s]);
    }
  }
}
