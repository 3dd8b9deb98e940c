package dev.weir.forecast.learn;

import dev.weir.forecast.Score;
import dev.weir.forecast.expert.DoubleSlice;
import dev.weir.forecast.learn.LatestScores.Outside;
import dev.weir.forecast.score.DistributionScorer;
import java.util.Arrays;

/**
 * How right outside models are in one series, as they said it and next to what was issued for the
 * same values and steps: absolute error, CRPS, coverage and age. Models have numbers from 0.
 *
 * <p>A flyweight over the series' doubles. Not thread-safe; allocates nothing but a {@link #score}.
 */
final class OutsideScores {

  private static final int SEEN = 0; // values with an error
  private static final int ERROR = 1; // sum
  private static final int OURS = 2; // sum of our errors, of the same values and steps
  private static final int OUR_CRPS = 3; // sum
  private static final int COMPARED_CRPS = 4; // sum of its CRPS, of the same values and steps
  private static final int PER_MODEL = 5;

  // behind these, with quantiles

  private static final int CRPS = PER_MODEL; // sum
  private static final int TRUTHS = PER_MODEL + 1; // of intervals
  private static final int HELD = PER_MODEL + 2; // of these, by level

  // behind these, where ages are known

  private static final int AGES = 0; // sum, seconds
  private static final int AGED = 1; // values that they are of

  private final OutsideModels models;
  private final DistributionScorer scorer;
  private final int count;
  private final int levels; // of intervals of the models; 0 without
  private final int firstOfAges;
  private final int perModel;
  private final DoubleSlice doubles = new DoubleSlice();

  // scratch, sums of the newest value, (count)
  private final double[] errors;
  private final double[] ours;
  private final double[] crps;
  private final double[] comparedCrps;
  private final double[] ourCrps;
  private final int[] counts;

  private final double[] newestCrps; // (count), of the step learned last; NaN for none
  private final double[] ends; // (2 levels + 1), quantiles of a model
  private final double[] shares; // (count), sums over the steps of the newest forecast
  private final double[] ages; // (count), of what was used for it; NaN for unknown

  /**
   * @param scorer which says the levels of the quantiles
   */
  OutsideScores(OutsideModels models, DistributionScorer scorer) {
    int given = scorer.quantiles() / 2;
    this.models = models;
    this.scorer = scorer;
    this.count = models.count();
    this.levels = models.quantiles() ? given : 0;
    this.firstOfAges = models.quantiles() ? HELD + given : PER_MODEL;
    this.perModel = perModel(models, given);
    this.errors = new double[count];
    this.ours = new double[count];
    this.crps = new double[count];
    this.comparedCrps = new double[count];
    this.ourCrps = new double[count];
    this.counts = new int[count];
    this.newestCrps = new double[count];
    this.ends = new double[scorer.quantiles()];
    this.shares = new double[count];
    this.ages = new double[count];
  }

  /** Doubles kept for a series. */
  static int doubles(OutsideModels models, int levels) {
    return models.count() * perModel(models, levels);
  }

  private static int perModel(OutsideModels models, int levels) {
    return (models.quantiles() ? HELD + levels : PER_MODEL) + (models.ages() ? AGED + 1 : 0);
  }

  void bind(double[] doubles, int first) {
    this.doubles.at(doubles, first);
  }

  private double get(int model, int what) {
    return doubles.get(perModel * model + what);
  }

  private void add(int model, int what, double amount) {
    doubles.set(perModel * model + what, get(model, what) + amount);
  }

  /** Says how old what a model says is, in seconds; NaN for unknown. */
  void age(int model, double age) {
    ages[model] = age;
    if (!Double.isNaN(age)) {
      add(model, firstOfAges + AGES, age);
      add(model, firstOfAges + AGED, 1);
    }
  }

  /** Starts to {@link #learn} about a value. */
  void begin() {
    Arrays.fill(errors, 0);
    Arrays.fill(ours, 0);
    Arrays.fill(crps, 0);
    Arrays.fill(comparedCrps, 0);
    Arrays.fill(ourCrps, 0);
    Arrays.fill(counts, 0);
  }

  /** Starts a step of that value. */
  void beginStep() {
    Arrays.fill(newestCrps, Double.NaN);
  }

  /**
   * Where the ends of a model's intervals belong, before {@link #learn}: the lower and the upper
   * one of each level, from the narrowest.
   */
  void end(int level, double lower, double upper) {
    ends[levels - 1 - level] = lower;
    ends[levels + 1 + level] = upper;
  }

