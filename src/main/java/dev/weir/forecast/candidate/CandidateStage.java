package dev.weir.forecast.candidate;

import static dev.weir.forecast.candidate.CandidateShape.FEATURES;
import static dev.weir.forecast.candidate.CandidateShape.GLOBALS;
import static dev.weir.forecast.candidate.CandidateShape.INPUTS;
import static dev.weir.forecast.candidate.CandidateShape.STEP_FEATURES;
import static dev.weir.forecast.candidate.CandidateShape.WINDOW;

import dev.weir.forecast.expert.FloatSlice;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.SeriesDimensions;
import java.util.Arrays;
import java.util.List;

/**
 * Follows the errors of candidate forecasts of a series, turns them into the inputs of a {@link
 * CandidateNetwork} and applies it. The candidates are the forecasts that are passed in and the
 * {@link CheapCandidates}.
 *
 * <p>Keeps settings and scratch; what is known of a series is in the floats that {@link #bind}
 * points at. Not thread-safe.
 */
public final class CandidateStage {

  private static final int KEPT_INPUTS = 13; // of each value in the window
  private static final float CHANGE_RATE = 0.02f;

  private final int given; // candidates that are passed in
  private final int candidates;
  private final int horizon;
  private final CandidateNetwork network;
  private final CheapCandidates cheap;
  private final CandidateErrors errors;
  private final PhaseErrors phases;
  private final int[] followed; // numbers of candidates whose first error is an input, or -1
  private final int median; // number of the candidate that is a running median, or -1

  private final FloatSlice slopes = new FloatSlice();
  private final FloatSlice change = new FloatSlice(); // mean |change| and its weight, q_1, e_B
  private final FloatSlice kept = new FloatSlice(); // (WINDOW, KEPT_INPUTS), by t mod WINDOW

  // scratch
  private final double[] said; // (candidates)
  private final double[] firstErrors; // (candidates), of step 1 at the newest value; NaN without
  private double baseError = Double.NaN; // of step 1 at the newest value
  private double baseErrorAtHorizon = Double.NaN;
  private final float[] window = new float[WINDOW * INPUTS];
  private final float[] globals = new float[GLOBALS];
  private final float[] ofCandidates;
  private final float[] ofSteps;
  private final float[] result;
  private final double[] forecasts; // (horizon, candidates), relative to the newest value
  private final double[] scale; // (horizon), q
  private final double[] bases; // (horizon)

  /**
   * @param names of the candidates that are passed in
   * @param network null where it is to be trained
   */
  public CandidateStage(List<String> names, int horizon, CandidateNetwork network) {
    this.given = names.size();
    this.candidates = candidates(given);
    this.horizon = horizon;
    this.network = network;
    this.cheap = new CheapCandidates(horizon);
    this.errors = new CandidateErrors(candidates, horizon);
    this.phases = new PhaseErrors(candidates);
    this.followed =
        List.of("rls-ar", "analogs", "log-rls", "seasonal-median", "seasonal-profile").stream()
            .mapToInt(names::indexOf)
            .toArray();
    this.median = names.indexOf("median-25");
    this.said = new double[candidates];
    this.firstErrors = new double[candidates];
    this.ofCandidates = new float[horizon * candidates * FEATURES];
    this.ofSteps = new float[horizon * STEP_FEATURES];
    this.result = new float[horizon];
    this.forecasts = new double[horizon * candidates];
    this.scale = new double[horizon];
    this.bases = new double[horizon];
  }

  /** All candidates, where so many are passed in. */
  public static int candidates(int given) {
    return given + CheapCandidates.COUNT;
  }

  /** Floats to keep for each series. */
  public static int floats(SeriesDimensions shape, int given) {
    int candidates = candidates(given);
    return CheapCandidates.floats(shape.horizon())
        + 4
        + WINDOW * KEPT_INPUTS
        + CandidateErrors.floats(candidates, shape.horizon())
        + PhaseErrors.floats(candidates, shape.season());
  }

