package dev.weir.forecast.expert;

import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.SeriesDimensions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A regression on covariates for each phase of the season, fitted by {@link Rls}. For the value at
 * u, h after the newest one:
 *
 * <pre>
 * z[u] = theta[phase of u]' features[u] + e[u]
 * features = [ z[u - season], z[u - week], z of the mean of the season up to u - season, 1,
 *              x_k[u], x_k[u - season], x_k[u - week]  for each covariate k ]
 * e[u] = a[phase of u] e[u - 1]             its newest error, carried forward
 * </pre>
 *
 * with z = asinh((y - m) / s), for which a peak weighs less, of a slow mean and deviation. Of an
 * observed covariate, which is missing at u, x_k[u] is the newest one available a season ahead.
 * Without a season it repeats the newest value.
 *
 * <p>With few covariates known ahead there are three more. One is nearly linear, since its s is
 * large. Two read more: values two and three seasons ago, the neighbors of the one a season ago,
 * covariates at u - 1 and u + 1, and their means over a season; the slow one also which day of the
 * week u is.
 */
final class CovariateRegression implements Expert {

  private enum Kind {
    LOGARITHMIC("log-covariates", 0.7, 0.995, 4),
    LINEAR("covariates-linear", 8, 0.998, 4), // few values are beyond 8 mean deviations
    WIDE("covariates-wide", 1.4, 0.99, 2),
    SLOW("covariates-slow", 1.4, 0.998, 1.2);

    private final String label;
    private final double scale; // mean deviations that are 1 to asinh
    private final double lambda;
    private final double kappa;

    Kind(String label, double scale, double lambda, double kappa) {
      this.label = label;
      this.scale = scale;
      this.lambda = lambda;
      this.kappa = kappa;
    }
  }

  private static final int PHASES = 24; // of a longer season several share a regression
  private static final int OTHERS = 4;
  private static final int MORE = 4; // values of a rich one
  private static final int DAYS = 7;
  private static final int PER_COVARIATE = 3;
  private static final int MORE_PER_COVARIATE = 4;
  private static final int FEW = 4; // covariates of a rich one: its state grows by their square
  private static final int LONGEST = 168; // season whose covariates are averaged, for their cost
  private static final double RIDGE = 1;
  private static final double TRACE = 1_000; // times the number of features
  private static final float START = 0.5f; // of the coefficients of a season and a week ago

  private static final double FAR = 5; // a feature beyond this z says only "far"
  private static final double SLOWEST = 1e-4; // weight of a value in the slow mean and deviation
  private static final float CARRY = 0.995f; // forgetting of the errors' regression

  private static final int MEAN = 0;
  private static final int SIZE = 1;
  private static final int ERROR = 2; // the newest one, in z

  private final Kind kind;
  private final boolean rich;
  private final Covariates.Count count;
  private final int firstCovariate;
  private final int own; // features of a covariate that are of the time that is forecast
  private final int perCovariate;
  private final int size;
  private final int floatsOfPhase; // the regression's, then two sums whose quotient is a
  private final Rls rls;
  private final double[] features;
  private final double[] means; // (covariates, 2) sums of the season up to u and the one before
  private final FloatSlice regression = new FloatSlice();
  private double[] path = new double[0]; // (horizon), forecasts so far
  private long newestIndex; // index of the newest value; path begins after it
  private double mean;
  private double deviation;
  private double sum; // of the season that ends one season before the value that is forecast

  private CovariateRegression(Covariates.Count count, Kind kind) {
    this.kind = kind;
    this.count = count;
    this.rich = kind == Kind.WIDE || kind == Kind.SLOW;
    this.firstCovariate = OTHERS + (rich ? MORE : 0) + (kind == Kind.SLOW ? DAYS : 0);
    this.own = rich ? 4 : 1;
    this.perCovariate = PER_COVARIATE + (rich ? MORE_PER_COVARIATE : 0);
    this.size = firstCovariate + perCovariate * count.all();
    this.floatsOfPhase = Rls.floats(size) + 2;
    this.rls = new Rls(size, kind.lambda, RIDGE, kind.kappa, TRACE * size, true);
    this.features = new double[size];
    this.means = new double[2 * count.all()];
  }

