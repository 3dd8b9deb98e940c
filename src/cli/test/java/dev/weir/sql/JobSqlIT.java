package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.alarm.AlarmRate;
import dev.weir.forecast.alarm.AlarmSettings;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.Judgment;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.job.FlinkFixture;
import dev.weir.job.ForecastPipeline;
import dev.weir.model.Mode;
import dev.weir.stream.WeirTypeInformation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** FORECAST and ANOMALIES compared with the streaming job, on Flink. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JobSqlIT {

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

  private static List<Forecast> byTheJob(List<Observation> observations, ModeSettings mode)
      throws Exception {
    ForecastSettings settings =
        TestSettings.of(5, mode).outOfOrderness(Duration.ofMinutes(1)).build();
    return outputs(flink.environment(2), observations, settings, Forecast.class);
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

  private static final int OF_PUMP = 1_100;
  private static final String SERIES = "pump";

  /** A rhythm with noise, spikes, and a stretch at another level. */
  private static List<Observation> pumpObservations() {
    SplittableRandom random = new SplittableRandom(20);
    List<Observation> all = new ArrayList<>();
    for (int t = 0; t < OF_PUMP; t++) {
      double value =
          10 * Math.sin(2 * Math.PI * t / 12)
              + random.nextDouble()
              + (t % 190 == 189 ? 40 : 0)
              + (t > 800 && t < 860 ? 60 : 0);
      all.add(new Observation(SERIES, 1_000_000_000L + 600_000L * t, value));
    }
    return all;
  }

  private static List<Row> anomaliesBySql() throws Exception {
    StreamExecutionEnvironment env = flink.environment(2);
    env.configure(new Configuration().set(StateBackendOptions.STATE_BACKEND, "rocksdb"));
    SqlFixture sql = new SqlFixture(env);
    sql.table("readings", SqlFixture.rows(pumpObservations()), "'1' MINUTE");
    return sql.query(
        "SELECT value_time, is_anomaly, reason, surprise FROM ANOMALIES(input => TABLE readings"
            + " PARTITION BY sensor, on_time => DESCRIPTOR(ts), value_column => 'v',"
            + " season => 12, budget => '3', reasons => 'novelty, level, error')");
  }

  private static AlarmSettings alarms() {
    return new AlarmSettings(
        new AlarmRate(3e-3, 0), Set.of(Reason.NOVELTY, Reason.LEVEL, Reason.ERROR));
  }

  /** By time, as the reason and the surprise to three digits. */
  private static TreeMap<Instant, String> withoutFlink() throws Exception {
    TreeMap<Instant, String> alarms = new TreeMap<>();
    for (Judgment alarm : OneSeries.alarms(alarmSettings(), pumpObservations())) {
      alarms.put(
          Instant.ofEpochMilli(alarm.time()),
          described(alarm.surprise().reason().label(), alarm.surprise().size()));
    }
    return alarms;
  }

  private static String described(String reason, double surprise) {
    return "%s %.3f".formatted(reason, surprise);
  }

  private static ForecastSettings alarmSettings() {
    Learning learning =
        new Learning(LearnerSettings.defaults(2), 12, 0, new IncidentSettings(alarms(), 1, 10));
    return TestSettings.of(5, TestSettings.learned(2, learning)).build();
  }

  /** The incidents of a job on the same values. */
  private static List<Incident> incidentsOfTheJob() throws Exception {
    return outputs(flink.environment(1), pumpObservations(), alarmSettings(), Incident.class);
  }

  @Test
  void anomaliesAreTheAlarmsOfTheEngineAndBeginTheJobsIncidents() throws Exception {
    List<Row> rows = anomaliesBySql();
    assertThat(rows).hasSize(OF_PUMP);
    TreeMap<Instant, String> anomalies = new TreeMap<>();
    for (Row row : rows) {
      if ((Boolean) row.getField(1)) {
        anomalies.put(
            (Instant) row.getField(0),
            described((String) row.getField(2), (Double) row.getField(3)));
      }
    }
    assertThat(anomalies).hasSizeBetween(3, 13).isEqualTo(withoutFlink());

    TreeSet<Instant> starts = new TreeSet<>();
    TreeSet<Instant> left = new TreeSet<>(anomalies.keySet());
    for (Incident incident : incidentsOfTheJob()) {
      Instant start = Instant.ofEpochMilli(incident.start());
      if (incident.event() == Event.OPENED) {
        starts.add(start);
      } else if (incident.event() == Event.CLOSED) { // alarms in it open no other
        left.subSet(start, false, Instant.ofEpochMilli(incident.time()), true).clear();
      }
    }
    assertThat(starts).isEqualTo(left);
  }

  private static final SourceRecord SOURCE = new SourceRecord("list", 0, 1, -1, null, null);

  /** What the streaming job says of observations, without Kafka and without models. */
  private static <T extends Output> List<T> outputs(
      StreamExecutionEnvironment env,
      List<Observation> observations,
      ForecastSettings settings,
      Class<T> type)
      throws Exception {
    List<InputEvent> arrivals = new ArrayList<>();
    observations.forEach(o -> arrivals.add(new ObservationEvent(o, SOURCE)));
    List<T> taken = new ArrayList<>();
    try (CloseableIterator<Output> outputs =
        ForecastPipeline.build(
                env.fromData(arrivals, WeirTypeInformation.INPUT_EVENT), noModels(env), settings)
            .executeAndCollect("the job")) {
      outputs.forEachRemaining(
          output -> {
            if (type.isInstance(output)) {
              taken.add(type.cast(output));
            }
          });
    }
    return taken;
  }

  /** A stream that ends without a model. */
  private static DataStream<ModelEvent> noModels(StreamExecutionEnvironment env) {
    DeadLetter none = new DeadLetter(DeadLetter.Reason.MODEL, "none", SOURCE);
    return env.fromData(List.<ModelEvent>of(none), WeirTypeInformation.MODEL_EVENT)
        .filter(arrival -> false)
        .setParallelism(1);
  }
}
