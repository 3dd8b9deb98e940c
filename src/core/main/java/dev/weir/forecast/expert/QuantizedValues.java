package dev.weir.forecast.expert;

/**
 * Numbers of 16 bits: multiples of a unit, counted from a center. Unit and center follow the range
 * of the numbers, so that it fills a quarter to a half of what 16 bits count; for a number beyond
 * it all are rounded again. Units are powers of two and centers multiples of them, so that a finer
 * unit changes no number. Equal numbers stay equal, unless one was rounded by a coarser unit.
 *
 * <p>A flyweight over a series' shorts; center and unit are among its doubles.
 */
final class QuantizedValues {

  static final int DOUBLES = 2;

  private static final int UNIT = 0;
  private static final int CENTER = 1;

  private static final int MOST = Short.MAX_VALUE;

  /** Units that the range takes after it was measured, at most, and at least unless it is tiny. */
  private static final int WIDE = 1 << 15;

  private static final int NARROW = 1 << 13;

  /** No unit is finer than this share of the largest number, the precision of a float. */
  private static final double FINEST = 0x1p-24;

  private static final double LEAST_UNIT = 0x1p-60;

  private double[] doubles;
  private int header;
  private short[] array;

  /** Points at a series: at its first shorts, and at the doubles that begin at {@code header}. */
  void attach(double[] doubles, int header, short[] array) {
    this.doubles = doubles;
    this.header = header;
    this.array = array;
  }

  /** Sets the number at place {@code i}, the first one that has none. */
  void append(int i, double value) {
    double code = Math.rint((value - doubles[header + CENTER]) / unit());
    if (!(Math.abs(code) <= MOST)) { // or there is no unit yet
      fit(i, value);
      code = Math.rint((value - doubles[header + CENTER]) / unit());
    }
    array[i] = (short) code;
  }

  private double unit() {
    return doubles[header + UNIT];
  }

  private void fit(int size, double value) {
    double low = value;
    double high = value;
    for (int i = 0; i < size; i++) {
      double present = get(i);
      low = Math.min(low, present);
      high = Math.max(high, present);
    }
    use(size, low, high);
  }

  private void use(int size, double low, double high) {
    double most = Math.max(Math.abs(low), Math.abs(high));
    double least = Math.max(Math.max((high - low) / WIDE, most * FINEST), LEAST_UNIT);
    int exponent = Math.getExponent(least);
    double unit = Math.scalb(1.0, least > Math.scalb(1.0, exponent) ? exponent + 1 : exponent);
    double center = unit * Math.rint(0.5 * (low + high) / unit);
    double offset = doubles[header + CENTER] - center;
    double before = unit();
    for (int i = 0; i < size; i++) {
      array[i] = (short) Math.rint((offset + before * array[i]) / unit);
    }
    doubles[header + UNIT] = unit;
    doubles[header + CENTER] = center;
  }

  /** Drops the first numbers; uses a finer unit if the rest allows it. */
  void drop(int dropped, int kept) {
    System.arraycopy(array, dropped, array, 0, kept);
    int low = MOST;
    int high = -MOST;
    for (int i = 0; i < kept; i++) {
      low = Math.min(low, array[i]);
      high = Math.max(high, array[i]);
    }
    if (high - low < NARROW) {
      use(kept, value(low), value(high));
    }
  }

  double get(int i) {
    return value(array[i]);
  }

  private double value(int code) {
    return doubles[header + CENTER] + unit() * code;
  }

  /** Writes the first numbers as floats. */
  void read(int size, float[] to) {
    float center = (float) doubles[header + CENTER];
    float unit = (float) unit();
    for (int i = 0; i < size; i++) {
      to[i] = center + unit * array[i];
    }
  }
}
