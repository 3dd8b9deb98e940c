package dev.weir.forecast.expert;

/**
 * Randomness without state: a number that looks random, from a counter, so that a series restored
 * in mid-stream draws what it would have drawn (SplitMix64; Steele, Lea and Flood 2014).
 */
public final class Seeds {

  private Seeds() {}

  /**
   * Where a series' draws begin; FNV-1a, since {@link String#hashCode} is alike for alike names.
   */
  public static long of(String series) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < series.length(); i++) {
      hash = (hash ^ series.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  public static long number(long counter) {
    long z = counter * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
