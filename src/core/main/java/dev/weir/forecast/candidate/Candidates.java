package dev.weir.forecast.candidate;

import static dev.weir.model.CandidateShape.FEATURES;
import static dev.weir.model.CandidateShape.GLOBALS;
import static dev.weir.model.CandidateShape.INPUTS;
import static dev.weir.model.CandidateShape.STEP_FEATURES;
import static dev.weir.model.CandidateShape.WINDOW;
import static dev.weir.rnn.LinearColumns.TILE;

import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.NewestWeight;
import dev.weir.forecast.hedge.Hedge;
import dev.weir.forecast.math.FastMath;
import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.step.FollowedSteps;
import java.util.Arrays;
import java.util.List;

/**
 * Follows the errors of candidate forecasts of a series, turns them into the inputs of a {@link
 * CandidateNetwork} and applies it. The candidates are the forecasts that are passed in and the
 * {@link CheapCandidates}. What the network corrects, the base forecast, is passed in as well, or
 * is the candidates' mean, weighted by their running errors.
 *
 * <p>Not thread-safe.
 */
public final class Candidates {

  /** How often a network is asked. */
  public enum Asking {
    /** At each value. */
    ALWAYS,
    /** At each second value, or at each fourth where far steps are forecast. */
    OFTEN,
    /** At each sixteenth value, to see what it is worth; between them it is not used. */
    SELDOM
  }

  private static final int KEPT_INPUTS = 13; // of each value in the window
  private static final double MAX_APART = 8; // in units of the base's usual error
  private static final int CHANGE_FLOATS = 4;
  private static final int USED = 3; // place of: values that the kept answer was used for

  /** Up to here an answer of the network, with its residuals, serves fewer values. */
  public static final int NEAR_HORIZON = 8;

  private static final int NEAR_VALUES = 2; // that an answer serves, as the next
  private static final int FAR_VALUES = 4;
  private static final int PROBED = 16; // values from one probe to the next
  private static final int LOGARITHMS = 5; // of a step and candidate
  private static final float CHANGE_RATE = 0.02f;
  private static final double ETA = 8; // how sharply the weights of a mean follow errors

  private final int given; // candidates that are passed in
  private final int candidates;
  private final int horizon;
  private final FollowedSteps followed; // those that the network is asked for
  private final List<String> names; // of the candidates that are passed in
  private int[] kinds; // (candidates), as the network numbers them
  private final CandidateErrors errors;
  private final PhaseErrors phases;
  private final int[] shown; // candidates whose first error is an input; -1: the base's in place
  private final int median; // candidate that is a running median; -1: the base in place
  private CandidateNetwork network; // null: no network yet

  private final FloatSlice change; // mean |change| and its weight, q_1, used
  private final Bfloat16Slice recent; // (WINDOW, KEPT_INPUTS), a ring
  private final Bfloat16Slice answer; // (followed, candidates), if kept, and residuals
  private final int perAnswer; // values that an answer of the network is used for

  // scratch
  private History history; // of the newest forecast
  private final double[] forecasts; // (candidates)
  private final double[] firstErrors; // (candidates), of step 1 at the newest value; NaN without
  private double baseError = Double.NaN; // of step 1 at the newest value
  private double baseErrorAtHorizon = Double.NaN;
  private final float[] window = new float[WINDOW * INPUTS];
  private final float[] globals = new float[GLOBALS];
  private final float[] ofCandidates; // (followed, candidates, FEATURES)
  private final float[] ofSteps; // (followed, STEP_FEATURES)
  private final float[] above; // (LOGARITHMS, candidates), padded, as the next
  private final float[] below;
  private final float[] weights; // (followed, candidates)
  private final float[] residuals; // (followed)
  private final double[] apart; // (horizon, candidates), from the base, in units of its usual error
  private final double[] scale; // (horizon), q
  private final double[] bases; // (horizon)
  private final Hedge hedge;
  private final FloatSlice losses; // (followed, candidates), running errors
  private final double[] baseWeights; // (followed, candidates) of the mean; null if it is passed in

