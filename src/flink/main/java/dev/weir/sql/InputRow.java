package dev.weir.sql;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Observation;
import java.io.Serializable;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.ArrayData.ElementGetter;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.RowData.FieldGetter;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;

/** Reads rows of the input table. */
final class InputRow {

  /**
   * Which columns are read.
   *
   * @param keys those of PARTITION BY
   * @param value the value's
   * @param features those of the covariates that come with a value, in their order
   * @param covariates those of the covariates that are known ahead, arrays, in their order
   * @param outside those of what outside models forecast, arrays, in their order
   */
  record Columns(
      List<Column> keys,
      Column value,
      List<Column> features,
      List<Column> covariates,
      List<Column> outside)
      implements Serializable {
    /** Without anything that is known ahead. */
    Columns(List<Column> keys, Column value, List<Column> features) {
      this(keys, value, features, List.of(), List.of());
    }

    List<Column> ahead() {
      return Stream.concat(covariates.stream(), outside.stream()).toList();
    }
  }

  /** One column of the table. */
  record Column(String name, int index, LogicalType type) implements Serializable {
    FieldGetter getter() {
      return RowData.createFieldGetter(type, index);
    }

    /** Of an array. */
    LogicalType elementType() {
      return ((ArrayType) type).getElementType();
    }

    ElementGetter elementGetter() {
      return ArrayData.createElementGetter(elementType());
    }
  }

  private final Columns columns;
  private final FieldGetter[] keys;
  private final FieldGetter value;
  private final FieldGetter[] features;
  private final FieldGetter[] ahead;
  private final ElementGetter[] elements; // of those arrays
  private final ArrayData[] arrays; // of the current row, null for NULL
  private final int horizon;
  private final String keyNames;

  /**
   * @param horizon steps that covariates may be known ahead; later ones are not read
   */
  InputRow(Columns columns, int horizon) {
    this.columns = columns;
    this.horizon = horizon;
    this.ahead = columns.ahead().stream().map(Column::getter).toArray(FieldGetter[]::new);
    this.elements =
        columns.ahead().stream().map(Column::elementGetter).toArray(ElementGetter[]::new);
    this.arrays = new ArrayData[ahead.length];
    this.keys = columns.keys().stream().map(Column::getter).toArray(FieldGetter[]::new);
    this.value = columns.value().getter();
    this.features = columns.features().stream().map(Column::getter).toArray(FieldGetter[]::new);
    this.keyNames = columns.keys().stream().map(Column::name).collect(Collectors.joining("|"));
  }

  /**
   * The partition's key as a name, from which all randomness follows: a text as it is, so that a
   * series is named as in the streaming job; several keys joined by {@code |}; NULL is {@code
   * null}. Two partitions may have the same name, and are two nevertheless.
   */
  String name(RowData row) {
    if (keys.length == 1) {
      return text(keys[0].getFieldOrNull(row));
    }
    StringBuilder name = new StringBuilder(text(keys[0].getFieldOrNull(row)));
    for (int i = 1; i < keys.length; i++) {
      name.append('|').append(text(keys[i].getFieldOrNull(row)));
    }
    return name.toString();
  }

  /** Bytes by what they are, and not by where they lie in memory. */
  private static String text(Object key) {
    return key instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(key);
  }

  /**
   * Why the row is no observation; null when it is one.
   *
   * @param name of its partition
   */
  DeadLetter problemWith(String name, RowData row, long time) {
    if (name.isEmpty() || name.length() > Observation.MAX_SERIES_LENGTH) {
      return refused(
          Reason.SERIES,
          "%s: expected a name of 1 to %d characters, got %d"
              .formatted(keyNames, Observation.MAX_SERIES_LENGTH, name.length()));
    }
    if (time < 0) {
      return refused(
          Reason.TIME, "time: expected 1970 or later, got " + Instant.ofEpochMilli(time));
    }
    DeadLetter letter = problemWith(value.getFieldOrNull(row), columns.value());
    for (int i = 0; letter == null && i < features.length; i++) {
      letter = problemWith(features[i].getFieldOrNull(row), columns.features().get(i));
    }
    for (int i = 0; letter == null && i < columns.covariates().size(); i++) {
      letter = problemAhead((ArrayData) ahead[i].getFieldOrNull(row), i);
    }
    return letter;
  }

  private DeadLetter problemAhead(ArrayData array, int column) {
    for (int k = 0; k < steps(array); k++) {
      Object value = elements[column].getElementOrNull(array, k);
      if (value != null && !Double.isFinite(number(value))) {
        return refused(
            Reason.NOT_FINITE,
            "%s[%d]: expected a finite number or NULL, got %s"
                .formatted(columns.covariates().get(column).name(), k + 1, value));
      }
    }
    return null;
  }

  private int steps(ArrayData array) {
    return array == null ? 0 : Math.min(array.size(), horizon);
  }

  private static DeadLetter problemWith(Object value, Column column) {
    if (value == null) {
      return refused(Reason.NULL_VALUE, column.name() + ": expected a number, got NULL");
    }
    double number = number(value);
    return Double.isFinite(number)
        ? null
        : refused(
            Reason.NOT_FINITE,
            "%s: expected a finite number, got %s".formatted(column.name(), value));
  }

  private static DeadLetter refused(Reason reason, String message) {
    return new DeadLetter(reason, message, ForecastTableFunction.ROW);
  }

  double value(RowData row) {
    return number(value.getFieldOrNull(row));
  }

  double[] features(RowData row) {
    if (features.length == 0) {
      return Observation.NO_FEATURES;
    }
    double[] values = new double[features.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(features[i].getFieldOrNull(row));
    }
    return values;
  }

  /**
   * (steps, columns) as {@link Observation#ahead} has them, as many steps as the longest array. A
   * wrong number of an outside model says nothing.
   */
  double[] ahead(RowData row) {
    int steps = 0;
    for (int i = 0; i < ahead.length; i++) {
      arrays[i] = (ArrayData) ahead[i].getFieldOrNull(row);
      steps = Math.max(steps, steps(arrays[i]));
    }
    if (steps == 0) {
      return Observation.NO_FEATURES;
    }
    double[] known = new double[steps * ahead.length];
    Arrays.fill(known, Double.NaN);
    for (int i = 0; i < ahead.length; i++) {
      for (int k = 0; k < steps(arrays[i]); k++) {
        known[k * ahead.length + i] = finite(elements[i].getElementOrNull(arrays[i], k));
      }
    }
    return known;
  }

  private static double finite(Object value) {
    double number = value == null ? Double.NaN : number(value);
    return Double.isFinite(number) ? number : Double.NaN;
  }

  private static double number(Object value) {
    return value instanceof DecimalData decimal
        ? decimal.toBigDecimal().doubleValue()
        : ((Number) value).doubleValue();
  }
}
