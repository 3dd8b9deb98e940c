package dev.weir.forecast.learn;

import dev.weir.forecast.expert.Bfloat16Slice;
import dev.weir.forecast.expert.DelayLine;
import dev.weir.forecast.expert.DoubleSlice;
import dev.weir.forecast.expert.FloatSlice;
import dev.weir.forecast.expert.FollowedSteps;
import dev.weir.forecast.expert.NewestWeight;
import dev.weir.forecast.expert.Rls;
import dev.weir.forecast.score.DistributionScorer;
import java.util.Arrays;

/**
 * Combines a forecast with those that models outside of Weir have made of the same times. With x_0
 * the forecast and x_m what model m said, of those that said something about the step:
 *
 * <pre>
 * b   = sum of w_m x_m,   w_m ~ trust_m exp(-eta (L_m / min L - 1))       L: running |error|
 * st  = b + Q theta' [ k_m (x_m - b) / Q for each m, {@value #CONSTANT} ]    Q: running |y - b|
 * c   = weighted mean of b and st, by their errors                            ({@link Hedge})
 * out = c / 2 + median of x_m / 4 + p / 4,   of two x_m alone .7 c + .3 p
 * </pre>
 *
 * where p is a mean like b, by errors of each {@value #PARTS}th of the season. A regression weighs
 * as Bates and Granger (1969) do, by how errors go together; a median and a mean by the time of day
 * go wrong at other times. There is a regression for each of {@value #GROUPS} groups of steps and
 * each quarter of the season, since a batch made once a day is of another use for the next hour
 * than for the last. Of a model that goes wrong ({@link OutsideTrust}) k_m is 0, so that the
 * regression neither uses nor learns from what it says, and is as it was when the model is right
 * again.
 *
 * <p>What a model says of a time counts from the origin that it came with, until it says something
 * else. Keeps settings and scratch; all that is learned is in the state of the series, see {@link
 * #bind}. Not thread-safe; allocates nothing.
 */
final class OutsideStage {

  private static final double ETA = 4;
  private static final float DISCOUNT = 0.98f;
  private static final double FINAL_ETA = 2;
  private static final double FINAL_DISCOUNT = 0.99;

  private static final int GROUPS = 3;
  private static final int PHASES = 4;
  private static final double LAMBDA = 0.999;
  private static final double RIDGE = 50;
  private static final double KAPPA = 0.5;
  private static final double CONSTANT = 0.3;
  private static final double LARGEST = 6; // feature, in Q
  private static final double MOST = 3; // correction, in Q
  private static final double OUTLIER = 8; // error that is learned from, in Q

  private static final int PARTS = 8;
  private static final double OUT = 2; // from this excess on, a model is not in the median
  private static final double PART_ETA = 20;
  private static final double PART_FARTHEST = 4; // excess that counts at most
  private static final double PART_DISCOUNT = 0.98; // a season
  private static final double PART_SHARE = 0.3; // of two, in the forecast
  private static final double QUARTER = 0.25; // of the median, and of the parts where there is one

  private static final double SLOWLY = 0.01; // weight of a value in Q
  private static final double UNKNOWN = 2.3; // excess of a model without an error yet
  private static final double FARTHEST = 20; // excess that counts at most
  private static final double READ = 0.5; // beyond the best error by this share, less is read
  private static final double UNREAD = 1; // and beyond this, nothing

  private final OutsideModels models;
  private final FollowedSteps followed;
  private final int horizon;
  private final int all; // models, and the forecast itself as the first
  private final int levels; // of intervals of the models; 0 without
  private final int each; // columns of a model that are kept
  private final int width; // of all
  private final int ring; // places for the values of one column
  private final int waiting;
  private final DelayLine delays;
  private final OutsideTrust trust;
  private final OutsideScores scores;
  private final Hedge hedge = new Hedge(FINAL_ETA, FINAL_DISCOUNT);
  private final Rls[] rls; // (groups) of series without a season, then with one

