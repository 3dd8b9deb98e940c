package dev.weir.forecast.shared;

import dev.weir.forecast.StateFields;
import dev.weir.forecast.network.WindowTrainer.Window;
import dev.weir.forecast.shared.TrainingEvent.SampledValue;
import dev.weir.model.Calendar;
import dev.weir.model.LocalClock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The values of a sampled block of one series, as they arrive: in the order of their times. */
final class Block {

  /**
   * What identifies a block, in the order in which blocks are learned from.
   *
   * @param end first time after the block
   * @param series name of the series
   * @param length milliseconds
   */
  record Key(long end, String series, long length) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int order = Long.compare(end, other.end);
      order = order != 0 ? order : series.compareTo(other.series);
      return order != 0 ? order : Long.compare(length, other.length);
    }
  }

  /** Samples that a block gives at most: more of one stretch would teach little. */
  static final int MAX_WINDOWS = 16;

  static final long OVERHEAD = 300; // objects, array headers, key and map entry

  static final int MAX_VALUES = 1 << 16; // of a series that suddenly comes in faster

  long[] times = new long[16];
  double[] values = new double[16];
  double[] features; // (values, features)
  boolean[] begins = new boolean[16]; // whether something is missing before the value
  int size;

  Block(int features) {
    this.features = new double[16 * features];
  }

  /** Bytes that it takes, about. */
  long bytes() {
    return OVERHEAD
        + times.length * (Long.BYTES + Double.BYTES + 1L)
        + (long) Double.BYTES * features.length;
  }

  /**
   * Declares the fields.
   *
   * @param width covariates of each value
   */
  void fields(int width, StateFields fields) throws IOException {
    int count = fields.size("values", size, MAX_VALUES);
    double[] covariates = new double[width];
    for (int i = 0; i < count; i++) {
      boolean isKnown = i < size;
      if (isKnown) {
        System.arraycopy(features, i * width, covariates, 0, width);
      }
      boolean begin = fields.flag("begins", isKnown && begins[i]);
      long time = fields.number("time", isKnown ? times[i] : 0);
      double value = fields.number("value", isKnown ? values[i] : 0);
      fields.numbers("covariates", covariates);
      if (fields.reads()) {
        add(begin, time, value, covariates);
      }
    }
  }

  /**
   * @return whether it was taken
   */
  boolean add(SampledValue value) {
    boolean begin = size == 0 || value.previous() != times[size - 1];
    return add(begin, value.time(), value.value(), value.features());
  }

  boolean add(boolean begin, long time, double value, double[] covariates) {
    if (size == MAX_VALUES) {
      return false;
    }
    int width = covariates.length;
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
      begins = Arrays.copyOf(begins, 2 * size);
      features = Arrays.copyOf(features, 2 * size * width);
    }
    begins[size] = begin;
    times[size] = time;
    values[size] = value;
    System.arraycopy(covariates, 0, features, size * width, width);
    size++;
    return true;
  }

  /**
   * Samples of the block, evenly spread, each of values between which nothing is missing.
   *
   * @param seqLen values in a window
   * @param horizon values after it
   * @param width covariates of each value
   * @param clock whose local time the calendar reads
   */
  List<Window> windows(
      int seqLen, int horizon, int width, List<Calendar> calendar, LocalClock clock) {
    int length = seqLen + horizon;
    int all = 0;
    int run = 0;
    for (int i = 0; i < size; i++) {
      run = begins[i] ? 1 : run + 1;
      all += run >= length ? 1 : 0;
    }
    List<Window> windows = new ArrayList<>(Math.min(all, MAX_WINDOWS));
    int step = Math.max(1, (all + MAX_WINDOWS - 1) / MAX_WINDOWS);
    int number = 0;
    for (int i = 0; i < size; i++) {
      run = begins[i] ? 1 : run + 1;
      if (run >= length && number++ % step == 0) {
        windows.add(window(i + 1 - length, seqLen, length, width, calendar, clock));
      }
    }
    return windows;
  }

  private Window window(
      int first, int seqLen, int length, int width, List<Calendar> calendar, LocalClock clock) {
    int inputs = width + Calendar.inputs(calendar);
    float[] rows = new float[seqLen * inputs];
    for (int t = 0; t < seqLen; t++) {
      for (int f = 0; f < width; f++) {
        rows[t * inputs + f] = (float) features[(first + t) * width + f];
      }
      Calendar.fill(calendar, clock.local(times[first + t]), rows, t * inputs + width);
    }
    return new Window(Arrays.copyOfRange(values, first, first + length), rows);
  }
}
