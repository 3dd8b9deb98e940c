package dev.weir.forecast.stage;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.expert.Rls;
import dev.weir.forecast.hedge.Hedge;
import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.step.FollowedSteps;
import java.util.Arrays;

/**
 * Combines a forecast with those that models outside of Weir have made of the same times. With x_0
 * the forecast and x_m the forecast of model m, less its bias, of those that have one for the step:
 *
 * <pre>
 * b   = sum of w_m x_m,   w by running errors                     ({@link Hedge})
 * st  = b corrected by k_m (x_m - b) for each m                    ({@link Correction})
 * out = weighted mean of b and st, by their errors                 ({@link PairBlend})
 * </pre>
 *
 * A regression weighs as Bates and Granger (1969) do, by how errors go together. There is one for
 * each of {@value #GROUPS} groups of steps and each quarter of the season, since a batch made once
 * a day is of another use for the next hour than for the last. Of a model that has far less weight
 * than the best k_m is 0, so that the regression neither uses nor learns from its forecasts. One
 * that is stuck, which has repeated a number for {@value #STUCK} values and more, has no weight and
 * no k_m until its number changes.
 *
 * <p>A model's forecast of a time counts from the origin that it came with, until another comes.
 * Not thread-safe; allocates nothing.
 */
public final class OutsideStage implements Stage {

  private static final double ETA = 2;
  private static final double DISCOUNT = 0.985;
  private static final double FINAL_ETA = 2;
  private static final double FINAL_DISCOUNT = 0.99;

  private static final int GROUPS = 3;
  private static final int PHASES = 4;
  private static final double LAMBDA = 0.999;
  private static final double RIDGE = 50;
  private static final double KAPPA = 0.5;
  private static final double LARGEST = 6; // feature, in Q

  private static final double CHANCE = 0.8; // of the running error: a smaller bias is not corrected
  private static final double OUTLYING = 5; // running errors that a bias counts for at most
  private static final double BIASED = 0.002; // weight of a value in a bias

  private static final int STUCK = 48; // and at least twice the horizon

  private static final float UNKNOWN = 3.3f; // times the forecast's own error, without one yet
  private static final float SPIKE = 10; // running errors that an error counts as at most
  private static final double READ = 0.37; // from this share of the largest weight all is read
  private static final double UNREAD = 0.135; // up to this, nothing

  /** Sums of errors: of the model, as the first of them. */
  public static final int ERROR = 0;

  /** Of what was issued. */
  public static final int ISSUED = 1;

  /** Of what had been issued without any of the models. */
  public static final int WITHOUT = 2;

  private static final int SUMS = 3;

  private final FollowedSteps followed;
  private final OpenForecasts open;
  private final int horizon;
  private final int all; // models, and the forecast itself as the first
  private final int ring; // places for the values of one model
  private final int covariates; // columns before those of the models
  private final Hedge hedge = new Hedge(ETA, DISCOUNT);
  private final Correction correction;
  private final PairBlend blend;
  private final Rls[] rls; // (groups) of series without a season, then with one

  private final DoubleSlice last; // index of the latest time that there is a place for
  private final DoubleSlice ahead; // (models, ring), forecasts of the times ahead
  private final DoubleSlice next; // (all), forecast of the next value
  private final DoubleSlice repeated; // (all), values that it has been the same for
  private final DoubleSlice seen; // (all), values with an error
  private final DoubleSlice bias; // (all), mean of forecast less value
  private final DoubleSlice sums; // (all, SUMS), of mean errors
  private final FloatSlice losses; // (followed, all), running errors
  private final Bfloat16Slice[] openOfAll; // (all), as they came
  private final Bfloat16Slice openMean;
  private final Bfloat16Slice openCorrected;
  private int season;
  private int slot; // of a time among the values of a model
  private int phase; // of it in the season
  private int age; // of the running errors, by the newest value

  // scratch
  private final double[] members; // (all), NaN where a model has no forecast
  private final FloatSlice known; // (followed, all), running errors, or what stands for them
  private final double[] raw; // (followed, all), weights whether there is a forecast or not
  private final double[] weights; // (all)
  private final boolean[] isStuck; // (all)
  private final double[] errors; // (all, SUMS), of the newest value
  private final double[] offs; // (all), sums of forecast less observed value
  private final int[] counts; // (all), steps that these are of