  /**
   * @param names of the candidates that are passed in
   * @param ownBase whether the base forecast is the candidates' mean, not one that is passed in
   */
  public Candidates(Slots slots, List<String> names, FollowedSteps followed, boolean ownBase) {
    this.given = names.size();
    this.candidates = given + CheapCandidates.NAMES.size();
    this.followed = followed;
    this.horizon = followed.horizon();
    this.perAnswer = ownBase ? 1 : isNear(followed) ? NEAR_VALUES : FAR_VALUES;
    this.names = List.copyOf(names);
    this.kinds = CandidateKinds.of(names, CandidateKinds.NAMES);
    this.change = slots.floats("change", CHANGE_FLOATS);
    this.errors = new CandidateErrors(slots, candidates, followed);
    this.phases = new PhaseErrors(slots, candidates);
    this.recent = slots.bfloats("inputs", WINDOW * KEPT_INPUTS);
    int ofStep = candidates + (isNear(followed) ? 1 : 0);
    this.answer = slots.bfloats("answer", ownBase ? 0 : followed.count() * ofStep);
    this.shown = CandidateKinds.SHOWN.stream().mapToInt(names::indexOf).toArray();
    this.median = names.indexOf(CandidateKinds.MEDIAN);
    this.forecasts = new double[candidates];
    this.firstErrors = new double[candidates];
    int asked = followed.count();
    this.ofCandidates = new float[asked * candidates * FEATURES];
    this.ofSteps = new float[asked * STEP_FEATURES];
    int logarithms = (LOGARITHMS * candidates + TILE - 1) / TILE * TILE;
    this.above = new float[logarithms];
    this.below = new float[logarithms];
    this.weights = new float[asked * candidates];
    this.residuals = new float[asked];
    this.apart = new double[horizon * candidates];
    this.scale = new double[horizon];
    this.bases = new double[horizon];
    this.hedge = new Hedge(ETA, 1);
    this.losses = new FloatSlice().at(new float[asked * candidates], 0);
    this.baseWeights = ownBase ? new double[asked * candidates] : null;
  }

  /** Uses another network from now on; null for none. */
  public void use(CandidateNetwork network) {
    this.network = network;
    this.kinds = CandidateKinds.of(names, network == null ? CandidateKinds.NAMES : network.names());
  }

  private static boolean isNear(FollowedSteps followed) {
    return followed.horizon() <= NEAR_HORIZON;
  }

  /**
   * Begins with the next value, before its errors are learned.
   *
   * @param age values since the series changed, or {@link NewestWeight#UNCHANGED}
   */
  public void begin(int age) {
    phases.begin();
    errors.begin(age);
    Arrays.fill(firstErrors, Double.NaN);
    baseError = Double.NaN;
    baseErrorAtHorizon = Double.NaN;
  }

  /**
   * Learns from the value at {@code origin + step}, before it is appended.
   *
   * @param step one that is followed
   * @param of the given candidates' forecasts, relative to the value at the origin
   * @param base the base forecast
   * @param truth relative to the value at the origin
   */
  public void learn(
      History history, long origin, int step, double[] of, double base, double truth) {
    if (step == horizon) {
      baseErrorAtHorizon = truth - base;
    }
    System.arraycopy(of, 0, forecasts, 0, given);
    CheapCandidates.forecast(history, origin, step, forecasts, given);
    if (step == 1) {
      baseError = truth - base;
      for (int e = 0; e < candidates; e++) {
        firstErrors[e] = truth - forecasts[e];
      }
    }
    boolean hasErrors = errors.hasOwn(step);
    errors.learn(origin + step, step, forecasts, base, truth);
    if (hasErrors) {
      phases.addStep();
      errors.moveToOwn(step);
      double usual = errors.baseMedium();
      double floor = 1e-3 * usual + 1e-12;
      for (int e = 0; e < candidates; e++) {
        phases.add(e, Math.abs(truth - forecasts[e]) / (errors.medium(e) + floor));
      }
      phases.add(candidates, Math.abs(truth - base) / (usual + floor));
    }
  }

  /** After {@link #learn} of all steps: the newest value has been appended. */
  public void observe(History history) {
    phases.learn(history.t());
    float size =
        history.age() < 2 ? 0 : (float) Math.abs(history.newest() - history.at(history.t() - 1));
    change.add(0, CHANGE_RATE * (size - change.get(0)));
    change.add(1, CHANGE_RATE * (1 - change.get(1)));
  }

  /** Goes past a missing value. */
  public void skip(History history) {
    int at = (int) (history.t() % WINDOW) * KEPT_INPUTS;
    for (int i = 0; i < KEPT_INPUTS; i++) {
      recent.set(at + i, 0);
    }
    keepCalendar(history, at);
  }

  private double floor(History history) {
    return Math.max(Math.max(1e-3 * history.deviation(), 1e-7 * Math.abs(history.newest())), 1e-9);
  }

  private double usual(History history, int step) {
    errors.moveTo(step);
    double usual = errors.isKnown() ? errors.baseMedium() : change.get(0) / change.get(1);
    return Math.max(floor(history), usual);
  }

  private static float clip(double x, double most) {
    return (float) (x > most ? most : x < -most ? -most : Double.isNaN(x) ? 0 : x);
  }

