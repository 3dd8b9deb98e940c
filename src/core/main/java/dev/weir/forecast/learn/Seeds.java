package dev.weir.forecast.learn;

/** Seeds without state, so that a restored series draws the same numbers. */
public final class Seeds {

  private Seeds() {}

  /** The seed of a series: FNV-1a, since {@link String#hashCode} is similar for similar names. */
  public static long of(String series) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < series.length(); i++) {
      hash = (hash ^ series.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }
}
