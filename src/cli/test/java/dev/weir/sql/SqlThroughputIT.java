package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.job.FlinkFixture;
import dev.weir.job.ForecastPipeline;
import dev.weir.model.Mode;
import dev.weir.stream.WeirTypeInformation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Records a second of a statement beside the job's operators: the same values, one task each, no
 * Kafka. Prints what docs/measurements.md says; each kind runs alternately, and the fastest run
 * counts.
 */
@Tag("slow")
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SqlThroughputIT {

  private static final String COLUMNS = "sensor STRING, ts TIMESTAMP_LTZ(3), v DOUBLE";
  private static final int SERIES = 1_000;
  private static final int ROUNDS = 3;

  private static Observation observation(long index) {
    long i = index / SERIES;
    int s = (int) (index % SERIES);
    return new Observation(
        "series-" + s,
        1_000_000L + 60_000 * i,
        50 + s % 7 + Math.sin(i / 4.0 + s) + (i * 31 % 17) / 20.0);
  }

  private static StreamExecutionEnvironment environment(FlinkFixture flink) {
    StreamExecutionEnvironment env = flink.environment(1);
    env.configure(new Configuration().set(PipelineOptions.OBJECT_REUSE, true));
    return env;
  }

  private static double job(FlinkFixture flink, int records, ModeSettings target) throws Exception {
    StreamExecutionEnvironment env = environment(flink);
    GeneratorFunction<Long, InputEvent> make =
        i -> new ObservationEvent(observation(i), new SourceRecord("s", 0, i, -1, null, null));
    DataStream<InputEvent> observations =
        env.fromSource(
            new DataGeneratorSource<>(make, records, WeirTypeInformation.INPUT_EVENT),
            WatermarkStrategy.noWatermarks(),
            "observations");
    DataStream<ModelEvent> models = JobRun.noModels(env);
    ForecastPipeline.build(observations, models, TestSettings.of(5, target).build())
        .sinkTo(new DiscardingSink<>());
    long start = System.nanoTime();
    env.execute("job");
    return records * 1e9 / (System.nanoTime() - start);
  }

  private static double statement(FlinkFixture flink, int records, String arguments)
      throws Exception {
    StreamExecutionEnvironment env = environment(flink);
    SqlFixture sql = new SqlFixture(env);
    GeneratorFunction<Long, Row> make =
        i -> {
          Observation o = observation(i);
          return Row.of(o.series(), Instant.ofEpochMilli(o.time()), o.value());
        };
    DataStream<Row> rows =
        env.fromSource(
            new DataGeneratorSource<>(make, records, SqlFixture.type(COLUMNS)),
            WatermarkStrategy.noWatermarks(),
            "observations");
    sql.table("readings", rows, COLUMNS, "'1' HOUR");
    sql.tables.executeSql(
        "CREATE TEMPORARY TABLE nowhere (sensor STRING, step INT, forecast_value DOUBLE,"
            + " lower_bound DOUBLE, upper_bound DOUBLE, status STRING) WITH ('connector' = 'blackhole')");
    String rowsAsTheyAre = "SELECT sensor, 1, v, v, v, 'OK' FROM readings";
    long start = System.nanoTime();
    sql.tables
        .executeSql(
            "INSERT INTO nowhere " + (arguments == null ? rowsAsTheyAre : forecast(arguments)))
        .await();
    return records * 1e9 / (System.nanoTime() - start);
  }

  private static String forecast(String arguments) {
    return "SELECT sensor, step, forecast_value, lower_bound, upper_bound, status"
        + " FROM FORECAST(input => TABLE readings PARTITION BY sensor,"
        + " on_time => DESCRIPTOR(ts), value_column => 'v', in_order => TRUE, "
        + arguments
        + ")";
  }

  @Test
  void aStatementAndTheJobOnTheSameValues() throws Exception {
    byte[] weights =
        Files.readAllBytes(
            Path.of("src/core/test/resources/models/sample-many-to-one.safetensors"));
    ModeSettings network =
        new ModeSettings(Mode.MANY_TO_ONE, "sample-many-to-one", 2, weights, null);
    ModeSettings small =
        TestSettings.learned(
            2, new Learning(LearnerSettings.small(2).withLevels(List.of(0.8)), 1, 0));
    FlinkFixture flink = FlinkFixture.shared();
    double[] best = new double[5];
    for (int round = 0; round < ROUNDS; round++) {
      best[0] = Math.max(best[0], job(flink, 2_000_000, network));
      best[1] =
          Math.max(
              best[1],
              statement(
                  flink,
                  2_000_000,
                  "learning => FALSE, weights_path => 'builtin:sample-many-to-one'"));
      best[2] = Math.max(best[2], job(flink, 400_000, small));
      best[3] = Math.max(best[3], statement(flink, 400_000, "size => 'small', season => 1"));
      best[4] = Math.max(best[4], statement(flink, 2_000_000, null));
    }
    System.out.printf(
        "records/s: network alone: job %,.0f, SQL %,.0f (%.0f %%); learning small: job %,.0f, SQL %,.0f (%.0f %%); rows as they are through SQL %,.0f%n",
        best[0],
        best[1],
        100 * best[1] / best[0],
        best[2],
        best[3],
        100 * best[3] / best[2],
        best[4]);
    assertThat(best).doesNotContain(0);
  }
}
