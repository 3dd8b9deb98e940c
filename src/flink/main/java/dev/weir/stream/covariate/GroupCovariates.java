package dev.weir.stream.covariate;

import java.util.Arrays;

/**
 * The covariates of a group of series, or what an outside model forecasts of a series, by the time
 * that they are of, ascending. Mutable.
 */
final class GroupCovariates {

  private static final int FIRST_CAPACITY = 16;

  private final int features;
  private long[] times; // (capacity)
  private double[] rows; // (capacity, features), row-major
  private int size;

  GroupCovariates(int features) {
    this(features, new long[FIRST_CAPACITY], new double[FIRST_CAPACITY * features], 0);
  }

  /**
   * @param times ascending, at least {@code size} of them
   * @param rows as many rows
   */
  GroupCovariates(int features, long[] times, double[] rows, int size) {
    this.features = features;
    this.times = times;
    this.rows = rows;
    this.size = size;
  }

  GroupCovariates copy() {
    return new GroupCovariates(features, times.clone(), rows.clone(), size);
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
  int indexOf(long time) {
    return Arrays.binarySearch(times, 0, size, time);
  }

  double feature(int index, int feature) {
    return rows[index * features + feature];
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
   */
  void put(long time, double[] row, int keep, long now) {
    int index = indexOf(time);
    if (index < 0) {
      index = -index - 1;
      insert(index, time);
    }
    System.arraycopy(row, 0, rows, index * features, features);
    while (size > keep) { // by more than one if the limit is a lower one now
      size--;
      if (times[0] <= now) {
        System.arraycopy(times, 1, times, 0, size);
        System.arraycopy(rows, features, rows, 0, size * features);
      }
    }
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
