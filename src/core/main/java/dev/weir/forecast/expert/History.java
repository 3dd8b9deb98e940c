package dev.weir.forecast.expert;

import dev.weir.forecast.slot.SeriesDimensions;
import java.util.Arrays;

/**
 * The past of one series: its newest values, their running mean and deviation, and a longer tail of
 * transformed values. A flyweight over the series' arrays, see {@link #attach}.
 *
 * <p>Indices count the values of the series from 0 and never wrap; {@link #t()} is the newest.
 * Values before {@link #start()} are unknown, as if the series had started there.
 *
 * <p>Both stores are straight arrays that are moved down when full, not rings, so that a stretch of
 * the past is contiguous and an index costs a subtraction.
 *
 * <p>Values are kept as floats beside a base in double precision, which follows the newest value:
 * at each move, and at once when a float could no longer tell a value from the one before it. So a
 * counter at 1e12 keeps its steps, in half of the memory.
 *
 * <p>The tail holds {@code z = asinh(y / c) - z_0}, with c the mean |y| of the first {@value
 * #SCALE_AFTER} values: linear near zero, logarithmic far out, so that a distance between windows
 * is not ruled by one peak. {@code z_0} is the first z, subtracted in double precision, so that a
 * series with a large offset keeps its small steps. Each takes 16 bits, see {@link
 * QuantizedValues}.
 */
public final class History {

  /** Values after which the tail's scale is fixed. */
  public static final int SCALE_AFTER = 24;

  /** Longs kept for each series. */
  public static final int LONGS = 9;

  private static final int T = 0; // index of the newest value, -1 before the first
  private static final int START = 1; // index of the first value that counts
  private static final int FIRST = 2; // index of the value at the exact store's beginning
  private static final int TAIL_FIRST = 3; // the same for the tail
  private static final int LOW_AT = 4; // index of the smallest value of the range window
  private static final int HIGH_AT = 5;
  private static final int SEED = 6;
  private static final int KEPT = 7; // sizes of the stores, so that they can be read by themselves
  private static final int TAIL = 8;

  private static final int MEAN = 0;
  private static final int VARIANCE = 1;
  private static final int DEVIATION = 2;
  private static final int LAST_DEVIATION = 3; // deviation before the newest value
  private static final int LOW = 4;
  private static final int HIGH = 5;
  private static final int SCALE = 6; // c; 0 while unknown
  private static final int ZERO = 7; // z_0
  private static final int BASE = 8; // what the kept values are relative to
  private static final int NEWEST = 9;
  private static final int TRANSFORMED = 10; // the newest value, transformed
  private static final int BEFORE = 11; // the same of the value before it
  private static final int QUANTIZED = 12; // the tail's unit and center

  /** Doubles kept for each series. */
  public static final int DOUBLES = QUANTIZED + QuantizedValues.DOUBLES;

  /** Room to append before the stores are moved down: 1/32 of a move for each value. */
  private static final int SLACK = 32;

  /** Weight of the newest value in mean and variance, once the plain average is slower. */
  private static final double FORGETTING = 0.002;

  /**
   * Values over which {@link #low()} and {@link #high()} are taken, unless two seasons are more.
   */
  private static final int RANGE = 200;

  /** Steps ahead that fit into the limit together with a week of quarters of an hour. */
  private static final int NEAR = 44;

  /** Rounding that is worth a new base, as a share of the newest step. */
  private static final double COARSE = 0.01;

  /** Values smaller than this are zeros to the tail: a quotient by them would overflow. */
  private static final double MIN_SCALE = 1e-30;

  private final Covariates covariates; // null if absent
  private SeriesDimensions shape;
  private long[] longs;
  private int longsAt;
  private double[] doubles;
  private float[] floats;
  private final QuantizedValues tail = new QuantizedValues();
  private float[] tailFloats = new float[0]; // the tail as floats, once asked for
  private boolean tailIsRead;

  /** Of a series without covariates. */
  public History() {
    this(null);
  }

  /**
   * @param covariates attached to the same series by the caller; null for none
   */
  public History(Covariates covariates) {
    this.covariates = covariates;
  }

  /** What is known beside the values; null if nothing is. */
  public Covariates covariates() {
    return covariates;
  }

