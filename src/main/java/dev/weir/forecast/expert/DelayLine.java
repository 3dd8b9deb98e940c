package dev.weir.forecast.expert;

/**
 * Where a number waits that was made at t for step i until t + i: for each step i a ring of i
 * places, so h (h + 1) / 2 in all, half of a square. The place that frees itself at t is the one
 * that t fills.
 */
public final class DelayLine {

  private DelayLine() {}

  public static int floats(int horizon) {
    return horizon * (horizon + 1) / 2;
  }

  /** Place for step {@code i} of what is made at {@code t}, and of what was made at t - i. */
  public static int at(long t, int i) {
    return i * (i - 1) / 2 + (int) (t % i);
  }
}
