package dev.weir.forecast;

/** Numbers of 16 bits, {@code torch.bfloat16}: the upper half of a float. */
public final class Bfloat16 {

  private Bfloat16() {}

  /** Rounds to the nearest, and to an even last bit between two. */
  public static short bits(float value) {
    int bits = Float.floatToIntBits(value);
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }

  public static float value(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
