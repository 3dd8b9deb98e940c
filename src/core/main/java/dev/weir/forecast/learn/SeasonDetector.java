package dev.weir.forecast.learn;

import java.util.Arrays;

/**
 * Finds the season of a series: the lag at which what is left after a moving average of that length
 * is most like itself. Common lengths (an hour's, a day's, a week's, a year's) attract what is
 * found near them. Until it is found, the calendar says what is usual for the values' spacing.
 *
 * <p>Cost: for n values from 100 on, n² / 3 multiplications. Holds scratch; not thread-safe.
 */
final class SeasonDetector {

  /** No correlation below this is a season. */
  private static final double LEAST = 0.25;

  /** One that has so much of the best one's correlation is as good. */
  private static final double NEARLY = 0.8;

  /** A length of the calendar has so much of the highest correlation near it. */
  private static final double CLOSE = 0.9;

  /** Twice and three times a short season have so much of its correlation. */
  private static final double REPEATED = 0.5;

  private static final int SHORT = 11;

  /** Values below this are too few to find a length among all. */
  private static final int MIN_VALUES = 100;

  /** A longer season of the calendar is used once it is found: before, it gains nothing. */
  private static final int MAX_USUAL = 144;

  /** A season of the calendar that is less like itself is dropped. */
  private static final double ALIKE = 0.15;

  private static final int[] COMMON = {12, 24, 48, 52, 60, 96, 144, 168, 288, 336, 365, 1440};

  /** Lags that are looked at together. */
  private static final int TOGETHER = 4;

  private double[] sums = new double[0];
  private final double[][] detrended = new double[TOGETHER][0];
  private final double[] totals = new double[TOGETHER]; // of the detrended
  private double[] centre = new double[0]; // what a loop reads with an offset
  private double[] ahead = new double[0];
  double[] correlation = new double[0]; // by lag, of what was looked at last
  private double[] sorted = new double[0];

  /** Six daily values contain a weekend, which tells days from working days. */
  private static final int[] EARLY = {
    6, 8, 10, 12, 15, 18, 21, 24, 30, 36, 42, 48, 60, 72, 84, 100, 150, 200, 300, 400, 600, 800,
    1200
  };

  private static final int SETTLED = 1600;
  private static final int EVERY = 1000;

  /** Whether one of the counts at which it is worth looking (again) came after {@code before}. */
  static boolean isDue(long before, long count) {
    if (count >= SETTLED) {
      return before < SETTLED || (count - SETTLED) / EVERY > (before - SETTLED) / EVERY;
    }
    for (int early : EARLY) {
      if (before < early && count >= early) {
        return true;
      }
    }
    return false;
  }

  /**
   * The season to use for the first {@code n} values, which are changed: the one that {@link
   * #detect} finds, else the calendar's shortest length until the values contradict it. Below
   * {@value #MIN_VALUES} values nothing is detected.
   *
   * @param calendar as in {@link #detect}
   */
  int season(double[] x, int n, int current, int... calendar) {
    int found = n < MIN_VALUES ? 1 : detect(x, n, current, calendar);
    int usual = calendar.length == 0 ? 1 : calendar[0];
    if (usual == 1 || usual > MAX_USUAL || 4 * n < usual || found > 1 && found != usual) {
      return found;
    }
    return 2 * n < 3 * usual || likeness(x, n, usual) >= ALIKE ? usual : 1;
  }

  /**
   * The correlation with the values a season before, of the values without their straight line or
   * of their differences, whichever is higher. Half a season of pairs suffices, where {@link
   * #correlate} needs a season more for its average.
   */
  private double likeness(double[] x, int n, int season) {
    reserve(n);
    tame(x, n);
    double middle = (n - 1) / 2.0;
    double mean = 0;
    double slope = 0;
    for (int i = 0; i < n; i++) {
      mean += x[i] / n;
      slope += 12 * (i - middle) * x[i] / (n * ((double) n * n - 1));
    }
    for (int i = 0; i < n; i++) {
      centre[i] = x[i] - mean - slope * (i - middle);
      ahead[i] = i == 0 ? 0 : centre[i] - centre[i - 1];
    }
    return Math.max(
        correlation(centre, season, n - season), correlation(ahead, season, n - season));
  }

