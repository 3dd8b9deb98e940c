package dev.weir.forecast.expert;

import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.SeriesDimensions;

/** One expert at work on one series: what a learner does, without the mixture. */
public final class SingleExpert {

  final Expert expert;
  public final SeriesDimensions shape;
  public final History history = new History();
  long[] longs = new long[History.LONGS];
  public double[] doubles;
  public float[] floats;
  short[] shorts;
  private final double[] out;

  public SingleExpert(Expert expert, int horizon, int season) {
    this.expert = expert;
    int exact = History.exact(horizon, season, 2600);
    this.shape = new SeriesDimensions(horizon, season, exact, 600);
    this.doubles = new double[History.DOUBLES + expert.doubles(shape)];
    this.floats = new float[History.floats(shape) + expert.floats(shape)];
    this.shorts = new short[History.shorts(shape) + expert.shorts(shape)];
    this.out = new double[horizon];
    history.attach(shape, longs, doubles, floats, shorts);
    history.reset(0);
    expert.reset(shape, state());
  }

  ExpertState state() {
    return new ExpertState(
        new DoubleSlice().at(doubles, History.DOUBLES),
        new FloatSlice().at(floats, History.floats(shape)),
        new Bfloat16Slice().at(shorts, History.shorts(shape)));
  }

  /** The forecast after one more value; valid until the next. */
  public double[] next(double value) {
    history.append(value);
    expert.observe(history, state());
    expert.forecast(history, state(), out);
    return out;
  }
}