  /**
   * @param covariates columns of what is known ahead, before those of the models
   */
  public OutsideStage(
      Slots slots,
      OpenForecasts open,
      OutsideModels models,
      int covariates,
      FollowedSteps followed) {
    this.open = open;
    this.covariates = covariates;
    this.followed = followed;
    this.horizon = followed.horizon();
    this.all = 1 + models.count();
    this.ring = horizon + 1;
    this.members = new double[all];
    this.known = new FloatSlice().at(new float[followed.count() * all], 0);
    this.raw = new double[followed.count() * all];
    this.weights = new double[all];
    this.isStuck = new boolean[all];
    this.errors = new double[SUMS * all];
    this.offs = new double[all];
    this.counts = new int[all];
    Slots own = slots.in("outside");
    own.depend(models);
    this.last = own.doubles("last", 1);
    this.ahead = own.doubles("ahead", models.count() * ring);
    this.next = own.doubles("next", all);
    this.repeated = own.doubles("repeated", all);
    this.seen = own.doubles("seen", all);
    this.bias = own.doubles("bias", all);
    this.sums = own.doubles("sums", SUMS * all);
    this.losses = own.floats("errors", followed.count() * all);
    Hedge ofBoth = new Hedge(FINAL_ETA, FINAL_DISCOUNT);
    this.correction = new Correction(own, followed, all, GROUPS * PHASES);
    this.blend = new PairBlend(own, followed, ofBoth, ofBoth);
    this.openOfAll = new Bfloat16Slice[all];
    for (int m = 0; m < all; m++) {
      openOfAll[m] = open.column("outside, model " + m);
    }
    this.openMean = open.column("outside, mean");
    this.openCorrected = open.column("outside, corrected");
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
    last.set(0, index - 1 + horizon);
    for (int k = 0; k < (all - 1) * ring; k++) {
      ahead.set(k, Double.NaN);
    }
    for (int k = 0; k < GROUPS * PHASES; k++) {
      rls[0].reset(correction.regression(k)); // all begin alike
    }
  }

  private Rls rls(int i) {
    return rls[(season > 1 ? GROUPS : 0) + group(i)];
  }

  /** Number of the regression of a step, of a value so many after the newest one. */
  private int regression(int i, int later) {
    int length = Math.max(1, season);
    return group(i) * PHASES + (phase + later) % length * PHASES / length;
  }

  /** Finds the places of a time, so that those of later ones take no division of longs. */
  private void goTo(Row row, long t) {
    season = row.history.season();
    slot = (int) Math.floorMod(t, (long) ring);
    phase = (int) Math.floorMod(t, (long) Math.max(1, season));
  }

  private int place(int m, int later) {
    return (m - 1) * ring + Math.floorMod(slot + later, ring);
  }

  /** Goes on to the newest value: forecasts of later ones stay. */
  private void advance(Row row) {
    long t = row.t();
    goTo(row, t);
    for (long top = (long) last.get(0); top < t + horizon; ) {
      top++;
      for (int m = 1; m < all; m++) {
        ahead.set(place(m, (int) (top - t)), Double.NaN);
      }
      last.set(0, top);
    }
  }

  /**
   * Takes in what came with the newest value: (steps, columns), row-major, NaN for nothing. Where a
   * model has no forecast, the one before stays.
   */
  private void take(double[] came) {
    int row = covariates + all - 1;
    int steps = Math.min(came.length / row, horizon);
    for (int m = 1; m < all; m++) {
      for (int k = 0; k < steps; k++) {
        double x = came[k * row + covariates + m - 1];
        if (Double.isFinite(x)) {
          ahead.set(place(m, 1 + k), ValueRange.bounded(x));
        }
      }
      double first = ahead.get(place(m, 1));
      repeated.set(m, first == next.get(m) ? repeated.get(m) + 1 : 0);
      next.set(m, first);
    }
  }

  /** Finds which models are stuck. */
  private void judge() {
    for (int m = 1; m < all; m++) {
      isStuck[m] = repeated.get(m) >= Math.max(STUCK, 2 * horizon);
    }
  }

  @Override
  public void begin(Row row) {
    goTo(row, row.t());
    judge();
    Arrays.fill(errors, 0);
    Arrays.fill(offs, 0);
    Arrays.fill(counts, 0);
    double values = 0;
    for (int m = 1; m < all; m++) {
      values = Math.max(values, seen.get(m));
    }
    age = (int) Math.min(row.age(), values);
  }

  @Override
  public void learn(Row row, Outcome outcome) {
    int i = outcome.step();
    double truth = outcome.truth();
    int s = followed.next(i);
    double forecast = outcome.anchor() + open.get(openOfAll[0], outcome);
    double without = Math.abs(row.bounds().value(forecast) - outcome.value());
    boolean some = false;
    for (int m = 0; m < all; m++) {
      double member = open.get(openOfAll[m], outcome);
      if (m > 0 && !Double.isNaN(member)) {
        some = true;
        errors[SUMS * m + ERROR] += Math.abs(member - truth);
        errors[SUMS * m + ISSUED] += Math.abs(outcome.error());
        errors[SUMS * m + WITHOUT] += without;
        offs[m] += member - truth;
        counts[m]++;
      }
      members[m] = member - bias(m);
    }
    if (!some) {
      return;
    }
    double mean = open.get(openMean, outcome);
    weigh(s, 1);
    fill(0, mean, correction.size(i));
    correction.learn(i, rls(i), regression(i, 0), truth - mean);
    blend.learn(row, outcome, mean, open.get(openCorrected, outcome));
    FloatSlice of = losses.row(s * all);
    for (int m = 0; m < all; m++) {
      double error = Math.min(Math.abs(truth - members[m]), ValueRange.LARGEST);
      if (of.get(m) > 0) {
        members[m] = truth + Math.min(error, SPIKE * of.get(m));
      } else if (!Double.isNaN(error)) {
        of.set(m, (float) error);
      }
    }
    hedge.learn(of, all, members, truth, i, age);
  }

