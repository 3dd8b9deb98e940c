package dev.weir.forecast.stage;

import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.step.FollowedSteps;

/**
 * How the forecasts of a series have done since it began, by step: sums of our errors and of those
 * that repeating a value would have made, how many truths each level's interval held, and of how
 * many; and the mean of our errors with their signs lately. A view of the series' state, which
 * holds a row of (scored steps) for each. A step between two of them has those of the nearest one.
 */
public final class RunningScores {

  /** Rows of sums of |error|. */
  public static final int OURS = 0;

  public static final int NAIVE = 1; // of "repeat the newest value"
  public static final int SEASONAL_NAIVE = 2; // of "repeat the value of a season ago"

  /** The first level's row of hits; the others follow. */
  public static final int HITS = 3;

  /** Weight of the newest error in the bias, at least. */
  private static final double GAIN = 0.005;

  /**
   * An error counts in the bias as at most so many times the mean |error| before it: a demand may
   * come once in 50 values, but a sensor's spike must not decide for long.
   */
  private static final double LARGEST = 50;

  private final FollowedSteps scored;
  private final int countRow;
  private final int biasRow;
  private final DoubleSlice doubles; // rows of (scored steps)

  public RunningScores(Slots slots, FollowedSteps scored, int levels) {
    this.scored = scored;
    this.countRow = HITS + levels;
    this.biasRow = countRow + 1;
    this.doubles = slots.doubles("scores", (biasRow + 1) * scored.count());
  }

  /**
   * Adds errors at step i.
   *
   * @param error the value minus its forecast
   * @param naive |error| of repeating a value, as the next
   */
  public void add(int i, double error, double naive, double seasonalNaive) {
    double usual = mean(OURS, i);
    double size = usual > 0 ? Math.min(Math.abs(error), LARGEST * usual) : Math.abs(error);
    doubles.add(at(OURS, i), Math.abs(error));
    doubles.add(at(NAIVE, i), naive);
    doubles.add(at(SEASONAL_NAIVE, i), seasonalNaive);
    doubles.add(at(countRow, i), 1);
    double gain = Math.max(GAIN, 1.0 / count(i));
    int bias = at(biasRow, i);
    doubles.add(bias, gain * (Math.copySign(size, error) - doubles.get(bias)));
  }

  /** The mean error at step i with its sign, about 200 values deep; 0 before the first. */
  public double bias(int i) {
    return doubles.get(at(biasRow, i));
  }

  /** Counts a truth at step i in the interval of a level, by its number from 0. */
  public void hit(int level, int i) {
    doubles.add(at(HITS + level, i), 1);
  }

  /** Forecasts of step i that have met their truth. */
  public long count(int i) {
    return (long) doubles.get(at(countRow, i));
  }

  /** The last scored step of those, from the first on, that have had an error; 0 for none. */
  public int lastScored() {
    int steps = 0;
    while (steps < scored.count() && count(scored.step(steps)) > 0) {
      steps++;
    }
    return steps == 0 ? 0 : scored.step(steps - 1);
  }

  /** A row's sum at step i over the forecasts that have met their truth; NaN before the first. */
  public double mean(int row, int i) {
    long scored = count(i);
    return scored == 0 ? Double.NaN : doubles.get(at(row, i)) / scored;
  }

  private int at(int row, int i) {
    return row * scored.count() + scored.nearest(i);
  }
}
