package dev.weir.forecast.candidate;

import dev.weir.forecast.expert.NewestWeight;
import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.step.FollowedSteps;

/**
 * Running errors of candidate forecasts and of the base forecast, for the {@link FollowedSteps}:
 * exponentially weighted means over about 10, 50 and 200 errors, bias-corrected. A step between two
 * has the errors of the nearest one; a step without an error yet has those of the next shorter one.
 *
 * <p>Those of the base are floats, those of candidates bfloat16, rounded randomly: changes by a
 * two-hundredth are less than such a number's precision. What is drawn follows from the index of
 * the value, so that a series learns the same wherever it does.
 */
final class CandidateErrors {

  private static final double LARGEST = 1e18;

  private static final float FAST = 0.1f; // weight of the newest error, about 10 deep
  private static final float MEDIUM = 0.02f;
  private static final float SLOW = 0.005f;

  // of the base: errors by three rates, signed errors, and the weights that correct the bias
  private static final int BASE_MEDIUM = 0;
  private static final int BASE_FAST = 1;
  private static final int BASE_SIGNED = 2;
  private static final int BASE_SLOW = 3;
  private static final int MEDIUM_WEIGHT = 4;
  private static final int FAST_WEIGHT = 5;
  private static final int SLOW_WEIGHT = 6;
  private static final int BASE_FLOATS = 7;

  // of each candidate
  private static final int MEDIUM_ERROR = 0;
  private static final int FAST_ERROR = 1;
  private static final int SIGNED_ERROR = 2;
  private static final int SLOW_ERROR = 3;
  private static final int MEDIUM_PRODUCT = 4; // of the base's error and how far the candidate is
  private static final int MEDIUM_SQUARE = 5;
  private static final int SLOW_PRODUCT = 6;
  private static final int SLOW_SQUARE = 7;
  private static final int CANDIDATE_SHORTS = 8;

  private static final int FACTOR = 1664525; // of random numbers (Numerical Recipes)
  private static final int ADDED = 1013904223;

  private final int candidates;
  private final FollowedSteps followed;
  private final int[] places; // (steps), as last found

  // of what is kept of one step's candidates
  private final int[] factors; // of each draw, so that none waits for the one before
  private final int[] additions;
  private final int[] drawn;
  private final float[] rates;
  private final float[] means;
  private final float[] values;

  private final FloatSlice ofBase;
  private final Bfloat16Slice ofCandidates;
  private int place; // of the step that was asked for, in floats
  private int first; // the same, in shorts
  private float perMedium; // 1 / weight, as the next two
  private float perFast;
  private float perSlow;
  private float fast = FAST; // weights for the present value
  private float medium = MEDIUM;
  private float slow = SLOW;

  CandidateErrors(Slots slots, int candidates, FollowedSteps followed) {
    this.candidates = candidates;
    this.followed = followed;
    this.places = new int[followed.count()];
    int kept = candidates * CANDIDATE_SHORTS;
    this.ofBase = slots.floats("base's errors", followed.count() * BASE_FLOATS);
    this.ofCandidates = slots.bfloats("candidates' errors", followed.count() * kept);
    this.factors = new int[kept];
    this.additions = new int[kept];
    for (int i = 0, factor = 1, added = 0; i < kept; i++) {
      factor *= FACTOR;
      added = added * FACTOR + ADDED;
      factors[i] = factor;
      additions[i] = added;
    }
    this.drawn = new int[kept];
    this.rates = new float[kept];
    this.means = new float[kept];
    this.values = new float[kept];
  }

  /**
   * Begins with a new value: after a change of the series the means are those of the errors since.
   *
   * @param age values since it changed, or {@link NewestWeight#UNCHANGED}
   */
  void begin(int age) {
    fast = NewestWeight.of(FAST, age);
    medium = NewestWeight.of(MEDIUM, age);
    slow = NewestWeight.of(SLOW, age);
    for (int at = 0; at < rates.length; at += CANDIDATE_SHORTS) {
      rates[at + MEDIUM_ERROR] = medium;
      rates[at + FAST_ERROR] = fast;
      rates[at + SIGNED_ERROR] = fast;
      rates[at + SLOW_ERROR] = slow;
      rates[at + MEDIUM_PRODUCT] = medium;
      rates[at + MEDIUM_SQUARE] = medium;
      rates[at + SLOW_PRODUCT] = slow;
      rates[at + SLOW_SQUARE] = slow;
    }
  }

