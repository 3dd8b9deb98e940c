package dev.weir.sql.aggregate;

import org.apache.flink.table.functions.AggregateFunction;

/**
 * {@code COVERAGE(actual, lower, upper)}: share of the values that lie within their interval, ends
 * included; to be compared with the level that was asked for. Rows with a NULL or NaN do not count,
 * nor does a value that is infinite; an infinite bound is one that is open. NULL when none does.
 */
public final class Coverage extends AggregateFunction<Double, Coverage.Hits> {

  private static final long serialVersionUID = 1L;

  /** What has come so far. Flink reads and writes the fields. */
  public static final class Hits {
    public long hits = 0;
    public long rows = 0;
  }

  @Override
  public Hits createAccumulator() {
    return new Hits();
  }

  public void accumulate(Hits hits, Double actual, Double lower, Double upper) {
    add(hits, actual, lower, upper, 1);
  }

  public void retract(Hits hits, Double actual, Double lower, Double upper) {
    add(hits, actual, lower, upper, -1);
  }

  private static void add(Hits hits, Double actual, Double lower, Double upper, int rows) {
    if (actual == null || lower == null || upper == null) {
      return;
    }
    if (!Double.isFinite(actual) || lower.isNaN() || upper.isNaN()) {
      return;
    }
    hits.rows += rows;
    if (lower <= actual && actual <= upper) {
      hits.hits += rows;
    }
  }

  public void merge(Hits hits, Iterable<Hits> others) {
    for (Hits other : others) {
      hits.hits += other.hits;
      hits.rows += other.rows;
    }
  }

  @Override
  public Double getValue(Hits hits) {
    return hits.rows <= 0 ? null : (double) hits.hits / hits.rows;
  }
}