  /**
   * Exact values needed for a season: two seasons, a week if it fits, and what a forecast adds. A
   * long horizon does not take the place of the week, which it needs more than a short one.
   */
  public static int exact(int horizon, int season, int limit) {
    int week =
        season > 1 && SeriesDimensions.WEEK * season + Math.min(horizon, NEAR) + 4 <= limit
            ? SeriesDimensions.WEEK
            : 2;
    return Math.max(RANGE, week * season) + horizon + 4;
  }

  public static int floats(SeriesDimensions shape) {
    return shape.kept() + SLACK;
  }

  public static int shorts(SeriesDimensions shape) {
    return shape.tail() + SLACK;
  }

  /**
   * Points at a series: at the last longs of its state, and at the first doubles, floats and
   * shorts. Copies and allocates nothing.
   */
  public History attach(
      SeriesDimensions shape, long[] longs, double[] doubles, float[] floats, short[] shorts) {
    this.shape = shape;
    this.longs = longs;
    this.longsAt = longs.length - LONGS;
    this.doubles = doubles;
    this.floats = floats;
    tail.attach(doubles, QUANTIZED, shorts);
    tailIsRead = false;
    return this;
  }

  /** Forgets everything; the next value has the given index. */
  public void reset(long index) {
    longs[longsAt + T] = index - 1;
    longs[longsAt + START] = index;
    longs[longsAt + FIRST] = index;
    longs[longsAt + TAIL_FIRST] = index;
    longs[longsAt + KEPT] = shape.kept();
    longs[longsAt + TAIL] = shape.tail();
    Arrays.fill(doubles, 0, DOUBLES, 0);
    tailIsRead = false;
  }

  /**
   * As {@link #values()}, of a series whose shape is not known: its stores say their own sizes.
   *
   * @return null when no stores lie there
   */
  public static double[] values(long[] longs, double[] doubles, float[] floats, short[] shorts) {
    if (!hasStores(longs, doubles)) {
      return null;
    }
    long kept = longs[longs.length - LONGS + KEPT];
    long tail = longs[longs.length - LONGS + TAIL];
    if (kept + SLACK > floats.length || tail + SLACK > shorts.length) {
      return null;
    }
    SeriesDimensions shape = new SeriesDimensions(1, 1, (int) kept, (int) tail);
    return new History().attach(shape, longs, doubles, floats, shorts).values();
  }

  private static boolean hasStores(long[] longs, double[] doubles) {
    if (longs.length < LONGS || doubles.length < DOUBLES) {
      return false;
    }
    int at = longs.length - LONGS;
    long kept = longs[at + KEPT];
    long tail = longs[at + TAIL];
    return isSize(kept)
        && isSize(tail)
        && isWithin(longs[at + T] - longs[at + FIRST], kept + SLACK)
        && (longs[at + T] - longs[at + START] + 1 < SCALE_AFTER
            || isWithin(longs[at + T] - longs[at + TAIL_FIRST], tail + SLACK));
  }

  private static boolean isSize(long size) {
    return size >= 1 && size <= Integer.MAX_VALUE / 4;
  }

  private static boolean isWithin(long newest, long size) {
    return newest >= -1 && newest < size;
  }

  /** The values that the tail reaches back to, oldest first, the newer ones as they are kept. */
  public double[] values() {
    long first = tailSize() > 0 ? longs[longsAt + TAIL_FIRST] : oldest();
    double[] values = new double[(int) (t() - first + 1)];
    for (int i = 0; i < values.length; i++) {
      long index = first + i;
      values[i] =
          has(index)
              ? at(index)
              : untransformed(tail.get((int) (index - longs[longsAt + TAIL_FIRST])));
    }
    return values;
  }

  /** Where an expert's randomness begins: together with an index it gives a number to draw. */
  public long seed() {
    return longs[longsAt + SEED];
  }

  public void seed(long seed) {
    longs[longsAt + SEED] = seed;
  }

  /** The same of a series that is not attached. */
  public static long seed(long[] longs) {
    return longs[longs.length - LONGS + SEED];
  }

  /** {@link #t()} of a series that is not attached. */
  public static long t(long[] longs) {
    return longs[longs.length - LONGS + T];
  }

  public SeriesDimensions shape() {
    return shape;
  }

  public int season() {
    return shape.season();
  }

  /** Index of the newest value; below {@link #start()} if there is no value. */
  public long t() {
    return longs[longsAt + T];
  }

  /** Index of the first value that counts. */
  public long start() {
    return longs[longsAt + START];
  }

