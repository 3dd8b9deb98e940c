package dev.weir.stream.covariate;

import dev.weir.forecast.StateFields;
import java.io.IOException;
import java.util.Arrays;

/**
 * The covariates of a group of series, or what outside models forecast of a series, by the time
 * that they are of, ascending. Mutable.
 */
final class GroupCovariates {

  private static final int FIRST_CAPACITY = 16;

  private static final int MAX_NUMBERS = 1 << 24; // a damaged size must not exhaust the heap

  private int features;
  private long[] times; // (capacity)
  private double[] rows; // (capacity, features), row-major
  private int size;

  GroupCovariates(int features) {
    this.features = features;
    this.times = new long[FIRST_CAPACITY];
    this.rows = new double[FIRST_CAPACITY * features];
  }

  /** Declares the fields; fails if what was read is no such state. */
  GroupCovariates fields(StateFields fields) throws IOException {
    features = fields.size("features", features, MAX_NUMBERS);
    if (features < 1) {
      throw new IOException("features: expected 1 or more, got " + features);
    }
    size = fields.size("times", size, MAX_NUMBERS / (1 + features));
    long[] known = Arrays.copyOf(times, size);
    double[] values = Arrays.copyOf(rows, size * features);
    fields.numbers("times", known);
    fields.numbers("covariates", values);
    if (fields.reads() && size > 0) {
      times = known;
      rows = values;
    } else if (fields.reads()) {
      rows = new double[times.length * features];
    }
    return this;
  }

  int features() {
    return features;
  }

  /** How many times are known. */
  int size() {
    return size;
  }

  long time(int index) {
    return times[index];
  }

  /** Where a time is, negative if it is not known. */
  private int indexOf(long time) {
    return Arrays.binarySearch(times, 0, size, time);
  }

  double feature(int index, int feature) {
    return rows[index * features + feature];
  }

  /** What is known of a time, a copy; NaN for unknown. */
  double[] row(long time) {
    int index = indexOf(time);
    double[] row = new double[features];
    if (index < 0) {
      Arrays.fill(row, Double.NaN);
    } else {
      System.arraycopy(rows, index * features, row, 0, features);
    }
    return row;
  }

  /** The last time that is known; there must be one. */
  long newest() {
    return times[size - 1];
  }

  /**
   * Sets the covariates of a time, in place of earlier ones. Of more than {@code keep} times the
   * oldest is dropped if it has passed, else the newest, so that the next steps stay.
   *
   * @param row (features)
   * @param keep at least 1
   * @param now the time that observations have reached
   * @return how many times that have not passed were dropped
   */
  int put(long time, double[] row, int keep, long now) {
    int index = indexOf(time);
    if (index < 0) {
      index = -index - 1;
      insert(index, time);
    }
    System.arraycopy(row, 0, rows, index * features, features);
    int dropped = 0;
    while (size > keep) { // by more than one if the limit is a lower one now
      size--;
      if (times[0] <= now) {
        System.arraycopy(times, 1, times, 0, size);
        System.arraycopy(rows, features, rows, 0, size * features);
      } else {
        dropped++;
      }
    }
    return dropped;
  }

  /** Drops the times that have passed. */
  void dropUpTo(long now) {
    int first = lowerBound(now + 1);
    size -= first;
    System.arraycopy(times, first, times, 0, size);
    System.arraycopy(rows, first * features, rows, 0, size * features);
  }

  private void insert(int index, long time) {
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      rows = Arrays.copyOf(rows, 2 * size * features);
    }
    System.arraycopy(times, index, times, index + 1, size - index);
    int at = index * features;
    System.arraycopy(rows, at, rows, at + features, (size - index) * features);
    times[index] = time;
    size++;
  }

  /**
   * Finds the covariates of the steps after a time: those of the nearest time within half an
   * interval, the later one if it is halfway. Steps are whole intervals after the time itself,
   * since the join does not know the series' grid.
   *
   * @param time of the observation
   * @param steps (horizon) becomes the index of each step's covariates, -1 for unknown
   * @return how many are known
   */
  int find(long time, long interval, int[] steps) {
    int known = 0;
    int next = lowerBound(time + interval - interval / 2);
    for (int k = 0; k < steps.length; k++) {
      long step = time + (k + 1) * interval;
      long end = step - interval / 2 + interval;
      steps[k] = -1;
      for (; next < size && times[next] < end; next++) {
        if (steps[k] < 0 || times[next] - step <= step - times[steps[k]]) {
          steps[k] = next;
        }
      }
      known += steps[k] < 0 ? 0 : 1;
    }
    return known;
  }

  private int lowerBound(long time) {
    int index = indexOf(time);
    return index < 0 ? -index - 1 : index;
  }

  /**
   * The rows that {@link #find} has found, up to the last one; NaN for unknown.
   *
   * @return (steps, features), row-major
   */
  double[] rows(int[] steps) {
    int last = steps.length;
    while (last > 0 && steps[last - 1] < 0) {
      last--;
    }
    double[] found = new double[last * features];
    for (int k = 0; k < last; k++) {
      if (steps[k] < 0) {
        Arrays.fill(found, k * features, (k + 1) * features, Double.NaN);
      } else {
        System.arraycopy(rows, steps[k] * features, found, k * features, features);
      }
    }
    return found;
  }
}
