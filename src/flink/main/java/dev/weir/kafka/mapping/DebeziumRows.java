package dev.weir.kafka.mapping;

import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.util.Collector;

/**
 * The new rows of Debezium's change events, with or without their schema around them. Flink's own
 * format rejects updates without the old row, which Postgres does not send by default.
 */
final class DebeziumRows implements Collector<RowData> {

  static final String FORMAT = "debezium-json";

  /** An option of Flink's format. */
  static final String SCHEMA_INCLUDE = "schema-include";

  private static final int OP = 0;
  private static final int AFTER = 1;
  private static final int PAYLOAD = 2;

  private final MappedRows rows;
  private final int width;

  /**
   * @param type of a row of the table
   */
  DebeziumRows(MappedRows rows, DataType type) {
    this.rows = rows;
    this.width = DataType.getFieldCount(type);
  }

  /** What JSON reads of an event. */
  static DataType type(DataType row) {
    DataTypes.Field op = DataTypes.FIELD("op", DataTypes.STRING());
    DataTypes.Field after = DataTypes.FIELD("after", row);
    return DataTypes.ROW(op, after, DataTypes.FIELD("payload", DataTypes.ROW(op, after)));
  }

  @Override
  public void collect(RowData event) {
    RowData change = event.isNullAt(PAYLOAD) ? event : event.getRow(PAYLOAD, PAYLOAD);
    String op = change.isNullAt(OP) ? "nothing" : change.getString(OP).toString();
    switch (op) {
      case "c", "r", "u" -> {
        if (change.isNullAt(AFTER)) {
          throw new IllegalArgumentException("after: expected a row, got null");
        }
        if (op.equals("u")) {
          rows.ignore(); // the old row
        }
        rows.collect(change.getRow(AFTER, width));
      }
      case "d", "t", "m" -> rows.ignore(); // deleted, truncated, a message
      default -> throw new IllegalArgumentException("op: expected c, r, u or d, got " + op);
    }
  }

  @Override
  public void close() {
    // nothing is held
  }
}
