package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.score.ProperScores;
import dev.weir.job.FlinkFixture;
import dev.weir.model.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The functions of SQL on rows as they come: good, bad, late, silent. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SqlFunctionsIT {

  private static final Path WEIGHTS =
      Path.of("src/core/test/resources/models/sample-many-to-one.safetensors");

  /** A window that is not full is answered with its newest value, which a test can foresee. */
  private static final String BY_MODEL =
      "learning => FALSE, weights_path => 'builtin:sample-many-to-one'";

  private static final FlinkFixture flink = FlinkFixture.shared();

  private static String forecast(String table, String columns, String arguments) {
    return "SELECT %s FROM FORECAST(input => TABLE %s PARTITION BY sensor, on_time => DESCRIPTOR(ts), value_column => 'v', %s)"
        .formatted(columns, table, arguments);
  }

  @Test
  void rowsThatCannotBeUsedSayWhyAndTheOthersGoOn() throws Exception {
    List<Row> rows =
        List.of(
            SqlFixture.row("a", 10_000, 1.0),
            SqlFixture.row("a", 20_000, null),
            SqlFixture.row("a", 30_000, Double.NaN),
            SqlFixture.row("a", 40_000, Double.POSITIVE_INFINITY),
            SqlFixture.row("a", 50_000, 2.0),
            SqlFixture.row("a", -60_000, 3.0),
            SqlFixture.row("a", 50_000, 4.0),
            SqlFixture.row("a", 45_000, 5.0),
            SqlFixture.row("a", 50_000, 2.0),
            SqlFixture.row(null, 60_000, 6.0));
    SqlFixture sql = new SqlFixture(flink.environment(1));
    sql.table("readings", rows, "'1' DAY");

    List<Row> got =
        sql.query(
            forecast(
                    "readings",
                    "sensor, origin, step, forecast_value, status, error",
                    BY_MODEL + ", in_order => TRUE, refused_rows => TRUE")
                + " WHERE step IS NULL OR step = 1");

    assertThat(got)
        .containsExactlyInAnyOrder(
            Row.of("a", at(10_000), 1, 1.0, "WARMUP", null),
            refused("a", 20_000, "NULL_VALUE", "v: expected a number, got NULL"),
            refused("a", 30_000, "NOT_FINITE", "v: expected a finite number, got NaN"),
            refused("a", 40_000, "NOT_FINITE", "v: expected a finite number, got Infinity"),
            Row.of("a", at(50_000), 1, 2.0, "WARMUP", null),
            refused("a", -60_000, "TIME", "time: expected 1970 or later, got 1969-12-31T23:59:00Z"),
            refused(
                "a",
                50_000,
                "LATE",
                "time: expected after 1970-01-01T00:00:50Z, got another value for that very time"),
            refused(
                "a",
                45_000,
                "LATE",
                "time: expected after 1970-01-01T00:00:50Z, got 1970-01-01T00:00:45Z, late by"
                    + " PT5S"),
            Row.of(null, at(60_000), 1, 6.0, "WARMUP", null));

    assertThat(sql.query(forecast("readings", "status", BY_MODEL + ", in_order => TRUE")))
        .containsOnly(Row.of("WARMUP")) // by default they are counted and nothing else
        .hasSize(2 * 3);
  }

  private static Instant at(long millis) {
    return Instant.ofEpochMilli(millis);
  }

  private static Row refused(String sensor, long time, String reason, String message) {
    return Row.of(sensor, at(time), null, null, reason, message);
  }

  @Test
  void seriesThatReturnsAfterItsTtlStartsAgain() throws Exception {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 8; i++) { // a silence of a minute before the sixth
      rows.add(SqlFixture.row("a", 10_000L * i + (i < 5 ? 0 : 60_000), i + 0.5));
    }
    SqlFixture sql = new SqlFixture(flink.environment(1));
    sql.table("readings", rows, "'1' SECOND");
    String arguments = "horizon => 1, size => 'small', seq_len => 3";

    assertThat(sql.query(forecast("readings", "status", arguments)))
        .extracting(row -> row.getField(0))
        .containsExactly("WARMUP", "WARMUP", "OK", "OK", "OK", "OK", "OK", "OK");
    assertThat(sql.query(forecast("readings", "status", arguments + ", ttl => '30 s'")))
        .extracting(row -> row.getField(0))
        .containsExactly("WARMUP", "WARMUP", "OK", "OK", "OK", "WARMUP", "WARMUP", "OK");
  }

  @Test
  void timesWithoutAZoneStayWithoutOneAndNumbersOfAnyKindAreValues() throws Exception {
    SqlFixture sql = new SqlFixture(flink.environment(1));
    sql.table(
        "readings",
        List.of(SqlFixture.row("a", 1_000, 2.5), SqlFixture.row("a", 2_000, 3.5)),
        "'1' SECOND");
    sql.tables.executeSql(
        "CREATE TEMPORARY VIEW plain AS SELECT sensor, CAST(v * 2 AS INT) AS whole,"
            + " CAST(v AS DECIMAL(5, 1)) AS v, ts FROM readings");

    assertThat(
            sql.query(
                forecast(
                        "plain",
                        "origin, target_time, forecast_value",
                        BY_MODEL + ", sampling_interval => '1 s'")
                    + " WHERE step = 1"))
        .containsExactly(Row.of(at(1_000), at(2_000), 2.5), Row.of(at(2_000), at(3_000), 3.5));
    assertThat(
            sql.query(
                "SELECT sensor, whole, forecast_value FROM FORECAST(input => TABLE plain PARTITION"
                    + " BY (sensor, whole), on_time => DESCRIPTOR(ts), value_column => 'whole', "
                    + BY_MODEL
                    + ") WHERE step = 1"))
        .containsExactlyInAnyOrder(Row.of("a", 5, 5.0), Row.of("a", 7, 7.0));
  }

  @Test
  void aModelOfSqlGivesTheCoresForecastsAndSaysWhatIsWrongWithARow() throws Exception {
    SqlFixture sql = new SqlFixture(flink.environment(1));
    sql.tables.executeSql(
        "CREATE MODEL next_two INPUT (w ARRAY<DOUBLE>) OUTPUT (forecast ARRAY<DOUBLE>, error"
            + " STRING) WITH ('provider' = 'weir', 'task' = 'regression', 'weights.path' = '"
            + WEIGHTS.toUri()
            + "')");
    sql.tables.executeSql(
        "CREATE TEMPORARY VIEW windows AS SELECT * FROM (VALUES"
            + " (1, ARRAY[1e0, 2e0, 3e0, 4e0, 5e0]),"
            + " (2, ARRAY[1e0, 2e0]),"
            + " (3, ARRAY[1e0, 2e0, CAST(NULL AS DOUBLE), 4e0, 5e0]),"
            + " (4, ARRAY[1e0, 2e0, 3e0, 4e0, CAST('NaN' AS DOUBLE)]),"
            + " (5, CAST(NULL AS ARRAY<DOUBLE>)),"
            + " (6, ARRAY[5e0, 4e0, 3e0, 2e0, 7e0])) AS t (id, w)");

    List<Row> got =
        sql.query(
            "SELECT id, forecast, error FROM ML_PREDICT(TABLE windows, MODEL next_two,"
                + " DESCRIPTOR(w))");

    assertThat(got)
        .containsExactlyInAnyOrder(
            Row.of(1, boxed(core(1, 2, 3, 4, 5)), null),
            Row.of(2, null, "window: expected 5 values, got 2"),
            Row.of(3, null, "window[3]: expected a finite number, got NULL"),
            Row.of(4, null, "window[5]: expected a finite number, got NaN"),
            Row.of(5, null, "window: expected 5 values, got NULL"),
            Row.of(6, boxed(core(5, 4, 3, 2, 7)), null));
  }

  private static Double[] boxed(double[] values) {
    return java.util.Arrays.stream(values).boxed().toArray(Double[]::new);
  }

  private static double[] core(double... window) throws Exception {
    ModeSettings mode =
        new ModeSettings(Mode.MANY_TO_ONE, "m", 2, Files.readAllBytes(WEIGHTS), null);
    List<Observation> series = new ArrayList<>();
    for (int i = 0; i < window.length; i++) {
      series.add(new Observation("s", i, window[i]));
    }
    List<Forecast> forecasts = OneSeries.forecasts(TestSettings.of(5, mode).build(), series);
    return forecasts.get(forecasts.size() - 1).values();
  }

  @Test
  void aggregatesTellWhatForecastsWereWorth() throws Exception {
    SqlFixture sql = new SqlFixture(flink.environment(1));
    sql.tables.executeSql(
        "CREATE TEMPORARY VIEW met AS SELECT * FROM (VALUES"
            + " (10e0, 12e0, 9e0, 9e0, 13e0), (20e0, 18e0, 24e0, 15e0, 19e0),"
            + " (30e0, CAST(NULL AS DOUBLE), 33e0, CAST(NULL AS DOUBLE), 32e0),"
            + " (CAST('NaN' AS DOUBLE), 1e0, 2e0, 0e0, 1e0))"
            + " AS t (actual, forecast, naive, lo, hi)");
    List<Row> got =
        sql.query(
            "SELECT MASE(actual, forecast, naive), SMAPE(actual, forecast),"
                + " COVERAGE(actual, lo, hi), INTERVAL_SCORE(actual, lo, hi, 0.8),"
                + " PINBALL_LOSS(actual, hi, 9e-1), CRPS(actual, forecast, lo, hi, 0.8) FROM met");
    Row last = got.get(got.size() - 1);
    double[] taus = {0.1, 0.5, 0.9};
    double crps =
        ProperScores.crps(taus, new double[] {9, 12, 13}, 10)
            + ProperScores.crps(taus, new double[] {15, 18, 19}, 20);
    double pinball = 0.1 * 3 + 0.9 * 1 + 0.1 * 2; // also of the row without a forecast
    double[] expected = {
      4 / 5.0, 100 * (2 / 22.0 + 2 / 38.0), 0.5, (4 + 4 + 10 * 1) / 2.0, pinball / 3, crps / 2
    };
    for (int i = 0; i < expected.length; i++) {
      assertThat((Double) last.getField(i)).as("%d", i).isCloseTo(expected[i], within(1e-12));
    }
  }

  @Test
  void levelThatIsNoShareEndsTheStatementWithOneLine() {
    SqlFixture sql = new SqlFixture(flink.environment(1));
    assertThatThrownBy(
            () ->
                sql.query("SELECT INTERVAL_SCORE(v, v, v, 80) FROM (VALUES (1e0), (2e0)) AS t (v)"))
        .rootCause()
        .hasMessage(
            "INTERVAL_SCORE: level: expected a share within 0 and 1, such as 0.8, got 80.0");
  }
}
