package dev.weir.sql;

import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import dev.weir.sql.InputRow.Column;
import dev.weir.sql.InputRow.Columns;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.DataTypes.Field;
import org.apache.flink.table.functions.TableSemantics;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.apache.flink.types.ColumnList;

/** The columns of a call's table, as the call's arguments name them. */
final class TableColumns {

  private final CallContext call;
  private final CallArguments arguments;
  private final TableSemantics table;
  private final List<Column> all;

  TableColumns(CallContext call, CallArguments arguments) {
    this.call = call;
    this.arguments = arguments;
    this.table = call.getTableSemantics(Signature.INPUT).orElseThrow();
    List<String> names = DataType.getFieldNames(table.dataType());
    List<LogicalType> types =
        DataType.getFieldDataTypes(table.dataType()).stream()
            .map(DataType::getLogicalType)
            .toList();
    this.all =
        IntStream.range(0, names.size())
            .mapToObj(i -> new Column(names.get(i), i, types.get(i)))
            .toList();
  }

  /** Keys, value and covariates. */
  Columns of() {
    return new Columns(
        Arrays.stream(table.partitionByColumns()).mapToObj(i -> key(all.get(i))).toList(),
        valueColumn(),
        arguments.get(Signature.FEATURE_COLUMNS).stream()
            .map(name -> numeric(Signature.FEATURE_COLUMNS, name))
            .toList(),
        arrays(Signature.AHEAD_COLUMNS),
        arguments.signature().has(ForecastOptions.OUTSIDE)
            ? arrays(ForecastOptions.OUTSIDE)
            : List.of());
  }

  /** Only of these the text says what they are, and nothing of where they lie in memory. */
  private Column key(Column column) {
    if (!column.type().is(LogicalTypeFamily.PREDEFINED)) {
      throw arguments.wrong(
          "input",
          "expected PARTITION BY columns of texts, numbers, booleans, times or bytes, got '%s', which is %s"
              .formatted(column.name(), column.type().asSummaryString()));
    }
    return column;
  }

  private Column valueColumn() {
    String name = arguments.get(Signature.VALUE_COLUMN);
    if (name == null) {
      throw arguments.wrong(Signature.VALUE_COLUMN, "the name of a column", "none");
    }
    return numeric(Signature.VALUE_COLUMN, name);
  }

  private Column numeric(Option<?> argument, String name) {
    return column(argument, name, "numbers", TableColumns::isNumeric);
  }

  private static boolean isNumeric(LogicalType type) {
    return type.is(LogicalTypeFamily.NUMERIC);
  }

  private List<Column> arrays(Option<List<String>> argument) {
    return arguments.get(argument, List.of()).stream()
        .map(
            name ->
                column(
                    argument,
                    name,
                    "arrays of numbers",
                    type -> type instanceof ArrayType array && isNumeric(array.getElementType())))
        .toList();
  }

  /** The column that an argument names; null if it names none. */
  Column text(Option<String> argument) {
    String name = arguments.get(argument);
    return name == null
        ? null
        : column(argument, name, "texts", type -> type.is(LogicalTypeFamily.CHARACTER_STRING));
  }

  /** The column of timestamps that an argument names; null if it names none. */
  Column timestamp(Option<String> argument) {
    String name = arguments.get(argument);
    return name == null
        ? null
        : column(argument, name, "timestamps", type -> type.is(LogicalTypeFamily.TIMESTAMP));
  }

  private Column column(
      Option<?> argument, String name, String what, Predicate<LogicalType> isRight) {
    Column found =
        all.stream()
            .filter(column -> column.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    arguments.wrong(
                        argument,
                        "one of the table's columns " + all.stream().map(Column::name).toList(),
                        "'" + name + "'"));
    if (!isRight.test(found.type())) {
      throw arguments.wrong(
          argument,
          "a column of " + what,
          "'%s', which is %s".formatted(name, found.type().asSummaryString()));
    }
    return found;
  }

  /** The kind of timestamp that the input's time column has. */
  DataType time() {
    List<Field> columns = DataType.getFields(table.dataType());
    int onTime = arguments.signature().count(); // the first of the arguments that Flink adds
    Stream<Field> time = Stream.empty();
    if (table.timeColumn() >= 0) {
      time = Stream.of(columns.get(table.timeColumn()));
    } else if (call.getArgumentDataTypes().size() > onTime) {
      List<String> names =
          call.getArgumentValue(onTime, ColumnList.class)
              .map(ColumnList::getNames)
              .orElse(List.of());
      time = columns.stream().filter(column -> names.contains(column.getName()));
    }
    Field column = time.findFirst().orElse(null);
    if (column == null) {
      return DataTypes.TIMESTAMP_LTZ(3); // Flink says what is missing
    }
    LogicalType type = column.getDataType().getLogicalType();
    if (!LogicalTypeChecks.isRowtimeAttribute(type)) { // in batch mode no column is
      boolean processing = LogicalTypeChecks.isProctimeAttribute(type);
      throw arguments.wrong(
          "on_time",
          "expected a column with a watermark, in streaming mode, got '%s', which is %s"
              .formatted(
                  column.getName(),
                  processing
                      ? "processing time"
                      : "no event time; in batch mode none is: SET 'execution.runtime-mode' ="
                          + " 'streaming'"));
    }
    return type.is(LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE)
        ? DataTypes.TIMESTAMP(3)
        : DataTypes.TIMESTAMP_LTZ(3);
  }
}
