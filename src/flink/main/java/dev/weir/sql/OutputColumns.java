package dev.weir.sql;

import dev.weir.forecast.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;

/**
 * The columns of a function's rows in their order: name, type and value of each. After those of the
 * function come {@code status} and {@code error}, which is null but in a row of refused input.
 *
 * @param <T> what a row is of
 */
final class OutputColumns<T> {

  /**
   * @param type null: that of the table's times
   * @param value as Flink keeps it
   */
  private record Column<T>(String name, DataType type, Function<T, Object> value) {}

  private final List<Column<T>> columns;
  private final int time; // place of the time that no row lacks
  private final int status;

  private OutputColumns(List<Column<T>> columns, int time, int status) {
    this.columns = columns;
    this.time = time;
    this.status = status;
  }

  OutputColumns() {
    this(List.of(), -1, -1);
  }

  OutputColumns<T> with(String name, DataType type, Function<T, Object> value) {
    List<Column<T>> more = new ArrayList<>(columns);
    more.add(new Column<>(name, type, value));
    return new OutputColumns<>(more, time, status);
  }

  OutputColumns<T> withTime(String name, Function<T, Object> value) {
    return with(name, null, value);
  }

  /** With the time that no row lacks. */
  OutputColumns<T> withRowTime(String name, Function<T, Object> value) {
    return new OutputColumns<>(withTime(name, value).columns, columns.size(), status);
  }

  /** With the model's name and version, null without a model. */
  OutputColumns<T> withModel(Function<T, String> model, Function<T, Long> version) {
    return with("model", DataTypes.STRING(), of -> textOrNull(model.apply(of)))
        .with(
            "model_version",
            DataTypes.BIGINT(),
            of -> version.apply(of) < 0 ? null : version.apply(of));
  }

  OutputColumns<T> withStatus(Function<T, Enum<?>> value) {
    List<Column<T>> more =
        with(
                "status",
                DataTypes.STRING().notNull(),
                of -> StringData.fromString(value.apply(of).name()))
            .with("error", DataTypes.STRING(), of -> null)
            .columns;
    return new OutputColumns<>(more, time, columns.size());
  }

  /** Null for an empty text, as for none. */
  static StringData textOrNull(String text) {
    return text == null || text.isEmpty() ? null : StringData.fromString(text);
  }

  static Double numberOrNull(double number) {
    return Double.isNaN(number) ? null : number;
  }

  /**
   * @param times the type of the table's times
   */
  DataType type(DataType times) {
    List<DataTypes.Field> fields = new ArrayList<>();
    for (Column<T> column : columns) {
      DataType type = column.type == null ? times : column.type;
      fields.add(DataTypes.FIELD(column.name, fields.size() == time ? type.notNull() : type));
    }
    return DataTypes.ROW(fields).notNull().bridgedTo(RowData.class);
  }

  GenericRowData row(T of) {
    GenericRowData row = new GenericRowData(columns.size());
    for (int c = 0; c < columns.size(); c++) {
      row.setField(c, columns.get(c).value.apply(of));
    }
    return row;
  }

  /** The row of an input row that can't be used; what can't be null is false. */
  GenericRowData refused(DeadLetter letter, TimestampData at) {
    GenericRowData row = new GenericRowData(columns.size());
    for (int c = 0; c < columns.size(); c++) {
      DataType type = columns.get(c).type;
      if (type != null && !type.getLogicalType().isNullable()) {
        row.setField(c, false);
      }
    }
    row.setField(time, at);
    row.setField(status, StringData.fromString(letter.reason().name()));
    row.setField(status + 1, StringData.fromString(letter.message()));
    return row;
  }
}
