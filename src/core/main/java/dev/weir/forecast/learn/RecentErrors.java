package dev.weir.forecast.learn;

import java.util.Arrays;

/**
 * How well the series of a task have been forecast lately, beside the naive methods: quantiles,
 * over series, of our mean absolute error divided by theirs. Each series counts by its newest
 * values, about {@value #DEPTH} deep, and once, whatever its scale.
 *
 * <p>Of many series it follows {@value #SERIES}, which their names' hashes choose: of those that
 * fall on one place, the smallest has it, until it comes a hundred times more seldom than the
 * others that are followed. So it takes 32 KB, however many series there are.
 *
 * <p>One thread adds; others may ask meanwhile, and may then see a series without its newest value.
 * Adding allocates nothing.
 */
public final class RecentErrors {

  /** Series that are followed at most; a power of two. */
  static final int SERIES = 512;

  /** Values that count, in the mean. */
  static final int DEPTH = 50;

  /** A series with fewer says nothing yet. */
  static final int FIRST = 10;

  private static final double DISCOUNT = 1 - 1.0 / DEPTH;
  private static final int SELDOM = 100;

  /** A method that needs no learning. */
  public enum Baseline {
    /** Repeats the newest value. */
    NAIVE,
    /** Repeats the value of a season ago. */
    SEASONAL_NAIVE
  }

  private final int[] hashes = new int[SERIES]; // of the series that has the place
  private final int[] values = new int[SERIES]; // of it so far, at most FIRST; 0: the place is free
  private final long[] seen = new long[SERIES]; // when it came last, in ticks
  private final double[] errors = new double[SERIES];
  private final double[] naive = new double[SERIES];
  private final double[] seasonalNaive = new double[SERIES];
  private final double[] crps = new double[SERIES];
  private final double[] naiveBeside = new double[SERIES]; // at the steps of crps, as the next
  private final double[] seasonalNaiveBeside = new double[SERIES];
  private int occupied;
  private long ticks; // values of followed series

  /** Takes in the errors at a series' newest value; none are taken where nothing was forecast. */
  public void add(String series, LatestScores scored) {
    if (scored.steps() == 0) {
      return;
    }
    int hash = mixed(series.hashCode());
    int place = hash & (SERIES - 1);
    if (values[place] == 0) {
      occupied++;
      begin(place, hash);
    } else if (hashes[place] != hash) {
      if (Integer.compareUnsigned(hash, hashes[place]) > 0 && isCurrent(place)) {
        return;
      }
      begin(place, hash);
    }
    ticks++;
    seen[place] = ticks;
    errors[place] = DISCOUNT * errors[place] + scored.error();
    naive[place] = DISCOUNT * naive[place] + scored.naiveError();
    seasonalNaive[place] = DISCOUNT * seasonalNaive[place] + scored.seasonalNaiveError();
    crps[place] = DISCOUNT * crps[place] + scored.crps();
    naiveBeside[place] = DISCOUNT * naiveBeside[place] + scored.naiveBeside();
    seasonalNaiveBeside[place] =
        DISCOUNT * seasonalNaiveBeside[place] + scored.seasonalNaiveBeside();
    values[place] = Math.min(values[place] + 1, FIRST);
  }

  /** Names that differ in their last letters only get hashes that have nothing in common. */
  private static int mixed(int hash) { // the finalizer of MurmurHash3
    int h = hash;
    h = (h ^ h >>> 16) * 0x85ebca6b;
    h = (h ^ h >>> 13) * 0xc2b2ae35;
    return h ^ h >>> 16;
  }

  private void begin(int place, int hash) {
    hashes[place] = hash;
    values[place] = 0;
    errors[place] = 0;
    naive[place] = 0;
    seasonalNaive[place] = 0;
    crps[place] = 0;
    naiveBeside[place] = 0;
    seasonalNaiveBeside[place] = 0;
  }

  /** Whether the place's series still comes, compared with the others that are followed. */
  private boolean isCurrent(int place) {
    return ticks - seen[place] <= (long) SELDOM * occupied;
  }

  /** Series that the quantiles are taken over. */
  public int series() {
    int count = 0;
    for (int place = 0; place < SERIES; place++) {
      if (counts(place)) {
        count++;
      }
    }
    return count;
  }

  private boolean counts(int place) {
    return values[place] >= FIRST && isCurrent(place);
  }

  /**
   * A quantile, over series, of our error divided by the baseline's: below 1 we are better. Series
   * on which the baseline made no error are left out.
   *
   * @param share within [0, 1]
   * @return NaN while there is no such series
   */
  public double quantile(Baseline baseline, double share) {
    return quantile(errors, baseline == Baseline.NAIVE ? naive : seasonalNaive, share);
  }

  /**
   * The same of our CRPS, at the steps where distributions are scored: that of a baseline, which
   * has no distribution, is its error.
   */
  public double crpsQuantile(Baseline baseline, double share) {
    return quantile(crps, baseline == Baseline.NAIVE ? naiveBeside : seasonalNaiveBeside, share);
  }

  private double quantile(double[] ours, double[] of, double share) {
    double[] ratios = new double[SERIES];
    int count = 0;
    for (int place = 0; place < SERIES; place++) {
      double ratio = ours[place] / of[place];
      if (counts(place) && Double.isFinite(ratio)) {
        ratios[count++] = ratio;
      }
    }
    if (count == 0) {
      return Double.NaN;
    }
    Arrays.sort(ratios, 0, count);
    double at = share * (count - 1);
    int below = (int) at;
    int above = Math.min(below + 1, count - 1);
    return ratios[below] + (at - below) * (ratios[above] - ratios[below]);
  }
}
