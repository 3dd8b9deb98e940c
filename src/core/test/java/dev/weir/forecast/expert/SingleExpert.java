package dev.weir.forecast.expert;

/** One expert at work on one series: what a learner does, without the mixture. */
public final class SingleExpert {

  final Expert expert;
  public final SeriesDimensions shape;
  private final Covariates covariates; // null if absent
  public final History history;
  long[] longs = new long[History.LONGS];
  public double[] doubles;
  public float[] floats;
  short[] shorts;
  private final double[] covariateDoubles;
  private final float[] covariateFloats;
  private final double[] out;

  public SingleExpert(Expert expert, int horizon, int season) {
    this(expert, horizon, season, Covariates.Count.NONE);
  }

  /** With covariates that follow from the index of a value. */
  public SingleExpert(Expert expert, int horizon, int season, Covariates.Count count) {
    this.expert = expert;
    this.covariates = count.all() == 0 ? null : new Covariates(count, horizon);
    this.history = new History(covariates);
    int exact = History.exact(horizon, season, 2600);
    this.shape = new SeriesDimensions(horizon, season, exact, 600);
    this.doubles = new double[History.DOUBLES + expert.doubles(shape)];
    this.floats = new float[History.floats(shape) + expert.floats(shape)];
    this.shorts = new short[History.shorts(shape) + expert.shorts(shape)];
    this.covariateDoubles = new double[Covariates.doubles(count)];
    this.covariateFloats = new float[Covariates.floats(count, shape)];
    this.out = new double[horizon];
    attach();
    history.reset(0);
    if (covariates != null) {
      covariates.reset(0);
    }
    expert.reset(shape, state());
  }

  private void attach() {
    history.attach(shape, longs, doubles, floats, shorts);
    if (covariates != null) {
      covariates.attach(shape, covariateDoubles, 0, covariateFloats, 0);
    }
  }

  ExpertState state() {
    return new ExpertState()
        .at(doubles, History.DOUBLES, floats, History.floats(shape), shorts, History.shorts(shape));
  }

  /** Continues from another one's saved state, with an expert object of its own. */
  public void restore(SingleExpert other) {
    longs = other.longs.clone();
    doubles = other.doubles.clone();
    floats = other.floats.clone();
    shorts = other.shorts.clone();
    System.arraycopy(other.covariateDoubles, 0, covariateDoubles, 0, covariateDoubles.length);
    System.arraycopy(other.covariateFloats, 0, covariateFloats, 0, covariateFloats.length);
    attach();
  }

  /** Takes in a value and what is known beside it. */
  void append(double value) {
    history.append(value);
    if (covariates != null) {
      long t = history.t();
      covariates.advance(t);
      for (int k = 0; k < covariates.count().all(); k++) {
        boolean observed = k < covariates.count().observed();
        long last = observed ? t : t + shape.horizon();
        for (long index = observed ? t : t + 1; index <= last; index++) {
          covariates.set(k, index, 7 * Math.sin((k + 1) * index));
        }
      }
      covariates.learn(t);
    }
  }

  /** The forecast after one more value; valid until the next. */
  public double[] next(double value) {
    append(value);
    expert.observe(history, state());
    expert.forecast(history, state(), out);
    return out;
  }
}
