package dev.weir.forecast.expert;

import dev.weir.forecast.slot.SeriesDimensions;

/**
 * A regression of a value's distance from the one before it, in running deviations, fitted by
 * {@link Rls} one step ahead and iterated on its own forecasts. Its first features are the five
 * values before the anchor, and 1; subclasses fill the others.
 */
abstract class IteratedRegression implements Expert {

  static final int LAGS = 6;

  /** Values before the first update: a deviation of fewer is too uncertain. */
  private static final int PATIENCE = 24;

  /** Bound of a feature in deviations: one spike must not dominate P. */
  private static final double FAR = 10;

  final double[] features;
  private double[] path = new double[0]; // (horizon), forecasts so far
  private long newestIndex; // index of the newest value; path begins after it

  /**
   * @param size features at most
   */
  IteratedRegression(int size) {
    this.features = new double[size];
  }

  abstract Rls rls(SeriesDimensions shape);

  /**
   * Fills the features from {@link #LAGS} on.
   *
   * @param origin index of the value before the one that is forecast
   * @param newestIndex index of the newest value
   */
  abstract void fillOthers(
      History history, long origin, long newestIndex, double anchor, double perDeviation);

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
    newestIndex = history.t();
    double anchor = history.at(newestIndex - 1);
    fill(history, newestIndex - 1, anchor, 1 / deviation);
    double target = (history.newest() - anchor) / deviation;
    rls(history.shape()).update(state.floats(), features, cut(target));
  }

  @Override
  public void forecast(History history, ExpertState state, double[] out) {
    newestIndex = history.t();
    path = out;
    double deviation = history.deviation();
    boolean usable = history.age() > PATIENCE && history.isUsable(deviation);
    double anchor = history.newest();
    for (int i = 0; i < out.length; i++) {
      if (usable) {
        fill(history, newestIndex + i, anchor, 1 / deviation);
        double step = rls(history.shape()).predict(state.floats(), features);
        anchor = history.clamp(anchor + deviation * step);
      }
      out[i] = anchor;
    }
  }

  /** Fills the features of the next value; returns their unit, 0 without a forecast. */
  final double fillNext(History history) {
    newestIndex = history.t();
    double deviation = history.deviation();
    if (history.age() <= PATIENCE || !history.isUsable(deviation)) {
      return 0;
    }
    fill(history, newestIndex, history.newest(), 1 / deviation);
    return deviation;
  }

  private void fill(History history, long origin, double anchor, double perDeviation) {
    for (int i = 1; i < LAGS; i++) {
      features[i - 1] = feature(history, origin - i, anchor, perDeviation);
    }
    features[LAGS - 1] = 1;
    fillOthers(history, origin, newestIndex, anchor, perDeviation);
  }

  /**
   * Fills values a period before the one that is forecast, and beside it.
   *
   * @param period 1 for none: then they are 0
   */
  final void fillPeriod(
      History history,
      int at,
      int count,
      long origin,
      int period,
      double anchor,
      double perDeviation) {
    for (int k = 0; k < count; k++) {
      // with a season of 2 the value of "next step, one season ago, one later" is the origin itself
      long index = Math.min(origin + 2 - k - period, origin);
      features[at + k] = period > 1 ? feature(history, index, anchor, perDeviation) : 0;
    }
  }

  /** A value or its forecast, as distance from the anchor; 0 if it is not kept. */
  final double feature(History history, long index, double anchor, double perDeviation) {
    double value;
    if (index > newestIndex) {
      value = path[(int) (index - newestIndex) - 1];
    } else if (history.has(index)) {
      value = history.at(index);
    } else {
      return 0;
    }
    return cut((value - anchor) * perDeviation);
  }

  private static double cut(double value) {
    return value > FAR ? FAR : value < -FAR ? -FAR : value;
  }
}
