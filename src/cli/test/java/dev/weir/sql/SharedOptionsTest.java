package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.weir.cli.InProcess;
import dev.weir.job.JobSettings;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobOptions;
import dev.weir.option.BoundsOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.HolidayOptions;
import dev.weir.option.Option;
import dev.weir.option.Option.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A wrong value of an option is answered alike in the job file, in SQL and on the command line. */
class SharedOptionsTest {

  private static final String TRAIN = "train --input none.csv --out none.safetensors";
  private static final String INSPECT = "model inspect none.safetensors";

  private static final String JOB =
      """
      name: pumps
      kafka: {bootstrap-servers: 'broker:9092'}
      forecast: {many-to-one: {horizon: 3}}
      """;

  private static TableEnvironment tables;

  @BeforeAll
  static void start() {
    tables = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
    tables.executeSql("LOAD MODULE weir");
    tables.executeSql(
        "CREATE TABLE readings (sensor STRING, v DOUBLE, ts TIMESTAMP_LTZ(3),"
            + " WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) WITH ('connector' = 'datagen')");
  }

  private static Stream<Arguments> wrong() {
    return Stream.of(
        arguments(ForecastOptions.MODE, "both", TRAIN),
        arguments(ForecastOptions.SEQ_LEN, "4097", TRAIN),
        arguments(ForecastOptions.SEQ_LEN, "0", INSPECT),
        arguments(ForecastOptions.HORIZON, "0", TRAIN),
        arguments(ForecastOptions.STRIDE, "0", null),
        arguments(ForecastOptions.FEATURES, "-1", null),
        arguments(ForecastOptions.CALENDAR, "hour", null),
        arguments(ForecastOptions.INTERVAL, "0 s", null),
        arguments(ForecastOptions.GAP, "mind", null),
        arguments(ForecastOptions.MAX_FILL, "10001", null),
        arguments(ForecastOptions.TTL, "a while", null),
        arguments(ForecastOptions.SIZE, "huge", null),
        arguments(ForecastOptions.EXPERTS, "oracle", null),
        arguments(HolidayOptions.REGIONS, "DE,", null),
        arguments(BoundsOptions.MIN, "NaN", null),
        arguments(BoundsOptions.MAX, "many", null),
        arguments(ForecastOptions.MODEL, "a/b", null),
        arguments(ForecastOptions.SCALING, "mean", INSPECT),
        arguments(ForecastOptions.READOUT, "first", INSPECT),
        arguments(ForecastOptions.CELL, "rnn", INSPECT));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void wrongValueIsAnsweredByTheDeclaration(Option<?> option, String value, String command) {
    String problem = option.wrong(value);
    if (option != ForecastOptions.MODE) { // a section's name
      String key =
          ForecastOptions.OF_MODE.contains(option)
              ? option.under("forecast.many-to-one").key()
              : option.key();
      assertThatThrownBy(
              () -> JobSettings.of(JobFile.parse(JOB, "job.yaml", Map.of(key, value)), Path.of("")))
          .hasMessageStartingWith("job.yaml --set: %s: %s", key, JobOptions.of(key).wrong(value));
    }
    if (option != ForecastOptions.FEATURES) { // columns
      String label = Signature.FORECAST.label(option);
      String literal = option.type() == Type.INTEGER ? value : "'" + value + "'";
      assertThatThrownBy(
              () ->
                  tables.explainSql(
                      "SELECT * FROM FORECAST(input => TABLE readings PARTITION BY sensor, on_time"
                          + " => DESCRIPTOR(ts), value_column => 'v', weights_path =>"
                          + " 'builtin:sample-many-to-one', %s => %s)".formatted(label, literal)))
          .rootCause()
          .hasMessage("FORECAST: %s: %s", label, problem);
    }
    if (command != null) {
      String[] words = (command + " --" + option.name() + " " + value).split(" ");
      InProcess weir = InProcess.run(words);
      assertThat(weir.exitCode()).isEqualTo(2);
      assertThat(weir.err()).contains(problem);
    }
  }

  @Test
  void eachArgumentIsAnOptionOfTheJobFileOrOfSqlAlone() {
    List<Option<?>> declared = new ArrayList<>(JobOptions.all());
    declared.addAll(ForecastOptions.OF_MODE);
    declared.add(ForecastOptions.SEASON_LENGTH);
    assertThat(Signature.FORECAST.named())
        .filteredOn(argument -> !declared.contains(argument.option()))
        .extracting(Signature.Argument::label)
        .containsExactly(
            "value_column",
            "feature_columns",
            "ahead_columns",
            "in_order",
            "level",
            "refused_rows",
            "second_season");
  }
}
