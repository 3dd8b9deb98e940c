package dev.weir.forecast.slot;

/**
 * A part of a series' floats, indexed from 0. A flyweight: it is pointed at another part without
 * copying or allocating, so it is valid only during the call that it was passed to.
 */
public final class FloatSlice {

  private float[] array;
  private int start;
  private int from;

  /** Points at the part of an array that starts at {@code from}; returns itself. */
  public FloatSlice at(float[] array, int from) {
    this.array = array;
    this.start = from;
    this.from = from;
    return this;
  }

  /**
   * Moves to a row: to the numbers from an offset on, counted from where it was pointed at; returns
   * itself. Stores no reference, which would cost a garbage collector's barrier each time.
   */
  public FloatSlice row(int offset) {
    from = start + offset;
    return this;
  }

  /** Points at the part of another slice that starts at {@code from}; returns itself. */
  public FloatSlice in(FloatSlice whole, int from) {
    return at(whole.array, whole.from + from);
  }

  public float get(int i) {
    return array[from + i];
  }

  public void set(int i, float value) {
    array[from + i] = value;
  }

  public void add(int i, float value) {
    array[from + i] += value;
  }

  /** The array that the slice is part of, for loops over many numbers; see {@link #from}. */
  public float[] array() {
    return array;
  }

  /** Index of the slice's first number in {@link #array}. */
  public int from() {
    return from;
  }
}
