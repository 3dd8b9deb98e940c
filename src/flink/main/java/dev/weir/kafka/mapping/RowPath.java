package dev.weir.kafka.mapping;

import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;

/**
 * Where a field is in rows of Flink.
 *
 * @param level which row it begins in: 0 is the record
 * @param positions of the field, row by row
 * @param widths fields of what is at each position
 * @param choices which element is meant of what is at each position; null where that is no array
 */
record RowPath(int level, int[] positions, int[] widths, Choice[] choices) {

  /**
   * The first element of an array that has a text.
   *
   * @param position of the text in the element
   */
  record Choice(int position, String text) {

    /** The element; null if it is missing. */
    RowData of(ArrayData elements, int width) {
      for (int i = 0; i < elements.size(); i++) {
        RowData element = elements.isNullAt(i) ? null : elements.getRow(i, width);
        if (element != null
            && !element.isNullAt(position)
            && element.getString(position).toString().equals(text)) {
          return element;
        }
      }
      return null;
    }
  }

  /** The text; null if it is null or missing. */
  String text(RowData[] rows) {
    RowData row = row(rows);
    int last = positions[positions.length - 1];
    if (row == null || row.isNullAt(last)) {
      return null;
    }
    return row.getString(last).toString();
  }

  /** The array; null if it is null or missing. */
  ArrayData array(RowData[] rows) {
    RowData row = row(rows);
    int last = positions[positions.length - 1];
    return row == null || row.isNullAt(last) ? null : row.getArray(last);
  }

  int width() {
    return widths[widths.length - 1];
  }

  private RowData row(RowData[] rows) {
    RowData row = rows[level];
    for (int i = 0; row != null && i + 1 < positions.length; i++) {
      if (row.isNullAt(positions[i])) {
        return null;
      }
      row =
          choices[i] == null
              ? row.getRow(positions[i], widths[i])
              : choices[i].of(row.getArray(positions[i]), widths[i]);
    }
    return row;
  }
}
