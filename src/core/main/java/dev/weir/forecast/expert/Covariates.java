package dev.weir.forecast.expert;

import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.SeriesDimensions;
import dev.weir.forecast.slot.Slots;

/**
 * The covariates of one series: observed ones, which come with a value, and those known ahead, such
 * as a temperature forecast, a price or a promotion, up to the horizon. Each is standardized by its
 * running mean and deviation. A flyweight over the series' arrays.
 *
 * <p>Keeps a week (or a season, or a few values) before the newest value and, of those known ahead,
 * the horizon after it, in a ring for each covariate. Missing numbers are NaN.
 */
public final class Covariates {

  /** Numbers of covariates. */
  public record Count(int observed, int ahead) implements java.io.Serializable {

    public static final Count NONE = new Count(0, 0);

    public Count {
      if (observed < 0 || ahead < 0) {
        throw new IllegalArgumentException(
            "covariates: expected at least 0, got %d observed and %d known ahead"
                .formatted(observed, ahead));
      }
    }

    public int all() {
      return observed + ahead;
    }
  }

  private static final int BESIDE = 4; // values beside a period that experts read
  private static final double SLOWEST = 3e-4; // weight of a value in mean and variance, at least
  private static final double FAR = 6; // bound of a standardized covariate

  private static final int TOP = 0; // the last index in the rings
  private static final int HEADER = 1;
  private static final int PER_COVARIATE = 3;
  private static final int SEEN = 0;
  private static final int MEAN = 1;
  private static final int VARIANCE = 2;

  private final Count count;
  private final int horizon;
  private final Slots slots;
  private final DoubleSlice doubles; // the last index, then the scale of each covariate
  private final FloatSlice floats; // a ring of each covariate

  public Covariates(Slots declared, Count count, int horizon) {
    this.count = count;
    this.horizon = horizon;
    this.slots = declared.in("covariates");
    slots.depend(count);
    this.doubles = slots.doubles("scales", HEADER + PER_COVARIATE * count.all());
    this.floats = slots.ofSeason().floats("values", shape -> count.all() * size(count, shape));
  }

  /** With observed ones a season more, for lags of a season plus a week. */
  private static int size(Count count, SeriesDimensions shape) {
    int period = Math.max(shape.season(), shape.week());
    int more = count.observed() > 0 ? shape.season() : 0;
    return period + more + BESIDE + 1 + shape.horizon();
  }

  private int size() {
    return size(count, slots.shape());
  }

  /** Clears the state; the next value has the given index. */
  public void reset(long index) {
    slots.clear();
    fill();
    doubles.set(TOP, index - 1 + horizon);
  }

  private void fill() {
    for (int k = 0; k < count.all() * size(); k++) {
      floats.set(k, Float.NaN);
    }
  }

  /** (covariates, size), all numbers, the newest last: for {@link #restore}. */
  public float[][] values() {
    float[][] values = new float[count.all()][size()];
    long first = (long) doubles.get(TOP) + 1 - size();
    for (int k = 0; k < values.length; k++) {
      for (int i = 0; i < values[k].length; i++) {
        values[k][i] = floats.get(place(k, first + i));
      }
    }
    return values;
  }

  /** Restores the numbers from before another season was detected. */
  public void restore(float[][] values) {
    fill();
    long top = (long) doubles.get(TOP);
    int kept = Math.min(size(), values.length == 0 ? 0 : values[0].length);
    for (int k = 0; k < values.length; k++) {
      for (long index = Math.max(0, top + 1 - kept); index <= top; index++) {
        floats.set(place(k, index), values[k][values[k].length - 1 - (int) (top - index)]);
      }
    }
  }

  /** Numbers of covariates. */
  public Count count() {
    return count;
  }

  /** Moves on to the value at an index; keeps its numbers known ahead. */
  public void advance(long t) {
    for (long top = (long) doubles.get(TOP); top < t + horizon; ) {
      top++;
      for (int k = 0; k < count.all(); k++) {
        floats.set(place(k, top), Float.NaN);
      }
      doubles.set(TOP, top);
    }
  }

  /**
   * Sets a covariate at an index: that of the newest value or, for one known ahead, up to the
   * horizon after it. The last call counts.
   *
   * @param value NaN if missing
   */
  public void set(int k, long index, double value) {
    floats.set(place(k, index), (float) value);
  }

  /** Learns mean and deviation from the covariates at the newest value. */
  public void learn(long t) {
    for (int k = 0; k < count.all(); k++) {
      float x = floats.get(place(k, t));
      if (Float.isFinite(x)) {
        learn(HEADER + PER_COVARIATE * k, x);
      }
    }
  }

  private void learn(int at, double x) {
    double seen = doubles.get(at + SEEN) + 1;
    doubles.set(at + SEEN, seen);
    double weight = Math.max(SLOWEST, 1 / seen);
    double before = x - doubles.get(at + MEAN);
    doubles.add(at + MEAN, weight * before);
    doubles.add(
        at + VARIANCE,
        weight * (before * (x - doubles.get(at + MEAN)) - doubles.get(at + VARIANCE)));
  }

  /** Number of missing covariates known ahead up to the horizon after an index. */
  public int missing(long t) {
    int missing = 0;
    for (int k = count.observed(); k < count.all(); k++) {
      for (int i = 1; i <= horizon; i++) {
        missing += Float.isFinite(floats.get(place(k, t + i))) ? 0 : 1;
      }
    }
    return missing;
  }

  /**
   * A standardized covariate at an index; 0, its mean, if missing. An observed one keeps its newest
   * value for later indices.
   *
   * @param t index of the newest value
   */
  public double standardized(int k, long t, long index) {
    long top = (long) doubles.get(TOP);
    long asked = k < count.observed() ? Math.min(index, t) : index;
    if (asked > top || asked <= top - size() || asked < 0) {
      return 0;
    }
    float x = floats.get(place(k, asked));
    int at = HEADER + PER_COVARIATE * k;
    double deviation = Math.sqrt(doubles.get(at + VARIANCE));
    if (!Float.isFinite(x) || !(deviation > 1e-7 * Math.abs(doubles.get(at + MEAN)))) {
      return 0;
    }
    double z = (x - doubles.get(at + MEAN)) / deviation;
    return Math.max(-FAR, Math.min(FAR, z));
  }

  private int place(int k, long index) {
    int size = size();
    return k * size + (int) Math.floorMod(index, (long) size);
  }
}
