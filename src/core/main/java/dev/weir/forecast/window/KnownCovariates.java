package dev.weir.forecast.window;

import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * The covariates known ahead for a window's rows and the steps after it, for a network that reads
 * them: a ring of {@code seq_len + steps} places, of which the first {@code seq_len} end with the
 * newest row. The newest record's number counts, also if it is NaN (missing). Mutable; part of a
 * {@link WindowState}.
 */
final class KnownCovariates {

  private final int columns;
  private final int seqLen;
  private final int places; // seq_len + steps
  private final double[] ring; // (places, columns)
  private int first; // place of the oldest row

  /**
   * @param columns covariates
   * @param steps after a window, at most
   */
  KnownCovariates(int columns, int seqLen, int steps) {
    this.columns = columns;
    this.seqLen = seqLen;
    this.places = seqLen + steps;
    this.ring = new double[places * columns];
    clear();
  }

  /** A copy that shares nothing. */
  KnownCovariates(KnownCovariates other) {
    columns = other.columns;
    seqLen = other.seqLen;
    places = other.places;
    ring = other.ring.clone();
    first = other.first;
  }

  int columns() {
    return columns;
  }

  void clear() {
    Arrays.fill(ring, Double.NaN);
    first = 0;
  }

  /** Moves on by some steps, which become rows. */
  void advance(long steps) {
    if (steps >= places) {
      clear();
      return;
    }
    for (long i = 0; i < steps; i++) {
      Arrays.fill(ring, first * columns, (first + 1) * columns, Double.NaN);
      first = first + 1 == places ? 0 : first + 1;
    }
  }

  /**
   * Takes in a record's covariates of the steps after the newest row.
   *
   * @param ahead (steps, columns), row-major, of any number of steps
   */
  void update(double[] ahead) {
    int numbers = Math.min(ahead.length, (places - seqLen) * columns);
    for (int i = 0; i < numbers; i++) {
      ring[at(seqLen + i / columns) + i % columns] = ahead[i];
    }
  }

  private int at(int place) {
    int slot = first + place;
    return (slot >= places ? slot - places : slot) * columns;
  }

  /** All numbers, (places, columns), from the oldest row to the last step. */
  void copyTo(double[] to) {
    int turned = first * columns;
    System.arraycopy(ring, turned, to, 0, ring.length - turned);
    System.arraycopy(ring, 0, to, ring.length - turned, turned);
  }

  /** Copies the same rows and steps of another one with as many columns. */
  void copyFrom(KnownCovariates other) {
    int steps = places - seqLen;
    int last = Math.min(steps, other.places - other.seqLen);
    for (int i = -Math.min(seqLen, other.seqLen); i < last; i++) {
      System.arraycopy(other.ring, other.at(other.seqLen + i), ring, at(seqLen + i), columns);
    }
  }

  /** Count of numbers of {@link #save}. */
  int numbers() {
    return ring.length;
  }

  /** Copies all numbers out as their bits, in the order of {@link #copyTo}. */
  void save(LongBuffer to) {
    for (int place = 0; place < places; place++) {
      for (int c = 0; c < columns; c++) {
        to.put(Double.doubleToRawLongBits(ring[at(place) + c]));
      }
    }
  }

  /** Reads the numbers of {@link #save}. */
  void restore(LongBuffer from) {
    first = 0;
    for (int i = 0; i < ring.length; i++) {
      ring[i] = Double.longBitsToDouble(from.get());
    }
  }
}
