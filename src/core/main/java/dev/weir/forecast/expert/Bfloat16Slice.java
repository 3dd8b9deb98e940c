package dev.weir.forecast.expert;

/**
 * A part of a series' 16-bit numbers, indexed from 0. Each is the upper half of a float, {@code
 * torch.bfloat16}: its range with 8 bits of precision, for what is compared with errors or is an
 * error itself. A flyweight: it is pointed at another part without copying or allocating, so it is
 * valid only during the call that it was passed to.
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
    return Float.intBitsToFloat(array[from + i] << 16);
  }

  /** Rounds to the nearest, and to an even last bit between two. */
  public void set(int i, float value) {
    int bits = Float.floatToIntBits(value);
    array[from + i] = (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
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
