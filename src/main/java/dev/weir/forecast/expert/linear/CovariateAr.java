package dev.weir.forecast.expert.linear;

import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.ExpertState;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.SeriesDimensions;

/**
 * An autoregression with covariates, fitted by {@link Rls} one step ahead and iterated on its own
 * forecasts: the features of {@link RlsAr}, and of each covariate its values at the target's time,
 * one before, and a season and a week before the target. An observed covariate, which is not known
 * at the target's time, is taken one value earlier.
 */
public final class CovariateAr implements Expert {

  private static final int LAGS = 6;
  private static final int PER_PERIOD = 3;
  private static final int PER_COVARIATE = 4;
  private static final double FAR = 10;
  private static final int PATIENCE = 24;

  private final Covariates.Count count;
  private final Rls rls;
  private final double[] features;
  private double[] path = new double[0]; // (horizon), forecasts so far
  private long known; // index of the newest value; path begins after it

  public CovariateAr(Covariates.Count count) {
    this.count = count;
    int size = LAGS + 2 * PER_PERIOD + PER_COVARIATE * count.all();
    this.rls = new Rls(size, 0.999, 1, 3, 10 * size, true);
    this.features = new double[size];
  }

  @Override
  public String name() {
    return "covariate-ar";
  }

  @Override
  public int floats(SeriesDimensions shape) {
    return Rls.floats(features.length);
  }

  @Override
  public void reset(SeriesDimensions shape, ExpertState state) {
    rls.reset(state.floats());
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
    rls.update(state.floats(), features, cut((history.newest() - anchor) / deviation));
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
        double step = rls.predict(state.floats(), features);
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
    int week = history.shape().week();
    for (int k = 0; k < PER_PERIOD; k++) {
      features[LAGS + k] = lag(history, origin + 2 - k, season, origin, anchor, deviation);
      features[LAGS + PER_PERIOD + k] =
          lag(history, origin + 2 - k, week, origin, anchor, deviation);
    }
    int at = LAGS + 2 * PER_PERIOD;
    Covariates covariates = history.covariates();
    for (int k = 0; k < count.all(); k++) {
      long now = k < count.observed() ? origin : origin + 1;
      features[at++] = covariates.standardized(k, known, now);
      features[at++] = covariates.standardized(k, known, now - 1);
      features[at++] = season > 1 ? covariates.standardized(k, known, now - season) : 0;
      features[at++] = week > 1 ? covariates.standardized(k, known, now - week) : 0;
    }
  }

  private double lag(
      History history, long index, int period, long origin, double anchor, double deviation) {
    return period > 1 ? feature(history, Math.min(index - period, origin), anchor, deviation) : 0;
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
