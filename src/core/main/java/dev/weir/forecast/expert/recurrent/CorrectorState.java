package dev.weir.forecast.expert.recurrent;

import dev.weir.forecast.expert.DoubleSlice;
import dev.weir.forecast.expert.ExpertState;
import dev.weir.forecast.expert.FloatSlice;

/**
 * What a {@link RecurrentCorrector} keeps of a series, by name. A view that is bound for one call:
 *
 * <pre>
 * doubles  fast running mean and variance of the values | q for each step
 * floats   weights | their average | the optimizer's state | h | h by the averaged weights
 *          | a row for each recent value: inputs | h before it | b relative to it, for each step
 * </pre>
 *
 * Slices are reused: each is valid until the next call of its method.
 */
final class CorrectorState {

  private static final int MEAN = 0;
  private static final int VARIANCE = 1;
  private static final int SIZES = 2;

  private final int inputs;
  private final int hidden;
  private final int reach;
  private final int seqLen;
  private final FloatSlice averaged = new FloatSlice();
  private final FloatSlice carried = new FloatSlice();
  private final FloatSlice averagedCarried = new FloatSlice();
  private final FloatSlice rows = new FloatSlice();
  private final FloatSlice read = new FloatSlice();
  private final FloatSlice before = new FloatSlice();
  private final FloatSlice means = new FloatSlice();
  private DoubleSlice doubles;
  private FloatSlice floats;
  private int horizon;

  /**
   * @param inputs numbers that the network reads of a value
   * @param hidden size of h
   * @param reach how far back a drawn window may end, at least
   * @param seqLen values in a window
   */
  CorrectorState(int inputs, int hidden, int reach, int seqLen) {
    this.inputs = inputs;
    this.hidden = hidden;
    this.reach = reach;
    this.seqLen = seqLen;
  }

  static int doubles(int horizon) {
    return SIZES + horizon;
  }

  /**
   * @param learning floats of the weights, their average and the optimizer
   */
  int floats(int horizon, int learning) {
    return learning + 2 * hidden + kept(horizon) * rowLength(horizon);
  }

  /** Rows kept: enough for a drawn window, and for the oldest open forecast. */
  private int kept(int horizon) {
    return reach(horizon) + seqLen + 1;
  }

  private int reach(int horizon) {
    return Math.max(reach, horizon - seqLen);
  }

  private int rowLength(int horizon) {
    return inputs + hidden + horizon;
  }

  /**
   * Points at a series.
   *
   * @param count weights
   * @param learning as for {@link #floats(int, int)}
   */
  void bind(int horizon, ExpertState state, int count, int learning) {
    this.horizon = horizon;
    doubles = state.doubles();
    floats = state.floats();
    averaged.in(floats, count);
    carried.in(floats, learning);
    averagedCarried.in(floats, learning + hidden);
    rows.in(floats, learning + 2 * hidden);
    read.in(rows, 0);
    before.in(rows, 0);
    means.in(rows, 0);
  }

  /** How far back a drawn window may end. */
  int reach() {
    return reach(horizon);
  }

  /** Fast running mean of the values. */
  double mean() {
    return doubles.get(MEAN);
  }

  void mean(double mean) {
    doubles.set(MEAN, mean);
  }

  /** Fast running variance of the values. */
  double variance() {
    return doubles.get(VARIANCE);
  }

  void variance(double variance) {
    doubles.set(VARIANCE, variance);
  }

  /** q: running mean size of the errors of b at step i, from 1. */
  double size(int i) {
    return doubles.get(SIZES + i - 1);
  }

  void size(int i, double size) {
    doubles.set(SIZES + i - 1, size);
  }

  /** The weights, and all that {@link WeightUpdater} keeps after them. */
  FloatSlice weights() {
    return floats;
  }

  /** Their average. */
  FloatSlice averaged() {
    return averaged;
  }

  /** (hidden), h after the newest value. */
  FloatSlice carried() {
    return carried;
  }

  /** (hidden), the same by the averaged weights. */
  FloatSlice averagedCarried() {
    return averagedCarried;
  }

  /** (inputs), what the network read at an index. */
  FloatSlice read(long index) {
    return read.moveTo(rowAt(index));
  }

  /** (hidden), h before the value at an index. */
  FloatSlice before(long index) {
    return before.moveTo(rowAt(index) + inputs);
  }

  /** (horizon), b of the forecast made at an index, relative to the value there. */
  FloatSlice means(long index) {
    return means.moveTo(rowAt(index) + inputs + hidden);
  }

  private int rowAt(long index) {
    return rows.from() + (int) (index % kept(horizon)) * rowLength(horizon);
  }
}
