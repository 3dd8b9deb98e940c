package dev.weir.forecast.stage;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.expert.Rls;
import dev.weir.forecast.hedge.Hedge;
import dev.weir.forecast.math.FastMath;
import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.step.DelayLine;
import dev.weir.forecast.step.FollowedSteps;
import java.util.Arrays;

/**
 * Combines a forecast with those that models outside of Weir have made of the same times. With x_0
 * the forecast and x_m the forecast of model m, less its bias, of those that have one for the step:
 *
 * <pre>
 * b   = sum of w_m x_m,   w_m ~ exp(-eta (L_m / min L - 1))       L: running |error|
 * st  = b corrected by k_m (x_m - b) for each m                    ({@link Correction})
 * out = weighted mean of b and st, by their errors                 ({@link PairBlend})
 * </pre>
 *
 * A regression weighs as Bates and Granger (1969) do, by how errors go together. There is one for
 * each of {@value #GROUPS} groups of steps and each quarter of the season, since a batch made once
 * a day is of another use for the next hour than for the last. Of a model that is far worse than
 * the best k_m is 0, so that the regression neither uses nor learns from its forecasts. One that is
 * stuck, which has repeated a number for {@value #STUCK} values and more, has no weight and no k_m
 * until its number changes.
 *
 * <p>A model's forecast of a time counts from the origin that it came with, until another comes.
 * Not thread-safe; allocates nothing.
 */
public final class OutsideStage implements Stage {

  private static final double ETA = 2;
  private static final float DISCOUNT = 0.985f;
  private static final double FINAL_ETA = 2;
  private static final double FINAL_DISCOUNT = 0.99;

  private static final int GROUPS = 3;
  private static final int PHASES = 4;
  private static final double LAMBDA = 0.999;
  private static final double RIDGE = 50;
  private static final double KAPPA = 0.5;
  private static final double LARGEST = 6; // feature, in Q

  private static final double CHANCE = 0.8; // of the running error: a smaller bias is not corrected
  private static final double OUTLYING = 5; // running errors that an error counts for at most
  private static final double BIASED = 0.002; // weight of a value in a bias

  private static final int STUCK = 48; // and at least twice the horizon

  private static final double UNKNOWN = 2.3; // excess of a model without an error yet
  private static final double FARTHEST = 20; // excess that counts at most
  private static final double READ = 0.5; // beyond the best error by this share, less is read
  private static final double UNREAD = 1; // and beyond this, nothing

  // doubles of a model

  private static final int LAST = 0; // its forecast of the next value
  private static final int SAME = 1; // values that it has repeated that for
  private static final int SEEN = 2; // values with an error
  private static final int OFF = 3; // mean of what it says less the truth
  public static final int ERROR = 4; // sums, of the model
  public static final int ISSUED = 5; // of what was issued
  public static final int WITHOUT = 6; // of what had been issued without any of the models
  private static final int SUMS = 3;
  private static final int PER_MODEL = ERROR + SUMS;

  private final FollowedSteps followed;
  private final int horizon;
  private final int all; // models, and the forecast itself as the first
  private final int ring; // places for the values of one column
  private final int waiting;
  private final DelayLine delays;
  private final Correction correction;
  private final PairBlend blend;
  private final Rls[] rls; // (groups) of series without a season, then with one

  private final int covariates; // columns before those of the models
  private final DoubleSlice doubles;
  private final FloatSlice losses; // (followed, all)
  private final FloatSlice means; // open forecasts
  private final Bfloat16Slice shorts; // the same of each, and corrected: distances from the means
  private int season;
  private int slot; // of a time among the values of a column
  private int phase; // of it in the season
  private float kept; // of running errors, by the newest value

  // scratch
  private final double[] members; // (all), NaN where a model has no forecast
  private final double[] excess; // (followed, all), running errors over the least, less 1
  private final double[]
      raw; // (followed, all), weights of all, whether they have a forecast or not
  private final double[] weights; // (all)
  private final double[] active; // (all), 0 for a model that is stuck, else 1
  private final double[] errors; // (models, sums), of the newest value
  private final double[] offs; // (all), sums of forecast less observed value
  private final int[] counts; // (all), steps that these are of

