package dev.weir.forecast.joint;

import dev.weir.forecast.Forecast.Steps;
import dev.weir.forecast.expert.FloatSlice;
import dev.weir.forecast.expert.FollowedSteps;
import dev.weir.forecast.expert.Harmonics;
import dev.weir.forecast.expert.Rls;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.learn.TargetStates;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Learns what the targets of a series say of each other, and corrects the forecasts that each has
 * alone. For target k at step i after the newest value:
 *
 * <pre>
 * forecast = alone + share x clip(theta_k' x, -2, 2) Q        Q the running mean |error|
 * x = [ .3, e_j, z_j, d_j, l_j, c_j, s_j  for each target j ]
 * e_j = newest error of one step / Q,  z_j = (y - m) / s,  d_j = (alone at step i - y) / s
 * l_j = (value of j a lag before step i - y) / s
 * c_j, s_j = .2 z_j times cosine and sine of the season at step i
 * </pre>
 *
 * <p>The lag of j is where its errors foretell those of another target best, from 1 to {@value
 * #LAGS}; l_j is 0 while they foretell none, and where step i is farther than the lag.
 *
 * <p>All targets read the same x, so one {@link Rls} matrix serves them; steps share one by groups
 * (1, 2 to 4, 5 to 11, up to 48, beyond). The share follows the running errors of both, alone and
 * corrected: targets that say nothing of each other lose nothing. Targets are taken in the order of
 * their names, so that the order in which a user lists them changes no bit.
 *
 * <p>Called for each observation in this order: {@link #skip}, {@link #observe}, {@link #combine},
 * {@link #issue}. Keeps settings and scratch; what is learned is in the {@link TargetStates}. Not
 * thread-safe.
 */
public final class JointLearner {

  private static final double LAMBDA = 0.9995; // of each value; a group forgets its steps alike
  private static final double RIDGE = 100;
  private static final double FAR = 5; // deviations that an input shows at most
  private static final double CLIP = 2.5; // errors that one value teaches at most
  private static final double LARGEST = 2; // correction
  private static final double CONSTANT = 0.3;
  private static final double ETA = 15;
  private static final double DISCOUNT = 0.998;
  private static final double RUNS = 4; // of errors of a step until the share counts in full
  private static final int SLOWEST = 500; // values deep that means and deviations are
  private static final int[] FIRST_STEPS = {1, 2, 5, 12, 49}; // of the groups

  private static final int KINDS = 6; // of inputs
  private static final double PHASE = 0.2;
  private static final int MAX_SEASON = 1000; // a longer season has no phases
  private static final int LAGS = 12;
  private static final int KNOWN = 50; // values before a lag is looked for
  private static final double LEADS = 0.25; // mean product of errors from which on j leads
  private static final double BETTER = 1.2; // times as much from which on another lag is taken

  private static final int ROWS = 0;
  private static final int HEAD = 1;

  final Targets targets;
  final int count;
  final int horizon;
  final FollowedSteps followed;
  final int steps; // followed
  private final int[] order; // by name: numbers of the settings
  private final int[] places; // by number in the settings: places in the order
  private final int inputs;
  private final int groups;
  private final int[] groupOf; // (steps)
  private final int[] placeOf; // (steps), of their rings
  private final Rls[] rls; // (groups)
  private final JointIntervals intervals;

  // in the numbers, then in the floats
  private final int means; // (count, 2): mean, deviation
  private final int sizes; // (steps, count): running mean |error| alone
  private final int losses; // (steps, count, 2)
  private final int lags; // (count)
  private final int depth; // of the next
  private final int values; // (depth, count): ring of values
  private final int numbers;
  private final int matrices; // (groups)
  private final int thetas; // (groups, count, inputs)
  private final int products; // (count, count, LAGS): of errors, by target, source and lag
  private final int news; // (depth, 2, count): ring of e and z
  private final int said; // rings of the steps: (count, SAID)
  private final int floats;

  private static final int SAID = 6;
  private static final int ALONE = 0; // relative to the newest value
  private static final int RAW = 1; // the correction
  private static final int CORRECTED = 2; // as it was issued
  static final int LOW = 3; // distances of the ends of the narrowest interval
  static final int HIGH = 4;
  private static final int LEAD = 5; // l, not divided

  private final List<Harmonics> periods = new ArrayList<>(); // of all series so far
  private Harmonics season; // of the current one; null for none
  private final double[] phase = new double[2]; // cosine and sine
  private final FloatSlice slice = new FloatSlice();
  private final double[] x; // (inputs)
  private final double[][] corrections; // (count, steps)
  private final double[] newest; // (count), errors of one step
  private final double[] parts; // (count, count), of step 1, by source

  /**
   * @param levels of the intervals
   */
  public JointLearner(Targets targets, int horizon, List<Double> levels) {
    this.targets = targets;
    this.count = targets.count();
    this.horizon = horizon;
    this.followed = new FollowedSteps(horizon);
    this.steps = followed.count();
    List<Integer> byName = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      byName.add(k);
    }
    byName.sort(Comparator.comparing(targets.names()::get));
    this.order = byName.stream().mapToInt(Integer::intValue).toArray();
    this.places = new int[count];
    for (int p = 0; p < count; p++) {
      places[order[p]] = p;
    }
    this.inputs = 1 + KINDS * count;
    this.depth = Math.max(horizon, LAGS) + 1;
    this.groupOf = new int[steps];
    this.placeOf = new int[steps];
    int rings = 0;
    for (int f = 0; f < steps; f++) {
      placeOf[f] = rings;
      rings += followed.step(f);
      while (groupOf[f] < FIRST_STEPS.length - 1
          && followed.step(f) >= FIRST_STEPS[groupOf[f] + 1]) {
        groupOf[f]++;
      }
    }
    this.groups = groupOf[steps - 1] + 1;
    this.rls = new Rls[groups];
    for (int g = 0; g < groups; g++) {
      int group = g;
      long members = Arrays.stream(groupOf).filter(of -> of == group).count();
      double lambda = Math.pow(LAMBDA, 1.0 / Math.max(1, members));
      rls[g] = new Rls(inputs, lambda, RIDGE, 1, 50 * inputs / RIDGE, true);
    }
    this.means = HEAD;
    this.sizes = means + 2 * count;
    this.losses = sizes + steps * count;
    this.lags = losses + 2 * steps * count;
    this.values = lags + count;
    this.intervals = new JointIntervals(this, levels, values + depth * count);
    this.numbers = intervals.end();
    this.matrices = 0;
    this.thetas = groups * Rls.floats(inputs);
    this.products = thetas + groups * count * inputs;
    this.news = products + count * count * LAGS;
    this.said = news + 2 * depth * count;
    this.floats = said + SAID * rings * count;
    this.x = new double[inputs];
    this.corrections = new double[count][steps];
    this.newest = new double[count];
    this.parts = new double[count * count];
  }

  /** Bytes that one of these settings keeps of a series, without the states of its targets. */
  public static long bytes(Targets targets, int horizon, List<Double> levels) {
    JointLearner learner = new JointLearner(targets, horizon, levels);
    return (long) Double.BYTES * learner.numbers + (long) Float.BYTES * learner.floats;
  }

  /**
   * Of a series of which nothing is known.
   *
   * @param others states of all targets but the first
   */
  public TargetStates newStates(LearnerState[] others) {
    TargetStates states =
        new TargetStates(targets.names(), others, new double[numbers], new float[floats]);
    for (int g = 0; g < groups; g++) {
      rls[g].reset(slice.at(states.floats(), matrices + g * Rls.floats(inputs)));
    }
    Arrays.fill(states.floats(), said, floats, Float.NaN);
    for (int p = 0; p < count; p++) {
      states.numbers()[means + 2 * p] = Double.NaN;
    }
    Arrays.fill(states.numbers(), values, values + depth * count, Double.NaN);
    intervals.reset(states.numbers());
    return states;
  }

  /** Whether a restored state was written with the same targets. */
  public boolean isOfThese(TargetStates states) {
    return states != null && states.names().equals(targets.names());
  }

  /** Whether it was also written for the same horizon, levels and totals. */
  public boolean fits(TargetStates states) {
    return isOfThese(states)
        && states.numbers().length == numbers
        && states.floats().length == floats;
  }

  private static long rows(TargetStates states) {
    return (long) states.numbers()[ROWS];
  }

  /**
   * Before what is said next of a series.
   *
   * @param period observations in its season; 1 for none
   */
  public void season(int period) {
    if (season != null && season.period() == period) {
      return;
    }
    season = null;
    for (int i = 0; i < periods.size() && season == null; i++) {
      season = periods.get(i).period() == period ? periods.get(i) : null;
    }
    if (season == null && period > 1 && period <= MAX_SEASON) {
      season = new Harmonics(period, 1);
      periods.add(season);
    }
  }

  /** Goes past observations that are missing. */
  public void skip(TargetStates states, long missing) {
    long known = Math.min(missing, horizon);
    states.numbers()[ROWS] += missing - known;
    for (long k = known; k > 0; k--) {
      states.numbers()[ROWS]++;
      forget(states);
    }
  }

  /** Nothing is known at the newest row. */
  private void forget(TargetStates states) {
    long t = rows(states);
    for (int p = 0; p < count; p++) {
      states.numbers()[value(t, p)] = Double.NaN;
      for (int f = 0; f < steps; f++) {
        states.floats()[said(t, f, p) + ALONE] = Float.NaN;
      }
    }
    intervals.forget(states.numbers(), t);
  }

  private int value(long t, int p) {
    return values + (int) (t % depth) * count + p;
  }

  private int news(long t, int part, int p) {
    return news + ((int) (t % depth) * 2 + part) * count + p;
  }

  private int said(long t, int f, int p) {
    return said + SAID * ((placeOf[f] + (int) (t % followed.step(f))) * count + p);
  }

  /**
   * Learns from the next values what was wrong with the forecasts of them.
   *
   * @param of (targets), in the order of the settings; NaN for a missing one
   */
  public void observe(TargetStates states, double[] of) {
    double[] n = states.numbers();
    n[ROWS]++;
    long t = rows(states);
    double weight = Math.max(1.0 / (t + 1), 1.0 / SLOWEST);
    for (int p = 0; p < count; p++) {
      double value = of[order[p]];
      newest[p] = error(states, t, 0, p, value);
      double size = n[sizes + p];
      newest[p] = Double.isNaN(newest[p]) ? 0 : clip(newest[p] / (size > 0 ? size : 1), FAR);
    }
    for (int f = 0; f < steps && t > followed.step(f); f++) {
      intervals.learn(states, t, f, of);
      learn(states, t, f, of);
    }
    intervals.learnSums(states, t, of);
    follow(states, t, weight);
    for (int p = 0; p < count; p++) {
      double value = of[order[p]];
      int mean = means + 2 * p;
      if (Double.isNaN(n[mean])) {
        n[mean] = value;
      } else if (!Double.isNaN(value)) {
        double distance = value - n[mean];
        n[mean] += weight * distance;
        n[mean + 1] += weight * (Math.abs(distance) - n[mean + 1]);
      }
      n[value(t, p)] = value;
      double z = Double.isNaN(value) ? 0 : clip((value - n[mean]) / deviation(n, p), FAR);
      states.floats()[news(t, 0, p)] = (float) newest[p];
      states.floats()[news(t, 1, p)] = (float) z;
    }
  }

  /** Follows how well errors of one target foretell those of another, and takes the best lags. */
  private void follow(TargetStates states, long t, double weight) {
    float[] numbers = states.floats();
    for (int p = 0; p < count; p++) {
      for (int j = 0; j < count; j++) {
        int at = products + (p * count + j) * LAGS;
        for (int lag = 1; lag <= LAGS && lag < t && j != p; lag++) {
          double product = newest[p] * numbers[news(t - lag, 0, j)];
          numbers[at + lag - 1] += (float) (weight * (product - numbers[at + lag - 1]));
        }
      }
    }
    for (int j = 0; j < count && t > KNOWN; j++) {
      int known = (int) states.numbers()[lags + j];
      double most = LEADS;
      for (int p = 0; p < count && known > 0; p++) {
        double product = numbers[products + (p * count + j) * LAGS + known - 1];
        most = Math.max(most, BETTER * Math.abs(product));
      }
      for (int p = 0; p < count; p++) {
        for (int lag = 1; lag <= LAGS && p != j; lag++) {
          double product = Math.abs(numbers[products + (p * count + j) * LAGS + lag - 1]);
          if (product > most) {
            most = product;
            states.numbers()[lags + j] = lag;
          }
        }
      }
    }
  }

  private double deviation(double[] n, int p) {
    return Math.max(1e-9, n[means + 2 * p + 1]);
  }

  /** How far the forecast alone was off that was made a followed step before; NaN if unknown. */
  private double error(TargetStates states, long t, int f, int p, double value) {
    double origin = states.numbers()[value(t - followed.step(f), p)];
    return value - origin - states.floats()[said(t, f, p) + ALONE];
  }

  /** The same of the forecast that was issued. */
  double issuedError(TargetStates states, long t, int f, int p, double value) {
    return error(states, t, f, p, value) - states.floats()[said(t, f, p) + CORRECTED];
  }

  /** One of the distances of the interval that was issued with it. */
  double distance(TargetStates states, long t, int f, int p, int which) {
    return states.floats()[said(t, f, p) + which];
  }

  private void learn(TargetStates states, long t, int f, double[] of) {
    double[] n = states.numbers();
    float[] numbers = states.floats();
    int g = groupOf[f];
    read(states, t - followed.step(f), t, f);
    double[] gain = rls[g].gain(slice.at(numbers, matrices + g * Rls.floats(inputs)), x);
    double keep = Math.max(DISCOUNT, 1 - 1.0 / followed.step(f));
    for (int p = 0; p < count; p++) {
      double error = error(states, t, f, p, of[order[p]]);
      if (!Double.isFinite(error)) {
        continue;
      }
      int at = sizes + f * count + p;
      double size = n[at];
      double magnitude = Math.abs(error);
      if (size > 0 && gain != null) {
        int theta = thetas + (g * count + p) * inputs;
        double rest = clip(error / size, CLIP) - predict(numbers, theta);
        for (int i = 0; i < inputs; i++) {
          numbers[theta + i] += (float) (gain[i] * rest);
        }
      }
      n[at] = size == 0 ? magnitude : size + 0.01 * (Math.min(magnitude, 5 * size) - size);
      int loss = losses + 2 * (f * count + p);
      double corrected = Math.abs(error - numbers[said(t, f, p) + RAW]);
      boolean isFirst = n[loss] == 0 && n[loss + 1] == 0;
      n[loss] = isFirst ? magnitude : keep * n[loss] + (1 - keep) * magnitude;
      n[loss + 1] = isFirst ? corrected : keep * n[loss + 1] + (1 - keep) * corrected;
    }
  }

  /**
   * Fills x as it was at an origin.
   *
   * @param slot row at which the ring of the step holds what was said there
   */
  private void read(TargetStates states, long origin, long slot, int f) {
    float[] numbers = states.floats();
    x[0] = CONSTANT;
    Arrays.fill(phase, 0);
    if (season != null) {
      season.fill(phase, 0, origin + followed.step(f)); // one number for a season of 2
    }
    for (int p = 0; p < count; p++) {
      x[1 + p] = numbers[news(origin, 0, p)];
      x[1 + count + p] = numbers[news(origin, 1, p)];
      double distance = numbers[said(slot, f, p) + ALONE] / deviation(states.numbers(), p);
      x[1 + 2 * count + p] = Double.isNaN(distance) ? 0 : clip(distance, FAR);
      double lead = numbers[said(slot, f, p) + LEAD] / deviation(states.numbers(), p);
      x[1 + 3 * count + p] = Double.isNaN(lead) ? 0 : clip(lead, FAR);
      x[1 + 4 * count + p] = PHASE * x[1 + count + p] * phase[0];
      x[1 + 5 * count + p] = PHASE * x[1 + count + p] * phase[1];
    }
  }

  private double predict(float[] numbers, int theta) {
    double sum = 0;
    for (int i = 0; i < inputs; i++) {
      sum += numbers[theta + i] * x[i];
    }
    return sum;
  }

  private static double clip(double value, double most) {
    return Math.max(-most, Math.min(most, value));
  }

  /**
   * Says by how much to correct the forecasts at the newest values.
   *
   * @param alone (targets, horizon), in the order of the settings; not read of a missing target
   * @param added (targets, horizon); overwritten
   */
  public void combine(TargetStates states, double[][] alone, double[][] added) {
    double[] n = states.numbers();
    float[] numbers = states.floats();
    long t = rows(states);
    for (int p = 0; p < count; p++) {
      double value = n[value(t, p)];
      for (int f = 0; f < steps; f++) {
        int i = followed.step(f);
        numbers[said(t, f, p) + ALONE] = (float) (alone[order[p]][i - 1] - value);
        int lag = (int) n[lags + p];
        boolean leads = i <= lag && t > lag;
        double lead = leads ? n[value(t - lag + i, p)] - value : 0;
        numbers[said(t, f, p) + LEAD] = (float) lead;
      }
    }
    for (int f = 0; f < steps; f++) {
      read(states, t, t, f);
      for (int p = 0; p < count; p++) {
        double size = n[sizes + f * count + p];
        int theta = thetas + (groupOf[f] * count + p) * inputs;
        double wanted = predict(numbers, theta);
        double raw = clip(wanted, LARGEST) * size;
        numbers[said(t, f, p) + RAW] = (float) raw;
        double share = share(n, f, p) * Math.min(1, (t - 1) / (RUNS * followed.step(f)));
        corrections[p][f] = Double.isFinite(raw) ? share * raw : 0;
        if (f == 0) {
          double cut = wanted == 0 ? 0 : corrections[p][0] / wanted;
          for (int j = 0; j < count; j++) {
            parts[p * count + j] = 0;
            for (int kind = 0; kind < KINDS; kind++) {
              int i = 1 + kind * count + j;
              parts[p * count + j] += cut * numbers[theta + i] * x[i];
            }
          }
        }
      }
    }
    for (int p = 0; p < count; p++) {
      for (int i = 1; i <= horizon; i++) {
        added[order[p]][i - 1] = followed.between(corrections[p], i);
      }
    }
  }

  private double share(double[] n, int f, int p) {
    int loss = losses + 2 * (f * count + p);
    double best = Math.min(n[loss], n[loss + 1]);
    if (!(best > 0)) {
      return n[loss + 1] < n[loss] ? 1 : 0;
    }
    double alone = Math.exp(-ETA * (n[loss] / best - 1));
    double corrected = Math.exp(-ETA * (n[loss + 1] / best - 1));
    return corrected / (alone + corrected);
  }

  /**
   * What another target has added to the forecast of step 1 of a target that {@link #combine}
   * corrected last.
   */
  public double part(int target, int source) {
    return parts[place(target) * count + place(source)];
  }

  /** Place by name of a target. */
  int place(int target) {
    return places[target];
  }

  /** Number in the settings of the target at a place. */
  int target(int place) {
    return order[place];
  }

  /** Row of the newest observation. */
  long row(TargetStates states) {
    return rows(states);
  }

  /** A value, by its row and place; NaN if it is missing. */
  double valueAt(TargetStates states, long t, int p) {
    return states.numbers()[value(t, p)];
  }

  /** Whether the newest value of a target is missing. */
  public boolean isMissing(TargetStates states, int target) {
    return Double.isNaN(states.numbers()[value(rows(states), place(target))]);
  }

  /**
   * Remembers what was issued at the newest values.
   *
   * @param of (targets), in the order of the settings; null of a missing one
   */
  public void issue(TargetStates states, Steps[] of) {
    long t = rows(states);
    float[] numbers = states.floats();
    for (int p = 0; p < count; p++) {
      Steps made = of[order[p]];
      double value = states.numbers()[value(t, p)];
      for (int f = 0; f < steps; f++) {
        int at = said(t, f, p);
        if (made == null) {
          numbers[at + ALONE] = Float.NaN;
          continue;
        }
        int i = followed.step(f) - 1;
        boolean hasEnds = !made.intervals().isEmpty();
        numbers[at + CORRECTED] = (float) (made.value()[i] - value - numbers[at + ALONE]);
        numbers[at + LOW] =
            hasEnds ? (float) (made.value()[i] - made.intervals().get(0).lower()[i]) : Float.NaN;
        numbers[at + HIGH] =
            hasEnds ? (float) (made.intervals().get(0).upper()[i] - made.value()[i]) : Float.NaN;
      }
    }
    intervals.issue(states, t, of);
  }

  /** Regions and totals of what was issued at the newest values. */
  public JointIntervals intervals() {
    return intervals;
  }
}
