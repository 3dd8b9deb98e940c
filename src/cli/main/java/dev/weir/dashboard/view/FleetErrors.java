package dev.weir.dashboard.view;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * How large the errors of all series of a group are beside those of naive methods, without a figure
 * for each series.
 *
 * @param naive beside repeating the last value
 * @param seasonalNaive beside repeating the last season
 * @param groupCount how many groups are within the group
 * @param groups those whose median is worst, it first
 */
public record FleetErrors(
    Quantiles naive, Quantiles seasonalNaive, int groupCount, List<GroupErrors> groups) {

  private static final int MAX_GROUPS = 500;

  /**
   * Quantiles over series of the error divided by that of a naive method; NaN without series.
   *
   * @param series that are compared
   */
  public record Quantiles(int series, double p10, double p50, double p90) {}

  /**
   * Errors beside the last season's, or the last value's where no season is known, as the list is
   * sorted by.
   *
   * @param name up to and with a slash
   * @param series of the group
   * @param compared those with an error
   * @param worse those whose error is larger than the naive method's
   * @param p50 the median, NaN without one
   * @param worst the series with the largest error, or null
   */
  public record GroupErrors(
      String name,
      int series,
      int compared,
      int worse,
      double p50,
      String worst,
      double worstError) {}

  static FleetErrors of(SeriesSnapshot all, String group) {
    int[] found = all.find(group, "", null);
    List<SeriesSnapshot.Range> ranges = all.groups(found, group, Integer.MAX_VALUE);
    List<GroupErrors> groups =
        ranges.stream()
            .map(range -> errors(all, found, range))
            .sorted(
                Comparator.comparingDouble(
                    errors -> Double.isNaN(errors.p50()) ? Double.MAX_VALUE : -errors.p50()))
            .limit(MAX_GROUPS)
            .toList();
    return new FleetErrors(
        quantiles(found, all::toNaive),
        quantiles(found, all::toSeasonalNaive),
        ranges.size(),
        groups);
  }

  private static Quantiles quantiles(int[] found, IntToDoubleFunction error) {
    Sample sample = new Sample(found.length);
    for (int row : found) {
      sample.add(error.applyAsDouble(row));
    }
    double[] shares = sample.quantiles(0.1, 0.5, 0.9);
    return new Quantiles(sample.size, shares[0], shares[1], shares[2]);
  }

  private static GroupErrors errors(SeriesSnapshot all, int[] found, SeriesSnapshot.Range range) {
    Sample sample = new Sample(range.to() - range.from());
    int worse = 0;
    int worst = -1;
    double worstError = Double.NaN;
    for (int i = range.from(); i < range.to(); i++) {
      double error = all.relative(found[i]);
      sample.add(error);
      worse += error > 1 ? 1 : 0;
      if (error > worstError || worst < 0 && !Double.isNaN(error)) {
        worst = found[i];
        worstError = error;
      }
    }
    return new GroupErrors(
        range.name(),
        range.to() - range.from(),
        sample.size,
        worse,
        sample.quantiles(0.5)[0],
        worst < 0 ? null : all.name(worst),
        worstError);
  }

  /** Errors whose quantiles are wanted; what is not known is left out. */
  private static final class Sample {
    private final long[] bits; // of doubles from 0, which are in the same order
    private int size;

    Sample(int most) {
      this.bits = new long[most];
    }

    void add(double error) {
      if (error >= 0) { // else NaN
        bits[size++] = Double.doubleToRawLongBits(error + 0.0); // -0.0 becomes 0.0
      }
    }

    double[] quantiles(double... shares) {
      if (size == 0) {
        return Arrays.stream(shares).map(share -> Double.NaN).toArray();
      }
      int[] places = Arrays.stream(shares).mapToInt(share -> (int) (share * (size - 1))).toArray();
      Selection.select(bits, size, places);
      return Arrays.stream(places).mapToDouble(at -> Double.longBitsToDouble(bits[at])).toArray();
    }
  }
}
