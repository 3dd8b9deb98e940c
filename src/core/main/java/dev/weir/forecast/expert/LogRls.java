package dev.weir.forecast.expert;

import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.SeriesDimensions;

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
final class LogRls implements Expert {

  private static final int LAGS = 24;

  /** For few steps ahead fewer lags do as well, in a quarter of the memory. */
  private static final int FEW_LAGS = 8;

  private static final int FEW_STEPS = 8;

  /** Features beside the lags. */
  private static final int OTHERS = 5;

  private static final double WEIGHT = 0.15; // of the newest value at its phase, at least

  private static final int MAX_WEEK = 512;

  private final Rls many = rls(LAGS);
  private final Rls few = rls(FEW_LAGS);
  private final State state = new State();
  private final double[] features = new double[LAGS + OTHERS];
  private double[] path = new double[0]; // deviations / e, forecast ones first, newest first

  private static Rls rls(int lags) {
    int size = lags + OTHERS;
    return new Rls(size, 0.999, 0.1, 3, size * 10);
  }

  private static int lags(SeriesDimensions shape) {
    return shape.horizon() <= FEW_STEPS ? FEW_LAGS : LAGS;
  }

  private Rls rls(SeriesDimensions shape) {
    return shape.horizon() <= FEW_STEPS ? few : many;
  }

  @Override
  public String name() {
    return "log-rls";
  }

  @Override
  public int doubles(SeriesDimensions shape) {
    return State.DOUBLES;
  }

  @Override
  public int floats(SeriesDimensions shape) {
    return profiles(shape) + Rls.floats(lags(shape) + OTHERS);
  }

  @Override
  public int shorts(SeriesDimensions shape) {
    return line(shape);
  }

  /** A week, unless its profile and its deviations would dominate the memory. */
  private static int week(SeriesDimensions shape) {
    return shape.week() <= MAX_WEEK ? shape.week() : 1;
  }

  private static int profiles(SeriesDimensions shape) {
    return shape.season() > 1 ? shape.season() + (week(shape) > 1 ? week(shape) : 0) : 0;
  }

  private static int line(SeriesDimensions shape) {
    return Math.max(LAGS, Math.max(week(shape), shape.season())) + 2;
  }

  /**
   * The state of a series, by name:
   *
   * <pre>
   * doubles  e | e one value ago
   * floats   the season's profile, the week's | the regression
   * shorts   dev back to a week (or a season) and a step
   * </pre>
   */
  private static final class State {

    static final int DOUBLES = 2;
    private static final int SPREAD = 0;
    private static final int LAST_SPREAD = 1;

    private final FloatSlice regression = new FloatSlice();
    private final FloatSlice weekly = new FloatSlice();
    private History history;
    private DoubleSlice doubles;
    private FloatSlice daily;
    private Bfloat16Slice line;
    private int season;
    private int week;
    private int length; // of the line

    /** Points at a series for one call; returns itself. */
    public State bind(History history, ExpertState state) {
      SeriesDimensions shape = history.shape();
      this.history = history;
      doubles = state.doubles();
      daily = state.floats();
      season = shape.season();
      week = week(shape);
      length = line(shape);
      regression.in(daily, profiles(shape));
      weekly.in(daily, season);
      line = state.shorts();
      return this;
    }

    double spread() {
      return doubles.get(SPREAD);
    }

    void spread(double next) {
      doubles.set(LAST_SPREAD, spread());
      doubles.set(SPREAD, next);
    }

    /** The deviation at an index within the line. */
    float deviation(long index) {
      return line.get((int) (index % length));
    }

    void deviation(long index, double value) {
      line.set((int) (index % length), (float) value);
    }

    /** Brings the profiles closer to the newest value. */
    void learnProfiles(double z) {
      learnProfile(daily, season, z);
      if (week > 1) {
        learnProfile(weekly, week, z);
      }
    }

    private void learnProfile(FloatSlice profile, int period, double z) {
      long before = (history.t() - learningSince()) / period;
      int phase = (int) (history.t() % period);
      double weight = Math.max(WEIGHT, 1.0 / (before + 1));
      profile.add(phase, (float) (weight * (z - profile.get(phase))));
    }