  private static float log(double x) {
    return clip(FastMath.log((float) x), 6);
  }

  /**
   * Takes in the forecasts made at the newest value.
   *
   * @param of (given, horizon), the candidates' forecasts, relative to the newest value
   * @param base (horizon), the base forecast; overwritten if that is the candidates' mean
   */
  public void prepare(History history, double[][] of, double[] base) {
    this.history = history;
    errors.findPlaces();
    if (baseWeights != null) {
      weighBase();
    }
    for (int i = 1; i <= horizon; i++) {
      double unit = usual(history, i);
      double perUnit = 1 / unit;
      scale[i - 1] = unit;
      for (int e = 0; e < given; e++) {
        forecasts[e] = of[e][i - 1];
      }
      CheapCandidates.forecast(history, history.t(), i, forecasts, given);
      if (baseWeights != null) {
        base[i - 1] = mean(i);
      }
      bases[i - 1] = base[i - 1];
      for (int e = 0; e < candidates; e++) {
        double x = (forecasts[e] - base[i - 1]) * perUnit;
        apart[(i - 1) * candidates + e] =
            x > MAX_APART ? MAX_APART : x < -MAX_APART ? -MAX_APART : x;
      }
    }
    keepInputs(history, median < 0 ? bases[0] : of[median][0]);
  }

  private void weighBase() {
    for (int s = 0; s < followed.count(); s++) {
      errors.moveTo(followed.step(s));
      boolean hasErrors = errors.isKnown();
      for (int e = 0; e < candidates; e++) {
        losses.set(s * candidates + e, hasErrors ? errors.medium(e) : 1);
      }
    }
    hedge.weigh(losses, followed.count(), candidates, baseWeights);
  }

  /** The candidates' mean for a step, out of their forecasts. */
  private double mean(int step) {
    int next = followed.next(step) * candidates;
    int before = followed.before(step) * candidates;
    float share = followed.share(step);
    double mean = 0;
    for (int e = 0; e < candidates; e++) {
      double from = baseWeights[before + e];
      mean += (from + share * (baseWeights[next + e] - from)) * forecasts[e];
    }
    return mean;
  }

  /** Fills in the inputs of the network for what {@link #prepare} was given last. */
  private void fill() {
    for (int s = 0; s < followed.count(); s++) {
      fill(s);
    }
    fillWindow();
    fillGlobals();
  }

  /** Fills in those of the followed step at place {@code s}. */
  private void fill(int s) {
    int i = followed.step(s);
    double q = scale[i - 1];
    errors.moveTo(i);
    phases.moveTo(history.t() + i);
    boolean hasErrors = errors.isKnown();
    boolean byPhase = hasErrors && phases.isKnown();
    double spread = 0;
    int row = s * candidates;
    for (int e = 0; e < candidates; e++) {
      double x = apart[(i - 1) * candidates + e];
      spread += Math.abs(x);
      int at = (row + e) * FEATURES;
      ofCandidates[at] = (float) x;
      if (!hasErrors) {
        Arrays.fill(ofCandidates, at + 1, at + FEATURES, 0);
      }
    }
    if (hasErrors) {
      fillErrors(row, q, byPhase);
    }
    fillStep(s, i, hasErrors, byPhase, spread);
  }

  private void fillErrors(int row, double q, boolean byPhase) {
    float least = (float) (0.02 * q);
    float ridge = (float) (0.01 * q * q);
    double perQ = 1 / q;
    float[] f = ofCandidates;
    for (int e = 0; e < candidates; e++) {
      int at = (row + e) * FEATURES;
      above[e] = errors.medium(e) + least;
      above[candidates + e] = errors.fast(e) + least;
      above[2 * candidates + e] = errors.slow(e) + least;
      f[at + 4] = clip(errors.signed(e) * perQ, 4);
      f[at + 7] = clip(errors.mediumSlope(e, 0.02f * ridge), 1.5);
      f[at + 8] = clip(errors.slowSlope(e, 0.005f * ridge), 1.5);
    }
    fillBelow(0, errors.baseMedium() + least);
    fillBelow(1, errors.baseFast() + least);
    fillBelow(2, errors.baseSlow() + least);
    if (byPhase) {
      for (int e = 0; e < candidates; e++) {
        float own = errors.medium(e);
        above[3 * candidates + e] = phases.fast(e) * own + least;
        above[4 * candidates + e] = phases.slow(e) * own + least;
      }
      float usual = errors.baseMedium();
      fillBelow(3, phases.fast(candidates) * usual + least);
      fillBelow(4, phases.slow(candidates) * usual + least);
    }
    FastMath.logRatios(above, below, above.length);
    boolean same = !byPhase && history.season() == 1; // each value is at the one phase
    for (int e = 0; e < candidates; e++) {
      int at = (row + e) * FEATURES;
      f[at + 1] = above[e];
      f[at + 2] = above[candidates + e];
      f[at + 5] = above[2 * candidates + e];
      f[at + 3] = byPhase ? above[3 * candidates + e] : same ? above[e] : 0;
      f[at + 6] = byPhase ? above[4 * candidates + e] : same ? above[2 * candidates + e] : 0;
    }
  }