  /** The regressions for a count of covariates: one, or all if few of them are known ahead. */
  static List<CovariateRegression> all(Covariates.Count count) {
    boolean few = count.ahead() > 0 && count.all() <= FEW;
    return Stream.of(Kind.values())
        .filter(kind -> few || kind == Kind.LOGARITHMIC)
        .map(kind -> new CovariateRegression(count, kind))
        .toList();
  }

  @Override
  public String name() {
    return kind.label;
  }

  @Override
  public int doubles(SeriesDimensions shape) {
    return ERROR + 1;
  }

  @Override
  public int floats(SeriesDimensions shape) {
    return phases(shape) * floatsOfPhase;
  }

  private static int phases(SeriesDimensions shape) {
    return shape.season() > 1 ? Math.min(PHASES, shape.season()) : 0;
  }

  @Override
  public void reset(SeriesDimensions shape, ExpertState state) {
    for (int phase = 0; phase < phases(shape); phase++) {
      FloatSlice of = regression.in(state.floats(), phase * floatsOfPhase);
      rls.reset(of);
      of.set(0, shape.week() > 1 ? START : 1);
      of.set(1, shape.week() > 1 ? START : 0);
    }
  }

  @Override
  public void observe(History history, ExpertState state) {
    learnScale(history, state.doubles());
    if (!isReady(history, state)) {
      return;
    }
    newestIndex = history.t();
    sumUpTo(history, newestIndex);
    fill(history, newestIndex);
    double z = scaled(history.newest());
    FloatSlice theta = regressionOf(history, state, newestIndex, 0);
    double error = Math.max(-FAR, Math.min(FAR, z - rls.predict(theta, features)));
    rls.update(theta, features, z);
    FloatSlice carry = regressionOf(history, state, newestIndex, Rls.floats(size));
    double before = state.doubles().get(ERROR);
    carry.set(0, (float) (CARRY * carry.get(0) + before * error));
    carry.set(1, (float) (CARRY * carry.get(1) + before * before));
    state.doubles().set(ERROR, error);
  }