  /**
   * @param covariates columns of what is known ahead, before those of the models
   */
  public OutsideStage(Slots slots, OutsideModels models, int covariates, FollowedSteps followed) {
    this.covariates = covariates;
    this.followed = followed;
    this.horizon = followed.horizon();
    this.all = 1 + models.count();
    this.ring = horizon + 1;
    this.delays = new DelayLine(followed);
    this.waiting = DelayLine.places(followed);
    this.members = new double[all];
    this.excess = new double[followed.count() * all];
    this.raw = new double[followed.count() * all];
    this.weights = new double[all];
    this.active = new double[all];
    this.errors = new double[SUMS * models.count()];
    this.offs = new double[all];
    this.counts = new int[all];
    Slots own = slots.in("outside");
    own.depend(models);
    this.doubles = own.doubles("models", 1 + models.count() * (ring + PER_MODEL));
    this.losses = own.floats("errors", followed.count() * all);
    Hedge hedge = new Hedge(FINAL_ETA, FINAL_DISCOUNT);
    this.correction = new Correction(own, followed, all, GROUPS * PHASES);
    this.blend = new PairBlend(own, followed, hedge, hedge);
    this.means = own.floats("means", waiting);
    this.shorts = own.bfloats("forecasts", (all + 1) * waiting);
    this.rls = new Rls[2 * GROUPS];
    int[] steps = new int[GROUPS];
    for (int s = 0; s < followed.count(); s++) {
      steps[group(followed.step(s))]++;
    }
    for (int k = 0; k < rls.length; k++) {
      double phases = k < GROUPS ? 1 : PHASES;
      double lambda = Math.pow(LAMBDA, phases / Math.max(1, steps[k % GROUPS]));
      rls[k] = new Rls(all + 1, lambda, RIDGE, KAPPA, 10.0 * (all + 1), true);
    }
  }

  private static int group(int i) {
    return i <= 2 ? 0 : i <= 8 ? 1 : 2;
  }

  @Override
  public String name() {
    return Explanation.OUTSIDE;
  }

  @Override
  public void reset(long index) {
    doubles.set(0, index - 1 + horizon);
    for (int k = 0; k < (all - 1) * ring; k++) {
      doubles.set(firstOfRing() + k, Double.NaN);
    }
    for (int k = 0; k < GROUPS * PHASES; k++) {
      rls[0].reset(correction.regression(k)); // all begin alike
    }
  }

  private int firstOfRing() {
    return 1;
  }

  private FloatSlice losses(int place) {
    return losses.row(place * all);
  }

  private Rls rls(int i) {
    return rls[(season > 1 ? GROUPS : 0) + group(i)];
  }

  /** Number of the regression of a step, of a value so many after the newest one. */
  private int regression(int i, int later) {
    return group(i) * PHASES + phaseAfter(later) * PHASES / seasonLength();
  }

  /** Goes on to the value at an index: forecasts of later ones stay. */
  private void advance(long t) {
    goTo(t);
    for (long top = (long) doubles.get(0); top < t + horizon; ) {
      top++;
      for (int c = 0; c < all - 1; c++) {
        doubles.set(place(c, (int) (top - t)), Double.NaN);
      }
      doubles.set(0, top);
    }
  }

  /** Finds the places of a time, so that those of later ones take no division of longs. */
  private void goTo(long t) {
    slot = (int) Math.floorMod(t, (long) ring);
    phase = (int) Math.floorMod(t, (long) seasonLength());
  }

  private int place(int column, int later) {
    return firstOfRing() + column * ring + Math.floorMod(slot + later, ring);
  }

  private int phaseAfter(int later) {
    return (phase + later) % seasonLength();
  }

  private int seasonLength() {
    return Math.max(1, season);
  }

  /**
   * Takes in what came with the newest value. Where a model has no forecast, the one before stays.
   *
   * @param ahead (steps, columns), row-major; NaN for nothing
   */
  private void take(long t, double[] ahead) {
    goTo(t);
    int row = covariates + all - 1;
    int steps = Math.min(ahead.length / row, horizon);
    for (int m = 1; m < all; m++) {
      for (int k = 0; k < steps; k++) {
        double x = ahead[k * row + covariates + m - 1];
        if (Double.isFinite(x)) {
          doubles.set(place(m - 1, 1 + k), ValueRange.bounded(x));
        }
      }
    }
  }

  private int of(int m, int what) {
    return firstOfRing() + (all - 1) * ring + (m - 1) * PER_MODEL + what;
  }

  private void add(int m, int what, double amount) {
    doubles.set(of(m, what), doubles.get(of(m, what)) + amount);
  }

