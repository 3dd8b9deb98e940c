package dev.weir.forecast.expert;

import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.SeriesDimensions;
import java.util.Arrays;

/**
 * The usual course of two seasons, such as week and year, as sums of sines and cosines, plus the
 * residual at the same phase of the last second season, plus the rest of the present deviation:
 *
 * <pre>
 * G(u) = theta' [ 1, cos and sin of 2 pi k u / season         for k = 1, 2, 3,
 *                    cos and sin of 2 pi k u / second season  for k = 1, 2 ]
 * r(u) = y[u] - G(u)
 * a(u) = mean of r(u - second season + j)                     for j = -1, 0, 1
 * forecast of step i = G(t+i) + beta a(t+i) + rho_i (r(t) - beta a(t))
 * </pre>
 *
 * theta is fitted by {@link Rls}, which forgets over 2.7 second seasons; beta is the running
 * regression, within [0, 1], of r on a; rho_i is as in {@link Persistence}. Three pairs describe a
 * week of daily values exactly, two a year smoothly; a adds sharp annual effects, such as holidays,
 * within the kept history. So a year takes 4 coefficients and not a value for each day.
 *
 * <p>G is the dynamic harmonic regression of Hyndman and Athanasopoulos, Forecasting: Principles
 * and Practice, section 10.5, fitted recursively. Phases count from index 0 of the series; the
 * second season need not be a multiple of the first.
 */
final class FourierProfile implements Expert {

  private static final int FIRST_PAIRS = 3; // of cosine and sine, at most
  private static final int SECOND_PAIRS = 2;

  /** Values on each side of the one a second season ago. */
  private static final int BESIDE = 1;

  /** Second seasons that are remembered. */
  private static final double DEPTH = 2.74;

  private static final double FORGETTING = 0.998; // of beta

  private static final int SIZE = 1 + 2 * FIRST_PAIRS + 2 * SECOND_PAIRS;
  private static final double RIDGE = 0.01;
  private static final double KAPPA = 4;
  private static final double TRACE = 1_000; // times the number of coefficients
  private static final int PATIENCE = 30; // values before the first forecast

  private static final int BASE = 0; // double: the first value, subtracted so that floats suffice
  private static final int DEVIATION = 1; // double: r - beta a, of the newest value
  private static final int PRODUCTS = 2; // double: sum of r a
  private static final int SQUARES = 3; // double: sum of a a
  private static final int PERSISTENCE = 4; // doubles: where it begins

  private final Rls rls;
  private final Harmonics second;
  private Harmonics first = new Harmonics(1, FIRST_PAIRS);
  private final double[] features = new double[SIZE];
  private final double[] beside = new double[2 * BESIDE + 1]; // a ring of r, by index
  private final DoubleSlice persistence = new DoubleSlice();

  /**
   * @param secondSeason observations in the longer season
   */
  public FourierProfile(int secondSeason) {
    double lambda = 1 - 1 / (DEPTH * secondSeason);
    this.rls = new Rls(SIZE, lambda, RIDGE, KAPPA, TRACE * SIZE, true);
    this.second = new Harmonics(secondSeason, SECOND_PAIRS);
  }

  @Override
  public String name() {
    return "fourier-profile";
  }

  @Override
  public int doubles(SeriesDimensions shape) {
    return PERSISTENCE + Persistence.doubles(shape);
  }

  @Override
  public int floats(SeriesDimensions shape) {
    return Rls.floats(SIZE);
  }

  @Override
  public void reset(SeriesDimensions shape, ExpertState state) {
    rls.reset(state.floats());
  }

  @Override
  public void observe(History history, ExpertState state) {
    DoubleSlice doubles = state.doubles();
    if (history.age() == 1) {
      doubles.set(BASE, history.newest());
    }
    long t = history.t();
    double left = history.newest() - usual(history, state, t);
    startAgo(history, state, t);
    double ago = ago(history, state, t);
    doubles.set(PRODUCTS, FORGETTING * doubles.get(PRODUCTS) + left * ago);
    doubles.set(SQUARES, FORGETTING * doubles.get(SQUARES) + ago * ago);
    double deviation = left - beta(doubles) * ago;
    doubles.set(DEVIATION, deviation);
    Persistence.observe(history, persistence.in(doubles, PERSISTENCE), deviation);
    fill(history, t);
    rls.update(state.floats(), features, history.newest() - doubles.get(BASE));
  }

  @Override
  public void forecast(History history, ExpertState state, double[] out) {
    if (history.age() < PATIENCE) {
      Arrays.fill(out, history.newest());
      return;
    }
    long t = history.t();
    double beta = beta(state.doubles());
    double deviation = state.doubles().get(DEVIATION);
    persistence.in(state.doubles(), PERSISTENCE);
    startAgo(history, state, t + 1);
    for (int i = 1; i <= out.length; i++) {
      double usual = usual(history, state, t + i) + beta * ago(history, state, t + i);
      double rho = Persistence.rho(persistence, out.length, i);
      out[i - 1] = history.clamp(usual + rho * deviation);
    }
  }

  private static double beta(DoubleSlice doubles) {
    double squares = doubles.get(SQUARES);
    return squares > 0 ? Math.max(0, Math.min(1, doubles.get(PRODUCTS) / squares)) : 0;
  }

  /** G at an index. */
  private double usual(History history, ExpertState state, long index) {
    fill(history, index);
    return state.doubles().get(BASE) + rls.predict(state.floats(), features);
  }

  /** Prepares {@link #ago} for an index and those after it, one by one. */
  private void startAgo(History history, ExpertState state, long index) {
    for (int j = -BESIDE; j < BESIDE; j++) {
      leftAgo(history, state, index + j);
    }
  }

  /** The mean residual around an index a second season ago; 0 if it is not kept. */
  private double ago(History history, ExpertState state, long index) {
    leftAgo(history, state, index + BESIDE);
    double sum = 0;
    int count = 0;
    for (double left : beside) {
      if (!Double.isNaN(left)) {
        sum += left;
        count++;
      }
    }
    return count == 0 ? 0 : sum / count;
  }

  /** Puts the residual of one value into the ring; NaN if it is not kept or not observed yet. */
  private void leftAgo(History history, ExpertState state, long index) {
    long before = index - second.period();
    double value = before < history.start() ? Double.NaN : history.recall(before);
    beside[Math.floorMod(index, beside.length)] =
        Double.isNaN(value) ? Double.NaN : value - usual(history, state, before);
  }

  /** Coefficients that a short season does not need stay 0, as their features do. */
  private void fill(History history, long index) {
    if (first.period() != history.season()) {
      first = new Harmonics(history.season(), FIRST_PAIRS);
      Arrays.fill(features, 0);
    }
    features[0] = 1;
    first.fill(features, 1, index);
    second.fill(features, 1 + 2 * FIRST_PAIRS, index);
  }
}
