package dev.weir.kafka.mapping;

import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;

/**
 * Where an array of numbers is in rows of Flink.
 *
 * @param array where the array is
 * @param field where a number is in an element, which is row 0; null: the element is the number
 */
record ArrayPlace(RowPath array, RowPath field) {

  /** The numbers as texts, null for what is null or missing; null for a missing array. */
  String[] texts(RowData[] rows, int limit) {
    ArrayData elements = array.array(rows);
    if (elements == null) {
      return null;
    }
    String[] texts = new String[Math.min(limit, elements.size())];
    RowData[] element = new RowData[1];
    for (int i = 0; i < texts.length; i++) {
      if (elements.isNullAt(i)) {
        continue;
      }
      if (field == null) {
        texts[i] = elements.getString(i).toString();
      } else {
        element[0] = elements.getRow(i, array.width());
        texts[i] = field.text(element);
      }
    }
    return texts;
  }
}
