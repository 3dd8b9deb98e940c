package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Observation;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.job.FlinkFixture;
import dev.weir.model.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** FORECAST beside the streaming job, on Flink. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForecastIT {

  private static final Path WEIGHTS =
      Path.of("src/core/test/resources/models/sample-many-to-one.safetensors").toAbsolutePath();

  private static final FlinkFixture flink = FlinkFixture.shared();

  /** Three series of unequal lengths, each with a rhythm of its own, a minute out of order. */
  private static List<Observation> observations() {
    Random random = new Random(20261128);
    List<Observation> all = new ArrayList<>();
    int[] lengths = {230, 97, 4};
    for (int t = 0; t < lengths[0]; t++) {
      for (int s = 0; s < lengths.length; s++) {
        if (t < lengths[s]) {
          double value =
              50 * s + 10 * Math.sin(2 * Math.PI * t / (7 + 5 * s)) + random.nextDouble();
          all.add(new Observation("pump-" + s, 1_000_000L + 10_000L * t, value));
        }
      }
    }
    for (int i = 0; i + 2 < all.size(); i += 3) {
      all.add(i + 2, all.remove(i));
    }
    return all;
  }

  private static List<Forecast> byTheJob(List<Observation> observations, ModeSettings target)
      throws Exception {
    ForecastSettings settings =
        TestSettings.of(5, target).outOfOrderness(Duration.ofMinutes(1)).build();
    return JobRun.outputs(flink.environment(2), observations, settings, Forecast.class);
  }

  /** As FORECAST would give it. */
  static List<Row> rows(List<Forecast> forecasts) {
    List<Row> rows = new ArrayList<>();
    for (Forecast f : forecasts) {
      Interval interval = f.intervals().isEmpty() ? null : f.intervals().get(0);
      for (int i = 0; i < f.values().length; i++) {
        rows.add(
            Row.of(
                f.series(),
                Instant.ofEpochMilli(f.origin()),
                i + 1,
                f.times() == null ? null : Instant.ofEpochMilli(f.times()[i]),
                f.values()[i],
                interval == null ? null : interval.lower()[i],
                interval == null ? null : interval.upper()[i],
                f.model().isEmpty() ? null : f.model(),
                f.modelVersion() < 0 ? null : f.modelVersion(),
                f.status().name(),
                null,
                f.mean(i + 1),
                Instant.ofEpochMilli(f.origin())));
      }
    }
    return rows;
  }

  private static Stream<Arguments> kinds() throws Exception {
    Learning learning =
        new Learning(LearnerSettings.small(3).withLevels(List.of(0.8)), LearnerSettings.AUTO, 0);
    ModeSettings learned = TestSettings.learned(3, learning);
    ModeSettings network =
        new ModeSettings(
            Mode.MANY_TO_ONE, "sample-many-to-one", 2, Files.readAllBytes(WEIGHTS), null);
    return Stream.of(
        arguments(learned, "horizon => 3, size => 'small'"),
        arguments(
            learned.withBounds(new Bounds(0, Double.POSITIVE_INFINITY, true)),
            "horizon => 3, size => 'small', bounds_min => '0', bounds_integer => TRUE"),
        arguments(network, "learning => FALSE, weights_path => '%s'".formatted(WEIGHTS)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void forecastsOnRocksDbAreTheJobsOnTheHeapToTheLastBit(ModeSettings mode, String arguments)
      throws Exception {
    List<Observation> observations = observations();
    List<Forecast> expected = byTheJob(observations, mode);
    StreamExecutionEnvironment env = flink.environment(2);
    env.configure(new Configuration().set(StateBackendOptions.STATE_BACKEND, "rocksdb"));
    SqlFixture sql = new SqlFixture(env);
    sql.table("readings", SqlFixture.rows(observations), "'1' MINUTE");
    List<Row> got =
        sql.query(
            "SELECT * FROM FORECAST(input => TABLE readings PARTITION BY sensor,"
                + " on_time => DESCRIPTOR(ts), value_column => 'v', "
                + arguments
                + ")");
    assertThat(got)
        .containsExactlyInAnyOrderElementsOf(rows(expected))
        .hasSize(mode.horizon() * observations.size());
    if (arguments.contains("bounds_integer")) {
      assertThat(got).allMatch(row -> (double) row.getField(4) % 1 == 0);
    }
  }
}