  private void fillBelow(int kind, float usual) {
    Arrays.fill(below, kind * candidates, (kind + 1) * candidates, usual);
  }

  private void fillStep(int s, int i, boolean hasErrors, boolean byPhase, double spread) {
    double q = scale[i - 1];
    double least = 0.02 * q;
    float phase = 0;
    if (hasErrors && history.season() == 1) {
      phase = log((errors.baseMedium() + least) / q);
    } else if (byPhase) {
      phase = log((phases.fast(candidates) * errors.baseMedium() + least) / q);
    }
    int at = s * STEP_FEATURES;
    float[] f = ofSteps;
    f[at] = log(q / scale[0]);
    f[at + 1] = hasErrors ? log((errors.baseFast() + least) / q) : 0;
    f[at + 2] = log(spread / candidates + 0.05);
    f[at + 3] = phase;
    f[at + 4] = hasErrors ? clip(errors.baseSigned() / q, 4) : 0;
    f[at + 5] = (float) Math.log(i);
    f[at + 6] = history.season() > 1 ? Math.min(i / (float) history.season(), 1) : 0;
  }

  /**
   * Keeps what the window will show of the newest value, on the scale of its time.
   *
   * @param median of the newest values, relative to the newest one
   */
  private void keepInputs(History history, double median) {
    long t = history.t();
    int at = (int) (t % WINDOW) * KEPT_INPUTS;
    double first = scale[0];
    double before = change.get(2) > 0 ? change.get(2) : first;
    double step = history.age() < 2 ? 0 : history.newest() - history.at(t - 1);
    recent.set(at, clip(step / first, 8));
    recent.set(at + 1, clip(baseError / first, 6));
    recent.set(at + 2, clip(baseErrorAtHorizon / scale[horizon - 1], 6));
    for (int k = 0; k < shown.length; k++) {
      int e = shown[k];
      recent.set(at + 3 + k, clip((e < 0 ? baseError : firstErrors[e]) / before, 6));
    }
    recent.set(at + 8, clip(-median / first, 8));
    keepCalendar(history, at);
    change.set(2, (float) first);
  }

  private void keepCalendar(History history, int at) {
    long t = history.t();
    int season = history.season();
    double day = 2 * Math.PI * (t % season) / season;
    double week = 2 * Math.PI * (t % (7L * season)) / (7.0 * season);
    recent.set(at + 9, season > 1 ? (float) Math.sin(day) : 0);
    recent.set(at + 10, season > 1 ? (float) Math.cos(day) : 0);
    recent.set(at + 11, season > 1 ? (float) Math.sin(week) : 0);
    recent.set(at + 12, season > 1 ? (float) Math.cos(week) : 0);
  }

  private void fillWindow() {
    long t = history.t();
    long start = history.start();
    int season = history.season();
    int ahead = Math.min(horizon, season);
    double now = history.newest();
    double squares = 0;
    for (int k = 0; k < WINDOW; k++) {
      double apart = history.at(Math.max(start, t - WINDOW + 1 + k)) - now;
      squares += apart * apart;
    }
    double sigma = Math.max(Math.sqrt(squares / WINDOW), 0.7 * scale[0]);
    double perSigma = 1 / sigma;
    for (int k = 0; k < WINDOW; k++) {
      long s = Math.max(start, t - WINDOW + 1 + k);
      int at = k * INPUTS;
      window[at] = clip((history.at(s) - now) * perSigma, 6);
      window[at + 1] = value(history, s - season, now, perSigma);
      window[at + 2] = value(history, s - season + ahead, now, perSigma);
      long weekly = s - 7L * season + ahead;
      window[at + 3] = history.has(weekly) ? value(history, weekly, now, perSigma) : window[at + 2];
      int from = (int) (s % WINDOW) * KEPT_INPUTS;
      for (int i = 0; i < KEPT_INPUTS; i++) {
        window[at + 4 + i] = recent.get(from + i);
      }
    }
    globals[5] = (float) (Math.log(sigma / scale[0]) / 2);
  }

