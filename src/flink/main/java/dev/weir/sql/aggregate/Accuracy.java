package dev.weir.sql.aggregate;

import org.apache.flink.table.functions.AggregateFunction;

/**
 * {@code ACCURACY(label, class)}: share of the rows whose class is the label. Rows with a NULL do
 * not count; NULL when none does.
 */
public final class Accuracy extends AggregateFunction<Double, Accuracy.Counts> {

  private static final long serialVersionUID = 1L;

  /** Flink reads and writes the fields. */
  public static final class Counts {
    public long rows = 0;
    public long right = 0;
  }

  @Override
  public Counts createAccumulator() {
    return new Counts();
  }

  public void accumulate(Counts counts, String label, String said) {
    add(counts, label, said, 1);
  }

  public void retract(Counts counts, String label, String said) {
    add(counts, label, said, -1);
  }

  private static void add(Counts counts, String label, String said, int rows) {
    if (label == null || said == null) {
      return;
    }
    counts.rows += rows;
    counts.right += label.equals(said) ? rows : 0;
  }

  public void merge(Counts counts, Iterable<Counts> others) {
    for (Counts other : others) {
      counts.rows += other.rows;
      counts.right += other.right;
    }
  }

  @Override
  public Double getValue(Counts counts) {
    return counts.rows <= 0 ? null : (double) counts.right / counts.rows;
  }
}
