package dev.weir.lab.evaluate;

import dev.weir.cli.evaluate.Evaluation.Trial;
import java.util.Arrays;

/**
 * Errors of the forecasts of one series by the number of values that it had, from its {@value
 * #FIRST}th value on: how well young series are forecast. The errors of a group are divided by
 * those of the better naive method at the same origins; while there is no season yet, the seasonal
 * naive method repeats the newest value.
 */
final class ErrorsByAge {

  /** The first origin that counts, as a number of values seen. */
  static final int FIRST = 20;

  /** Values seen where the groups begin; each ends where the next begins. */
  private static final int[] BEGINS = {FIRST, 40, 100, 200, 400, 800, 1600, 3000};

  private final Trial trial;
  private final double[] ours = new double[BEGINS.length];
  private final double[] naive = new double[BEGINS.length];
  private final double[] seasonal = new double[BEGINS.length];

  ErrorsByAge(Trial trial) {
    this.trial = trial;
  }

  static int groups() {
    return BEGINS.length;
  }

  /** Such as 20-40. */
  static String name(int group) {
    return group == BEGINS.length - 1
        ? BEGINS[group] + "-"
        : BEGINS[group] + "-" + BEGINS[group + 1];
  }

  /**
   * Adds one forecast; those of origins that do not count change nothing.
   *
   * @param t its origin, as a number of values seen
   * @param forecast (horizon)
   */
  void add(int t, double[] forecast) {
    if (t < FIRST || t > trial.lastOrigin()) {
      return;
    }
    int place = Arrays.binarySearch(BEGINS, t);
    int group = place >= 0 ? place : -place - 2;
    int m = trial.m();
    for (int i = 1; i <= forecast.length; i++) {
      double truth = trial.truth(t + i);
      if (Double.isNaN(truth)) {
        continue;
      }
      int before = t + i - m * ((i + m - 1) / m);
      ours[group] += Math.abs(truth - forecast[i - 1]);
      naive[group] += Math.abs(truth - trial.value(t));
      seasonal[group] += Math.abs(truth - trial.value(before >= 1 ? before : t));
    }
  }

  /** NaN where no forecast was added, or the better naive method made no error. */
  double relMae(int group) {
    double best = Math.min(naive[group], seasonal[group]);
    return best > 0 ? ours[group] / best : Double.NaN;
  }
}