  /**
   * Scores what a model said of a step: its quantiles, or its forecast where it did not say them
   * all. An end on the wrong side of a narrower interval counts as that one's.
   *
   * @param x its forecast
   */
  void learn(int model, double x, double truth, double issued, LatestScores newest) {
    double error = Math.abs(truth - x);
    newestCrps[model] = sortEnds(x) ? scored(model, truth, newest) : error;
    errors[model] += error;
    ours[model] += Math.abs(truth - issued);
    crps[model] += newestCrps[model];
    counts[model]++;
  }

  /** Fills in the forecast and sorts; returns whether all ends are known. */
  private boolean sortEnds(double x) {
    ends[levels] = x;
    boolean isWhole = levels > 0;
    for (int k = 0; k < levels; k++) {
      isWhole &= !Double.isNaN(ends[levels - 1 - k] + ends[levels + 1 + k]);
      ends[levels - 1 - k] = Math.min(ends[levels - 1 - k], ends[levels - k]);
      ends[levels + 1 + k] = Math.max(ends[levels + 1 + k], ends[levels + k]);
    }
    return isWhole;
  }

  private double scored(int model, double truth, LatestScores newest) {
    newest.holdOutside(model, levels);
    add(model, TRUTHS, 1);
    for (int k = 0; k < levels; k++) {
      if (truth >= ends[levels - 1 - k] && truth <= ends[levels + 1 + k]) {
        newest.holdOutside(model, k);
        add(model, HELD + k, 1);
      }
    }
    return scorer.crps(ends, truth);
  }

  /** Adds our CRPS of the step learned last to those of the models that said something of it. */
  void compare(double ours) {
    for (int model = 0; model < count; model++) {
      if (!Double.isNaN(newestCrps[model])) {
        comparedCrps[model] += newestCrps[model];
        ourCrps[model] += ours;
      }
    }
  }

  /**
   * Ends what {@link #begin} started.
   *
   * @param size that errors are relative to; 0 for none yet
   */
  void finish(double size, LatestScores newest) {
    for (int model = 0; model < count; model++) {
      if (counts[model] == 0) {
        continue;
      }
      double error = errors[model] / counts[model];
      double our = ours[model] / counts[model];
      if (size > 0) {
        newest.outside(model, Outside.ERROR, error / size);
        newest.outside(model, Outside.OUR_ERROR, our / size);
        newest.outside(model, Outside.CRPS, comparedCrps[model] / counts[model] / size);
        newest.outside(model, Outside.OUR_CRPS, ourCrps[model] / counts[model] / size);
      }
      add(model, SEEN, 1);
      add(model, ERROR, error);
      add(model, OURS, our);
      if (models.quantiles()) {
        add(model, CRPS, crps[model] / counts[model]);
      }
      add(model, OUR_CRPS, ourCrps[model] / counts[model]);
      add(model, COMPARED_CRPS, comparedCrps[model] / counts[model]);
    }
  }

  /** Starts a forecast. */
  void beginForecast() {
    Arrays.fill(shares, 0);
  }

  /** Adds a model's share in a step of that forecast. */
  void share(int model, double share) {
    shares[model] += share;
  }

  /** Tells how each model had part in the forecast made last. */
  void tell(int horizon, LatestScores newest) {
    for (int model = 0; model < count; model++) {
      newest.outside(model, Outside.SHARE, shares[model] / horizon);
      newest.outside(model, Outside.AGE, ages[model]);
    }
  }

  /**
   * How a model has done since the series began; null before its first error.
   *
   * @param name of the model
   * @param share in the forecast just made
   */
  Score.Method score(int model, String name, double share) {
    double seen = get(model, SEEN);
    if (seen == 0) {
      return null;
    }
    double mae = get(model, ERROR) / seen;
    boolean quantiles = models.quantiles();
    return new Score.Method(
        Score.Method.OUTSIDE + name,
        mae,
        share,
        ratio(model, ERROR, OURS),
        quantiles ? get(model, CRPS) / seen : mae,
        ratio(model, COMPARED_CRPS, OUR_CRPS),
        quantiles ? ratio(model, HELD, TRUTHS) : Double.NaN,
        models.ages() ? ratio(model, firstOfAges + AGES, firstOfAges + AGED) : Double.NaN);
  }

  private double ratio(int model, int what, int of) {
    return Score.ratio(get(model, what), get(model, of));
  }
}