  /**
   * The season of the first {@code n} values, which are changed; {@code current} when nothing
   * better is found.
   *
   * @param calendar {@link ObservationSpacing#calendar}: a length that fits nearly as well as the
   *     best is taken before any other
   */
  int detect(double[] x, int n, int current, int... calendar) {
    int longest = n / 3;
    if (longest < 5) {
      return current;
    }
    reserve(n);
    tame(x, n);
    sums[0] = 0;
    for (int i = 0; i < n; i++) {
      sums[i + 1] = sums[i] + x[i];
    }
    for (int k = 2; k <= longest + 1; k += TOGETHER) {
      correlate(x, n, k);
    }
    double best = 0;
    for (int k = 4; k <= longest; k++) {
      if (isCandidate(k, n, longest)) {
        best = Math.max(best, correlation[k]);
      }
    }
    int byCalendar = calendar(calendar, n, longest, best);
    if (byCalendar > 0) {
      return byCalendar;
    }
    if (best == 0) {
      return current;
    }
    if (current > 1) {
      double here =
          current > longest
              ? 1
              : Math.max(
                  correlation[current],
                  Math.max(correlation[Math.max(2, current - 1)], correlation[current + 1]));
      if (current > longest || here >= 0.6 * best && isRepeated(current, longest)) {
        return refine(n, longest, current);
      }
    }
    for (int k = 4; k <= longest; k++) {
      if (isCandidate(k, n, longest) && correlation[k] >= NEARLY * best) {
        return snap(k);
      }
    }
    return current;
  }

  /**
   * The first length of the calendar that fits nearly as well as the best; 0 when none does. Twice
   * the length counts for it: what forecasts looks two seasons back, and a rhythm of two days is
   * learned better as days.
   */
  private int calendar(int[] calendar, int n, int longest, double best) {
    for (int length : calendar) {
      if (length <= longest) {
        double once = correlation[length];
        double twice = 2 * length <= longest ? correlation[2 * length] : 0;
        boolean fits =
            once >= expected(length, n)
                && once >= NEARLY * best
                && once >= CLOSE * highestNear(length, longest);
        if (fits || twice >= least(2 * length, n) && twice >= NEARLY * best) {
          return length;
        }
      }
    }
    return 0;
  }

  private double highestNear(int k, int longest) {
    double highest = 0;
    for (int j = Math.max(4, k - k / 6); j <= Math.min(longest, k + k / 6); j++) {
      highest = Math.max(highest, correlation[j]);
    }
    return highest;
  }

  /** As {@link #least}, for a length that is looked for and not found among all. */
  private static double expected(int k, int n) {
    return Math.max(LEAST, 0.9 / Math.sqrt((double) n / k));
  }

  /** No smaller correlation at lag k is a season. */
  private static double least(int k, int n) {
    return Math.max(LEAST, 1.4 / Math.sqrt((double) n / k));
  }

  /** A clearer season close to the current one, seen often enough; else the current one. */
  private int refine(int n, int longest, int current) {
    if (current > longest) {
      return current;
    }
    int refined = current;
    double most = correlation[current] + 0.02;
    for (int k = (int) Math.ceil(0.85 * current);
        k <= Math.min(longest, (int) (1.18 * current));
        k++) {
      int snapped = snap(k);
      if (k >= 4
          && snapped != current
          && n >= 8 * snapped
          && correlation[k] > most
          && isCandidate(k, n, longest)) {
        most = correlation[k];
        refined = snapped;
      }
    }
    return refined;
  }

  private boolean isCandidate(int k, int n, int longest) {
    double r = correlation[k];
    if (!(r > least(k, n))) {
      return false;
    }
    int reach = Math.max(1, k / 6);
    for (int j = Math.max(2, k - reach); j <= Math.min(longest, k + reach); j++) {
      if (correlation[j] > r) {
        return false;
      }
    }
    return isRepeated(k, longest);
  }

  /**
   * Whether what is at a short lag is there at its multiples, too. It is not where the season is no
   * whole number: of the 4.35 weeks in a month, 13 weeks are the season and 4 are not.
   */
  private boolean isRepeated(int k, int longest) {
    if (k > SHORT || 3 * k > longest) {
      return true;
    }
    double least = REPEATED * correlation[k];
    return correlation[2 * k] >= least && correlation[3 * k] >= least;
  }

