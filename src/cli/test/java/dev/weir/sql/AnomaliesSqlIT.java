package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.alarm.AlarmRate;
import dev.weir.forecast.alarm.AlarmSettings;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.Judgment;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.job.FlinkFixture;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** ANOMALIES beside the engine without Flink and the streaming job, on Flink. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AnomaliesSqlIT {

  private static final int VALUES = 1_100;
  private static final String SERIES = "pump";

  private static final FlinkFixture flink = FlinkFixture.shared();

  /** A rhythm with noise, spikes, and a stretch at another level. */
  private static List<Observation> observations() {
    SplittableRandom random = new SplittableRandom(20);
    List<Observation> all = new ArrayList<>();
    for (int t = 0; t < VALUES; t++) {
      double value =
          10 * Math.sin(2 * Math.PI * t / 12)
              + random.nextDouble()
              + (t % 190 == 189 ? 40 : 0)
              + (t > 800 && t < 860 ? 60 : 0);
      all.add(new Observation(SERIES, 1_000_000_000L + 600_000L * t, value));
    }
    return all;
  }

  private static List<Row> bySql() throws Exception {
    StreamExecutionEnvironment env = flink.environment(2);
    env.configure(new Configuration().set(StateBackendOptions.STATE_BACKEND, "rocksdb"));
    SqlFixture sql = new SqlFixture(env);
    sql.table("readings", SqlFixture.rows(observations()), "'1' MINUTE");
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
    for (Judgment alarm : OneSeries.alarms(settings(), observations())) {
      alarms.put(
          Instant.ofEpochMilli(alarm.time()),
          described(alarm.surprise().reason().label(), alarm.surprise().size()));
    }
    return alarms;
  }

  private static String described(String reason, double surprise) {
    return "%s %.3f".formatted(reason, surprise);
  }

  private static ForecastSettings settings() {
    Learning learning =
        new Learning(LearnerSettings.defaults(2), 12, 0, new IncidentSettings(alarms(), 1, 10));
    return TestSettings.of(5, TestSettings.learned(2, learning)).build();
  }

  /** The incidents of a job on the same values. */
  private static List<Incident> byTheJob() throws Exception {
    return JobRun.outputs(flink.environment(1), observations(), settings(), Incident.class);
  }

  @Test
  void anomaliesAreTheAlarmsOfTheEngineAndBeginTheJobsIncidents() throws Exception {
    List<Row> rows = bySql();
    assertThat(rows).hasSize(VALUES);
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
    for (Incident incident : byTheJob()) {
      Instant start = Instant.ofEpochMilli(incident.start());
      if (incident.event() == Event.OPENED) {
        starts.add(start);
      } else if (incident.event() == Event.CLOSED) { // alarms in it open no other
        left.subSet(start, false, Instant.ofEpochMilli(incident.time()), true).clear();
      }
    }
    assertThat(starts).isEqualTo(left);
  }
}