  /** Finds which models are stuck. */
  private void judge() {
    active[0] = 1;
    for (int m = 1; m < all; m++) {
      active[m] = doubles.get(of(m, SAME)) < Math.max(STUCK, 2 * horizon) ? 1 : 0;
    }
  }

  /** Fills the forecasts of a step. */
  private boolean read(int i, double forecast, double anchor) {
    boolean some = false;
    members[0] = forecast;
    for (int m = 1; m < all; m++) {
      members[m] = doubles.get(place(m - 1, i)) - anchor - bias(m);
      some |= active[m] > 0 && !Double.isNaN(members[m]);
    }
    return some;
  }

  @Override
  public void begin(Row row) {
    season = row.history.season();
    long t = row.t();
    goTo(t);
    delays.keep(t);
    judge();
    Arrays.fill(errors, 0);
    Arrays.fill(offs, 0);
    Arrays.fill(counts, 0);
    double seen = 0;
    for (int m = 1; m < all; m++) {
      seen = Math.max(seen, doubles.get(of(m, SEEN)));
    }
    kept = (float) Math.min(DISCOUNT, 1 - 1 / (1 + seen));
  }

  @Override
  public void learn(Row row, Outcome outcome) {
    int i = outcome.step();
    long t = row.t();
    double anchor = outcome.anchor();
    double error = outcome.error();
    double truth = outcome.truth();
    int place = delays.at(t - i, i);
    int s = followed.next(i);
    double mean = means.get(place);
    boolean some = false;
    for (int m = 0; m < all; m++) {
      members[m] = mean + shorts.get(m * waiting + place);
      if (m > 0 && !Double.isNaN(members[m])) {
        some = true;
        int at = SUMS * (m - 1);
        errors[at] += Math.abs(members[m] - truth);
        errors[at + 1] += Math.abs(error);
        errors[at + 2] += Math.abs(row.bounds().value(anchor + members[0]) - outcome.value());
        offs[m] += members[m] - truth;
        counts[m]++;
        members[m] -= bias(m);
      }
    }
    if (!some) {
      return;
    }
    compare(s);
    learnLosses(losses(s), truth, Math.max(kept, 1 - 1f / i));
    fill(s, mean, correction.size(i));
    correction.learn(i, rls(i), regression(i, 0), truth - mean);
    blend.learn(row, outcome, mean, mean + shorts.get(all * waiting + place));
  }

  private void learnLosses(FloatSlice losses, double truth, float kept) {
    for (int m = 0; m < all; m++) {
      if (!Double.isNaN(members[m])) {
        float loss = losses.get(m);
        double error = Math.min(Math.abs(truth - members[m]), 1e37);
        error = loss > 0 ? Math.min(error, 10 * loss) : error;
        losses.set(m, loss > 0 ? kept * loss + (1 - kept) * (float) error : (float) error);
      }
    }
  }

  @Override
  public void finish(Row row) {
    for (int m = 1; m < all; m++) {
      if (counts[m] > 0) {
        add(m, SEEN, 1);
        for (int of = 0; of < SUMS; of++) {
          add(m, ERROR + of, errors[SUMS * (m - 1) + of] / counts[m]);
        }
        double before = doubles.get(of(m, OFF));
        double most = OUTLYING * Math.max(farthestLoss(m), Math.abs(before));
        double off = Math.max(-most, Math.min(most, offs[m] / counts[m])) - before;
        add(m, OFF, Math.max(BIASED, 1 / doubles.get(of(m, SEEN))) * off);
      }
    }
  }

  /** Running error at the farthest followed step, of which there is the most. */
  private double farthestLoss(int m) {
    return losses(followed.count() - 1).get(m);
  }

  /** Of a model that is off by more than chance; by so much less that it is none at that. */
  private double bias(int m) {
    double off = doubles.get(of(m, OFF));
    double chance = CHANCE * farthestLoss(m);
    return Math.abs(off) > chance ? off - chance * chance / off : 0;
  }

  /**
   * Mean absolute error since the series began, on what a model, from 0, had a forecast of; NaN
   * before the first.
   *
   * @param of {@link #ERROR}, {@link #ISSUED} or {@link #WITHOUT}
   */
  public double error(int model, int of) {
    return doubles.get(of(model + 1, of)) / doubles.get(of(model + 1, SEEN));
  }

