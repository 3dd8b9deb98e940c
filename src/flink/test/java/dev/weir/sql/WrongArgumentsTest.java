package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.model.Scaling;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.PlanReference;
import org.apache.flink.table.api.TableEnvironment;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a SQL user reads when a statement is wrong: one line, before anything runs. */
class WrongArgumentsTest {

  private static final String BY_MODEL =
      "value_column => 'v', learning => FALSE, weights_path => 'builtin:sample-many-to-one'";

  private static TableEnvironment tables;

  @BeforeAll
  static void start() {
    tables = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
    tables.executeSql("LOAD MODULE weir");
    tables.executeSql(
        "CREATE TABLE readings (sensor STRING, v DOUBLE, `note` STRING, tags ARRAY<INT>, plan"
            + " ARRAY<DECIMAL(5, 2)>, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts - INTERVAL '1'"
            + " SECOND) WITH ('connector' = 'datagen')");
    tables.executeSql(
        "CREATE TABLE arrivals (sensor STRING, v DOUBLE, ts AS PROCTIME()) WITH ('connector' ="
            + " 'datagen')");
    tables.executeSql(
        "CREATE TEMPORARY VIEW wide AS SELECT sensor, v, ts, tags AS a1, tags AS a2, "
            + columns("v AS f", 21)
            + " FROM readings");
  }

  private static String call(String table, String arguments) {
    return "SELECT * FROM FORECAST(input => TABLE %s, on_time => DESCRIPTOR(ts)%s)"
        .formatted(table, arguments.isEmpty() ? "" : ", " + arguments);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      quoteCharacter = '`',
      textBlock =
          """
          `` | value_column: expected the name of a column, got none
          value_column => 'v', budget => '1 ' || '0' | budget: expected a literal, got an expression
          value_column => 'v', ahead_columns => 'note' | ahead_columns: expected a column of arrays of numbers, got 'note', which is STRING
          value_column => 'v', weights_path => 'builtin:none' | weights_path:
          """)
  void wrongArgumentOfAnomaliesIsRefusedAtPlanning(String arguments, String message) {
    String statement =
        call("readings PARTITION BY sensor", arguments).replace("FORECAST", "ANOMALIES");
    assertThat(refusal(tables, statement)).startsWith("ANOMALIES: " + message).doesNotContain("\n");
  }

  @Test
  void budgetThatIsNoTextIsRefusedAtPlanning() {
    String statement = call("readings PARTITION BY sensor", "value_column => 'v', budget => 0.5");
    assertThatThrownBy(() -> tables.explainSql(statement.replace("FORECAST", "ANOMALIES")))
        .hasMessageContaining("budget => STRING");
  }

  @Test
  void anomaliesHaveTheColumnsOfThePage() {
    assertThat(
            tables
                .sqlQuery(
                    call(
                            "readings PARTITION BY sensor",
                            "value_column => 'v', budget => '0.5', reasons => 'level, novelty'")
                        .replace("FORECAST", "ANOMALIES"))
                .getResolvedSchema()
                .getColumnNames())
        .hasToString(
            "[sensor, value_time, actual_value, forecast_value, lower_bound, "
                + "upper_bound, surprise, is_anomaly, reason, model, model_version, status, "
                + "error, rowtime]");
  }

  private static String deepest(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage();
  }

