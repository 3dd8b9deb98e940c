package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.alarm.AlarmRate;
import dev.weir.forecast.alarm.AlarmSettings;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.alarm.IncidentTracker;
import dev.weir.forecast.alarm.SeriesAlarms;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.StateLimits;
import dev.weir.sql.InputRow.Column;
import dev.weir.sql.InputRow.Columns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

/** ANOMALIES on one partition, without Flink around it. */
class AnomaliesTableFunctionTest {

  private static final Columns BY_SENSOR =
      new Columns(
          List.of(new Column("sensor", 0, VarCharType.STRING_TYPE)),
          new Column("v", 1, new DoubleType()),
          List.of());
  private static final LearnerSettings LEARNER = LearnerSettings.small(2).withLevels(List.of(0.8));
  private static final AlarmSettings ALARMS =
      new AlarmSettings(new AlarmRate(2e-3, 0), AlarmSettings.defaults().reasons());
  private static final int VALUES = 900;
  private static final long MINUTE = 60_000;

  private static ForecastSettings settings(IncidentSettings incidents, Sampling sampling) {
    Learning learning = new Learning(LEARNER, 1, 0, incidents);
    return TestSettings.of(5, TestSettings.learned(2, learning))
        .stride(incidents == null ? 1 : Integer.MAX_VALUE)
        .sampling(sampling)
        .limits(new StateLimits(Duration.ZERO, 0))
        .build();
  }

  private static ForecastSettings judging() {
    return settings(new IncidentSettings(ALARMS, 1, 10), Sampling.BY_COUNT);
  }

  private static OnePartition partition() {
    return new OnePartition(BY_SENSOR, AnomaliesTableFunction::new);
  }

  /** Noise with spikes, and a shift of the level. */
  private static double[] values() {
    SplittableRandom random = new SplittableRandom(3);
    double[] values = new double[VALUES];
    for (int i = 0; i < VALUES; i++) {
      values[i] = random.nextDouble() + (i % 170 == 169 ? 12 : 0) + (i > 700 ? 5 : 0);
    }
    return values;
  }

  private static void send(OnePartition partition, double[] values, int from, int to)
      throws Exception {
    for (int i = from; i < to; i++) {
      partition.row(MINUTE * (i + 1), StringData.fromString("a"), values[i]);
    }
  }

  private static Double number(RowData row, int field) {
    return row.isNullAt(field) ? null : row.getDouble(field);
  }

  @Test
  void rowsAreTheJudgmentsOfTheCore() throws Exception {
    double[] values = values();
    OnePartition partition = partition().start(judging());
    send(partition, values, 0, VALUES);
    assertThat(partition.rows).hasSize(VALUES);

    Learner learner = new Learner(LEARNER);
    LearnerState state = learner.newSeries("a", 1);
    IncidentTracker tracker = new IncidentTracker(new IncidentSettings(ALARMS, 1, 10));
    SeriesAlarms alarms = tracker.newSeries();
    state.alarms(alarms);
    double[] forecast = new double[2];
    double[] before = new double[2];
    double[][] lower = new double[1][2];
    double[][] upper = new double[1][2];
    int raised = 0;
    for (int i = 0; i < VALUES; i++) {
      RowData row = partition.rows.get(i);
      boolean hasForecast = i > 0;
      boolean hasInterval = i > 1;
      learner.forecast(state, forecast, lower, upper);
      double half = hasInterval ? upper[0][0] / 2 - lower[0][0] / 2 : Double.NaN;
      learner.seasonsBefore(state, tracker.leastLag(), before);
      double expected = hasForecast ? forecast[0] : Double.NaN;
      tracker.observe(
          alarms, MINUTE * (i + 1), values[i], expected, half, before[0], (int) before[1], 0);
      learner.observe(state, MINUTE * (i + 1), values[i]);
      assertThat(row.getTimestamp(0, 3).getMillisecond()).isEqualTo(MINUTE * (i + 1));
      assertThat(row.getDouble(1)).isEqualTo(values[i]);
      assertThat(number(row, 2)).isEqualTo(hasForecast ? forecast[0] : null);
      assertThat(number(row, 3)).isEqualTo(hasInterval ? lower[0][0] : null);
      assertThat(number(row, 4)).isEqualTo(hasInterval ? upper[0][0] : null);
      assertThat(row.getDouble(5)).isEqualTo(tracker.surprise());
      assertThat(row.getBoolean(6)).isEqualTo(tracker.isAlarm());
      Reason reason = tracker.reason();
      assertThat(row.isNullAt(7) ? null : row.getString(7).toString())
          .isEqualTo(reason == null ? null : reason.label());
      assertThat(row.getString(10)).hasToString("OK");
      raised += tracker.isAlarm() ? 1 : 0;
    }
    assertThat(raised).isBetween(2, 12);
  }

  @Test
  void restoredPartitionGoesOnAsIfNothingHadHappened() throws Exception {
    double[] values = values();
    OnePartition whole = partition().start(judging());
    send(whole, values, 0, VALUES);
    OnePartition stopped = partition().start(judging());
    int[] stops = {0, 1, 171, 455, 702, VALUES};
    for (int s = 1; s < stops.length; s++) {
      send(stopped, values, stops[s - 1], stops[s]);
      stopped.restore().start(judging());
    }
    assertThat(stopped.rows).isEqualTo(whole.rows);
  }

  @Test
  void stateWithoutAlarmsIsJudgedFromTheNextValueOn() throws Exception {
    double[] values = values();
    OnePartition before = new OnePartition(BY_SENSOR).start(settings(null, Sampling.BY_COUNT));
    send(before, values, 0, 300);
    assertThat(before.learned.get(0).alarms()).as("off costs nothing").isNull();
    OnePartition after = partition();
    after.series.put(0, before.series.get(0));
    after.learned.put(0, before.learned.get(0));
    after.restore().start(judging());
    send(after, values, 300, 310);
    assertThat(after.rows).hasSize(10);
    assertThat(after.learned.get(0).alarms().values()).isEqualTo(10);
    assertThat(after.rows.get(0).isNullAt(2)).as("the learned forecast").isFalse();
  }

  @Test
  void valueAfterAGapHasNoForecast() throws Exception {
    Sampling everyMinute = new Sampling(MINUTE, Gap.SKIP, 0);
    OnePartition partition =
        partition().start(settings(new IncidentSettings(ALARMS, 1, 10), everyMinute));
    double[] values = values();
    send(partition, values, 0, 50);
    send(partition, values, 53, 55);
    List<Boolean> forecasts = new ArrayList<>();
    partition.rows.subList(49, 52).forEach(row -> forecasts.add(!row.isNullAt(2)));
    assertThat(forecasts).containsExactly(true, false, true);
  }

  @Test
  void refusedRowIsNoAnomaly() throws Exception {
    OnePartition partition = partition().start(judging());
    partition.row(MINUTE, StringData.fromString("a"), Double.NaN);
    RowData row = partition.rows.get(0);
    assertThat(row.getBoolean(6)).isFalse();
    assertThat(row.getString(10)).hasToString("NOT_FINITE");
    assertThat(row.isNullAt(11)).isFalse();
  }
}
