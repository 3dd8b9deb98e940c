package dev.weir.forecast.alarm;

import java.io.IOException;

/**
 * Distribution of a statistic's size, and the surprise of a size: -log10 of the probability of one
 * at least as large.
 *
 * <p>The sizes are counted in {@value #BINS} bins of their logarithm, in eighths, so that halving
 * keeps single ones; after the bins comes the sum of them. When it reaches 5,000 all are halved,
 * which makes a memory of 2,500 to 5,000 values. Within the bins the chance is the share of larger
 * ones. Above the largest twentieth a Pareto tail continues it, whose exponent is Hill's estimate
 * (Hill 1975), computed from the bins; as long as a size has been reached, its chance is not less
 * than the share that reached it.
 */
final class TailSketch {

  static final int BINS = 40;

  /** Numbers of a sketch. */
  static final int SIZE = BINS + 1;

  private static final double LOWEST = -4; // ln of the size where the bins begin
  private static final double WIDTH = 0.2; // of a bin
  private static final int ONE = 8;
  private static final int MAX_TOTAL = 5_000 * ONE;
  private static final double TAIL = 0.05;
  private static final double MIN_TAIL = 5; // values that make a tail
  private static final double MIN_DECAY = 0.02;
  private static final double MIN_SIZE = 1e-6;
  private static final double LN_10 = Math.log(10);

  private TailSketch() {}

  /** Counts a size of at least 0. */
  static void learn(char[] counts, int first, double size) {
    counts[first + bin(log(size))] += ONE;
    counts[first + BINS] += ONE;
    if (counts[first + BINS] >= MAX_TOTAL) {
      int total = 0;
      for (int k = 0; k < BINS; k++) {
        counts[first + k] >>= 1;
        total += counts[first + k];
      }
      counts[first + BINS] = (char) total;
    }
  }

  /**
   * The surprise of a size of at least 0, in powers of ten; 0 while there are too few.
   *
   * @param run how many values in a row an event counts
   */
  static double surprise(char[] counts, int first, double size, double run) {
    double total = counts[first + BINS] / (double) ONE;
    double need = Math.max(MIN_TAIL, TAIL * total);
    double above = 0;
    double moment = 0; // sum of count times bin center, of the bins above k
    int k = BINS - 1;
    for (; k >= 0; k--) {
      double count = counts[first + k] / (double) ONE;
      if (above + count >= need) {
        break;
      }
      above += count;
      moment += count * (edge(k) + WIDTH / 2);
    }
    if (k < 0) {
      return 0;
    }
    double log = log(size);
    double part = need - above; // of bin k, in the tail
    double top = edge(k + 1);
    double start = top - WIDTH * part / (counts[first + k] / (double) ONE);
    int bin = bin(log);
    double reached = 0;
    for (int j = BINS - 1; j > bin; j--) {
      reached += counts[first + j] / (double) ONE;
    }
    double own = counts[first + bin] / (double) ONE;
    if (log <= start) {
      return -Math.log10(Math.min(1, (reached + own / 2 + 1) / (total + 1)));
    }
    double excess = moment - above * start + part * (top - start) / 2;
    double decay = Math.max(MIN_DECAY, excess / need);
    double pareto = Math.log10(total / need) + (log - start) / (decay * LN_10);
    double events = (reached + own) / run;
    return events >= 1 ? Math.min(pareto, Math.log10((total + 1) / (events + 1))) : pareto;
  }

  /** Fails if the bins do not add up to their sum, or have no room for another value. */
  static void check(char[] counts, int first) throws IOException {
    int total = 0;
    for (int k = 0; k < BINS; k++) {
      total += counts[first + k];
    }
    if (total != counts[first + BINS] || total >= MAX_TOTAL) {
      throw new IOException(
          "alarms: expected counts of a sum below %d, got %d and the sum %d"
              .formatted(MAX_TOTAL, total, (int) counts[first + BINS]));
    }
  }

  private static double log(double size) {
    return Math.log(Math.max(size, MIN_SIZE));
  }

  private static double edge(int bin) {
    return LOWEST + WIDTH * bin;
  }

  private static int bin(double log) {
    return (int) Math.max(0, Math.min(BINS - 1, Math.floor((log - LOWEST) / WIDTH)));
  }
}
