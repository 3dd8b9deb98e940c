package dev.weir.sql;

import dev.weir.forecast.Observation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

/** A SQL session of a test. */
final class SqlFixture {

  private static final Map<String, TypeInformation<?>> TYPES =
      Map.of(
          "STRING", Types.STRING,
          "DOUBLE", Types.DOUBLE,
          "TIMESTAMP(3)", Types.LOCAL_DATE_TIME,
          "TIMESTAMP_LTZ(3)", Types.INSTANT,
          "ARRAY<DOUBLE>", Types.OBJECT_ARRAY(Types.DOUBLE),
          "ARRAY<INT>", Types.OBJECT_ARRAY(Types.INT));

  final StreamTableEnvironment tables;
  private final StreamExecutionEnvironment env;

  SqlFixture(StreamExecutionEnvironment env) {
    this.env = env;
    this.tables = StreamTableEnvironment.create(env);
    tables.executeSql("LOAD MODULE weir");
  }

  /** A table of (sensor, ts, v); a null or NaN value is what it is. */
  void table(String name, List<Row> rows, String delay) {
    table(name, rows, "sensor STRING, ts TIMESTAMP_LTZ(3), v DOUBLE", delay);
  }

  /** A table with columns of its own. */
  void table(String name, List<Row> rows, String columns, String delay) {
    table(name, rows, columns, delay, row -> row);
  }

  /**
   * As above.
   *
   * @param columns such as {@code sensor STRING, ts TIMESTAMP(3)}; the first time has the watermark
   * @param delay of the watermark, such as {@code '1' MINUTE}
   * @param each is given each row on its way, in one task
   */
  void table(
      String name, List<Row> rows, String columns, String delay, MapFunction<Row, Row> each) {
    List<String> names = new ArrayList<>();
    List<TypeInformation<?>> types = new ArrayList<>();
    Schema.Builder schema = Schema.newBuilder();
    boolean isTimed = false;
    for (String column : columns.split(", ")) {
      String[] parts = column.replace(" PRIMARY KEY", "").split(" ", 2);
      names.add(parts[0]);
      types.add(TYPES.get(parts[1].replace(" NOT NULL", "")));
      schema.column(parts[0], parts[1]);
      if (column.endsWith(" PRIMARY KEY")) {
        schema.primaryKey(parts[0]);
      }
      if (parts[1].startsWith("TIMESTAMP") && !isTimed) {
        schema.watermark(parts[0], "`%s` - INTERVAL %s".formatted(parts[0], delay));
        isTimed = true;
      }
    }
    TypeInformation<Row> type =
        Types.ROW_NAMED(names.toArray(String[]::new), types.toArray(TypeInformation<?>[]::new));
    var stream = env.fromData(rows, type).setParallelism(1).map(each).returns(type);
    tables.createTemporaryView(name, stream.setParallelism(1), schema.build());
  }

  static List<Row> rows(List<Observation> observations) {
    return observations.stream().map(o -> row(o.series(), o.time(), o.value())).toList();
  }

  static Row row(String series, long time, Double value) {
    return Row.of(series, Instant.ofEpochMilli(time), value);
  }

  List<Row> query(String statement) throws Exception {
    List<Row> rows = new ArrayList<>();
    try (CloseableIterator<Row> result = tables.executeSql(statement).collect()) {
      result.forEachRemaining(rows::add);
    }
    return rows;
  }
}
