package dev.weir.sql.aggregate;

/**
 * {@code COVERAGE(actual, lower, upper)}: share of the values that lie within their interval, ends
 * included; to be compared with the level that was asked for. Rows with a NULL or NaN do not count,
 * nor does a value that is infinite; an infinite bound is one that is open. NULL when none does.
 */
public final class Coverage extends RowMean {

  private static final long serialVersionUID = 1L;

  public void accumulate(Sum mean, Double actual, Double lower, Double upper) {
    mean.add(term(actual, lower, upper), 1);
  }

  public void retract(Sum mean, Double actual, Double lower, Double upper) {
    mean.add(term(actual, lower, upper), -1);
  }

  private static double term(Double actual, Double lower, Double upper) {
    if (isNull(actual, lower, upper)
        || !Double.isFinite(actual)
        || lower.isNaN()
        || upper.isNaN()) {
      return Double.NaN;
    }
    return lower <= actual && actual <= upper ? 1 : 0;
  }
}
