package dev.weir.forecast.alarm;

import dev.weir.forecast.StateFields;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * The detector's state of one series: 472 bytes in three arrays of fixed size, initially of a
 * series without values. Mutable, not thread-safe.
 */
public final class AlarmState {

  // doubles
  static final int LOW = 0; // range of the values
  static final int HIGH = 1;
  static final int MEAN = 2; // long-run mean and mean deviation of the values
  static final int DEVIATION = 3;
  static final int LEVEL = 4; // mean of the newest values
  static final int ERROR = 5; // long-run mean |error|
  static final int DRIFT = 6; // mean of the newest errors, in units of ERROR
  static final int PENALTY = 7; // rise of the threshold by alarms
  static final int SPENT = 8; // alarms that the budget has not paid back
  static final int LAST_VALUE = 9;
  static final int LAST_ERROR = 10;
  static final int LAST_SCALE = 11; // scale of LAST_ERROR; 0 without an error
  static final int NEWEST_ERRORS = 12; // mean of the newest |errors|, in units of their scales
  static final int DOUBLES = 13;

  // longs
  static final int VALUES = 0;
  static final int ERRORS = 1;
  static final int QUIET_UNTIL = 2; // index of the first value that may raise an alarm
  static final int RUN = 3; // how often the newest value has repeated
  static final int MAX_RUN = 4;
  static final int LONGS = 5;

  // counts, one sketch after the other
  static final int LEVELS = 0;
  static final int DRIFTS = TailSketch.SIZE;
  static final int ERROR_SIZES = 2 * TailSketch.SIZE;
  static final int SPIKES = 3 * TailSketch.SIZE;
  static final int COUNTS = 4 * TailSketch.SIZE;

  static final int BYTES = Double.BYTES * DOUBLES + Long.BYTES * LONGS + Character.BYTES * COUNTS;

  private static final List<String> DOUBLE_NAMES =
      List.of(
          "lowest value",
          "highest value",
          "mean value",
          "mean deviation",
          "level",
          "mean size of errors",
          "drift",
          "penalty",
          "alarms spent",
          "last value",
          "last error",
          "scale of the last error",
          "mean of the newest errors");
  private static final List<String> LONG_NAMES =
      List.of("values", "errors", "quiet until value", "repetitions", "most repetitions");

  final double[] doubles;
  final long[] longs;
  final char[] counts;

  public AlarmState() {
    this(new double[DOUBLES], new long[LONGS], new char[COUNTS]);
  }

  /** A copy that shares nothing. */
  public AlarmState(AlarmState from) {
    this(from.doubles.clone(), from.longs.clone(), from.counts.clone());
  }

  AlarmState(double[] doubles, long[] longs, char[] counts) {
    this.doubles = doubles;
    this.longs = longs;
    this.counts = counts;
  }

  /** Declares the fields; fails if those read are invalid. */
  AlarmState fields(StateFields fields) throws IOException {
    fields.each(DOUBLE_NAMES, doubles);
    fields.each(LONG_NAMES, longs);
    fields.numbers("counts of levels, drifts, errors and spikes by size", counts);
    if (fields.reads()) {
      check();
    }
    return this;
  }

  private void check() throws IOException {
    for (double value : doubles) {
      if (!Double.isFinite(value)) {
        throw new IOException("alarms: expected a finite number, got " + value);
      }
    }
    for (long value : longs) {
      if (value < 0) {
        throw new IOException("alarms: expected a count of at least 0, got " + value);
      }
    }
    for (int first = 0; first < COUNTS; first += TailSketch.SIZE) {
      TailSketch.check(counts, first);
    }
  }

  /** Number of values; after a break, those since it and some before it. */
  public long values() {
    return longs[VALUES];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AlarmState that
        && Arrays.equals(doubles, that.doubles)
        && Arrays.equals(longs, that.longs)
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(doubles) + Arrays.hashCode(longs);
  }
}