  private final DoubleSlice doubles = new DoubleSlice();
  private final FloatSlice floats = new FloatSlice();
  private final FloatSlice losses = new FloatSlice();
  private final FloatSlice finals = new FloatSlice();
  private final FloatSlice regression = new FloatSlice();
  private final Bfloat16Slice shorts = new Bfloat16Slice();
  private int firstFloat;
  private int season;
  private int slot; // of a time among the values of a column
  private int phase; // of it in the season
  private float partDiscount;
  private float partKept; // of a running error of a part, by the newest value

  // scratch
  private final double[] said; // (all), NaN where a model says nothing
  private final double[] excess; // (followed, all), running errors over the least, less 1
  private final double[] raw; // (followed, all), weights before it is known who says something
  private final double[] weights; // (all)
  private final double[] sorted; // (all)
  private final double[] ofPart; // (all), weights of the part that was weighed last
  private int weighed; // that part
  private final double[] features; // (all + 1)
  private final double[] shares; // (followed), of the corrected forecast
  private final double[] whole; // (all), what they say as it came
  private final double[] two = new double[2];
  private double added; // what it added to step 1 of the newest forecast

  /**
   * @param scorer which says the levels of the quantiles
   */
  OutsideStage(OutsideModels models, DistributionScorer scorer, FollowedSteps followed) {
    int given = scorer.quantiles() / 2;
    this.models = models;
    this.followed = followed;
    this.horizon = followed.horizon();
    this.all = 1 + models.count();
    this.levels = models.quantiles() ? given : 0;
    this.each = models.columnsOfEach(given);
    this.width = models.count() * each;
    this.ring = horizon + 1;
    this.delays = new DelayLine(followed);
    this.waiting = DelayLine.places(followed);
    this.trust = new OutsideTrust(all, horizon);
    this.scores = new OutsideScores(models, scorer);
    this.said = new double[all];
    this.excess = new double[followed.count() * all];
    this.raw = new double[followed.count() * all];
    this.weights = new double[all];
    this.sorted = new double[all];
    this.ofPart = new double[all];
    this.features = new double[all + 1];
    this.shares = new double[followed.count()];
    this.whole = new double[all];
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

  /** Doubles kept for a series. */
  static int doubles(OutsideModels models, int levels, FollowedSteps followed) {
    int columns = models.count() * models.columnsOfEach(levels);
    return columns == 0
        ? 0
        : 1
            + followed.count()
            + columns * (followed.horizon() + 1)
            + OutsideTrust.doubles(1 + models.count())
            + OutsideScores.doubles(models, levels);
  }

  /** Floats kept for a series. */
  static int floats(OutsideModels models, FollowedSteps followed) {
    int all = 1 + models.count();
    return all == 1
        ? 0
        : followed.count() * (all + 2)
            + GROUPS * PHASES * Rls.floats(all + 1)
            + followed.count() * PARTS * all
            + DelayLine.places(followed);
  }

  /** Numbers of 16 bits kept for a series. */
  static int shorts(OutsideModels models, int levels, FollowedSteps followed) {
    int ends = models.quantiles() ? models.count() * 2 * levels : 0;
    return models.count() == 0 ? 0 : (models.count() + 2 + ends) * DelayLine.places(followed);
  }

  /** Points at what was learned of a series. */
  void bind(
      int season,
      double[] doubles,
      int firstDouble,
      float[] floats,
      int firstFloat,
      short[] shorts,
      int firstShort) {
    if (this.season != season) {
      this.season = season;
      double share = season > 1 ? Math.min(PARTS, season) / (double) season : 1.0 / PARTS;
      this.partDiscount = (float) Math.pow(PART_DISCOUNT, share);
    }
    this.doubles.at(doubles, firstDouble);
    int behind = firstDouble + firstOfRing() + width * ring;
    trust.bind(doubles, behind);
    scores.bind(doubles, behind + OutsideTrust.doubles(all));
    this.floats.at(floats, 0);
    this.losses.at(floats, 0);
    this.finals.at(floats, 0);
    this.regression.at(floats, 0);
    this.shorts.at(shorts, firstShort);
    this.firstFloat = firstFloat;
  }

  /** Prepares a state of zeros; the next value has the given index. */
  void reset(long index) {
    doubles.set(0, index - 1 + horizon);
    for (int k = 0; k < width * ring; k++) {
      doubles.set(firstOfRing() + k, Double.NaN);
    }
    for (int k = 0; k < GROUPS * PHASES; k++) {
      rls[0].reset(regressionAt(k)); // all begin alike
    }
  }

  private int firstOfRing() {
    return 1 + followed.count();
  }

  private int sizeOf(int i) {
    return 1 + followed.nearest(i);
  }

  private FloatSlice losses(int place) {
    return losses.moveTo(firstFloat + place * all);
  }

  private FloatSlice finals(int place) {
    return finals.moveTo(firstFloat + followed.count() * all + 2 * place);
  }

  private FloatSlice regressionAt(int k) {
    return regression.moveTo(firstFloat + followed.count() * (all + 2) + k * Rls.floats(all + 1));
  }

  private Rls rls(int i) {
    return rls[(season > 1 ? GROUPS : 0) + group(i)];
  }

  private FloatSlice regression(int i, int later) {
    int quarter = phaseAfter(later) * PHASES / seasonLength();
    return regressionAt(group(i) * PHASES + quarter);
  }

  /** Goes on to the value at an index: what was said of later ones stays. */
  void advance(long t) {
    goTo(t);
    for (long top = (long) doubles.get(0); top < t + horizon; ) {
      top++;
      for (int c = 0; c < width; c++) {
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
   * Takes in what came with the newest value. What says nothing leaves what was said before.
   *
   * @param ahead (steps, columns), row-major; NaN for nothing
   * @param first columns of others, before those of the models
   */
  void take(long t, double[] ahead, int first) {
    goTo(t);
    int input = each + (models.ages() ? 1 : 0);
    int row = first + (all - 1) * input;
    int steps = Math.min(ahead.length / row, horizon);
    for (int m = 1; m < all; m++) {
      double newest = Double.POSITIVE_INFINITY;
      for (int k = 0; k < steps; k++) {
        int from = k * row + first + (m - 1) * input;
        for (int c = 0; c < each; c++) {
          double x = ahead[from + c];
          if (Double.isFinite(x)) {
            doubles.set(place((m - 1) * each + c, 1 + k), ValueRange.bounded(x));
          }
        }
        double age = models.ages() ? ahead[from + each] : Double.NaN;
        newest = age < newest ? age : newest;
      }
      scores.age(m - 1, newest < Double.POSITIVE_INFINITY ? newest : Double.NaN);
    }
  }

  /** Fills what each model says of a step. */
  private boolean read(int i, double forecast, double anchor) {
    boolean some = false;
    said[0] = forecast;
    for (int m = 1; m < all; m++) {
      whole[m] = doubles.get(place((m - 1) * each, i)) - anchor;
      said[m] = trust.tamed(m, whole[m], said[0]);
      some |= !Double.isNaN(said[m]);
    }
    return some;
  }

  /** Starts to {@link #learn} about a value. */
  void begin(long t) {
    goTo(t);
    delays.keep(t);
    trust.begin();
    double seen = trust.seen() / (season > 1 ? PARTS : 1); // values of a part
    partKept = (float) Math.min(partDiscount, 1 - 1 / (1 + seen));
    scores.begin();
  }

  /**
   * Learns from the truth at t about a followed step.
   *
   * @param truth relative to the anchor, the value at t - i
   * @param issued the forecast as it was issued, as relative
   * @param age values since the series changed, or {@link NewestWeight#UNCHANGED}
   */
  void learn(long t, int i, double truth, double issued, int age, LatestScores newest) {
    int place = delays.at(t - i, i);
    int s = followed.next(i);
    double mean = floats.moveTo(firstFloat).get(firstWaiting() + place);
    boolean some = false;
    said[0] = mean + shorts.get(place);
    scores.beginStep();
    for (int m = 0; m < all; m++) {
      double x = mean + shorts.get(m * waiting + place);
      said[m] = m == 0 ? x : trust.tamed(m, x, said[0]);
      if (!Double.isNaN(x)) {
        trust.learn(m, x - truth, said[m] - truth);
        if (m > 0) {
          some = true;
          score(m, place, mean, x, truth, issued, newest);
        }
      }
    }
    if (!some) {
      return;
    }
    compare(s);
    learnLosses(losses(s), truth, Math.max(DISCOUNT, 1 - 1f / i));
    learnLosses(losses.moveTo(firstFloat + firstPart() + part(i, 0) * all), truth, partKept);
    double size = doubles.get(sizeOf(i));
    double error = truth - mean;
    if (size > 0) {
      fill(s, mean, size);
      rls(i).update(regression(i, 0), features, clip(error / size, OUTLIER));
    }
    double magnitude = Math.abs(error);
    double before = size == 0 ? magnitude : size;
    doubles.set(sizeOf(i), before + SLOWLY * (Math.min(magnitude, 5 * before) - before));
    two[0] = mean;
    two[1] = mean + shorts.get(all * waiting + place);
    hedge.learn(finals(s), 2, two, truth, i, age);
  }

  private void score(
      int m, int place, double mean, double x, double truth, double issued, LatestScores newest) {
    for (int k = 0; k < levels; k++) {
      double lower = mean + shorts.get(end(m, 2 * k) + place);
      scores.end(k, lower, mean + shorts.get(end(m, 2 * k + 1) + place));
    }
    scores.learn(m - 1, x, truth, issued, newest);
  }

  /** Where the places begin of an end of a model's intervals, in the order of its columns. */
  private int end(int m, int k) {
    return (all + 1 + (m - 1) * 2 * levels + k) * waiting;
  }

  private int firstWaiting() {
    return firstPart() + followed.count() * PARTS * all;
  }

  private int firstPart() {
    return followed.count() * (all + 2) + GROUPS * PHASES * Rls.floats(all + 1);
  }

  /** Place of the errors of a step and a part of the season. */
  private int part(int i, int later) {
    return followed.nearest(i) * PARTS + phaseAfter(later) * PARTS / seasonLength();
  }

  private void learnLosses(FloatSlice losses, double truth, float kept) {
    for (int m = 0; m < all; m++) {
      if (!Double.isNaN(said[m])) {
        float loss = losses.get(m);
        double error = Math.min(Math.abs(truth - said[m]), 1e37);
        error = loss > 0 ? Math.min(error, 10 * loss) : error;
        losses.set(m, loss > 0 ? kept * loss + (1 - kept) * (float) error : (float) error);
      }
    }
  }

  /** Ends what {@link #begin} started, and tells it. */
  void finish(LatestScores newest) {
    scores.finish(trust.usualError(), newest);
    trust.finish();
  }

  /** How right the models are. */
  OutsideScores scores() {
    return scores;
  }

  /** Compares the running errors of a followed step. */
  private void compare(int s) {
    compare(losses(s), excess, s * all);
  }

  private void compare(FloatSlice of, double[] target, int first) {
    float least = Float.POSITIVE_INFINITY;
    for (int m = 0; m < all; m++) {
      float loss = of.get(m);
      least = loss > 0 && loss < least ? loss : least;
    }
    double scale = 1.0 / least;
    for (int m = 0; m < all; m++) {
      float loss = of.get(m);
      target[first + m] = loss > 0 ? loss * scale - 1 : m == 0 ? 0 : UNKNOWN;
    }
  }

  /** Fills the raw weights of a followed step. */
  private void weigh(int s) {
    compare(s);
    for (int m = 0; m < all; m++) {
      int at = s * all + m;
      raw[at] = FastMath.exp((float) (-ETA * Math.min(FARTHEST, excess[at]))) * trust.of(m);
    }
  }

  /** Fills the inputs of a regression with what was said, by what was compared of a step. */
  private void fill(int s, double mean, double size) {
    double best = UNKNOWN;
    for (int m = 0; m < all; m++) {
      best = Double.isNaN(said[m]) ? best : Math.min(best, excess[s * all + m]);
    }
    double scale = 1 / size;
    for (int m = 0; m < all; m++) {
      double worse = excess[s * all + m] - best;
      double read = Math.max(0, Math.min(1, (UNREAD - worse) / (UNREAD - READ))) * trust.of(m);
      features[m] = Double.isNaN(said[m]) ? 0 : clip(read * (said[m] - mean) * scale, LARGEST);
    }
    features[all] = CONSTANT;
  }

  /**
   * How far the quantiles of the models are from what they forecast of step i, in the mean: the
   * ends of the widest level first, then those of narrower ones, and out again.
   *
   * @param target (2 levels); NaN where no model says them all; overwritten
   */
  void quantiles(long t, int i, double[] target) {
    goTo(t);
    int levels = target.length / 2;
    int s = followed.nearest(i);
    double sum = 0;
    Arrays.fill(target, 0);
    for (int m = 1; m < all; m++) {
      double weight = isWhole(i, m) ? raw[s * all + m] : 0;
      sum += weight;
      for (int k = 0; k < levels && weight > 0; k++) {
        int first = (m - 1) * each;
        double center = doubles.get(place(first, i));
        double lower = doubles.get(place(first + 1 + 2 * k, i));
        double upper = doubles.get(place(first + 2 + 2 * k, i));
        target[levels - 1 - k] += weight * Math.min(0, lower - center);
        target[levels + k] += weight * Math.max(0, upper - center);
      }
    }
    for (int k = 0; k < target.length; k++) {
      target[k] = sum > 0 ? target[k] / sum : Double.NaN;
    }
  }

  private boolean isWhole(int i, int m) {
    boolean whole = true;
    for (int c = (m - 1) * each; c < m * each; c++) {
      whole &= !Double.isNaN(doubles.get(place(c, i)));
    }
    return whole;
  }

  /**
   * Turns the forecasts made at t, relative to the newest value, into those with what others said.
   *
   * @param forecasts (horizon); overwritten
   * @param anchor the newest value
   */
  void combine(long t, double[] forecasts, double anchor) {
    goTo(t);
    delays.keep(t);
    trust.judge();
    for (int s = 0; s < followed.count(); s++) {
      weigh(s);
      hedge.weigh(finals(s), 1, 2, two);
      shares[s] = two[1];
    }
    weighed = -1;
    double first = forecasts[0];
    scores.beginForecast();
    for (int i = 1; i <= horizon; i++) {
      boolean some = read(i, forecasts[i - 1], anchor);
      double mean = some ? mean(i) : forecasts[i - 1];
      double corrected = some ? corrected(i, mean) : mean;
      if (followed.has(i)) {
        keep(delays.at(t, i), mean, corrected);
        keepEnds(delays.at(t, i), i, anchor + (float) mean);
      }
      double hedged = mean + followed.between(shares, i) * (corrected - mean);
      forecasts[i - 1] = some ? hedged + steady(i, hedged) : hedged;
    }
    for (int m = 1; m < all; m++) {
      double next = doubles.get(place((m - 1) * each, 1));
      trust.follow(m, next, next - anchor - first);
    }
    added = forecasts[0] - first;
  }

  private double mean(int i) {
    int before = followed.before(i) * all;
    int next = followed.next(i) * all;
    double share = followed.share(i);
    double sum = 0;
    double mean = 0;
    for (int m = 0; m < all; m++) {
      weights[m] =
          Double.isNaN(said[m]) ? 0 : (1 - share) * raw[before + m] + share * raw[next + m];
      sum += weights[m];
      mean += weights[m] == 0 ? 0 : weights[m] * (said[m] - said[0]);
    }
    double scale = 1 / sum;
    for (int m = 1; m < all; m++) {
      scores.share(m - 1, weights[m] * scale);
    }
    return said[0] + mean / sum;
  }

  /** Fills the weights by what was wrong at this time of the season, unless they are there. */
  private void weighPart(int i) {
    int part = part(i, i);
    if (part != weighed) {
      weighed = part;
      compare(losses.moveTo(firstFloat + firstPart() + part * all), ofPart, 0);
      for (int m = 0; m < all; m++) {
        ofPart[m] = FastMath.exp((float) (-PART_ETA * Math.min(PART_FARTHEST, ofPart[m])));
      }
    }
  }

  /** What the median and the mean by parts of the season add to a forecast of step i. */
  private double steady(int i, double hedged) {
    weighPart(i);
    int first = followed.nearest(i) * all;
    double sum = 0;
    double mean = 0;
    int known = 0;
    for (int m = 0; m < all; m++) {
      if (weights[m] > 0 && excess[first + m] < OUT) {
        sorted[known++] = said[m];
        double weight = trust.of(m) * ofPart[m];
        sum += weight;
        mean += weight * (said[m] - hedged);
      }
    }
    if (known < 3) {
      return sum > 0 ? PART_SHARE * mean / sum : 0;
    }
    Arrays.sort(sorted, 0, known);
    double median = (sorted[(known - 1) / 2] + sorted[known / 2]) / 2;
    return QUARTER * ((sum > 0 ? mean / sum : 0) + median - hedged);
  }

  private double corrected(int i, double mean) {
    double size = doubles.get(sizeOf(i));
    if (!(size > 0)) {
      return mean;
    }
    fill(followed.nearest(i), mean, size);
    return mean + size * clip(rls(i).predict(regression(i, i), features), MOST);
  }

  private void keep(int place, double mean, double corrected) {
    float kept = (float) mean;
    floats.moveTo(firstFloat).set(firstWaiting() + place, kept);
    shorts.set(place, (float) (said[0] - kept));
    for (int m = 1; m < all; m++) {
      shorts.set(m * waiting + place, (float) (whole[m] - kept));
    }
    shorts.set(all * waiting + place, (float) (corrected - kept));
  }

  private void keepEnds(int place, int i, double relative) {
    for (int m = 1; m < all; m++) {
      for (int k = 0; k < 2 * levels; k++) {
        double end = doubles.get(place((m - 1) * each + 1 + k, i));
        shorts.set(end(m, k) + place, (float) (end - relative));
      }
    }
  }

  /** Says that no forecast was made at t. */
  void skip(long t) {
    delays.keep(t);
    Arrays.fill(said, Double.NaN);
    Arrays.fill(whole, Double.NaN);
    for (int s = 0; s < followed.count(); s++) {
      keep(delays.at(t, followed.step(s)), 0, 0);
      keepEnds(delays.at(t, followed.step(s)), followed.step(s), Double.NaN);
    }
  }

  /** What it added to step 1 of the forecast made last. */
  double added() {
    return added;
  }

  /** The weight of a model, from 0, in the mean of step i of what was made at t. */
  double share(long t, int model, int i) {
    goTo(t);
    int s = followed.nearest(i);
    trust.judge();
    weigh(s);
    double sum = raw[s * all];
    for (int m = 1; m < all; m++) {
      sum += isKnown(i, m) ? raw[s * all + m] : 0;
    }
    return isKnown(i, model + 1) ? raw[s * all + model + 1] / sum : 0;
  }

  private boolean isKnown(int i, int m) {
    return !Double.isNaN(doubles.get(place((m - 1) * each, i)));
  }

  private static double clip(double value, double limit) {
    return Math.max(-limit, Math.min(limit, value));
  }
}
