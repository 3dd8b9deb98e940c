package dev.weir.sql.aggregate;

import java.util.Arrays;

/**
 * A sum of doubles that nothing is lost from, so that what is taken back leaves no trace and the
 * order of the rows does not matter: an expansion of Shewchuk's (Adaptive Precision Floating-Point
 * Arithmetic, 1997, section 2.4). It is an array of parts whose bits do not overlap, the smallest
 * first and none of them zero; their sum is meant. Two or three parts are usual.
 *
 * <p>Arrays are never changed: Flink may share them with its state. Exact as long as no sum of
 * terms is beyond {@link Double#MAX_VALUE}.
 */
public final class ExactSum {

  /** The sum of nothing. */
  public static final double[] NONE = {};

  private ExactSum() {}

  /** The sum with one more term, which is finite. */
  public static double[] plus(double[] parts, double term) {
    double[] next = new double[parts.length + 1];
    int size = 0;
    double carried = term;
    for (double part : parts) {
      double sum = carried + part;
      double ofPart = sum - carried;
      double lost = (carried - (sum - ofPart)) + (part - ofPart); // exact: Knuth's two-sum
      if (lost != 0) {
        next[size++] = lost;
      }
      carried = sum;
    }
    if (carried != 0) {
      next[size++] = carried;
    }
    return size == next.length ? next : Arrays.copyOf(next, size);
  }

  /** Both sums together. */
  public static double[] plus(double[] parts, double[] others) {
    double[] all = parts;
    for (double other : others) {
      all = plus(all, other);
    }
    return all;
  }

  /** The double that is nearest to the sum: the same one, whatever parts it is made of. */
  public static double value(double[] parts) {
    int next = parts.length - 1;
    double value = next < 0 ? 0 : parts[next--];
    double lost = 0;
    while (next >= 0 && lost == 0) {
      double part = parts[next--];
      double sum = value + part;
      lost = part - (sum - value);
      value = sum;
    }
    // a tie was rounded to the even one; what is still smaller may say that it was none
    if (next >= 0 && Math.signum(lost) == Math.signum(parts[next])) {
      double sum = value + 2 * lost;
      if (sum - value == 2 * lost) {
        return sum;
      }
    }
    return value;
  }
}
