package dev.weir.forecast.expert;

import dev.weir.forecast.Bfloat16;

/**
 * A part of a series' 16-bit numbers, indexed from 0. Each is a {@link Bfloat16}: the range of a
 * float with 8 bits of precision, for what is compared with errors or is an error itself. A
 * flyweight: it is pointed at another part without copying or allocating, so it is valid only
 * during the call that it was passed to.
 */
public final class Bfloat16Slice {

  private short[] array;
  private int from;

  /** Points at the part of an array that starts at {@code from}; returns itself. */
  public Bfloat16Slice at(short[] array, int from) {
    this.array = array;
    this.from = from;
    return this;
  }

  /** Moves to the part of the same array that starts at {@code from}; returns itself. */
  public Bfloat16Slice moveTo(int from) {
    this.from = from;
    return this;
  }

  public float get(int i) {
    return Bfloat16.value(array[from + i]);
  }

  /** Rounds as {@link Bfloat16#bits} does. */
  public void set(int i, float value) {
    array[from + i] = Bfloat16.bits(value);
  }

  /**
   * Rounds up or down by chance, up the more often the nearer it is, so that many small changes of
   * a running mean add up, which would each be rounded away.
   *
   * @param random its lower 16 bits are evenly distributed
   */
  public void setRandomly(int i, float value, int random) {
    array[from + i] = (short) (Float.floatToIntBits(value) + (random & 0xffff) >>> 16);
  }
}