  /** Values seen since {@link #start()}. */
  public long age() {
    return longs[longsAt + T] - longs[longsAt + START] + 1;
  }

  /** Index of the oldest value that is kept exactly. */
  public long oldest() {
    return longs[longsAt + FIRST];
  }

  /** Whether the value at this index has come and is still kept exactly. */
  public boolean has(long index) {
    return index >= longs[longsAt + FIRST] && index <= longs[longsAt + T];
  }

  /**
   * The value at an index for which {@link #has} is true, to 1e-7 of its distance from the newest
   * ones.
   */
  public double at(long index) {
    return doubles[BASE] + floats[(int) (index - longs[longsAt + FIRST])];
  }

  /** The newest value, as it came. */
  public double newest() {
    return doubles[NEWEST];
  }

  /**
   * The last known value that is a whole number of periods before {@code t + step}; the newest
   * value when the past does not reach that far.
   */
  public double lag(int step, int period) {
    long t = t();
    long index = t + step - (long) period * ((step + period - 1) / period);
    return at(has(index) ? index : t);
  }

  /** Exponentially weighted mean, about 500 values deep. */
  public double mean() {
    return doubles[MEAN];
  }

  /** Exponentially weighted standard deviation, about 500 values deep. */
  public double deviation() {
    return doubles[DEVIATION];
  }

  /** {@link #deviation()} as it was one value ago. */
  public double lastDeviation() {
    return doubles[LAST_DEVIATION];
  }

  /** Whether a deviation is large enough, beside rounding, to divide by. */
  public boolean isUsable(double deviation) {
    return deviation > Math.max(1e-9 * Math.abs(mean()), 1e-25);
  }

  /** Smallest value of the last max(200, two seasons). */
  public double low() {
    return doubles[LOW];
  }

  /** Largest value of the last max(200, two seasons). */
  public double high() {
    return doubles[HIGH];
  }

  /** Brings a forecast back to the recent range, widened by half of it on both sides. */
  public double clamp(double value) {
    double low = low();
    double high = high();
    double margin = 0.5 * (high - low);
    return Math.max(low - margin, Math.min(high + margin, value));
  }

  /** Takes in the next value. It must be finite, and at most 1e30 in size. */
  public void append(double value) {
    long t = ++longs[longsAt + T];
    keep(value, t);
    updateMoments(value);
    updateRange(t, value);
    updateTail(t, value);
  }

  private void keep(double value, long t) {
    int position = (int) (t - longs[longsAt + FIRST]);
    if (position == 0) {
      doubles[BASE] = value;
    } else if (position == shape.kept() + SLACK) {
      rebase(value, SLACK, shape.kept());
      longs[longsAt + FIRST] += SLACK;
      position = shape.kept();
    } else {
      double apart = value - doubles[BASE];
      if (Math.abs(apart - (float) apart) > COARSE * Math.abs(value - newest())) {
        rebase(value, 0, position);
      }
    }
    floats[position] = (float) (value - doubles[BASE]);
    doubles[NEWEST] = value;
  }

  /** Moves {@code count} kept values down and makes them relative to another base. */
  private void rebase(double base, int down, int count) {
    double change = doubles[BASE] - base;
    for (int i = 0; i < count - 1; i++) {
      floats[i] = (float) (change + floats[down + i]);
    }
    floats[count - 1] = (float) (newest() - base); // exact: a value that repeats is equal
    doubles[BASE] = base;
  }

  private void updateMoments(double value) {
    double weight = Math.max(FORGETTING, 1.0 / age());
    double before = value - doubles[MEAN];
    doubles[MEAN] += weight * before;
    double variance = doubles[VARIANCE];
    variance += weight * (before * (value - doubles[MEAN]) - variance);
    doubles[VARIANCE] = variance;
    doubles[LAST_DEVIATION] = doubles[DEVIATION];
    doubles[DEVIATION] = Math.sqrt(Math.max(variance, 0));
  }

  private void updateRange(long t, double value) {
    if (age() == 1 || value <= doubles[LOW]) {
      doubles[LOW] = value;
      longs[longsAt + LOW_AT] = t;
    }
    if (age() == 1 || value >= doubles[HIGH]) {
      doubles[HIGH] = value;
      longs[longsAt + HIGH_AT] = t;
    }
    long oldest =
        Math.max(
            longs[longsAt + FIRST], t + 1 - Math.max(RANGE, Math.min(shape.exact(), 2 * season())));
    if (longs[longsAt + LOW_AT] < oldest || longs[longsAt + HIGH_AT] < oldest) {
      scanRange(oldest, t);
    }
  }