  /** Compares the running errors of a followed step. */
  private void compare(int s) {
    FloatSlice of = losses(s);
    float least = Float.POSITIVE_INFINITY;
    for (int m = 0; m < all; m++) {
      float loss = of.get(m);
      least = loss > 0 && loss < least ? loss : least;
    }
    double scale = 1.0 / least;
    for (int m = 0; m < all; m++) {
      float loss = of.get(m);
      excess[s * all + m] = loss > 0 ? loss * scale - 1 : m == 0 ? 0 : UNKNOWN;
    }
  }

  /** Fills the raw weights of a followed step. */
  private void weigh(int s) {
    compare(s);
    for (int m = 0; m < all; m++) {
      int at = s * all + m;
      raw[at] = FastMath.exp((float) (-ETA * Math.min(FARTHEST, excess[at]))) * active[m];
    }
  }

  /** Fills the inputs of a regression with the forecasts, by the compared errors of a step. */
  private void fill(int s, double mean, double size) {
    double best = UNKNOWN;
    for (int m = 0; m < all; m++) {
      best = Double.isNaN(members[m]) ? best : Math.min(best, excess[s * all + m]);
    }
    double scale = 1 / size;
    for (int m = 0; m < all; m++) {
      double worse = excess[s * all + m] - best;
      double read = Math.max(0, Math.min(1, (UNREAD - worse) / (UNREAD - READ))) * active[m];
      correction.inputs[m] =
          Double.isNaN(members[m])
              ? 0
              : Correction.clip(read * (members[m] - mean) * scale, LARGEST);
    }
  }

  @Override
  public void make(Row row, Draft draft) {
    season = row.history.season();
    long t = row.t();
    double[] forecasts = draft.value;
    advance(t);
    take(t, row.ahead());
    delays.keep(t);
    for (int m = 1; m < all; m++) {
      double next = doubles.get(place(m - 1, 1));
      doubles.set(of(m, SAME), next == doubles.get(of(m, LAST)) ? doubles.get(of(m, SAME)) + 1 : 0);
      doubles.set(of(m, LAST), next);
    }
    judge();
    for (int s = 0; s < followed.count(); s++) {
      weigh(s);
      blend.share(s, blend.byErrors(s));
    }
    for (int i = 1; i <= horizon; i++) {
      boolean some = read(i, forecasts[i - 1], draft.anchor);
      double mean = some ? mean(i) : forecasts[i - 1];
      double corrected = some ? corrected(i, mean) : mean;
      if (followed.has(i)) {
        keep(delays.at(t, i), mean, corrected);
      }
      forecasts[i - 1] = blend.blend(i, mean, corrected);
    }
  }

  private double mean(int i) {
    int before = followed.before(i) * all;
    int next = followed.next(i) * all;
    double share = followed.share(i);
    double sum = 0;
    double mean = 0;
    for (int m = 0; m < all; m++) {
      weights[m] =
          Double.isNaN(members[m]) ? 0 : (1 - share) * raw[before + m] + share * raw[next + m];
      sum += weights[m];
      mean += weights[m] == 0 ? 0 : weights[m] * (members[m] - members[0]);
    }
    return members[0] + mean / sum;
  }

  private double corrected(int i, double mean) {
    double size = correction.size(i);
    if (!(size > 0)) {
      return mean;
    }
    fill(followed.nearest(i), mean, size);
    return mean + correction.amount(i, rls(i), regression(i, i));
  }

  private void keep(int place, double mean, double corrected) {
    float base = (float) mean;
    means.set(place, base);
    shorts.set(place, (float) (members[0] - base));
    for (int m = 1; m < all; m++) {
      shorts.set(m * waiting + place, (float) (members[m] + bias(m) - base));
    }
    shorts.set(all * waiting + place, (float) (corrected - base));
  }

  @Override
  public void skip(Row row) {
    season = row.history.season();
    long t = row.t();
    advance(t);
    delays.keep(t);
    Arrays.fill(members, Double.NaN);
    for (int s = 0; s < followed.count(); s++) {
      keep(delays.at(t, followed.step(s)), 0, 0);
    }
  }

  /** The weight of a model, from 0, in the mean of step i of the newest forecast. */
  public double share(Row row, int model, int i) {
    season = row.history.season();
    goTo(row.history.t());
    int s = followed.nearest(i);
    judge();
    weigh(s);
    double sum = raw[s * all];
    for (int m = 1; m < all; m++) {
      sum += isKnown(i, m) ? raw[s * all + m] : 0;
    }
    return isKnown(i, model + 1) ? raw[s * all + model + 1] / sum : 0;
  }

  private boolean isKnown(int i, int m) {
    return !Double.isNaN(doubles.get(place(m - 1, i)));
  }
}