  /** Arguments beside the value column, and what the message begins with. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          value_column => CAST(NULL AS STRING) | value_column: expected the name of a column, got none
          value_column => 'w' | value_column: expected one of the table's columns [sensor, v, note, tags, plan, ts], got 'w'
          value_column => 'note' | value_column: expected a column of numbers, got 'note', which is STRING
          feature_columns => 'v, x' | feature_columns: expected one of the table's columns [sensor, v, note, tags, plan, ts], got 'x'
          horizon => 1 + 1 | horizon: expected a literal, got an expression
          holidays => 'DE', time_zone => 'Mars/Base' | time_zone: expected a time zone such as Europe/Berlin or UTC, got 'Mars/Base'
          horizont => 24 | horizont: expected the name of an argument: value_column, feature_columns,
          level => 100 | level: expected a whole number from 1 to 99, got '100'
          second_season => 365 | second_season: expected a second season of more than 2 times the first, at most 10000 observations, got 365 with none
          season => 7, second_season => 10001 | second_season: expected a whole number from 3 to 10000, got '10001'
          BY_MODEL, level => 80 | level: expected learning => TRUE as well, got FALSE
          BY_MODEL, second_season => 365 | second_season: expected learning => TRUE as well, got FALSE
          feature_columns => 'v', learn_covariates => FALSE | feature_columns: expected learn_covariates => TRUE as well, got FALSE
          ahead_columns => 'plan', learn_covariates => FALSE | ahead_columns: expected learn_covariates => TRUE as well, got FALSE
          learn_covariates => TRUE | learn_covariates: expected feature_columns or ahead_columns as well, got none
          outside => DESCRIPTOR(nothing) | outside: expected one of the table's columns [sensor, v, note, tags, plan, ts], got 'nothing'
          outside => DESCRIPTOR(note) | outside: expected a column of arrays of numbers, got 'note', which is STRING
          outside => DESCRIPTOR(plan), learning => FALSE, weights_path => 'builtin:weir' | outside: expected none without a mixture that learns, got [plan]
          ahead_columns => 'plans' | ahead_columns: expected one of the table's columns [sensor, v, note, tags, plan, ts], got 'plans'
          ahead_columns => 'v' | ahead_columns: expected a column of arrays of numbers, got 'v', which is DOUBLE
          ahead_columns => 'plan, words' | ahead_columns: expected one of the table's columns
          ahead_columns => 'tags, tags' | ahead_columns: expected at most 20 words joined by commas, got 'tags, tags'
          ahead_columns => '' | ahead_columns: expected at most 20 words joined by commas, got ''
          ahead_columns => 'c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,c12,c13,c14,c15,c16,c17,c18,c19,c20,c21' | ahead_columns: expected at most 20 words joined by commas, got 'c1,
          feature_columns => 'tags' | feature_columns: expected a column of numbers, got 'tags', which is ARRAY<INT>
          ahead_columns => 'plan', learning => FALSE, weights_path => 'builtin:weir' | ahead_columns: expected learning => TRUE as well, got FALSE
          BY_MODEL, feature_columns => 'v', learn_covariates => FALSE | learn_covariates: expected learning => TRUE as well, got FALSE
          weights_path => '/nowhere/model.safetensors' | weights_path: expected a readable file, got /nowhere/model.safetensors (
          weights_path => 'builtin:sample-many-to-one', horizon => 3 | weights_path: horizon: expected 3, got 2 (model sample-many-to-one
          """)
  void aWrongArgumentIsNamedInOneLine(String arguments, String message) {
    String all = arguments.replace("BY_MODEL", BY_MODEL);
    String given = all.contains("value_column") ? all : "value_column => 'v', " + all;
    assertThat(refusal(given)).startsWith("FORECAST: " + message).doesNotContain("\n");
  }

  /** What is said of the arguments of FORECAST. */
  private static String refusal(String arguments) {
    return refusal(tables, call("readings PARTITION BY sensor", arguments));
  }

  private static String refusal(TableEnvironment session, String statement) {
    return deepest(catchThrowable(() -> session.explainSql(statement)));
  }

