package dev.weir.forecast.expert;

import dev.weir.forecast.expert.ForecastParts.Kind;
import java.util.Arrays;

/**
 * A regression on covariates for each phase of the season, fitted by {@link Rls}. For the value at
 * u, however far ahead:
 *
 * <pre>
 * z[u] = theta[phase of u]' [ z[u - season], z[u - week], z of the mean of the season up to u - season, 1,
 *                             x_k[u], x_k[u - season], x_k[u - week]  for each covariate k ]
 * </pre>
 *
 * with z = (y - m) / s. Of an observed covariate, which is not known at u, x_k[u] is the newest one
 * that is known a season ahead. There are two of these: one with the running mean and deviation as
 * m and s, and one with slow ones and z = sign(z) log(1 + 2 |z|), for which a peak weighs less.
 * Without a season it repeats the newest value.
 */
final class CovariateRegression implements Expert {

  private static final int PHASES = 24; // of a longer season several share a regression
  private static final int OTHERS = 4;
  private static final int PER_COVARIATE = 3;
  private static final double RIDGE = 1;
  private static final double KAPPA = 4;
  private static final double TRACE = 1_000; // times the number of features
  private static final float START = 0.5f; // of the coefficients of a season and a week ago

  /** Beyond this many deviations a feature says only "far". */
  private static final double FAR = 10;

  private static final double SLOWEST = 1e-4; // weight of a value in the slow mean and deviation
  private static final double DEVIATIONS = 1.4; // of normal values, by their mean deviation

  private static final int MEAN = 0;
  private static final int SIZE = 1;

  private final boolean logarithmic;
  private final Covariates.Count count;
  private final int size;
  private final Rls rls;
  private final double[] features;
  private final FloatSlice regression = new FloatSlice();
  private double[] path = new double[0]; // (horizon), forecasts so far
  private long known; // index of the newest value; path begins after it
  private double mean;
  private double deviation;
  private double sum; // of the season that ends one season before the value that is forecast

  /**
   * @param logarithmic which of the two it is
   */
  public CovariateRegression(Covariates.Count count, boolean logarithmic) {
    this.logarithmic = logarithmic;
    this.count = count;
    this.size = OTHERS + PER_COVARIATE * count.all();
    this.rls = new Rls(size, logarithmic ? 0.995 : 0.998, RIDGE, KAPPA, TRACE * size, true);
    this.features = new double[size];
  }

  @Override
  public String name() {
    return logarithmic ? "log-covariates" : "covariates";
  }

  @Override
  public int doubles(SeriesDimensions shape) {
    return logarithmic ? SIZE + 1 : 0;
  }

  @Override
  public int floats(SeriesDimensions shape) {
    return phases(shape) * Rls.floats(size);
  }

  private static int phases(SeriesDimensions shape) {
    return shape.season() > 1 ? Math.min(PHASES, shape.season()) : 0;
  }

  @Override
  public void reset(SeriesDimensions shape, ExpertState state) {
    for (int phase = 0; phase < phases(shape); phase++) {
      FloatSlice of = regression.in(state.floats(), phase * Rls.floats(size));
      rls.reset(of);
      of.set(0, shape.week() > 1 ? START : 1);
      of.set(1, shape.week() > 1 ? START : 0);
    }
  }

  @Override
  public void observe(History history, ExpertState state) {
    if (logarithmic) {
      learnScale(history, state.doubles());
    }
    if (!isReady(history, state)) {
      return;
    }
    known = history.t();
    sum = sumOfSeason(history, known - history.season());
    fill(history, known);
    rls.update(regressionOf(history, state, known), features, scaled(history.newest()));
  }

  private void learnScale(History history, DoubleSlice doubles) {
    if (history.age() == 1) { // no distance is known yet
      doubles.set(MEAN, history.newest());
      return;
    }
    double weight = Math.max(SLOWEST, 1.0 / (history.age() - 1));
    double before = history.newest() - doubles.get(MEAN);
    doubles.set(MEAN, doubles.get(MEAN) + weight * before);
    doubles.set(SIZE, doubles.get(SIZE) + weight * (Math.abs(before) - doubles.get(SIZE)));
  }