  private void scanRange(long oldest, long t) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (long index = oldest; index <= t; index++) {
      double value = at(index);
      if (value <= low) {
        low = value;
        longs[longsAt + LOW_AT] = index;
      }
      if (value >= high) {
        high = value;
        longs[longsAt + HIGH_AT] = index;
      }
    }
    doubles[LOW] = low;
    doubles[HIGH] = high;
  }

  private void updateTail(long t, double value) {
    if (age() < SCALE_AFTER) {
      return;
    }
    if (age() == SCALE_AFTER) {
      double sum = 0;
      for (long index = start(); index <= t; index++) {
        sum += Math.abs(at(index));
      }
      doubles[SCALE] = sum / SCALE_AFTER >= MIN_SCALE ? sum / SCALE_AFTER : 0;
      doubles[ZERO] = asinh(at(start()));
      for (long index = start(); index <= t; index++) {
        appendToTail(index, at(index));
      }
      return;
    }
    if (doubles[SCALE] == 0 && Math.abs(value) >= MIN_SCALE) {
      // only zeros so far, and z = 0 for these whatever the scale
      doubles[SCALE] = Math.abs(value);
    }
    appendToTail(t, value);
  }

  private void appendToTail(long t, double value) {
    int position = (int) (t - longs[longsAt + TAIL_FIRST]);
    if (position == shape.tail() + SLACK) {
      tail.drop(SLACK, shape.tail());
      longs[longsAt + TAIL_FIRST] += SLACK;
      position = shape.tail();
    }
    doubles[BEFORE] = doubles[TRANSFORMED];
    doubles[TRANSFORMED] = asinh(value) - doubles[ZERO];
    tail.append(position, doubles[TRANSFORMED]);
    tailIsRead = false;
  }

  private double asinh(double value) {
    double scale = doubles[SCALE];
    if (scale == 0) {
      return 0;
    }
    double x = Math.abs(value) / scale;
    // log1p keeps what log would round away near zero
    double z = x > 1e8 ? Math.log(2 * x) : Math.log1p(x + x * x / (1 + Math.sqrt(1 + x * x)));
    return value < 0 ? -z : z;
  }

  /** The value of a transformed value: {@code c * sinh(z + z_0)}. */
  public double untransformed(double z) {
    double sum = z + doubles[ZERO];
    double e = Math.exp(Math.min(Math.abs(sum), 300));
    // near zero the difference of exponentials cancels; x + x^3/6 is exact to 1e-16 there
    double sinh = Math.abs(sum) < 1e-3 ? Math.abs(sum) * (1 + sum * sum / 6) : 0.5 * (e - 1 / e);
    return doubles[SCALE] * (sum < 0 ? -sinh : sinh);
  }

  /** The value at an index, rounded where only the tail still has it; NaN if it is not kept. */
  public double recall(long index) {
    long place = index - longs[longsAt + TAIL_FIRST];
    return has(index)
        ? at(index)
        : place >= 0 && place < tailSize() ? untransformed(tail.get((int) place)) : Double.NaN;
  }

  /** Transformed values kept; 0 before the scale is known. */
  public int tailSize() {
    return age() < SCALE_AFTER ? 0 : (int) (t() - longs[longsAt + TAIL_FIRST]) + 1;
  }

  /**
   * The tail: {@link #tailSize()} transformed values, oldest first, rounded to the range's 8,000th
   * part or less. Valid until the next value or series; not to be changed.
   */
  public float[] tail() {
    if (!tailIsRead) {
      if (tailFloats.length < tailSize()) {
        tailFloats = new float[shape.tail() + SLACK];
      }
      tail.read(tailSize(), tailFloats);
      tailIsRead = true;
    }
    return tailFloats;
  }

  /** The newest value, transformed, not rounded. */
  public double tailNewest() {
    return doubles[TRANSFORMED];
  }

  /** The same of the value before it. */
  public double tailBefore() {
    return doubles[BEFORE];
  }

  /** The array that begins with the series' doubles; tells it from other series. */
  public double[] doubles() {
    return doubles;
  }
}
