package dev.weir.classify;

import dev.weir.forecast.StateFields;
import java.io.IOException;
import java.util.Arrays;

/**
 * State of rows until their label comes, the oldest first: numbers of 16 bits, as many for each
 * row. Its array grows and shrinks with the rows that wait.
 */
final class WaitingRows {

  char[] numbers = {};
  int count; // of rows

  WaitingRows() {}

  WaitingRows(WaitingRows other) {
    numbers = other.numbers.clone();
    count = other.count;
  }

  static WaitingRows fields(WaitingRows rows, StateFields fields) throws IOException {
    rows.numbers = fields.array("numbers", rows.numbers);
    rows.count = fields.size("count", rows.count);
    return rows;
  }

  /** First index of the row {@code age} rows before the newest. */
  int place(int age, int length) {
    return (count - 1 - age) * length;
  }

  /**
   * Appends a row.
   *
   * @param length of a row
   * @param least rows that there is always room for
   * @param most rows that there are ever
   * @return where it begins
   */
  int add(int length, int least, int most) {
    int room = numbers.length / length;
    if (room < least || count == room) {
      numbers = Arrays.copyOf(numbers, Math.max(least, Math.min(most, 2 * room)) * length);
    }
    return count++ * length;
  }

  /** Drops all rows but the newest. */
  void keep(int newest, int length, int least) {
    if (newest < count) {
      System.arraycopy(numbers, place(newest - 1, length), numbers, 0, newest * length);
      count = newest;
    }
    int room = numbers.length / length;
    if (room > least && 4 * count < room) {
      numbers = Arrays.copyOf(numbers, Math.max(least, room / 2) * length);
    }
  }

  /** Gives each row further numbers, which are 0, up to a new length. */
  void widen(int length, int to) {
    char[] wider = new char[numbers.length / length * to];
    for (int i = 0; i < count; i++) {
      System.arraycopy(numbers, i * length, wider, i * to, length);
    }
    numbers = wider;
  }

  /** Whether all rows are there, of such a length. */
  boolean fits(int length) {
    return numbers.length % length == 0 && count <= numbers.length / length;
  }

  int bytes() {
    return Character.BYTES * numbers.length;
  }
}
