package dev.weir.kafka.mapping;

import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;

/**
 * Where a field is in rows of Flink.
 *
 * @param level which row it begins in: 0 is the record
 * @param positions of the field, row by row
 * @param widths fields of what is at each position
 */
record RowPath(int level, int[] positions, int[] widths) {

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

  /** Fields of an element of the array. */
  int width() {
    return widths[widths.length - 1];
  }

  private RowData row(RowData[] rows) {
    RowData row = rows[level];
    for (int i = 0; i + 1 < positions.length; i++) {
      if (row.isNullAt(positions[i])) {
        return null;
      }
      row = row.getRow(positions[i], widths[i]);
    }
    return row;
  }
}
