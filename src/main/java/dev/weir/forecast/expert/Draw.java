package dev.weir.forecast.expert;

/**
 * Randomness without state: a number that looks random, from a counter, so that a series restored
 * in mid-stream draws what it would have drawn (SplitMix64; Steele, Lea and Flood 2014).
 */
public final class Draw {

  private Draw() {}

  public static long number(long counter) {
    long z = counter * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
