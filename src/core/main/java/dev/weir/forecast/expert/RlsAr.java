package dev.weir.forecast.expert;

import dev.weir.forecast.slot.SeriesDimensions;

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
final class RlsAr extends IteratedRegression {

  private static final int PER_PERIOD = 4;
  private static final int SIZE = LAGS + 2 * PER_PERIOD + 2;
  private static final double LAMBDA = 0.995;
  private static final double RIDGE = 0.1;
  private static final double KAPPA = 3;

  private final Rls seasonal = rls(SIZE);
  private final Rls plain = rls(LAGS);

  public RlsAr() {
    super(SIZE);
  }

  private static Rls rls(int size) {
    return new Rls(size, LAMBDA, RIDGE, KAPPA, size / RIDGE);
  }

  @Override
  public String name() {
    return "rls-ar";
  }

  @Override
  Rls rls(SeriesDimensions shape) {
    return shape.season() > 1 ? seasonal : plain;
  }

  @Override
  public int floats(SeriesDimensions shape) {
    return Rls.floats(shape.season() > 1 ? SIZE : LAGS);
  }

  @Override
  void fillOthers(
      History history, long origin, long newestIndex, double anchor, double perDeviation) {
    int season = history.season();
    if (season > 1) {
      int week = history.shape().week();
      fillPeriod(history, LAGS, PER_PERIOD, origin, season, anchor, perDeviation);
      fillPeriod(history, LAGS + PER_PERIOD, PER_PERIOD, origin, week, anchor, perDeviation);
      features[SIZE - 2] = feature(history, origin + 1 - 2L * season, anchor, perDeviation);
      features[SIZE - 1] = feature(history, origin - 2L * season, anchor, perDeviation);
    }
  }
}
