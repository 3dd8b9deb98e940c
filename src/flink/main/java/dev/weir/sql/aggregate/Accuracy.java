package dev.weir.sql.aggregate;

/**
 * {@code ACCURACY(label, class)}: share of the rows whose class is the label. Rows with a NULL do
 * not count; NULL when none does.
 */
public final class Accuracy extends RowMean {

  private static final long serialVersionUID = 1L;

  public void accumulate(Sum mean, String label, String said) {
    mean.add(term(label, said), 1);
  }

  public void retract(Sum mean, String label, String said) {
    mean.add(term(label, said), -1);
  }

  private static double term(String label, String said) {
    return isNull(label, said) ? Double.NaN : label.equals(said) ? 1 : 0;
  }
}
