package dev.weir.sql;

import dev.weir.forecast.Observation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

  final StreamTableEnvironment tables;
  private final StreamExecutionEnvironment env;

  SqlFixture(StreamExecutionEnvironment env) {
    this.env = env;
    this.tables = StreamTableEnvironment.create(env);
    tables.executeSql("LOAD MODULE weir");
  }

  /** A table of (sensor, ts, v); a null or NaN value is what it is. */
  void table(String name, List<Row> rows, String delay) {
    table(name, rows, delay, row -> row);
  }

  /**
   * As above.
   *
   * @param each is given each row on its way, in one task
   */
  void table(String name, List<Row> rows, String delay, MapFunction<Row, Row> each) {
    TypeInformation<Row> type =
        Types.ROW_NAMED(
            new String[] {"sensor", "ts", "v"}, Types.STRING, Types.INSTANT, Types.DOUBLE);
    var stream =
        env.fromData(rows, type).setParallelism(1).map(each).returns(type).setParallelism(1);
    tables.createTemporaryView(
        name,
        stream,
        Schema.newBuilder()
            .column("sensor", "STRING")
            .column("ts", "TIMESTAMP_LTZ(3)")
            .column("v", "DOUBLE")
            .watermark("ts", "ts - INTERVAL " + delay)
            .build());
  }

  /** A table with columns of its own, in one task. */
  void table(
      String name,
      List<Row> rows,
      TypeInformation<Row> type,
      Schema schema,
      MapFunction<Row, Row> each) {
    tables.createTemporaryView(
        name,
        env.fromData(rows, type).setParallelism(1).map(each).returns(type).setParallelism(1),
        schema);
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
