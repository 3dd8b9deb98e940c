package dev.weir.forecast.expert;

import dev.weir.forecast.slot.SeriesDimensions;

/**
 * An autoregression with covariates, fitted by {@link Rls} one step ahead and iterated on its own
 * forecasts: the features of {@link RlsAr}, and of each covariate its values at the target's time,
 * one before, and a season and a week before the target. An observed covariate is taken one value
 * earlier.
 */
final class CovariateAr extends IteratedRegression {

  private static final int PER_PERIOD = 3;
  private static final int PER_COVARIATE = 4;
  private static final double LAMBDA = 0.999;
  private static final double RIDGE = 1;
  private static final double KAPPA = 3;
  private static final double TRACE = 10; // times the number of features

  private final Covariates.Count count;
  private final Rls rls;

  public CovariateAr(Covariates.Count count) {
    super(LAGS + 2 * PER_PERIOD + PER_COVARIATE * count.all());
    int size = features.length;
    this.count = count;
    this.rls = new Rls(size, LAMBDA, RIDGE, KAPPA, TRACE * size, true);
  }

  @Override
  public String name() {
    return "covariate-ar";
  }

  @Override
  Rls rls(SeriesDimensions shape) {
    return rls;
  }

  @Override
  public int floats(SeriesDimensions shape) {
    return Rls.floats(features.length);
  }

  @Override
  void fillOthers(
      History history, long origin, long newestIndex, double anchor, double perDeviation) {
    int season = history.season();
    int week = history.shape().week();
    fillPeriod(history, LAGS, PER_PERIOD, origin, season, anchor, perDeviation);
    fillPeriod(history, LAGS + PER_PERIOD, PER_PERIOD, origin, week, anchor, perDeviation);
    int at = LAGS + 2 * PER_PERIOD;
    Covariates covariates = history.covariates();
    for (int k = 0; k < count.all(); k++) {
      long now = k < count.observed() ? origin : origin + 1;
      features[at++] = covariates.standardized(k, newestIndex, now);
      features[at++] = covariates.standardized(k, newestIndex, now - 1);
      features[at++] = season > 1 ? covariates.standardized(k, newestIndex, now - season) : 0;
      features[at++] = week > 1 ? covariates.standardized(k, newestIndex, now - week) : 0;
    }
  }

  /** The terms of the target's time only; past values belong to the series' own lags. */
  @Override
  public void addCovariates(History history, ExpertState state, double[] terms) {
    double unit = fillNext(history);
    for (int k = 0; unit > 0 && k < terms.length; k++) {
      int i = LAGS + 2 * PER_PERIOD + k * PER_COVARIATE;
      terms[k] += unit * rls.coefficient(state.floats(), i) * features[i];
    }
  }
}