  private static String columns(String prefix, int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i -> prefix + i)
        .collect(Collectors.joining(","));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          wide PARTITION BY sensor | value_column => 'v', feature_columns => 'FEATURES', ahead_columns => 'a1, a2' | FORECAST: ahead_columns: expected at most 20 covariates, got 19 by feature_columns and 2 by ahead_columns
          readings PARTITION BY (sensor, tags) | BY_MODEL | FORECAST: input: expected PARTITION BY columns of texts, numbers, booleans, times or bytes, got 'tags', which is ARRAY<INT>
          readings | value_column => 'v' | Table argument 'input' requires a PARTITION BY clause for parallel processing.
          arrivals PARTITION BY sensor | value_column => 'v' | FORECAST: on_time: expected a column with a watermark, in streaming mode, got 'ts', which is processing time
          """)
  void tableThatDoesNotFitIsNamed(String table, String arguments, String message) {
    String given = arguments.replace("BY_MODEL", BY_MODEL).replace("FEATURES", columns("f", 19));
    assertThat(refusal(tables, call(table, given))).isEqualTo(message);
  }

  @Test
  void compiledPlanWithFewerArgumentsIsRefused() throws Exception {
    tables.executeSql("CREATE TABLE results (step INT) WITH ('connector' = 'blackhole')");
    String insert = "INSERT INTO results SELECT step FROM (%s)";
    String statement =
        insert.formatted(call("readings PARTITION BY sensor", "value_column => 'v'"));
    JsonNode plan = new ObjectMapper().readTree(tables.compilePlanSql(statement).asJsonString());
    ((ArrayNode) plan.findValue("functionCall").get("operands")).remove(2); // as if it were new
    PlanReference older = PlanReference.fromJsonString(plan.toString());
    assertThat(deepest(catchThrowable(() -> tables.loadPlan(older).explain())))
        .matches(
            "FORECAST: expected \\d+ arguments, got \\d+: this plan is of another version, run"
                + " COMPILE PLAN again");
  }

  @Test
  void whatIsLeftOutByANullIsNotGiven() {
    assertThat(
            tables.explainSql(
                call(
                    "readings PARTITION BY sensor",
                    BY_MODEL + ", level => CAST(NULL AS INT), max_fill => CAST(NULL AS INT)")))
        .contains("FORECAST");
  }

  @Test
  void optionOfAModelMustNotContradictItsFile() {
    tables.executeSql(
        "CREATE MODEL nine INPUT (w ARRAY<DOUBLE>) OUTPUT (f ARRAY<DOUBLE>) WITH ('provider' ="
            + " 'weir', 'weights.path' = 'builtin:sample-many-to-one', 'seq-len' = '9')");
    tables.executeSql("CREATE TEMPORARY VIEW windows AS SELECT ARRAY[1e0] AS w");
    String statement = "SELECT * FROM ML_PREDICT(TABLE windows, MODEL nine, DESCRIPTOR(w))";
    assertThat(refusal(tables, statement))
        .isEqualTo("MODEL nine: seq-len: expected 5, as the file says, got 9");
  }

  @Test
  void aMissingTimeIsNamed() {
    String statement =
        "SELECT * FROM FORECAST(input => TABLE readings PARTITION BY sensor, value_column => 'v')";
    assertThat(refusal(tables, statement))
        .startsWith("Table argument 'input' requires a time attribute.");
  }

  @Test
  void allArgumentsTogetherPlan() {
    assertThat(
            tables.explainSql(
                call(
                    "readings PARTITION BY sensor",
                    "value_column => 'v', ahead_columns => 'plan, tags', learn_covariates => TRUE,"
                        + " horizon => 2, seq_len => 5, stride => 2, mode => 'many-to-one',"
                        + " in_order => TRUE, level => 90, sampling_interval => 'PT1H', gap =>"
                        + " 'linear', max_fill => 3, ttl => '30 d', learning => TRUE, size =>"
                        + " 'small', season => 24, experts => 'naive, rls-ar', weights_path =>"
                        + " 'builtin:sample-many-to-one', model_name => 'm', scaling => 'last',"
                        + " readout => 'h_n', cell => 'rnn_tanh', refused_rows => TRUE,"
                        + " second_season => 168, holidays => 'DE-BE', time_zone =>"
                        + " 'Europe/Berlin', explanations => TRUE, uid => 'f'")))
        .contains("FORECAST");
  }

  /** A network of zeros that reads the hour. */
  private static Path hourly(Path dir) throws Exception {
    RnnConfig config = new RnnConfig(Cell.GRU, 3, 2, 1, true, false);
    ForecastModel model =
        TestModel.of(config, 5, 2)
            .name("hourly")
            .scaling(Scaling.LAST)
            .head(new float[2 * 4], new float[2])
            .calendar(List.of(Calendar.HOUR_OF_DAY))
            .build();
    Path file = dir.resolve("hourly.safetensors");
    ModelFiles.write(model, file);
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ", calendar => 'hour-of-day'", ", time_zone => 'Europe/Berlin'"})
  void calendarIsThatOfTheFile(String more, @TempDir Path dir) throws Exception {
    String arguments = "value_column => 'v', weights_path => '%s'%s".formatted(hourly(dir), more);
    assertThat(tables.explainSql(call("readings PARTITION BY sensor", arguments)))
        .contains("FORECAST");
  }

  @Test
  void calendarThatIsNotThatOfTheFileIsRefused(@TempDir Path dir) throws Exception {
    String arguments =
        "value_column => 'v', calendar => 'day-of-week', weights_path => '%s'"
            .formatted(hourly(dir));
    assertThat(refusal(arguments))
        .isEqualTo(
            "FORECAST: weights_path: calendar: expected [day-of-week], got [hour-of-day] (model"
                + " hourly version 1)");
  }

  @Test
  void bytesOfAFileThatIsNoModelAreNotShown(@TempDir Path dir) throws Exception {
    for (String text : List.of("root:*:20000:0:99999", "k\0\0\0\0\0\0\0secret", "key")) {
      Path file = Files.writeString(dir.resolve("shadow"), text);
      String arguments = "value_column => 'v', weights_path => '%s'".formatted(file);
      assertThat(refusal(arguments))
          .isEqualTo(
              "FORECAST: weights_path: file: expected safetensors, got %d bytes of something else"
                  + " (%s)",
              text.length(), file);
    }
  }

  @Test
  void batchModeIsRefusedWhenPlanned() {
    TableEnvironment batch = TableEnvironment.create(EnvironmentSettings.inBatchMode());
    batch.executeSql("LOAD MODULE weir");
    batch.executeSql(
        "CREATE TABLE readings (sensor STRING, v DOUBLE, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS"
            + " ts - INTERVAL '1' SECOND) WITH ('connector' = 'datagen', 'number-of-rows' = '3')");
    assertThat(refusal(batch, call("readings PARTITION BY sensor", "value_column => 'v'")))
        .isEqualTo(
            "FORECAST: on_time: expected a column with a watermark, in streaming mode, got 'ts',"
                + " which is no event time; in batch mode none is: SET 'execution.runtime-mode' ="
                + " 'streaming'");
  }
}
