package dev.weir.forecast.candidate;

import dev.weir.forecast.expert.FloatSlice;
import java.util.Arrays;

/**
 * Running errors of candidate forecasts and of the base forecast, for some steps ahead:
 * exponentially weighted means over about 10, 50 and 200 errors, bias-corrected. Steps between
 * those that are kept have the errors of the nearest one; a step without an error yet has those of
 * the next shorter one.
 *
 * <p>A flyweight over a series' floats.
 */
final class CandidateErrors {

  /** Steps that are kept, up to the horizon, which always is. */
  private static final int[] STEPS = {
    1, 2, 3, 4, 6, 8, 11, 14, 18, 21, 24, 30, 36, 42, 48, 72, 96, 168
  };

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
  private static final int CANDIDATE_FLOATS = 8;

  private final int candidates;
  private final int[] steps; // that are kept, ascending
  private final int[] nearest; // (horizon + 1), place in steps
  private final int[] places; // (steps), as last found
  private final int size; // floats of a step
  private final FloatSlice state = new FloatSlice();
  private int place; // of the step that was asked for
  private float perMedium; // 1 / weight, as the next two
  private float perFast;
  private float perSlow;

  CandidateErrors(int candidates, int horizon) {
    this.candidates = candidates;
    this.steps = kept(horizon);
    this.size = BASE_FLOATS + candidates * CANDIDATE_FLOATS;
    this.nearest = new int[horizon + 1];
    this.places = new int[steps.length];
    for (int i = 1; i <= horizon; i++) {
      int best = 0;
      for (int s = 1; s < steps.length; s++) {
        if (Math.abs(steps[s] - i) < Math.abs(steps[best] - i)) {
          best = s;
        }
      }
      nearest[i] = best;
    }
  }

  private static int[] kept(int horizon) {
    int count = 0;
    while (count < STEPS.length && STEPS[count] < horizon) {
      count++;
    }
    int[] steps = Arrays.copyOf(STEPS, count + 1);
    steps[count] = horizon;
    return steps;
  }

  static int floats(int candidates, int horizon) {
    return kept(horizon).length * (BASE_FLOATS + candidates * CANDIDATE_FLOATS);
  }

  void bind(float[] floats, int at) {
    state.at(floats, at);
  }

  /** Steps that are kept, ascending; the last one is the horizon. */
  int[] kept() {
    return steps;
  }

  boolean isKept(int step) {
    return steps[nearest[step]] == step;
  }

  /**
   * Takes in one error of each.
   *
   * @param step one that is kept
   * @param said (candidates), their forecasts
   * @param base the base forecast
   */
  void learn(int step, double[] said, double base, double truth) {
    float[] f = state.array();
    int at = state.from() + nearest[step] * size;
    float error = bounded(truth - base);
    float absolute = Math.abs(error);
    float usual =
        f[at + MEDIUM_WEIGHT] > 0 ? f[at + BASE_MEDIUM] / f[at + MEDIUM_WEIGHT] : absolute;
    float clipped = Math.max(-5 * usual, Math.min(5 * usual, error));
    follow(f, at + BASE_MEDIUM, MEDIUM, absolute);
    follow(f, at + BASE_FAST, FAST, absolute);
    follow(f, at + BASE_SIGNED, FAST, error);
    follow(f, at + BASE_SLOW, SLOW, absolute);
    follow(f, at + MEDIUM_WEIGHT, MEDIUM, 1);
    follow(f, at + FAST_WEIGHT, FAST, 1);
    follow(f, at + SLOW_WEIGHT, SLOW, 1);
    at += BASE_FLOATS;
    for (int e = 0; e < candidates; e++, at += CANDIDATE_FLOATS) {
      float own = bounded(truth - said[e]);
      float size = Math.abs(own);
      float apart = bounded(said[e] - base);
      follow(f, at + MEDIUM_ERROR, MEDIUM, size);
      follow(f, at + FAST_ERROR, FAST, size);
      follow(f, at + SIGNED_ERROR, FAST, own);
      follow(f, at + SLOW_ERROR, SLOW, size);
      follow(f, at + MEDIUM_PRODUCT, MEDIUM, clipped * apart);
      follow(f, at + MEDIUM_SQUARE, MEDIUM, apart * apart);
      follow(f, at + SLOW_PRODUCT, SLOW, clipped * apart);
      follow(f, at + SLOW_SQUARE, SLOW, apart * apart);
    }
  }

  /** So that its square is a finite float. */
  private static float bounded(double error) {
    return (float) Math.max(-LARGEST, Math.min(LARGEST, error));
  }

  private static void follow(float[] f, int at, float rate, float value) {
    f[at] += rate * (value - f[at]);
  }

  /** Whether a step that is kept has had an error. */
  boolean hasOwn(int step) {
    return state.get(nearest[step] * size + MEDIUM_WEIGHT) > 0;
  }

  /** Finds whose errors stand for each step; after errors were learned. */
  void findPlaces() {
    int known = 0;
    for (int s = 0; s < steps.length; s++) {
      known = state.get(s * size + MEDIUM_WEIGHT) > 0 ? s : known;
      places[s] = known * size;
    }
  }

  /**
   * Goes to the errors of a step: its own, those of the nearest kept one, or of a shorter one that
   * has any. All methods below are about these.
   */
  void moveTo(int step) {
    moveToPlace(places[nearest[step]]);
  }

  /** Goes to the errors of a step that is kept, whether it has any or not. */
  void moveToOwn(int step) {
    moveToPlace(nearest[step] * size);
  }

  private void moveToPlace(int place) {
    this.place = place;
    perMedium = 1 / state.get(place + MEDIUM_WEIGHT);
    perFast = 1 / state.get(place + FAST_WEIGHT);
    perSlow = 1 / state.get(place + SLOW_WEIGHT);
  }

  /** Whether there is any error. */
  boolean isKnown() {
    return state.get(place + MEDIUM_WEIGHT) > 0;
  }

  float baseMedium() {
    return state.get(place + BASE_MEDIUM) * perMedium;
  }

  float baseFast() {
    return state.get(place + BASE_FAST) * perFast;
  }

  float baseSigned() {
    return state.get(place + BASE_SIGNED) * perFast;
  }

  float baseSlow() {
    return state.get(place + BASE_SLOW) * perSlow;
  }

  private int of(int e) {
    return place + BASE_FLOATS + e * CANDIDATE_FLOATS;
  }

  float medium(int e) {
    return state.get(of(e) + MEDIUM_ERROR) * perMedium;
  }

  float fast(int e) {
    return state.get(of(e) + FAST_ERROR) * perFast;
  }

  float signed(int e) {
    return state.get(of(e) + SIGNED_ERROR) * perFast;
  }

  float slow(int e) {
    return state.get(of(e) + SLOW_ERROR) * perSlow;
  }

  /** Regression of the base's error on how far the candidate is from the base. */
  float mediumSlope(int e, float ridge) {
    int at = of(e);
    return state.get(at + MEDIUM_PRODUCT) / (state.get(at + MEDIUM_SQUARE) + ridge);
  }

  float slowSlope(int e, float ridge) {
    int at = of(e);
    return state.get(at + SLOW_PRODUCT) / (state.get(at + SLOW_SQUARE) + ridge);
  }
}