  /** Sets the scale; false without a season, and until two seasons have come. */
  private boolean isReady(History history, ExpertState state) {
    mean = logarithmic ? state.doubles().get(MEAN) : history.mean();
    deviation = logarithmic ? DEVIATIONS * state.doubles().get(SIZE) : history.deviation();
    int season = history.season();
    return season > 1 && history.age() > 2L * season + 1 && history.isUsable(deviation);
  }

  @Override
  public void forecast(History history, ExpertState state, double[] out) {
    known = history.t();
    path = out;
    if (!isReady(history, state)) {
      Arrays.fill(out, history.newest());
      return;
    }
    int season = history.season();
    sum = sumOfSeason(history, known - season);
    for (int i = 1; i <= out.length; i++) {
      sum += value(history, known + i - season) - value(history, known + i - 2L * season);
      out[i - 1] = forecast(history, state, known + i);
    }
  }

  private double forecast(History history, ExpertState state, long u) {
    fill(history, u);
    double z = rls.predict(regressionOf(history, state, u), features);
    return history.clamp(unscaled(z));
  }

  /**
   * Each covariate's term exactly, or for the logarithmic one in proportion to its term of z; all
   * else, also the covariates of a season and a week before, is of the season.
   */
  @Override
  public void explain(History history, ExpertState state, ForecastParts parts) {
    known = history.t();
    if (!isReady(history, state)) {
      parts.addRest(Kind.RECENT);
      return;
    }
    long u = known + 1;
    int season = history.season();
    sum =
        sumOfSeason(history, known - season)
            + value(history, u - season)
            - value(history, u - 2L * season);
    fill(history, u);
    FloatSlice theta = regressionOf(history, state, u);
    double z = rls.predict(theta, features);
    double forecast = unscaled(z);
    double perZ = deviation * (z == 0 ? 1 : plain(z) / z); // at 0 the terms cancel each other
    double left = forecast - parts.level();
    for (int i = OTHERS; i < size; i += PER_COVARIATE) { // those of the time that is forecast
      double term = perZ * rls.coefficient(theta, i) * features[i];
      parts.addCovariate((i - OTHERS) / PER_COVARIATE, term);
      left -= term;
    }
    parts.add(Kind.SEASON, left);
  }

  private FloatSlice regressionOf(History history, ExpertState state, long u) {
    int season = history.season();
    int phase = (int) (u % season * phases(history.shape()) / season);
    return regression.in(state.floats(), phase * Rls.floats(size));
  }

  private void fill(History history, long u) {
    int season = history.season();
    int week = history.shape().week();
    features[0] = scaled(value(history, u - season));
    boolean hasWeek = u - week >= history.oldest();
    features[1] = week == 1 ? 0 : hasWeek ? scaled(value(history, u - week)) : features[0];
    features[2] = scaled(sum / season);
    features[3] = 1;
    Covariates covariates = history.covariates();
    int at = OTHERS;
    for (int k = 0; k < count.all(); k++) {
      long now = k < count.observed() ? u - season - 1 : u;
      features[at++] = covariates.standardized(k, known, now);
      features[at++] = covariates.standardized(k, known, now - season);
      features[at++] = week > 1 ? covariates.standardized(k, known, now - week) : 0;
    }
  }

  private double sumOfSeason(History history, long last) {
    double sum = 0;
    for (int i = 0; i < history.season(); i++) {
      sum += value(history, last - i);
    }
    return sum;
  }

  private double value(History history, long index) {
    return index > known
        ? path[(int) (index - known) - 1]
        : history.at(Math.max(history.oldest(), index));
  }

  private double scaled(double y) {
    double z = (y - mean) / deviation;
    double limited = Math.max(-FAR, Math.min(FAR, z));
    return logarithmic ? Math.copySign(Math.log1p(2 * Math.abs(limited)), limited) : limited;
  }

  private double unscaled(double z) {
    return mean + deviation * plain(z);
  }

  private double plain(double z) {
    double most = Math.log1p(2 * FAR) + 1;
    return logarithmic ? Math.copySign(Math.expm1(Math.min(Math.abs(z), most)) / 2, z) : z;
  }
}
