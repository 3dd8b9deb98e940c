package dev.weir.forecast.contest;

import dev.weir.forecast.StateFields;
import java.io.IOException;
import java.util.Arrays;

/**
 * Tests after each difference whether differences are positive in the mean. A bettor starts with 1
 * and stakes a part of what he has on each difference d, within a limit c:
 *
 * <pre>
 * x = max(-1, min(1, d / c))      c = 3 sqrt(mean of the squared differences before d)
 * wealth *= 1 + stake x
 * </pre>
 *
 * The evidence is the mean wealth of bettors with different stakes. If no x has a positive mean,
 * given all differences before it, the evidence ever reaches 1 / p with a probability of at most p
 * (Ville's inequality), however often it is looked at. See Waudby-Smith and Ramdas, "Estimating
 * means of bounded random variables by betting", 2024; Choe and Ramdas, "Comparing sequential
 * forecasters", 2024. The limit makes the test fast where differences are small; it depends on the
 * past alone, so the bound stays valid. Mutable, not thread-safe.
 */
public final class SequentialTest {

  private static final double[] STAKES = {0.0625, 0.125, 0.25, 0.5, 0.75};
  private static final double SPREAD = 3;
  private static final double MAX_WEALTH = 1e100; // less is not more than fair

  private final double[] wealth = new double[STAKES.length];
  private long count;
  private double sum;
  private double squares;

  public SequentialTest() {
    Arrays.fill(wealth, 1);
  }

  /** Takes in the next difference, a finite number. */
  public void add(double difference) {
    if (squares > 0) {
      double x = difference / (SPREAD * Math.sqrt(squares / count));
      double limited = Math.max(-1, Math.min(1, x));
      for (int i = 0; i < wealth.length; i++) {
        wealth[i] = Math.min(MAX_WEALTH, wealth[i] * (1 + STAKES[i] * limited));
      }
    }
    count++;
    sum += difference;
    squares += difference * difference;
  }

  /** Evidence that the differences are positive in the mean; 1 for none. */
  public double evidence() {
    double all = 0;
    for (double each : wealth) {
      all += each;
    }
    return all / wealth.length;
  }

  /** Differences so far. */
  public long count() {
    return count;
  }

  /** Mean of all differences; 0 before the first. */
  public double mean() {
    return count == 0 ? 0 : sum / count;
  }

  SequentialTest fields(StateFields fields) throws IOException {
    count = fields.number("differences", count);
    sum = fields.number("sum", sum);
    squares = fields.number("sum of squares", squares);
    fields.numbers("wealth", wealth);
    return this;
  }
}