  private static int snap(int k) {
    for (int common : COMMON) {
      if (common == 12 ? k == 12 : Math.abs(k - common) <= Math.max(1, 0.045 * common)) {
        return common;
      }
    }
    return k;
  }

  /**
   * Fills the correlations at lags k to k + {@value #TOGETHER} - 1, each of the differences from a
   * centred moving average of the lag's length.
   */
  private void correlate(double[] x, int n, int k) {
    for (int j = 0; j < TOGETHER; j++) {
      int size = n - k - j + 1;
      System.arraycopy(x, (k + j) / 2, centre, 0, size);
      System.arraycopy(sums, k + j, ahead, 0, size);
      detrend(detrended[j], centre, ahead, sums, k + j, size);
    }
    sumDetrended(n - k - TOGETHER + 2);
    for (int j = 0; j < TOGETHER; j++) {
      int size = n - k - j + 1;
      subtract(detrended[j], totals[j] / size, size);
      correlation[k + j] = correlation(detrended[j], k + j, size - k - j);
    }
  }

  /** The same index in all arrays: JDK 17 makes vectors of this, but not of an offset in one. */
  private static void detrend(
      double[] detrended, double[] centre, double[] ahead, double[] sums, int k, int size) {
    for (int i = 0; i < size; i++) {
      detrended[i] = centre[i] - (ahead[i] - sums[i]) / k;
    }
  }

  /** All lags at once, since each addition waits for the one before; the last one is shortest. */
  private void sumDetrended(int shortest) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    for (int i = 0; i < shortest; i++) {
      sum0 += detrended[0][i];
      sum1 += detrended[1][i];
      sum2 += detrended[2][i];
      sum3 += detrended[3][i];
    }
    totals[0] = sum0;
    totals[1] = sum1;
    totals[2] = sum2;
    totals[3] = sum3;
    for (int j = 0; j < TOGETHER; j++) {
      for (int i = shortest; i < shortest + TOGETHER - 1 - j; i++) {
        totals[j] += detrended[j][i];
      }
    }
  }

  private static void subtract(double[] from, double what, int size) {
    for (int i = 0; i < size; i++) {
      from[i] -= what;
    }
  }

  private static double correlation(double[] detrended, int k, int pairs) {
    if (pairs < k / 2) {
      return 0;
    }
    // several sums at once: one would wait for its own last addition
    double xy0 = 0;
    double xy1 = 0;
    double xx0 = 0;
    double xx1 = 0;
    double yy0 = 0;
    double yy1 = 0;
    int i = 0;
    for (; i + 1 < pairs; i += 2) {
      double a0 = detrended[i];
      double b0 = detrended[i + k];
      double a1 = detrended[i + 1];
      double b1 = detrended[i + 1 + k];
      xy0 += a0 * b0;
      xy1 += a1 * b1;
      xx0 += a0 * a0;
      xx1 += a1 * a1;
      yy0 += b0 * b0;
      yy1 += b1 * b1;
    }
    double power = (xx0 + xx1) * (yy0 + yy1);
    return power > 0 ? (xy0 + xy1) / Math.sqrt(power) : 0;
  }

  /** Brings values beyond six median deviations of the median back to there. */
  private void tame(double[] x, int n) {
    System.arraycopy(x, 0, sorted, 0, n);
    Arrays.sort(sorted, 0, n);
    double median = 0.5 * (sorted[(n - 1) / 2] + sorted[n / 2]);
    for (int i = 0; i < n; i++) {
      sorted[i] = Math.abs(x[i] - median);
    }
    Arrays.sort(sorted, 0, n);
    double deviation = 0.5 * (sorted[(n - 1) / 2] + sorted[n / 2]);
    double largest = sorted[n - 1];
    double unit = largest > 0 ? 1 / largest : 1; // so that no square overflows or vanishes
    for (int i = 0; i < n; i++) {
      double d = x[i] - median;
      if (deviation > 0) {
        d = Math.max(-6 * deviation, Math.min(6 * deviation, d));
      }
      x[i] = d * unit;
    }
  }

  private void reserve(int n) {
    if (centre.length < n) {
      sums = new double[n + 1];
      for (int j = 0; j < TOGETHER; j++) {
        detrended[j] = new double[n];
      }
      centre = new double[n];
      ahead = new double[n];
      correlation = new double[n / 3 + 2 + TOGETHER];
      sorted = new double[n];
    }
  }
}
