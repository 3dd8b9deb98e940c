package dev.weir.forecast.alarm;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * What a {@link BreakDetector} knows of one series: 120 bytes in two arrays of fixed size. A new
 * one is that of a series without values. Mutable, not thread-safe.
 */
final class BreakState {

  // doubles
  static final int APART = 0; // long-run mean of how far values are from those some seasons before
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
  static final int KNOWN = 2; // errors so far, at most BreakDetector.MOST
  static final int SHIFT_RUN = 3; // values that the change has lasted, of each kind
  static final int WIDTH_RUN = 4;
  static final int ERRORS_RUN = 5;
  static final int SKIPPED = 6; // values to come that are not compared
  static final int AGE = 7; // values since the last break, at most BreakDetector.MOST
  static final int INTS = 8;

  static final int BYTES = Double.BYTES * DOUBLES + Integer.BYTES * INTS;

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

  /** Forgets all but how long ago the last break was. */
  void restart(int lag) {
    Arrays.fill(doubles, 0);
    Arrays.fill(ints, 0, AGE, 0);
    ints[LAG] = lag;
  }

  /** Big-endian: the doubles, then the ints. */
  void write(DataOutput target) throws IOException {
    for (double value : doubles) {
      target.writeDouble(value);
    }
    for (int value : ints) {
      target.writeInt(value);
    }
  }

  /**
   * @throws IOException if the bytes end early or are no such state
   */
  static BreakState read(DataInput source) throws IOException {
    BreakState state = new BreakState();
    for (int i = 0; i < DOUBLES; i++) {
      state.doubles[i] = source.readDouble();
      if (!Double.isFinite(state.doubles[i])) {
        throw new IOException("breaks: expected a finite number, got " + state.doubles[i]);
      }
    }
    for (int i = 0; i < INTS; i++) {
      state.ints[i] = source.readInt();
      if (state.ints[i] < 0 || i != LAG && state.ints[i] > BreakDetector.MOST) {
        throw new IOException(
            "breaks: expected a count of 0 to %d, got %d"
                .formatted(BreakDetector.MOST, state.ints[i]));
      }
    }
    return state;
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