  @Override
  public void finish(Row row) {
    for (int m = 1; m < all; m++) {
      if (counts[m] > 0) {
        seen.add(m, 1);
        for (int k = SUMS * m; k < SUMS * (m + 1); k++) {
          sums.add(k, errors[k] / counts[m]);
        }
        double before = bias.get(m);
        double most = OUTLYING * Math.max(farthestLoss(m), Math.abs(before));
        double off = Math.max(-most, Math.min(most, offs[m] / counts[m])) - before;
        bias.add(m, Math.max(BIASED, 1 / seen.get(m)) * off);
      }
    }
  }

  /** Running error at the farthest followed step, of which there is the most. */
  private double farthestLoss(int m) {
    return losses.row((followed.count() - 1) * all).get(m);
  }

  /** Of a model that is off by more than chance; by so much less that it is none at that. */
  private double bias(int m) {
    double off = bias.get(m);
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
    return sums.get(SUMS * (model + 1) + of) / seen.get(model + 1);
  }

  /** Fills in the raw weights of some followed steps, the first of which is at a place. */
  private void weigh(int first, int count) {
    for (int s = 0; s < count; s++) {
      FloatSlice of = losses.row((first + s) * all);
      float own = of.get(0) > 0 ? of.get(0) : 1;
      for (int m = 0; m < all; m++) {
        known.set(s * all + m, of.get(m) > 0 ? of.get(m) : m == 0 ? own : UNKNOWN * own);
      }
    }
    hedge.weigh(known, count, all, raw);
  }

  /** Fills the inputs of a regression with the forecasts, by the raw weights of a row. */
  private void fill(int row, double mean, double size) {
    double most = 0;
    for (int m = 0; m < all; m++) {
      most = Double.isNaN(members[m]) ? most : Math.max(most, raw[row * all + m]);
    }
    for (int m = 0; m < all; m++) {
      double share = (raw[row * all + m] / most - UNREAD) / (READ - UNREAD);
      correction.inputs[m] =
          Double.isNaN(members[m]) || isStuck[m]
              ? 0
              : Correction.clip(
                  Math.max(0, Math.min(1, share)) * (members[m] - mean) / size, LARGEST);
    }
  }

  @Override
  public void make(Row row, Draft draft) {
    double[] forecasts = draft.value;
    advance(row);
    take(row.ahead());
    judge();
    weigh(0, followed.count());
    for (int s = 0; s < followed.count(); s++) {
      blend.share(s, blend.byErrors(s));
    }
    for (int i = 1; i <= horizon; i++) {
      boolean some = false;
      members[0] = forecasts[i - 1];
      for (int m = 1; m < all; m++) {
        members[m] = ahead.get(place(m, i)) - draft.anchor - bias(m);
        some |= !isStuck[m] && !Double.isNaN(members[m]);
      }
      double mean = some ? mean(i) : members[0];
      double corrected = some ? corrected(i, mean) : mean;
      if (followed.has(i)) {
        for (int m = 0; m < all; m++) {
          open.set(openOfAll[m], row, i, members[m] + (m == 0 ? 0 : bias(m)));
        }
        open.set(openMean, row, i, mean);
        open.set(openCorrected, row, i, corrected);
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
      boolean counts = !isStuck[m] && !Double.isNaN(members[m]);
      weights[m] = counts ? (1 - share) * raw[before + m] + share * raw[next + m] : 0;
      sum += weights[m];
      mean += counts ? weights[m] * (members[m] - members[0]) : 0;
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

  @Override
  public void skip(Row row) {
    advance(row);
  }

  /** The weight of a model, from 0, in the mean of step i of the newest forecast. */
  public double share(Row row, int model, int i) {
    goTo(row, row.history.t());
    judge();
    weigh(followed.nearest(i), 1);
    double sum = raw[0];
    for (int m = 1; m < all; m++) {
      sum += isUsed(i, m) ? raw[m] : 0;
    }
    return isUsed(i, model + 1) ? raw[model + 1] / sum : 0;
  }

  private boolean isUsed(int i, int m) {
    return !isStuck[m] && !Double.isNaN(ahead.get(place(m, i)));
  }
}