  /**
   * Takes in one error of each.
   *
   * @param index of the value that has come
   * @param step one that is followed
   * @param forecasts (candidates)
   * @param base the base forecast
   */
  void learn(long index, int step, double[] forecasts, double base, double truth) {
    float[] f = ofBase.array();
    int at = ofBase.from() + followed.nearest(step) * BASE_FLOATS;
    float error = bounded(truth - base);
    float absolute = Math.abs(error);
    float usual =
        f[at + MEDIUM_WEIGHT] > 0 ? f[at + BASE_MEDIUM] / f[at + MEDIUM_WEIGHT] : absolute;
    float clipped = Math.max(-5 * usual, Math.min(5 * usual, error));
    follow(f, at + BASE_MEDIUM, medium, absolute);
    follow(f, at + BASE_FAST, fast, absolute);
    follow(f, at + BASE_SIGNED, fast, error);
    follow(f, at + BASE_SLOW, slow, absolute);
    follow(f, at + MEDIUM_WEIGHT, medium, 1);
    follow(f, at + FAST_WEIGHT, fast, 1);
    follow(f, at + SLOW_WEIGHT, slow, 1);
    for (int e = 0, k = 0; e < candidates; e++, k += CANDIDATE_SHORTS) {
      float own = bounded(truth - forecasts[e]);
      float apart = bounded(forecasts[e] - base);
      float product = clipped * apart;
      float square = apart * apart;
      values[k + MEDIUM_ERROR] = Math.abs(own);
      values[k + FAST_ERROR] = Math.abs(own);
      values[k + SIGNED_ERROR] = own;
      values[k + SLOW_ERROR] = Math.abs(own);
      values[k + MEDIUM_PRODUCT] = product;
      values[k + MEDIUM_SQUARE] = square;
      values[k + SLOW_PRODUCT] = product;
      values[k + SLOW_SQUARE] = square;
    }
    draw((int) index * 0x9e3779b9 + step);
    follow(followed.nearest(step) * values.length);
  }

  /** Draws a number of 16 bits for each mean: the upper ones are the random ones. */
  private void draw(int seed) {
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = seed * factors[i] + additions[i] >>> 16;
    }
  }

  /** Moves the means from {@code at} on towards the values: loops that the compiler unrolls. */
  private void follow(int at) {
    ofCandidates.read(at, means);
    for (int i = 0; i < means.length; i++) {
      means[i] += rates[i] * (values[i] - means[i]);
    }
    ofCandidates.setRandomly(at, means, drawn);
  }

  /** So that its square is a finite float. */
  private static float bounded(double error) {
    return (float) (error > LARGEST ? LARGEST : error < -LARGEST ? -LARGEST : error);
  }

  private static void follow(float[] f, int at, float rate, float value) {
    f[at] += rate * (value - f[at]);
  }

  /** Whether a step that is followed has had an error. */
  boolean hasOwn(int step) {
    return ofBase.get(followed.nearest(step) * BASE_FLOATS + MEDIUM_WEIGHT) > 0;
  }

  /** Finds whose errors stand for each step; after errors were learned. */
  void findPlaces() {
    int last = 0;
    for (int s = 0; s < places.length; s++) {
      last = ofBase.get(s * BASE_FLOATS + MEDIUM_WEIGHT) > 0 ? s : last;
      places[s] = last;
    }
  }

  /**
   * Goes to the errors of a step: its own, those of the nearest one, or of a shorter one that has
   * any. All methods below are about these.
   */
  void moveTo(int step) {
    moveToPlace(places[followed.nearest(step)]);
  }

  /** Goes to the errors of a step that is followed, whether it has any or not. */
  void moveToOwn(int step) {
    moveToPlace(followed.nearest(step));
  }

  private void moveToPlace(int step) {
    place = step * BASE_FLOATS;
    first = step * candidates * CANDIDATE_SHORTS;
    perMedium = 1 / ofBase.get(place + MEDIUM_WEIGHT);
    perFast = 1 / ofBase.get(place + FAST_WEIGHT);
    perSlow = 1 / ofBase.get(place + SLOW_WEIGHT);
  }

  /** Whether there is any error. */
  boolean isKnown() {
    return ofBase.get(place + MEDIUM_WEIGHT) > 0;
  }

  float baseMedium() {
    return ofBase.get(place + BASE_MEDIUM) * perMedium;
  }

  float baseFast() {
    return ofBase.get(place + BASE_FAST) * perFast;
  }

  float baseSigned() {
    return ofBase.get(place + BASE_SIGNED) * perFast;
  }

  float baseSlow() {
    return ofBase.get(place + BASE_SLOW) * perSlow;
  }

  private int of(int e) {
    return first + e * CANDIDATE_SHORTS;
  }

  float medium(int e) {
    return ofCandidates.get(of(e) + MEDIUM_ERROR) * perMedium;
  }

  float fast(int e) {
    return ofCandidates.get(of(e) + FAST_ERROR) * perFast;
  }

  float signed(int e) {
    return ofCandidates.get(of(e) + SIGNED_ERROR) * perFast;
  }

  float slow(int e) {
    return ofCandidates.get(of(e) + SLOW_ERROR) * perSlow;
  }

  /** Regression of the base's error on how far the candidate is from the base. */
  float mediumSlope(int e, float ridge) {
    int at = of(e);
    return ofCandidates.get(at + MEDIUM_PRODUCT) / (ofCandidates.get(at + MEDIUM_SQUARE) + ridge);
  }

  float slowSlope(int e, float ridge) {
    int at = of(e);
    return ofCandidates.get(at + SLOW_PRODUCT) / (ofCandidates.get(at + SLOW_SQUARE) + ridge);
  }
}