  /** Points at a series. */
  public void bind(SeriesDimensions shape, float[] floats, int at) {
    slopes.at(floats, at);
    int next = at + CheapCandidates.floats(horizon);
    change.at(floats, next);
    next += 4;
    kept.at(floats, next);
    next += WINDOW * KEPT_INPUTS;
    errors.bind(floats, next);
    next += CandidateErrors.floats(candidates, horizon);
    phases.bind(shape.season(), floats, next);
  }

  /** Begins with the next value, before its errors are learned. */
  public void begin() {
    phases.begin();
    Arrays.fill(firstErrors, Double.NaN);
    baseError = Double.NaN;
    baseErrorAtHorizon = Double.NaN;
  }

  /**
   * Learns from the value at {@code origin + step}, before it is appended.
   *
   * @param of the given candidates' forecasts, relative to the value at the origin
   * @param base the base forecast
   * @param truth relative to the value at the origin
   */
  public void learn(
      History history, long origin, int step, double[] of, double base, double truth) {
    if (step == horizon) {
      baseErrorAtHorizon = truth - base;
    }
    if (!errors.isKept(step)) {
      return;
    }
    System.arraycopy(of, 0, said, 0, given);
    cheap.forecast(history, slopes, origin, step, said, given);
    if (step == 1) {
      baseError = truth - base;
      for (int e = 0; e < candidates; e++) {
        firstErrors[e] = truth - said[e];
      }
    }
    boolean known = errors.isKnown(step);
    errors.learn(step, said, base, truth);
    if (known) {
      phases.addStep();
      double floor = 1e-3 * errors.baseMedium(step) + 1e-12;
      for (int e = 0; e < candidates; e++) {
        phases.add(e, Math.abs(truth - said[e]) / (errors.medium(step, e) + floor));
      }
      phases.add(candidates, Math.abs(truth - base) / (errors.baseMedium(step) + floor));
    }
  }

  /** After {@link #learn} of all steps: the newest value has been appended. */
  public void observe(History history) {
    phases.learn(history.t());
    cheap.observe(history, slopes);
    float size =
        history.age() < 2 ? 0 : (float) Math.abs(history.newest() - history.at(history.t() - 1));
    change.add(0, CHANGE_RATE * (size - change.get(0)));
    change.add(1, CHANGE_RATE * (1 - change.get(1)));
  }

  private double floor(History history) {
    return Math.max(
        Math.max(1e-3 * history.deviation(), 1e-7 * Math.abs(history.newest())), 1e-9);
  }

  /** What an error of the base usually is. */
  private double usual(History history, int step) {
    double usual = errors.isKnown(step) ? errors.baseMedium(step) : change.get(0) / change.get(1);
    return Math.max(floor(history), usual);
  }

  private static float clip(double x, double most) {
    return Double.isNaN(x) ? 0 : (float) Math.max(-most, Math.min(most, x));
  }

  private static double log(double a, double b) {
    return clip(Math.log(a / b), 3);
  }

  /**
   * Takes in the forecasts made at the newest value.
   *
   * @param of (given, horizon), the candidates' forecasts, relative to the newest value
   * @param base (horizon), the base forecast
   */
  public void prepare(History history, double[][] of, double[] base) {
    for (int i = 1; i <= horizon; i++) {
      scale[i - 1] = usual(history, i);
      int row = (i - 1) * candidates;
      for (int e = 0; e < given; e++) {
        forecasts[row + e] = of[e][i - 1];
      }
      bases[i - 1] = base[i - 1];
    }
    keepInputs(history);
  }

  /** Fills in the inputs of the network for what {@link #prepare} was given last. */
  void fill(History history) {
    for (int i = 1; i <= horizon; i++) {
      fill(history, i);
    }
    fillWindow(history);
    fillGlobals(history);
  }

