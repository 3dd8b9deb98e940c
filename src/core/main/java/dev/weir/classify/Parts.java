package dev.weir.classify;

import java.util.ArrayList;
import java.util.List;

/**
 * Layout of the numbers of a state: matrices, one after the other. More classes have more rows and
 * columns, which come last in each matrix.
 */
final class Parts {

  private record Part(int at, int rows, int columns) {}

  private final List<Part> parts = new ArrayList<>();
  private int length;

  /** Appends a row; returns where it begins. */
  int add(int columns) {
    return add(1, columns);
  }

  /** Appends a matrix; returns where it begins. */
  int add(int rows, int columns) {
    parts.add(new Part(length, rows, columns));
    length += rows * columns;
    return length - rows * columns;
  }

  int length() {
    return length;
  }

  /** The rows and columns that the same parts of fewer or more classes have too; else 0. */
  float[] copy(float[] numbers, Parts others) {
    float[] copy = new float[length];
    for (int p = 0; p < parts.size(); p++) {
      Part to = parts.get(p);
      Part from = others.parts.get(p);
      int columns = Math.min(to.columns, from.columns);
      for (int r = 0; r < Math.min(to.rows, from.rows); r++) {
        System.arraycopy(
            numbers, from.at + r * from.columns, copy, to.at + r * to.columns, columns);
      }
    }
    return copy;
  }
}
