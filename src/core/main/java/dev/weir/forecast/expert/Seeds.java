package dev.weir.forecast.expert;

/**
 * Randomness without state, so that a series restored in mid-stream draws what it would have drawn.
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
}