  private void fill(History history, int i) {
    cheap.forecast(history, slopes, history.t(), i, forecasts, (i - 1) * candidates + given);
    prepareStep(history, history.t(), i, bases[i - 1]);
  }

  private void prepareStep(History history, long t, int i, double base) {
    double q = scale[i - 1];
    float ep = (float) (0.02 * q);
    boolean known = errors.isKnown(i);
    boolean byPhase = known && phases.isKnown(t + i);
    float ridge = (float) (0.01 * q * q);
    double apart = 0;
    float medium = known ? errors.baseMedium(i) + ep : 0;
    float fast = known ? errors.baseFast(i) + ep : 0;
    float slow = known ? errors.baseSlow(i) + ep : 0;
    for (int e = 0; e < candidates; e++) {
      int at = ((i - 1) * candidates + e) * FEATURES;
      double x = (forecasts[(i - 1) * candidates + e] - base) / q;
      apart += Math.abs(x);
      float[] f = ofCandidates;
      Arrays.fill(f, at, at + FEATURES, 0);
      f[at] = clip(x, 8);
      if (!known) {
        continue;
      }
      float own = errors.medium(i, e);
      f[at + 1] = (float) log(own + ep, medium);
      f[at + 2] = (float) log(errors.fast(i, e) + ep, fast);
      f[at + 4] = clip(errors.signed(i, e) / q, 4);
      f[at + 5] = (float) log(errors.slow(i, e) + ep, slow);
      f[at + 7] = clip(errors.mediumSlope(i, e, 0.02f * ridge), 1.5);
      f[at + 8] = clip(errors.slowSlope(i, e, 0.005f * ridge), 1.5);
      if (history.season() == 1) {
        f[at + 3] = f[at + 1];
        f[at + 6] = f[at + 5];
      } else if (byPhase) {
        float usual = errors.baseMedium(i);
        f[at + 3] =
            (float)
                log(
                    phases.fast(t + i, e) * own + ep,
                    phases.fast(t + i, candidates) * usual + ep);
        f[at + 6] =
            (float)
                log(
                    phases.slow(t + i, e) * own + ep,
                    phases.slow(t + i, candidates) * usual + ep);
      }
    }
    int at = (i - 1) * STEP_FEATURES;
    float[] s = ofSteps;
    s[at] = clip(Math.log(q / scale[0]), 6);
    s[at + 1] = known ? clip(Math.log(fast / q), 6) : 0;
    s[at + 2] = clip(Math.log(apart / candidates + 0.05), 6);
    s[at + 3] =
        history.season() == 1
            ? known ? clip(Math.log(medium / q), 6) : 0
            : byPhase
                ? clip(
                    Math.log((phases.fast(t + i, candidates) * errors.baseMedium(i) + ep) / q), 6)
                : 0;
    s[at + 4] = known ? clip(errors.baseSigned(i) / q, 4) : 0;
    s[at + 5] = (float) Math.log(i);
    s[at + 6] = history.season() > 1 ? Math.min(i / (float) history.season(), 1) : 0;
  }

  /** What the window shows of the newest value, on the scale of its time. */
  private void keepInputs(History history) {
    long t = history.t();
    int season = history.season();
    int at = (int) (t % WINDOW) * KEPT_INPUTS;
    double first = scale[0];
    double before = change.get(2) > 0 ? change.get(2) : first;
    double step = history.age() < 2 ? 0 : history.newest() - history.at(t - 1);
    kept.set(at, clip(step / first, 8));
    kept.set(at + 1, clip(baseError / first, 6));
    kept.set(at + 2, clip(baseErrorAtHorizon / scale[horizon - 1], 6));
    for (int k = 0; k < followed.length; k++) {
      int e = followed[k];
      kept.set(at + 3 + k, e < 0 ? 0 : clip(firstErrors[e] / before, 6));
    }
    kept.set(at + 8, clip(median < 0 ? 0 : -forecasts[median] / first, 8));
    double day = 2 * Math.PI * (t % season) / season;
    double week = 2 * Math.PI * (t % (7L * season)) / (7.0 * season);
    kept.set(at + 9, season > 1 ? (float) Math.sin(day) : 0);
    kept.set(at + 10, season > 1 ? (float) Math.cos(day) : 0);
    kept.set(at + 11, season > 1 ? (float) Math.sin(week) : 0);
    kept.set(at + 12, season > 1 ? (float) Math.cos(week) : 0);
    change.set(2, (float) first);
  }

