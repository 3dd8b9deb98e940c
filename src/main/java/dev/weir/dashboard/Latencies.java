package dev.weir.dashboard;

import java.util.Arrays;

/**
 * How long it takes from an observation that this reader sees to the forecast of it that this
 * reader sees. Remembers a bounded number of observations that still wait: a table in which a newer
 * one may push out another, so that some are not measured. Where more of them wait than it could
 * hold, only each second, fourth, ... is taken, by a hash, so that none is preferred for being
 * quick.
 */
final class Latencies {

  private static final int SLOTS = 1 << 16;
  private static final int SAMPLES = 4_096; // of a second
  private static final int WAITING = 30; // seconds that a forecast may take

  private final long[] waiting = new long[SLOTS]; // a hash of series and time
  private final long[] arrivals = new long[SLOTS];
  private long skip; // these bits of a hash must be 0
  private long arrived; // since the last roll
  private final int[] samples = new int[SAMPLES];
  private long seen;
  private long random = 0x9E3779B97F4A7C15L;

  /** An observation can be read. */
  synchronized void observed(String series, long time, long now) {
    arrived++;
    long hash = hash(series, time);
    if ((hash & skip) == 0) {
      int slot = slot(hash);
      waiting[slot] = hash;
      arrivals[slot] = now;
    }
  }

  /** Its forecast can be read. */
  synchronized void issued(String series, long origin, long now) {
    long hash = hash(series, origin);
    int slot = slot(hash);
    if (waiting[slot] != hash || arrivals[slot] == 0) {
      return;
    }
    int millis = (int) Math.max(0, Math.min(Integer.MAX_VALUE, now - arrivals[slot]));
    arrivals[slot] = 0; // a forecast of the other mode is not a second sample
    if (seen < SAMPLES) {
      samples[(int) seen] = millis;
    } else { // each of the second's samples stays with the same chance
      random = mix(random);
      long at = Long.remainderUnsigned(random, seen + 1);
      if (at < SAMPLES) {
        samples[(int) at] = millis;
      }
    }
    seen++;
  }

  /** The samples since the last call, sorted, in milliseconds. To be called each second. */
  synchronized int[] roll() {
    int[] rolled = Arrays.copyOf(samples, (int) Math.min(seen, SAMPLES));
    Arrays.sort(rolled);
    seen = 0;
    skip = 0;
    while (arrived * WAITING / (skip + 1) > SLOTS / 4) {
      skip = 2 * skip + 1;
    }
    skip <<= 40; // other bits than those of the slot
    arrived = 0;
    return rolled;
  }

  /** NaN of nothing. */
  static double quantile(int[] sorted, double share) {
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }

  private static long hash(String series, long time) {
    return mix(mix(time) + series.hashCode()) | 1;
  }

  private static int slot(long hash) {
    return (int) (hash >>> 1) & (SLOTS - 1);
  }

  /** SplitMix64 (Steele, Lea, Flood 2014), its finalizer. */
  private static long mix(long z) {
    z += 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
