package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.PlanReference;
import org.apache.flink.table.api.TableEnvironment;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
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
        "CREATE TABLE readings (sensor STRING, v DOUBLE, `note` STRING, tags ARRAY<INT>, plan ARRAY<DECIMAL(5, 2)>, ts TIMESTAMP_LTZ(3),"
            + " WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) WITH ('connector' = 'datagen')");
  }

  private static String call(String table, String arguments) {
    return "SELECT * FROM FORECAST(input => TABLE %s, on_time => DESCRIPTOR(ts)%s)"
        .formatted(table, arguments.isEmpty() ? "" : ", " + arguments);
  }

  private static Stream<Arguments> wrongAnomalies() {
    return Stream.of(
        Arguments.of("", "ANOMALIES: value_column: expected the name of a column, got none"),
        Arguments.of(
            "value_column => 'v', budget => '1 ' || '0'",
            "ANOMALIES: budget: expected a literal, got an expression"),
        Arguments.of(
            "value_column => 'v', ahead_columns => 'note'",
            "ANOMALIES: ahead_columns: expected a column of arrays of numbers, got 'note', which is STRING"),
        Arguments.of(
            "value_column => 'v', weights_path => 'builtin:none'", "ANOMALIES: weights_path: "));
  }

  @ParameterizedTest
  @MethodSource("wrongAnomalies")
  void wrongArgumentOfAnomaliesIsRefusedAtPlanning(String arguments, String message) {
    Throwable thrown =
        catchThrowable(
            () ->
                tables.explainSql(
                    call("readings PARTITION BY sensor", arguments)
                        .replace("FORECAST", "ANOMALIES")));
    assertThat(deepest(thrown)).startsWith(message).doesNotContain("\n");
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
        .containsExactly(
            "sensor",
            "value_time",
            "actual_value",
            "forecast_value",
            "lower_bound",
            "upper_bound",
            "surprise",
            "is_anomaly",
            "reason",
            "model",
            "model_version",
            "status",
            "error",
            "rowtime");
  }

  private static String deepest(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage();
  }

  private static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of(
            "value_column => 'w'",
            "FORECAST: value_column: expected one of the table's columns [sensor, v, note, tags, plan, ts], got 'w'"),
        Arguments.of(
            "value_column => 'note'",
            "FORECAST: value_column: expected a column of numbers, got 'note', which is STRING"),
        Arguments.of(
            "value_column => 'v', feature_columns => 'v, x'",
            "FORECAST: feature_columns: expected one of the table's columns [sensor, v, note, tags, plan, ts], got 'x'"),
        Arguments.of(
            "value_column => 'v', horizon => 1 + 1",
            "FORECAST: horizon: expected a literal, got an expression"),
        Arguments.of(
            BY_MODEL + ", time_zone => 'Europe/Berlin'",
            "FORECAST: time_zone: expected holidays or calendar beside it, got neither"),
        Arguments.of(
            "value_column => 'v', holidays => 'DE', time_zone => 'Mars/Base'",
            "FORECAST: time_zone: expected a time zone such as Europe/Berlin or UTC, got 'Mars/Base'"),
        Arguments.of(
            "value_column => 'v', holidays => 'XX'",
            "FORECAST: holidays: expected a country or a part of one such as DE or DE-BE, or a region of the holidays file, got XX"),
        Arguments.of(
            "value_column => 'v', holidays_file => '/nowhere/days.csv'",
            "FORECAST: holidays_file: expected a readable file, got /nowhere/days.csv ("),
        Arguments.of(
            "value_column => 'v', holidays_file => 'what:ever is:this'",
            "FORECAST: holidays_file: expected a readable file, got what:ever is:this ("),
        Arguments.of(
            "value_column => 'v', holidays_file => 'src/flink/test/resources/holidays/no-date.csv'",
            "FORECAST: holidays_file: expected a header with date, and region if there are regions, got another (src/flink/test/resources/holidays/no-date.csv)"),
        Arguments.of(
            "value_column => 'v', holidays => 'FR', holidays_file => 'src/flink/test/resources/holidays/plants.csv'",
            "FORECAST: holidays_file: expected regions that holidays or holidays_overrides names, got [plant]"),
        Arguments.of(
            "value_column => 'v', holidays_overrides => 'FR'",
            "FORECAST: holidays_overrides: expected a JSON object of regular expressions and regions such as {\"fr-.*\": \"FR\"}, got 'FR'"),
        Arguments.of(
            BY_MODEL + ", holidays => 'DE'",
            "FORECAST: holidays: expected none without a mixture that learns, got some"),
        Arguments.of(
            BY_MODEL + ", holidays_file => 'src/flink/test/resources/holidays/plants.csv'",
            "FORECAST: holidays_file: expected none without a mixture that learns, got some"),
        Arguments.of(
            "value_column => 'v', horizont => 24",
            "FORECAST: horizont: expected the name of an argument: value_column, feature_columns,"),
        Arguments.of(
            "value_column => 'v', level => 100",
            "FORECAST: level: expected a whole number from 1 to 99, got '100'"),
        Arguments.of(
            "value_column => 'v', second_season => 365",
            "FORECAST: second_season: expected a second season of more than 2 times the first, at most 10000 observations, got 365 beside none"),
        Arguments.of(
            "value_column => 'v', season => 7, second_season => 10001",
            "FORECAST: second_season: expected a whole number from 3 to 10000, got '10001'"),
        Arguments.of(
            BY_MODEL + ", level => 80",
            "FORECAST: level: expected learning => TRUE beside it, got FALSE"),
        Arguments.of(
            BY_MODEL + ", second_season => 365",
            "FORECAST: second_season: expected learning => TRUE beside it, got FALSE"),
        Arguments.of(
            BY_MODEL + ", readout => 'out[:, -1]'",
            "FORECAST: readout: expected h_n, as the file says, got out[:, -1]"),
        Arguments.of(
            "value_column => 'v', feature_columns => 'v', learn_covariates => FALSE",
            "FORECAST: feature_columns: expected learn_covariates => TRUE beside it, got FALSE"),
        Arguments.of(
            "value_column => 'v', ahead_columns => 'plan', learn_covariates => FALSE",
            "FORECAST: ahead_columns: expected learn_covariates => TRUE beside it, got FALSE"),
        Arguments.of(
            "value_column => 'v', learn_covariates => TRUE",
            "FORECAST: learn_covariates: expected feature_columns or ahead_columns beside it, got none"),
        Arguments.of(
            "value_column => 'v', ahead_columns => 'plans'",
            "FORECAST: ahead_columns: expected one of the table's columns [sensor, v, note, tags, plan, ts], got 'plans'"),
        Arguments.of(
            "value_column => 'v', ahead_columns => 'v'",
            "FORECAST: ahead_columns: expected a column of arrays of numbers, got 'v', which is DOUBLE"),
        Arguments.of(
            "value_column => 'v', ahead_columns => 'plan, words'",
            "FORECAST: ahead_columns: expected one of the table's columns"),
        Arguments.of(
            "value_column => 'v', ahead_columns => 'tags, tags'",
            "FORECAST: ahead_columns: expected at most 20 words joined by commas, got 'tags, tags'"),
        Arguments.of(
            "value_column => 'v', ahead_columns => ''",
            "FORECAST: ahead_columns: expected at most 20 words joined by commas, got ''"),
        Arguments.of(
            "value_column => 'v', ahead_columns => '%s'".formatted(columns("c", 21)),
            "FORECAST: ahead_columns: expected at most 20 words joined by commas, got 'c1,"),
        Arguments.of(
            "value_column => 'v', feature_columns => 'tags'",
            "FORECAST: feature_columns: expected a column of numbers, got 'tags', which is ARRAY<INT>"),
        Arguments.of(
            "value_column => 'v', ahead_columns => 'plan', learn_covariates => FALSE, weights_path => 'builtin:weir'",
            "FORECAST: ahead_columns: expected 0 where nothing is learned from them and no model reads them, got 1"),
        Arguments.of(
            "value_column => 'v', ahead_columns => 'plan', learning => FALSE, weights_path => 'builtin:weir'",
            "FORECAST: ahead_columns: expected learning => TRUE beside it, got FALSE"),
        Arguments.of(
            BY_MODEL + ", feature_columns => 'v', learn_covariates => FALSE",
            "FORECAST: learn_covariates: expected learning => TRUE beside it, got FALSE"),
        Arguments.of(
            "value_column => 'v', cell => 'rnn_relu'",
            "FORECAST: cell: expected weights_path beside it, got none"),
        Arguments.of(
            "value_column => 'v', weights_path => '/nowhere/model.safetensors'",
            "FORECAST: weights_path: expected a readable file, got /nowhere/model.safetensors ("),
        Arguments.of(
            "value_column => 'v', weights_path => 'builtin:sample-many-to-many'",
            "FORECAST: weights_path: mode: expected many-to-one, got many-to-many (model sample-many-to-many"),
        Arguments.of(
            "value_column => 'v', weights_path => 'builtin:sample-many-to-one', horizon => 3",
            "FORECAST: weights_path: horizon: expected 3, got 2 (model sample-many-to-one"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void aWrongArgumentIsNamedInOneLine(String arguments, String message) {
    Throwable thrown =
        catchThrowable(() -> tables.explainSql(call("readings PARTITION BY sensor", arguments)));
    assertThat(thrown).as(arguments).isNotNull();
    assertThat(deepest(thrown)).startsWith(message).doesNotContain("\n");
  }

  private static String columns(String prefix, int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i -> prefix + i)
        .collect(Collectors.joining(","));
  }

  private static Stream<Arguments> tooManyCovariates() {
    String message =
        "FORECAST: %s: expected at most 20 covariates, got %d by feature_columns and %d by ahead_columns";
    return Stream.of(
        Arguments.of(21, "", message.formatted("feature_columns", 21, 0)),
        Arguments.of(19, ", ahead_columns => 'a1, a2'", message.formatted("ahead_columns", 19, 2)),
        Arguments.of(
            21,
            ", learn_covariates => TRUE, weights_path => 'builtin:sample-many-to-one'",
            message.formatted("feature_columns", 21, 0)),
        Arguments.of( // only the network reads them: its inputs do not fit
            21,
            ", weights_path => 'builtin:sample-many-to-one'",
            "FORECAST: weights_path: input_size (1 + features): expected 22, got 1 (model sample-many-to-one"));
  }

  @ParameterizedTest
  @MethodSource("tooManyCovariates")
  void moreCovariatesThanAMixtureLearnsFromAreRefused(
      int features, String arguments, String message) {
    tables.executeSql(
        "CREATE TEMPORARY VIEW IF NOT EXISTS wide AS SELECT sensor, v, ts, tags AS a1, tags AS a2, "
            + columns("v AS f", 21)
            + " FROM readings");
    Throwable thrown =
        catchThrowable(
            () ->
                tables.explainSql(
                    call(
                        "wide PARTITION BY sensor",
                        "value_column => 'v', feature_columns => '%s'%s"
                            .formatted(columns("f", features), arguments))));
    assertThat(deepest(thrown)).startsWith(message).doesNotContain("\n");
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
            "FORECAST: expected \\d+ arguments, got \\d+: this plan is of another version, run COMPILE PLAN again");
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
  void aKeyThatNoTextStandsForIsNamed() {
    Throwable thrown =
        catchThrowable(
            () -> tables.explainSql(call("readings PARTITION BY (sensor, tags)", BY_MODEL)));
    assertThat(deepest(thrown))
        .isEqualTo(
            "FORECAST: input: expected PARTITION BY columns of texts, numbers, booleans, times or bytes,"
                + " got 'tags', which is ARRAY<INT>");
  }

  @Test
  void aMissingPartitionIsNamed() {
    Throwable thrown =
        catchThrowable(() -> tables.explainSql(call("readings", "value_column => 'v'")));
    assertThat(deepest(thrown))
        .isEqualTo(
            "Table argument 'input' requires a PARTITION BY clause for parallel processing.");
  }

  @Test
  void aMissingValueColumnIsNamed() {
    Throwable thrown =
        catchThrowable(() -> tables.explainSql(call("readings PARTITION BY sensor", "")));
    assertThat(deepest(thrown))
        .isEqualTo("FORECAST: value_column: expected the name of a column, got none");
  }

  @Test
  void aMissingTimeIsNamed() {
    Throwable thrown =
        catchThrowable(
            () ->
                tables.explainSql(
                    "SELECT * FROM FORECAST(input => TABLE readings PARTITION BY sensor,"
                        + " value_column => 'v')"));
    assertThat(deepest(thrown)).startsWith("Table argument 'input' requires a time attribute.");
  }

  @Test
  void allArgumentsTogetherPlan() {
    assertThat(
            tables.explainSql(
                call(
                    "readings PARTITION BY sensor",
                    "value_column => 'v', ahead_columns => 'plan, tags', learn_covariates => TRUE,"
                        + " horizon => 2, seq_len => 5, stride => 2, mode => 'many-to-one', in_order => TRUE, level => 90,"
                        + " sampling_interval => 'PT1H', gap => 'linear', max_fill => 3,"
                        + " ttl => '30 d', learning => TRUE, size => 'small', season => 24,"
                        + " experts => 'naive, rls-ar', weights_path => 'builtin:sample-many-to-one',"
                        + " model_name => 'm', scaling => 'last', readout => 'h_n',"
                        + " cell => 'rnn_tanh', refused_rows => TRUE, second_season => 168,"
                        + " holidays => 'DE-BE', holidays_file => 'src/flink/test/resources/holidays/plants.csv',"
                        + " holidays_overrides => '{\"a.*\": \"plant\"}', time_zone => 'Europe/Berlin',"
                        + " explanations => TRUE, uid => 'f'")))
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
    assertThat(
            deepest(
                catchThrowable(
                    () -> tables.explainSql(call("readings PARTITION BY sensor", arguments)))))
        .isEqualTo(
            "FORECAST: weights_path: calendar: expected [day-of-week], got [hour-of-day] (model hourly version 1)");
  }

  @Test
  void holidaysInAnotherEncodingAreRefused(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("days.csv");
    Files.writeString(file, "date,region\n2026-07-27,M\u00fcnchen\n", StandardCharsets.ISO_8859_1);
    String arguments = "value_column => 'v', holidays_file => '%s'".formatted(file);
    assertThat(
            deepest(
                catchThrowable(
                    () -> tables.explainSql(call("readings PARTITION BY sensor", arguments)))))
        .isEqualTo("FORECAST: holidays_file: expected UTF-8 text, got other bytes (%s)", file);
  }

  @Test
  void bytesOfAFileThatIsNoModelAreNotShown(@TempDir Path dir) throws Exception {
    for (String text : List.of("root:*:20000:0:99999", "k\0\0\0\0\0\0\0secret", "key")) {
      Path file = Files.writeString(dir.resolve("shadow"), text);
      String arguments = "value_column => 'v', weights_path => '%s'".formatted(file);
      Throwable thrown =
          catchThrowable(() -> tables.explainSql(call("readings PARTITION BY sensor", arguments)));
      assertThat(deepest(thrown))
          .isEqualTo(
              "FORECAST: weights_path: file: expected safetensors, got %d bytes of something else (%s)",
              text.length(), file);
    }
  }

  @Test
  void processingTimeIsRefusedWhenPlanned() {
    tables.executeSql(
        "CREATE TABLE arrivals (sensor STRING, v DOUBLE, ts AS PROCTIME()) WITH ('connector' = 'datagen')");
    Throwable thrown =
        catchThrowable(
            () -> tables.explainSql(call("arrivals PARTITION BY sensor", "value_column => 'v'")));
    assertThat(deepest(thrown))
        .isEqualTo(
            "FORECAST: on_time: expected a column with a watermark, in streaming mode,"
                + " got 'ts', which is processing time");
  }

  @Test
  void batchModeIsRefusedWhenPlanned() {
    TableEnvironment batch = TableEnvironment.create(EnvironmentSettings.inBatchMode());
    batch.executeSql("LOAD MODULE weir");
    batch.executeSql(
        "CREATE TABLE readings (sensor STRING, v DOUBLE, ts TIMESTAMP_LTZ(3),"
            + " WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) WITH ('connector' = 'datagen', 'number-of-rows' = '3')");
    Throwable thrown =
        catchThrowable(
            () -> batch.explainSql(call("readings PARTITION BY sensor", "value_column => 'v'")));
    assertThat(deepest(thrown))
        .isEqualTo(
            "FORECAST: on_time: expected a column with a watermark, in streaming mode, got 'ts', which is"
                + " no event time; in batch mode none is: SET 'execution.runtime-mode' = 'streaming'");
  }
}
