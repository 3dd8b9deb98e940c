package dev.weir.forecast.expert.linear;

import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.ExpertState;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.SeriesDimensions;
import dev.weir.forecast.expert.seasonal.Naive;

/**
 * An autoregression with seasonal lags, fitted by {@link Rls} one step ahead and iterated on its
 * own forecasts:
 *
 * <pre>
 * (y[t+1] - y[t]) / s = theta' [ (y[t-i] - y[t]) / s  for i = 1..p-1,
 *                                (y[t-L+k] - y[t]) / s  for L = season, week and k = -1..2,
 *                                (y[t-2 season+k] - y[t]) / s  for k = 0, 1,  1 ]
 * </pre>
 *
 * with s the running deviation. Anchored at the newest value, so theta = 0 is {@link Naive}.
 * Forgets fast (lambda .995): with few coefficients that is worth more than many lags.
 */
public final class RlsAr implements Expert {

  private static final int LAGS = 6;
  private static final int PER_PERIOD = 4;
  private static final int SIZE = LAGS + 2 * PER_PERIOD + 2;
  private static final double LAMBDA = 0.995;
  private static final double RIDGE = 0.1;
  private static final double KAPPA = 3;

  /** Values before the first update: a deviation of fewer says nothing. */
  private static final int PATIENCE = 24;

  /** Beyond this many deviations a feature says only "far": P must not be ruled by one spike. */
  private static final double FAR = 10;

  private final Rls seasonal = rls(SIZE);
  private final Rls plain = rls(LAGS);
  private final double[] features = new double[SIZE];
  private double[] path = new double[0]; // (horizon), forecasts so far
  private long known; // index of the newest value; path begins after it

  private static Rls rls(int size) {
    return new Rls(size, LAMBDA, RIDGE, KAPPA, size / RIDGE);
  }

  @Override
  public String name() {
    return "rls-ar";
  }

  private Rls rls(SeriesDimensions shape) {
    return shape.season() > 1 ? seasonal : plain;
  }

  @Override
  public int floats(SeriesDimensions shape) {
    return Rls.floats(shape.season() > 1 ? SIZE : LAGS);
  }

  @Override
  public void reset(SeriesDimensions shape, ExpertState state) {
    rls(shape).reset(state.floats());
  }

  @Override
  public void observe(History history, ExpertState state) {
    double deviation = history.lastDeviation();
    if (history.age() <= PATIENCE || !history.isUsable(deviation)) {
      return;
    }
    known = history.t();
    double anchor = history.at(known - 1);
    fill(history, known - 1, anchor, deviation);
    double target = (history.newest() - anchor) / deviation;
    rls(history.shape()).update(state.floats(), features, cut(target));
  }

  @Override
  public void forecast(History history, ExpertState state, double[] out) {
    known = history.t();
    path = out;
    double deviation = history.deviation();
    boolean usable = history.age() > PATIENCE && history.isUsable(deviation);
    double anchor = history.newest();
    for (int i = 0; i < out.length; i++) {
      if (usable) {
        fill(history, known + i, anchor, deviation);
        double step = rls(history.shape()).predict(state.floats(), features);
        anchor = history.clamp(anchor + deviation * step);
      }
      out[i] = anchor;
    }
  }

  private void fill(History history, long origin, double anchor, double deviation) {
    for (int i = 1; i < LAGS; i++) {
      features[i - 1] = feature(history, origin - i, anchor, deviation);
    }
    features[LAGS - 1] = 1;
    int season = history.season();
    if (season > 1) {
      fillSeason(history, LAGS, origin, season, anchor, deviation);
      fillSeason(history, LAGS + PER_PERIOD, origin, history.shape().week(), anchor, deviation);
      features[SIZE - 2] = feature(history, origin + 1 - 2L * season, anchor, deviation);
      features[SIZE - 1] = feature(history, origin - 2L * season, anchor, deviation);
    }
  }

  private void fillSeason(
      History history, int at, long origin, int period, double anchor, double deviation) {
    for (int k = 0; k < PER_PERIOD; k++) {
      // with a season of 2 the value of "next step, one season ago, one later" is the origin itself
      long index = Math.min(origin + 2 - k - period, origin);
      features[at + k] = period > 1 ? feature(history, index, anchor, deviation) : 0;
    }
  }

  private double feature(History history, long index, double anchor, double deviation) {
    double value;
    if (index > known) {
      value = path[(int) (index - known) - 1];
    } else if (history.has(index)) {
      value = history.at(index);
    } else {
      return 0;
    }
    return cut((value - anchor) / deviation);
  }

  private static double cut(double value) {
    return Math.max(-FAR, Math.min(FAR, value));
  }
}
