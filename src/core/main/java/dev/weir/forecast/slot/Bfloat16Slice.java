package dev.weir.forecast.slot;

import dev.weir.forecast.Bfloat16;

/**
 * A part of a series' 16-bit numbers, indexed from 0. Each is a {@link Bfloat16}: the range of a
 * float with 8 bits of precision, for what is compared with errors or is an error itself. A
 * flyweight: it is pointed at another part without copying or allocating, so it is valid only
 * during the call that it was passed to.
 */
public final class Bfloat16Slice {

  private short[] array;
  private int start;
  private int from;

  /** Points at the part of an array that starts at {@code from}; returns itself. */
  public Bfloat16Slice at(short[] array, int from) {
    this.array = array;
    this.start = from;
    this.from = from;
    return this;
  }

  /**
   * Moves to a row: to the numbers from an offset on, counted from where it was pointed at; returns
   * itself. Stores no reference, which would cost a garbage collector's barrier each time.
   */
  public Bfloat16Slice row(int offset) {
    from = start + offset;
    return this;
  }

  public float get(int i) {
    return Bfloat16.value(array[from + i]);
  }

  /** Rounds as {@link Bfloat16#bits} does. */
  public void set(int i, float value) {
    array[from + i] = Bfloat16.bits(value);
  }

  /** Reads as many numbers as {@code target} has, from {@code i} on. */
  public void read(int i, float[] target) {
    for (int k = 0; k < target.length; k++) {
      target[k] = Bfloat16.value(array[from + i + k]);
    }
  }

  /**
   * Sets the numbers from {@code i} on. Each is rounded up or down by chance, up the more often the
   * nearer it is, so that many small changes of a running mean add up, which would each be rounded
   * away.
   *
   * @param random numbers of 16 bits, evenly distributed
   */
  public void setRandomly(int i, float[] values, int[] random) {
    for (int k = 0; k < values.length; k++) {
      array[from + i + k] = (short) (Float.floatToRawIntBits(values[k]) + random[k] >>> 16);
    }
  }
}