  private void fillWindow(History history) {
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
    for (int k = 0; k < WINDOW; k++) {
      long s = Math.max(start, t - WINDOW + 1 + k);
      int at = k * INPUTS;
      window[at] = clip((history.at(s) - now) / sigma, 6);
      window[at + 1] = value(history, s - season, now, sigma);
      window[at + 2] = value(history, s - season + ahead, now, sigma);
      long weekly = s - 7L * season + ahead;
      window[at + 3] =
          history.has(weekly) ? value(history, weekly, now, sigma) : window[at + 2];
      int from = (int) (s % WINDOW) * KEPT_INPUTS;
      for (int i = 0; i < KEPT_INPUTS; i++) {
        window[at + 4 + i] = kept.get(from + i);
      }
    }
    globals[5] = (float) (Math.log(sigma / scale[0]) / 2);
  }

  private static float value(History history, long index, double now, double sigma) {
    return history.season() > 1 && history.has(index)
        ? clip((history.at(index) - now) / sigma, 6)
        : 0;
  }

  private void fillGlobals(History history) {
    int season = history.season();
    double age = history.age();
    globals[0] = (float) (Math.log(age) / 4 - 1);
    globals[1] = season > 1 ? (float) (Math.log(season) / 3) : 0;
    globals[2] = season == 1 ? 1 : 0;
    globals[3] = horizon <= 8 ? 1 : 0;
    globals[4] =
        season > 1 ? (float) (Math.max(-2, Math.min(5, Math.log(age / season))) / 3) : 0;
  }

  /**
   * Applies the network to what {@link #prepare} was given; without one it changes nothing.
   *
   * @param base (horizon), the base forecast; overwritten by the network's
   */
  public void apply(History history, double[] base) {
    if (network == null) {
      return;
    }
    fill(history);
    network.forward(window, globals, ofCandidates, ofSteps, horizon, result);
    for (int i = 0; i < horizon; i++) {
      base[i] += scale[i] * result[i];
    }
  }

  // ---- what training reads

  /**
   * Inputs of the network for some steps of what {@link #prepare} was given last: window, globals,
   * the candidates' and the steps' features, and as many zeros as steps.
   */
  public float[] sample(History history, int[] steps) {
    for (int step : steps) {
      fill(history, step);
    }
    fillWindow(history);
    fillGlobals(history);
    int rows = candidates * FEATURES;
    int fixed = WINDOW * INPUTS + GLOBALS;
    float[] sample = new float[fixed + steps.length * (rows + STEP_FEATURES + 1)];
    System.arraycopy(window, 0, sample, 0, WINDOW * INPUTS);
    System.arraycopy(globals, 0, sample, WINDOW * INPUTS, GLOBALS);
    for (int k = 0; k < steps.length; k++) {
      int i = steps[k] - 1;
      System.arraycopy(ofCandidates, i * rows, sample, fixed + k * rows, rows);
      System.arraycopy(
          ofSteps,
          i * STEP_FEATURES,
          sample,
          fixed + steps.length * rows + k * STEP_FEATURES,
          STEP_FEATURES);
    }
    return sample;
  }

  public double base(int step) {
    return bases[step - 1];
  }

  /** What the forecast's errors are measured in at each step. */
  public double scale(int step) {
    return scale[step - 1];
  }
}
