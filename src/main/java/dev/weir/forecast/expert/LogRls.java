package dev.weir.forecast.expert;

/**
 * An autoregression, fitted by {@link Rls}, on deviations of the transformed values from their own
 * seasonal profile: multiplicative where the series is far from zero. For one step ahead, with dev
 * the deviation and e its running mean size:
 *
 * <pre>
 * dev[t+1] / e = theta' [ dev[t-i] / e for i = 0..23, dev at the same phase a season ago and a week ago and one before each, .3 ]
 * </pre>
 *
 * iterated, added to the profile, transformed back. Without a season the profile is the newest
 * value and the deviations are differences from it.
 */
public final class LogRls implements Expert {

  private static final int LAGS = 24;

  /** For few steps ahead fewer lags do as well, in two thirds of the memory. */
  private static final int FEW_LAGS = 16;

  private static final int FEW_STEPS = 8;

  /** Features beside the lags. */
  private static final int OTHERS = 5;

  private static final double WEIGHT = 0.15; // of the newest value at its phase, at least

  private static final int LONGEST_WEEK = 512;

  private static final int SPREAD = 0; // double: running mean size of the deviations
  private static final int LAST_SPREAD = 1;
  private static final int THETA = 2;

  private final Rls many = rls(LAGS);
  private final Rls few = rls(FEW_LAGS);
  private final double[] features = new double[LAGS + OTHERS];
  private double[] path = new double[0]; // (horizon), deviations foreseen
  private History history;
  private ExpertState memory;
  private int lags;
  private int lineAt; // floats: the line of past deviations
  private int line; // its length

  private static Rls rls(int lags) {
    int size = lags + OTHERS;
    return new Rls(size, 0.999, 0.1, 3, size * 10);
  }

  private static int lags(Shape shape) {
    return shape.horizon() <= FEW_STEPS ? FEW_LAGS : LAGS;
  }

  private Rls rls(Shape shape) {
    return shape.horizon() <= FEW_STEPS ? few : many;
  }

  @Override
  public String name() {
    return "log-rls";
  }

  @Override
  public int doubles(Shape shape) {
    return THETA + Rls.doubles(lags(shape) + OTHERS);
  }

  /** The profiles, then deviations back to a week (or a season) and a step. */
  @Override
  public int floats(Shape shape) {
    return profiles(shape) + line(shape);
  }

  /** A week, unless it is so long that its profile and its deviations would rule the memory. */
  private static int week(Shape shape) {
    return shape.week() <= LONGEST_WEEK ? shape.week() : 1;
  }

  private static int profiles(Shape shape) {
    return shape.season() > 1 ? shape.season() + (week(shape) > 1 ? week(shape) : 0) : 0;
  }

  private static int line(Shape shape) {
    return Math.max(LAGS, Math.max(week(shape), shape.season())) + 2;
  }

  @Override
  public void begin(Shape shape, ExpertState memory) {
    rls(shape).begin(memory.doubles, memory.d + THETA);
  }

  private void look(History history, ExpertState memory) {
    this.history = history;
    this.memory = memory;
    lags = lags(history.shape());
    lineAt = memory.f + profiles(history.shape());
    line = line(history.shape());
  }

  @Override
  public void observe(History history, ExpertState memory) {
    if (history.tailSize() == 0) {
      return;
    }
    look(history, memory);
    int d = memory.d;
    double[] doubles = memory.doubles;
    long t = history.t();
    double z = history.tailNewest();
    int season = history.season();
    double deviation;
    if (season > 1) {
      deviation = isLearnt(t, season, 1) ? z - usual(t, 1) : 0;
      learn(memory.f, season, z);
      if (week(history.shape()) > 1) {
        learn(memory.f + season, week(history.shape()), z);
      }
    } else {
      deviation =
          history.tailSize() > 1
              ? z - history.tail()[history.tailAt() + history.tailSize() - 2]
              : 0;
    }
    double spread = doubles[d + SPREAD];
    doubles[d + LAST_SPREAD] = spread;
    double size = Math.abs(deviation);
    long learnt = t - learningSince();
    double weight = Math.max(0.005, 1.0 / (learnt + 1));
    doubles[d + SPREAD] += weight * ((learnt > 50 ? Math.min(size, 10 * spread) : size) - spread);
    if (isReady() && spread > 1e-12) {
      fill(t - 1, spread);
      double target = Math.max(-50, Math.min(50, deviation / spread));
      rls(history.shape()).update(doubles, d + THETA, features, target);
    }
    memory.floats[lineAt + (int) (t % line)] = (float) deviation;
  }

  private long learningSince() {
    return history.start() + History.SCALE_AFTER - 1;
  }

  private boolean isReady() {
    return history.t() - learningSince() >= (history.season() > 1 ? history.season() : 0) + lags;
  }

  private void learn(int at, int period, double z) {
    long before = (history.t() - learningSince()) / period;
    int phase = at + (int) (history.t() % period);
    float[] floats = memory.floats;
    floats[phase] += (float) (Math.max(WEIGHT, 1.0 / (before + 1)) * (z - floats[phase]));
  }

  private double usual(long index, int gap) {
    int season = history.season();
    int week = week(history.shape());
    if (week > 1 && isLearnt(index, week, gap)) {
      return memory.floats[memory.f + season + (int) (index % week)];
    }
    return isLearnt(index, season, gap)
        ? memory.floats[memory.f + (int) (index % season)]
        : history.tailNewest();
  }

  private boolean isLearnt(long index, int period, int gap) {
    return index - (long) period * ((gap + period - 1) / period) >= learningSince();
  }

  @Override
  public void forecast(History history, ExpertState memory, double[] out) {
    look(history, memory);
    if (path.length != out.length) {
      path = new double[out.length];
    }
    int season = history.season();
    long t = history.t();
    double spread = memory.doubles[memory.d + SPREAD];
    boolean ready = history.tailSize() > 0 && isReady() && spread > 1e-12;
    double level = ready ? history.tailNewest() : 0;
    for (int i = 1; i <= out.length; i++) {
      if (!ready) {
        out[i - 1] = season > 1 ? history.lag(i, season) : history.newest();
        continue;
      }
      fill(t + i - 1, spread);
      double step =
          spread * rls(history.shape()).predict(memory.doubles, memory.d + THETA, features);
      double z;
      if (season > 1) {
        z = usual(t + i, i) + step;
      } else {
        level += step;
        z = level;
      }
      double value = history.clamp(history.untransformed(z));
      out[i - 1] = value;
      path[i - 1] = Math.max(-20 * spread, Math.min(20 * spread, step));
    }
  }

  private void fill(long origin, double spread) {
    for (int i = 0; i < lags; i++) {
      features[i] = deviation(origin - i, spread);
    }
    int season = history.season();
    int week = week(history.shape());
    features[lags] = season > 1 ? deviation(origin + 1 - season, spread) : 0;
    features[lags + 1] = season > 1 ? deviation(origin - season, spread) : 0;
    features[lags + 2] = week > 1 ? deviation(origin + 1 - week, spread) : 0;
    features[lags + 3] = week > 1 ? deviation(origin - week, spread) : 0;
    features[lags + 4] = 0.3;
  }

  private double deviation(long index, double spread) {
    double deviation;
    if (index > history.t()) {
      deviation = path[(int) (index - history.t()) - 1];
    } else if (index >= learningSince()) {
      deviation = memory.floats[lineAt + (int) (index % line)];
    } else {
      return 0;
    }
    return Math.max(-50, Math.min(50, deviation / spread));
  }
}