    /**
     * The usual value at an index, learned at least {@code gap} steps before it; else the newest
     * value.
     */
    double usual(long index, int gap) {
      if (week > 1 && isLearned(index, week, gap)) {
        return weekly.get((int) (index % week));
      }
      return isLearned(index, season, gap)
          ? daily.get((int) (index % season))
          : history.tailNewest();
    }

    boolean isLearned(long index, int period, int gap) {
      return index - (long) period * ((gap + period - 1) / period) >= learningSince();
    }

    long learningSince() {
      return history.start() + History.SCALE_AFTER - 1;
    }

    boolean isReady(int lags) {
      return history.t() - learningSince() >= (season > 1 ? season : 0) + lags;
    }
  }

  @Override
  public void reset(SeriesDimensions shape, ExpertState learned) {
    rls(shape).reset(state.regression.in(learned.floats(), profiles(shape)));
  }

  @Override
  public void observe(History history, ExpertState learned) {
    if (history.tailSize() == 0) {
      return;
    }
    state.bind(history, learned);
    long t = history.t();
    double z = history.tailNewest();
    double deviation;
    if (state.season > 1) {
      deviation = state.isLearned(t, state.season, 1) ? z - state.usual(t, 1) : 0;
      state.learnProfiles(z);
    } else {
      deviation = history.tailSize() > 1 ? z - history.tailBefore() : 0;
    }
    double spread = state.spread();
    double size = Math.abs(deviation);
    long count = t - state.learningSince();
    double weight = Math.max(0.005, 1.0 / (count + 1));
    double bounded = count > 50 ? Math.min(size, 10 * spread) : size;
    state.spread(spread + weight * (bounded - spread));
    if (state.isReady(lags(history.shape())) && spread > 1e-12) {
      readPast(history, t - 1, spread);
      fill(history, t - 1, spread);
      double target = Math.max(-50, Math.min(50, deviation / spread));
      rls(history.shape()).update(state.regression, features, target);
    }
    state.deviation(t, deviation);
  }

  @Override
  public void forecast(History history, ExpertState learned, double[] out) {
    state.bind(history, learned);
    Rls rls = rls(history.shape());
    int season = history.season();
    long t = history.t();
    double spread = state.spread();
    boolean ready =
        history.tailSize() > 0 && state.isReady(lags(history.shape())) && spread > 1e-12;
    double level = ready ? history.tailNewest() : 0;
    if (ready) {
      readPast(history, t, spread);
    }
    for (int i = 1; i <= out.length; i++) {
      if (!ready) {
        out[i - 1] = season > 1 ? history.lag(i, season) : history.newest();
        continue;
      }
      fill(history, t + i - 1, spread);
      double step = spread * rls.predict(state.regression, features);
      double z;
      if (season > 1) {
        z = state.usual(t + i, i) + step;
      } else {
        level += step;
        z = level;
      }
      double value = history.clamp(history.untransformed(z));
      out[i - 1] = value;
      path[place(history, t + i)] = Math.max(-20 * spread, Math.min(20 * spread, step)) / spread;
    }
  }

  /** Index of a value's deviation in the path. */
  private static int place(History history, long index) {
    return (int) (history.t() - index) + history.shape().horizon();
  }

  /** Reads the deviations that {@link #fill} takes as lags, from the origin back. */
  private void readPast(History history, long origin, double spread) {
    int length = history.shape().horizon() + LAGS + 1;
    if (path.length < length) {
      path = new double[length];
    }
    int newest = place(history, origin);
    for (int i = 0; i < lags(history.shape()); i++) {
      path[newest + i] = deviation(history, origin - i, spread);
    }
  }

  private void fill(History history, long origin, double spread) {
    int lags = lags(history.shape());
    System.arraycopy(path, place(history, origin), features, 0, lags);
    int season = state.season;
    int week = state.week;
    features[lags] = season > 1 ? deviation(history, origin + 1 - season, spread) : 0;
    features[lags + 1] = season > 1 ? deviation(history, origin - season, spread) : 0;
    features[lags + 2] = week > 1 ? deviation(history, origin + 1 - week, spread) : 0;
    features[lags + 3] = week > 1 ? deviation(history, origin - week, spread) : 0;
    features[lags + 4] = 0.3;
  }

  private double deviation(History history, long index, double spread) {
    if (index > history.t()) {
      return path[place(history, index)];
    }
    return index < state.learningSince()
        ? 0
        : Math.max(-50, Math.min(50, state.deviation(index) / spread));
  }
}
