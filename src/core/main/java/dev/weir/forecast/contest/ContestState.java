package dev.weir.forecast.contest;

import dev.weir.forecast.StateFields;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** What is known of networks that compete, over all series. Mutable, not thread-safe. */
public final class ContestState {

  /** Sums over the series of a period. */
  static final class Sums {
    final long[] gains; // by model
    final long[] series;

    Sums(int models) {
      gains = new long[models];
      series = new long[models];
    }
  }

  private static final int MAX_PERIODS = 1 << 16;

  long epoch = Long.MIN_VALUE;
  int champion;
  int before = -1; // the champion before this one; -1: none
  long closed = Long.MIN_VALUE; // the newest period that is closed
  long[] versions; // by model
  SequentialTest[] tests; // by model, against the champion
  long[] series; // by model, in the newest period that counted
  final TreeMap<Long, Sums> open = new TreeMap<>(); // by period

  public ContestState(int models) {
    size(models);
  }

  private void size(int models) {
    versions = new long[models];
    Arrays.fill(versions, -1);
    series = new long[models];
    tests = new SequentialTest[models];
    Arrays.setAll(tests, i -> new SequentialTest());
  }

  /** A model's test starts again. */
  void restart(int model) {
    tests[model] = new SequentialTest();
    series[model] = 0;
  }

  /** Declares the fields. */
  public ContestState fields(StateFields fields) throws IOException {
    epoch = fields.number("epoch", epoch);
    champion = fields.number("champion", champion);
    before = fields.number("champion before", before);
    closed = fields.number("newest period closed", closed);
    int models = fields.size("models", versions.length, ContestSettings.MAX_MODELS);
    if (fields.reads()) {
      size(models);
    }
    fields.numbers("versions", versions);
    fields.numbers("series", series);
    for (SequentialTest test : tests) {
      test.fields(fields);
    }
    List<Long> periods = new ArrayList<>(open.keySet());
    fields.list("open periods", periods, MAX_PERIODS, 0L, this::period);
    return this;
  }

  private Long period(Long from, StateFields fields) throws IOException {
    long period = fields.number("period", from);
    Sums sums = fields.reads() ? new Sums(versions.length) : open.get(period);
    fields.numbers("gains", sums.gains);
    fields.numbers("series", sums.series);
    open.put(period, sums);
    return period;
  }
}
