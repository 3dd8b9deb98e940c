package dev.weir.cli.grid;

import dev.weir.forecast.Observation;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The rows of a series, one for each step of its interval. Rows that its file does not have are
 * filled in as {@link Sampling} says, or repeat the row before where it fills nothing: for methods
 * that go by count, and for training. A job gets the file's rows alone, and sees to the gaps
 * itself. By count there are only the rows of the file. Immutable.
 */
public final class Grid {

  private final List<Observation> rows;
  private final BitSet missing = new BitSet();
  private final Sampling sampling;
  private final Spacing spacing; // null by count
  private int leftOut;

  /** By count. */
  public Grid(List<Observation> rows) {
    this.rows = rows;
    this.sampling = Sampling.BY_COUNT;
    this.spacing = null;
  }

  /**
   * @param file in order of time; {@link FutureRows} may follow the values
   * @param limit of rows to add
   * @throws IllegalArgumentException if more are missing
   */
  Grid(List<Observation> file, Spacing spacing, Gap gap, int maxFill, int limit) {
    this.rows = new ArrayList<>();
    this.sampling = new Sampling(spacing.millis(), gap, maxFill);
    this.spacing = spacing;
    int values = FutureRows.values(file);
    int day = TargetTimes.day(times(file.subList(0, values)));
    long first = file.get(0).time();
    for (Observation row : file.subList(0, values)) {
      long index = spacing.index(first, row.time());
      if (!rows.isEmpty() && index < rows.size()) {
        leftOut++;
        continue;
      }
      long count = index - rows.size();
      if (count > limit - missing.cardinality()) {
        throw new IllegalArgumentException("more than %,d missing values".formatted(limit));
      }
      for (int k = 1; k <= count; k++) {
        missing.set(rows.size());
        Observation before = rows.get(rows.size() - k);
        rows.add(filled(before, row, k, (int) count, spacing.time(first, rows.size(), day)));
      }
      rows.add(row);
    }
    rows.addAll(file.subList(values, file.size()));
  }

  private Observation filled(Observation before, Observation after, int k, int count, long time) {
    boolean fills = isFilled(count);
    return new Observation(
        before.series(),
        time,
        fills ? sampling.filled(before.value(), after.value(), k, count) : before.value(),
        fills ? filled(before.features(), after.features(), k, count) : before.features(),
        null,
        fills ? filled(before.ahead(), after.ahead(), k, count) : before.ahead());
  }

  private double[] filled(double[] before, double[] after, int k, int count) {
    double[] row = new double[before.length];
    Arrays.setAll(row, i -> sampling.filled(before[i], after[i], k, count));
    return row;
  }

  private boolean isFilled(int count) {
    Gap gap = sampling.gap(count);
    return gap == Gap.CARRY || gap == Gap.LINEAR;
  }

  private static long[] times(List<Observation> rows) {
    return rows.stream().mapToLong(Observation::time).toArray();
  }

  private Grid(Grid of, List<Observation> rows) {
    this.rows = rows;
    this.sampling = of.sampling;
    this.spacing = of.spacing;
    this.missing.or(of.missing.get(0, rows.size()));
  }

  /** Name of the series. */
  public String series() {
    return rows.get(0).series();
  }

  /** The first rows alone. */
  public Grid first(int count) {
    return new Grid(this, rows.subList(0, count));
  }

  /** The values from a row on; NaN for those that the file does not have. */
  public double[] truth(int from) {
    double[] truth = new double[rows.size() - from];
    Arrays.setAll(truth, i -> isMissing(from + i) ? Double.NaN : rows.get(from + i).value());
    return truth;
  }

  /** The row that a value of the file is on. */
  public int rowOf(Observation value) {
    return rowOf(value.time());
  }

  /** The row that a time is on; negative for none. By count there are only those of the file. */
  public int rowOf(long time) {
    return spacing == null
        ? Arrays.binarySearch(times(rows), time)
        : (int) Math.max(-1, Math.min(Integer.MAX_VALUE, spacing.index(rows.get(0).time(), time)));
  }

  /** By time. */
  public List<Observation> rows() {
    return rows;
  }

  /** Indices of rows that the file does not have. */
  public BitSet missing() {
    return (BitSet) missing.clone();
  }

  public boolean isMissing(int row) {
    return missing.get(row);
  }

  /** Values of the file that fall on the step of one before. */
  int leftOut() {
    return leftOut;
  }

  /** What a job is configured with. */
  public Sampling sampling() {
    return sampling;
  }

  /** The time of a row as a job gets it, which has no intervals of months. */
  public long jobTime(int row) {
    return spacing == null
        ? rows.get(row).time()
        : spacing.start(rows.get(0).time()) + row * spacing.millis();
  }

  /**
   * The times of the steps after the newest value.
   *
   * @param otherwise what the job says of them, null if it knows nothing
   * @return null if nothing is known
   */
  public long[] next(int steps, long[] otherwise) {
    long[] known = times(rows.subList(0, FutureRows.values(rows)));
    if (spacing == null) {
      return TargetTimes.of(known, steps, otherwise);
    }
    int day = TargetTimes.day(known);
    long[] next = new long[steps];
    Arrays.setAll(next, i -> spacing.time(known[0], known.length + i, day));
    return next;
  }

  /** The newest row with a value. */
  public Observation newest() {
    return rows.get(newestRow());
  }

  public int newestRow() {
    return FutureRows.values(rows) - 1;
  }

  /** Whether the newest values came at equal intervals. */
  public boolean isRegular() {
    return spacing != null
        || TargetTimes.isRegular(times(rows.subList(0, FutureRows.values(rows))));
  }

  Spacing spacing() {
    return spacing;
  }
}
