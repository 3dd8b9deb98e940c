package dev.weir.forecast.slot;

/**
 * A part of a series' doubles, indexed from 0. A flyweight: it is pointed at another part without
 * copying or allocating, so it is valid only during the call that it was passed to.
 */
public final class DoubleSlice {

  private double[] array;
  private int start;
  private int from;

  /** Points at the part of an array that starts at {@code from}; returns itself. */
  public DoubleSlice at(double[] array, int from) {
    this.array = array;
    this.start = from;
    this.from = from;
    return this;
  }

  /**
   * Moves to a row: to the numbers from an offset on, counted from where it was pointed at; returns
   * itself. Stores no reference, which would cost a garbage collector's barrier each time.
   */
  public DoubleSlice row(int offset) {
    from = start + offset;
    return this;
  }

  /** Points at the part of another slice that starts at {@code from}; returns itself. */
  public DoubleSlice in(DoubleSlice whole, int from) {
    return at(whole.array, whole.from + from);
  }

  public double get(int i) {
    return array[from + i];
  }

  public void set(int i, double value) {
    array[from + i] = value;
  }

  public void add(int i, double value) {
    array[from + i] += value;
  }
}
