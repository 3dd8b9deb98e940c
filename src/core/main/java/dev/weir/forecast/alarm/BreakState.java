package dev.weir.forecast.alarm;

import dev.weir.forecast.StateFields;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * State of a {@link BreakDetector} for one series: 120 bytes in two arrays of fixed size, initially
 * of a series without values. Mutable, not thread-safe.
 */
final class BreakState {

  // doubles
  static final int APART = 0; // long-run mean difference from the values some seasons before
  static final int APART_SIZE = 1; // long-run mean size of that, without APART
  static final int SHIFT = 2; // mean of the newest, in units of APART_SIZE
  static final int SHIFT_SIZE = 3; // long-run mean |SHIFT|
  static final int WIDTH = 4; // mean size of the newest, in units of APART_SIZE
  static final int WIDTH_LOG = 5; // long-run mean of its logarithm, and mean distance from that
  static final int WIDTH_LOG_SIZE = 6;
  static final int ERROR = 7; // long-run mean |error|
  static final int ERRORS = 8; // mean size of the newest errors, in units of ERROR
  static final int ERRORS_LOG = 9; // as for WIDTH
  static final int ERRORS_LOG_SIZE = 10;
  static final int DOUBLES = 11;

  // ints
  static final int LAG = 0; // values between those that are compared; 0 before the first
  static final int APARTS = 1; // how many were compared, at most BreakDetector.MOST
  static final int ERROR_COUNT = 2; // errors so far, at most BreakDetector.MOST
  static final int SHIFT_RUN = 3; // values that the change has lasted, of each kind
  static final int WIDTH_RUN = 4;
  static final int ERRORS_RUN = 5;
  static final int SKIPPED = 6; // values to come that are not compared
  static final int AGE = 7; // values since the last break, at most BreakDetector.MOST
  static final int INTS = 8;

  static final int BYTES = Double.BYTES * DOUBLES + Integer.BYTES * INTS;

  private static final List<String> DOUBLE_NAMES =
      List.of(
          "mean distance",
          "mean size of distances",
          "shift",
          "mean size of shifts",
          "width",
          "mean log of widths",
          "mean distance from the log of widths",
          "mean size of errors",
          "newest errors",
          "mean log of errors",
          "mean distance from the log of errors");
  private static final List<String> INT_NAMES =
      List.of(
          "lag",
          "values compared",
          "errors",
          "values shifted",
          "values of another width",
          "values with other errors",
          "values to skip",
          "values since the last break");

  final double[] doubles;
  final int[] ints;

  BreakState() {
    this(new double[DOUBLES], new int[INTS]);
    ints[AGE] = BreakDetector.MOST;
  }

  /** A copy that shares nothing. */
  BreakState(BreakState from) {
    this(from.doubles.clone(), from.ints.clone());
  }

  private BreakState(double[] doubles, int[] ints) {
    this.doubles = doubles;
    this.ints = ints;
  }

  /** Resets all but the age of the last break. */
  void restart(int lag) {
    Arrays.fill(doubles, 0);
    Arrays.fill(ints, 0, AGE, 0);
    ints[LAG] = lag;
  }

  /** Declares the fields; fails if those read are invalid. */
  BreakState fields(StateFields fields) throws IOException {
    fields.each(DOUBLE_NAMES, doubles);
    fields.each(INT_NAMES, ints);
    if (fields.reads()) {
      check();
    }
    return this;
  }

  private void check() throws IOException {
    for (double value : doubles) {
      if (!Double.isFinite(value)) {
        throw new IOException("breaks: expected a finite number, got " + value);
      }
    }
    for (int i = 0; i < INTS; i++) {
      if (ints[i] < 0 || i != LAG && ints[i] > BreakDetector.MOST) {
        throw new IOException(
            "breaks: expected a count of 0 to %d, got %d".formatted(BreakDetector.MOST, ints[i]));
      }
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BreakState that
        && Arrays.equals(doubles, that.doubles)
        && Arrays.equals(ints, that.ints);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(doubles) + Arrays.hashCode(ints);
  }
}