  private void learnScale(History history, DoubleSlice doubles) {
    if (history.age() == 1) { // there is no distance yet
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
    mean = state.doubles().get(MEAN);
    deviation = kind.scale * state.doubles().get(SIZE);
    int season = history.season();
    return season > 1 && history.age() > 2L * season + 1 && history.isUsable(deviation);
  }

  @Override
  public void forecast(History history, ExpertState state, double[] out) {
    newestIndex = history.t();
    path = out;
    if (!isReady(history, state)) {
      Arrays.fill(out, history.newest());
      return;
    }
    sumUpTo(history, newestIndex);
    double error = state.doubles().get(ERROR);
    for (int i = 1; i <= out.length; i++) {
      moveTo(history, newestIndex + i);
      fill(history, newestIndex + i);
      error = carried(history, state, newestIndex + i, error);
      double z = rls.predict(regressionOf(history, state, newestIndex + i, 0), features) + error;
      out[i - 1] = history.clamp(unscaled(z));
    }
  }

  /** The expected error at u after an error at the step before. */
  private double carried(History history, ExpertState state, long u, double error) {
    FloatSlice carry = regressionOf(history, state, u, Rls.floats(size));
    double a = carry.get(0) / (carry.get(1) + 0.1); // 0.1 shrinks it while errors are few
    return error * Math.max(-1, Math.min(1, a));
  }

  /** Terms exactly, or for a logarithmic one in proportion to their part of z. */
  @Override
  public void addCovariates(History history, ExpertState state, double[] terms) {
    newestIndex = history.t();
    if (!isReady(history, state)) {
      return;
    }
    long u = newestIndex + 1;
    sumUpTo(history, u);
    fill(history, u);
    double error = carried(history, state, u, state.doubles().get(ERROR));
    FloatSlice theta = regressionOf(history, state, u, 0);
    double z = rls.predict(theta, features) + error;
    double perZ = deviation * (z == 0 ? 1 : plain(z) / z); // at 0 the terms cancel each other
    for (int i = firstCovariate; i < size; i++) {
      if ((i - firstCovariate) % perCovariate < own) {
        terms[(i - firstCovariate) / perCovariate] +=
            perZ * rls.coefficient(theta, i) * features[i];
      }
    }
  }

  /**
   * @param part 0 for the regression, the size of its state for the sums behind it
   */
  private FloatSlice regressionOf(History history, ExpertState state, long u, int part) {
    int season = history.season();
    int phase = (int) (u % season * phases(history.shape()) / season);
    return regression.in(state.floats(), phase * floatsOfPhase + part);
  }

  private void fill(History history, long u) {
    int season = history.season();
    int week = history.shape().week();
    features[0] = scaled(value(history, u - season));
    features[1] = week == 1 ? 0 : lag(history, u, week);
    features[2] = scaled(sum / season);
    features[3] = 1;
    int at = OTHERS;
    if (rich) {
      features[at++] = week == 1 ? 0 : lag(history, u, 2 * season);
      features[at++] = week == 1 ? 0 : lag(history, u, 3 * season);
      features[at++] = scaled(value(history, u - season - 1));
      features[at++] = scaled(value(history, u - season + 1));
    }
    for (int day = 0; at < firstCovariate; day++) {
      features[at++] = week > 1 && u % week / season == day ? 1 : 0;
    }
    long last = newestIndex + history.shape().horizon(); // no covariates are known ahead after it
    for (int k = 0; k < count.all(); k++) {
      features[at++] = covariate(history, k, u);
      if (rich) {
        features[at++] = covariate(history, k, u - 1);
        features[at++] = covariate(history, k, Math.min(u + 1, last));
        features[at++] = means[2 * k] / season;
        features[at++] = means[2 * k + 1] / season;
      }
      features[at++] = covariate(history, k, u - season);
      features[at++] = week > 1 ? covariate(history, k, u - week) : 0;
    }
  }

  private double lag(History history, long u, int lag) {
    return u - lag >= history.oldest() ? scaled(value(history, u - lag)) : features[0];
  }

  private double covariate(History history, int k, long u) {
    long index = k < count.observed() ? u - history.season() - 1 : u;
    return history.covariates().standardized(k, newestIndex, index);
  }

  /** Sums up the season before that of u, and the covariates of both. */
  private void sumUpTo(History history, long u) {
    int season = history.season();
    sum = 0;
    for (int i = 0; i < season; i++) {
      sum += value(history, u - season - i);
    }
    Arrays.fill(means, 0);
    for (int k = 0; averages(season) && k < means.length; k++) {
      for (int i = 0; i < season; i++) {
        means[k] += covariate(history, k / 2, u - k % 2 * season - i);
      }
    }
  }

  private void moveTo(History history, long u) {
    int season = history.season();
    sum += value(history, u - season) - value(history, u - 2L * season);
    for (int k = 0; averages(season) && k < means.length; k++) {
      long last = u - k % 2 * season;
      means[k] += covariate(history, k / 2, last) - covariate(history, k / 2, last - season);
    }
  }

  private boolean averages(int season) {
    return rich && season <= LONGEST;
  }

  private double value(History history, long index) {
    return index > newestIndex
        ? path[(int) (index - newestIndex) - 1]
        : history.at(Math.max(history.oldest(), index));
  }

  private double scaled(double y) {
    double z = (y - mean) / deviation;
    double size = Math.abs(z);
    double asinh = size > 1e9 ? FAR : Math.log(size + Math.sqrt(size * size + 1));
    return Math.copySign(Math.min(FAR, asinh), z);
  }

  private double unscaled(double z) {
    return mean + deviation * plain(z);
  }

  private double plain(double z) {
    return Math.sinh(Math.max(-FAR, Math.min(FAR, z)));
  }
}