  private static float value(History history, long index, double now, double perSigma) {
    return history.season() > 1 && history.has(index)
        ? clip((history.at(index) - now) * perSigma, 6)
        : 0;
  }

  private void fillGlobals() {
    int season = history.season();
    double age = history.age();
    globals[0] = (float) (Math.log(age) / 4 - 1);
    globals[1] = season > 1 ? (float) (Math.log(season) / 3) : 0;
    globals[2] = season == 1 ? 1 : 0;
    globals[3] = isNear(followed) ? 1 : 0;
    globals[4] = season > 1 ? (float) (Math.max(-2, Math.min(5, Math.log(age / season))) / 3) : 0;
  }

  /**
   * Applies the network to what {@link #prepare} was given; without one nothing is changed. Its
   * answer, weights of the followed steps, is kept and serves further values as well: what it
   * weighs are always the newest forecasts. Its residuals do so only for a near horizon.
   *
   * @param base (horizon), the base forecast; overwritten by the network's
   * @param every how often it is asked
   * @return whether the base forecast is overwritten
   */
  public boolean apply(double[] base, Asking every) {
    if (network == null) {
      return true;
    }
    float used = change.get(USED);
    int most = every == Asking.ALWAYS ? 1 : every == Asking.OFTEN ? perAnswer : PROBED;
    if (used == 0 || used >= most) {
      fill();
      network.forward(
          window, globals, kinds, ofCandidates, ofSteps, followed.count(), weights, residuals);
      if (perAnswer > 1) {
        keepAnswer();
      }
      used = 0;
    } else if (every == Asking.SELDOM) {
      change.set(USED, used + 1);
      return false;
    } else {
      recallAnswer();
    }
    change.set(USED, used + 1);
    double least = floor(history);
    for (int i = 1; i <= horizon; i++) {
      int next = followed.next(i);
      int before = followed.before(i);
      float share = followed.share(i);
      double sum = residuals[before] + share * (residuals[next] - residuals[before]);
      for (int e = 0; e < candidates; e++) {
        float from = weights[before * candidates + e];
        sum +=
            (from + share * (weights[next * candidates + e] - from))
                * apart[(i - 1) * candidates + e];
      }
      if (scale[i - 1] > least) { // else the base has made no error yet
        base[i - 1] += scale[i - 1] * sum;
      }
    }
    return true;
  }

  private void keepAnswer() {
    for (int k = 0; k < weights.length; k++) {
      answer.set(k, weights[k]);
    }
    for (int s = 0; isNear(followed) && s < residuals.length; s++) {
      answer.set(weights.length + s, residuals[s]);
    }
  }

  private void recallAnswer() {
    for (int k = 0; k < weights.length; k++) {
      weights[k] = answer.get(k);
    }
    for (int s = 0; s < residuals.length; s++) {
      residuals[s] = isNear(followed) ? answer.get(weights.length + s) : 0;
    }
  }

  /** Whether the base forecast is the candidates' mean. */
  public boolean hasOwnBase() {
    return baseWeights != null;
  }

  // ---- what training reads

  /**
   * Inputs of the network for some steps of what {@link #prepare} was given last: window, globals,
   * the candidates' and the steps' features.
   *
   * @param steps some of those that are followed; they may repeat
   */
  public float[] sample(int[] steps) {
    int rows = candidates * FEATURES;
    int fixed = WINDOW * INPUTS + GLOBALS;
    float[] sample = new float[fixed + steps.length * (rows + STEP_FEATURES)];
    fillWindow();
    fillGlobals();
    System.arraycopy(window, 0, sample, 0, WINDOW * INPUTS);
    System.arraycopy(globals, 0, sample, WINDOW * INPUTS, GLOBALS);
    for (int k = 0; k < steps.length; k++) {
      int s = followed.nearest(steps[k]);
      fill(s);
      int ofStep = fixed + steps.length * rows + k * STEP_FEATURES;
      System.arraycopy(ofCandidates, s * rows, sample, fixed + k * rows, rows);
      System.arraycopy(ofSteps, s * STEP_FEATURES, sample, ofStep, STEP_FEATURES);
    }
    return sample;
  }

  /** Steps that a network is asked for. */
  public FollowedSteps followed() {
    return followed;
  }

  /** (candidates), what each is: its place among {@link CandidateKinds#NAMES}. */
  public int[] kinds() {
    return kinds.clone();
  }

  /** The base forecast of a step, relative to the newest value. */
  public double base(int step) {
    return bases[step - 1];
  }

  /** What the forecast's errors are measured in at each step. */
  public double scale(int step) {
    return scale[step - 1];
  }
}
