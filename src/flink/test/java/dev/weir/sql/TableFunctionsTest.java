package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.alarm.AlarmRate;
import dev.weir.forecast.alarm.AlarmSettings;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.alarm.IncidentTracker;
import dev.weir.forecast.alarm.SeriesAlarms;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.StateLimits;
import dev.weir.sql.InputRow.Column;
import dev.weir.sql.InputRow.Columns;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

/** FORECAST and ANOMALIES on one partition, without Flink around it. */
class TableFunctionsTest {

  private static final Column SENSOR = new Column("sensor", 0, VarCharType.STRING_TYPE);
  private static final Column VALUE = new Column("v", 1, new DoubleType());
  private static final Columns BY_SENSOR = new Columns(List.of(SENSOR), VALUE, List.of());

  private static ForecastSettings settings(Duration patience, Sampling sampling, Duration ttl) {
    Learning learning = new Learning(LearnerSettings.small(1), LearnerSettings.AUTO, 0);
    return TestSettings.of(3, TestSettings.learned(1, learning))
        .outOfOrderness(patience)
        .sampling(sampling)
        .limits(new StateLimits(ttl, 0))
        .build();
  }

  private static ForecastSettings atOnce() {
    return settings(Duration.ZERO, Sampling.BY_COUNT, Duration.ZERO);
  }

  private static OnePartition partition(Columns columns) throws Exception {
    return new OnePartition(columns).start(atOnce());
  }

  private static StringData text(String text) {
    return StringData.fromString(text);
  }

  @Test
  void aSeriesWithoutANameOrWithOneBeyondAThousandCharactersIsRefusedAsInTheJob() throws Exception {
    OnePartition empty = partition(BY_SENSOR);
    empty.row(1_000, text(""), 1.5);
    assertThat(empty.statuses()).containsExactly("SERIES");
    assertThat(empty.rows.get(0).getString(9))
        .hasToString("sensor: expected a name of 1 to 1000 characters, got 0");

    OnePartition tooLong = partition(BY_SENSOR);
    tooLong.row(1_000, text("s".repeat(1001)), 1.5);
    tooLong.row(2_000, text("s".repeat(1001)), null);
    assertThat(tooLong.statuses()).containsExactly("SERIES", "SERIES");
    assertThat(tooLong.rows.get(0).getString(9))
        .hasToString("sensor: expected a name of 1 to 1000 characters, got 1001");
    assertThat(tooLong.count("reason.SERIES.deadLetters")).isEqualTo(2);
    assertThat(tooLong.count("reason.NULL_VALUE.deadLetters")).isZero();
    assertThat(tooLong.series.isEmpty()).as("nothing is kept of it").isTrue();
    assertThat(tooLong.timers).isEmpty();

    OnePartition longest = partition(BY_SENSOR);
    longest.row(1_000, text("s".repeat(1000)), 1.5);
    assertThat(longest.statuses()).containsExactly("WARMUP");
  }

  @Test
  void aNullKeyIsASeriesLikeAnother() throws Exception {
    OnePartition none = partition(BY_SENSOR);
    none.row(1_000, null, 1.5);
    assertThat(none.statuses()).containsExactly("WARMUP");
    assertThat(none.series.get(0).name).isEqualTo("null");
  }

  @Test
  void severalKeysAreOneNameWhichIsMeasuredAsAWhole() throws Exception {
    Column line = new Column("line", 0, new VarCharType(500));
    Column plant = new Column("plant", 2, new VarBinaryType(500));
    Columns byTwo = new Columns(List.of(plant, line), VALUE, List.of());

    OnePartition both = partition(byTwo);
    both.row(1_000, text("left"), 1.5, new byte[] {0x0a, (byte) 0xff});
    assertThat(both.series.get(0).name).isEqualTo("0aff|left");

    OnePartition neither = partition(byTwo);
    neither.row(1_000, text(""), 1.5, new byte[0]);
    assertThat(neither.statuses())
        .as("two empty keys are not an empty name")
        .doesNotContain("SERIES");
    assertThat(neither.series.get(0).name).isEqualTo("|");

    OnePartition tooLong = partition(byTwo);
    tooLong.row(1_000, text("l".repeat(500)), 1.5, new byte[250]); // 2 * 250 + 1 + 500
    assertThat(tooLong.statuses()).containsExactly("SERIES");
    assertThat(tooLong.rows.get(0).getString(9))
        .hasToString("plant|line: expected a name of 1 to 1000 characters, got 1001");
  }

  @Test
  void aSilentSeriesIsForgottenAlthoughEventTimeLeapsOverItsNextTimer() throws Exception {
    OnePartition partition =
        new OnePartition(BY_SENSOR)
            .start(settings(Duration.ZERO, Sampling.BY_COUNT, Duration.ofSeconds(10)));
    partition.row(1_000, text("a"), 1.5);
    assertThat(partition.timers).containsExactly(15_000L);

    // the same state, kept four times as long: the old timer comes too early, the next is due at
    // 60 s, and the first watermark after the restart is far beyond both
    partition.start(settings(Duration.ZERO, Sampling.BY_COUNT, Duration.ofSeconds(40)));
    partition.watermark(500_000);
    assertThat(partition.series.isEmpty()).as("not silent by the clock").isFalse();
    assertThat(partition.timers).containsExactly(560_000L);
    partition.clock += 40_000;
    partition.watermark(600_000);

    assertThat(partition.series.isEmpty()).isTrue();
    assertThat(partition.learned.isEmpty()).isTrue();
    assertThat(partition.count("expired")).isEqualTo(1);
  }

  @Test
  void whatWaitsOnAnotherGridIsForecastAlthoughEventTimeLeapsOverItsNewTime() throws Exception {
    Duration patience = Duration.ofMillis(1);
    OnePartition partition =
        new OnePartition(BY_SENSOR).start(settings(patience, Sampling.BY_COUNT, Duration.ZERO));
    partition.row(10_000, text("a"), 1.5);
    partition.row(12_600, text("a"), 2.5);
    assertThat(partition.timers).containsExactly(10_000L, 12_600L);

    // every second from the first time on, 12.6 s counts as 13 s
    Sampling everySecond = new Sampling(Duration.ofSeconds(1), Gap.SKIP, 0);
    partition.start(settings(patience, everySecond, Duration.ZERO));
    partition.watermark(500_000);

    assertThat(partition.rows)
        .extracting(row -> row.getTimestamp(0, 3).getMillisecond())
        .containsExactly(10_000L, 13_000L);
    assertThat(partition.series.get(0).window.pendingSize()).isZero();
  }

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

  private static OnePartition judged() {
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
      partition.row(MINUTE * (i + 1), text("a"), values[i]);
    }
  }

  private static Double number(RowData row, int field) {
    return row.isNullAt(field) ? null : row.getDouble(field);
  }

  @Test
  void rowsAreTheJudgmentsOfTheCore() throws Exception {
    double[] values = values();
    OnePartition partition = judged().start(judging());
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
    OnePartition whole = judged().start(judging());
    send(whole, values, 0, VALUES);
    OnePartition stopped = judged().start(judging());
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
    OnePartition after = judged();
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
        judged().start(settings(new IncidentSettings(ALARMS, 1, 10), everyMinute));
    double[] values = values();
    send(partition, values, 0, 50);
    send(partition, values, 53, 55);
    List<Boolean> forecasts = new ArrayList<>();
    partition.rows.subList(49, 52).forEach(row -> forecasts.add(!row.isNullAt(2)));
    assertThat(forecasts).containsExactly(true, false, true);
  }

  @Test
  void refusedRowIsNoAnomaly() throws Exception {
    OnePartition partition = judged().start(judging());
    partition.row(MINUTE, text("a"), Double.NaN);
    RowData row = partition.rows.get(0);
    assertThat(row.getBoolean(6)).isFalse();
    assertThat(row.getString(10)).hasToString("NOT_FINITE");
    assertThat(row.isNullAt(11)).isFalse();
  }

  private static final Columns COLUMNS =
      new Columns(
          List.of(SENSOR),
          VALUE,
          List.of(new Column("heat", 2, new DoubleType())),
          List.of(
              new Column("plan", 3, new ArrayType(new DoubleType())),
              new Column("price", 4, new ArrayType(new DecimalType(6, 2)))),
          List.of());

  @Test
  void covariatesAreBeforeOutsideModels() {
    Column plan = COLUMNS.covariates().get(0);
    Column lear = new Column("lear", 4, new ArrayType(new DoubleType()));
    Columns both = new Columns(List.of(SENSOR), VALUE, List.of(), List.of(plan), List.of(lear));
    GenericArrayData infinite = new GenericArrayData(new double[] {Double.POSITIVE_INFINITY});
    GenericArrayData known = new GenericArrayData(new double[] {2});
    RowData row = GenericRowData.of(text("a"), 1.5, null, infinite, known);
    assertThat(new InputRow(both, 1).problemWith("a", row, 0).message())
        .isEqualTo("plan[1]: expected a finite number or NULL, got Infinity");
  }

  private static final int HORIZON = 3;
  private static final int READINGS = 120;
  private static final Duration WAITING = Duration.ofMillis(1);
  private static final Covariates.Count ALL = new Covariates.Count(1, 2);

  /**
   * One row.
   *
   * @param plan null for NULL, so are its elements
   */
  private record Reading(long time, double value, double heat, Double[] plan, Double[] price) {

    Observation observation(double... ahead) {
      return new Observation("a", time, value, new double[] {heat}, null, ahead);
    }

    void send(OnePartition partition) throws Exception {
      partition.row(
          time,
          text("a"),
          value,
          heat,
          plan == null ? null : new GenericArrayData(plan),
          price == null ? null : decimals(price));
    }

    private static ArrayData decimals(Double[] numbers) {
      Object[] elements = new Object[numbers.length];
      for (int i = 0; i < numbers.length; i++) {
        elements[i] =
            numbers[i] == null
                ? null
                : DecimalData.fromBigDecimal(BigDecimal.valueOf(numbers[i]), 6, 2);
      }
      return new GenericArrayData(elements);
    }
  }

  private static ForecastSettings settings(Duration patience, Covariates.Count covariates) {
    Learning learning =
        new Learning(LearnerSettings.small(HORIZON).withCovariates(covariates), 6, 0);
    return TestSettings.of(4, TestSettings.learned(HORIZON, learning))
        .features(covariates.observed())
        .outOfOrderness(patience)
        .build();
  }

  /** Each value follows a plan, which is known one, two or all steps ahead, and a price. */
  private static List<Reading> readings(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] plan = random.doubles(READINGS + 9).map(x -> Math.round(40 * x) / 4.0).toArray();
    List<Reading> all = new ArrayList<>();
    for (int t = 0; t < READINGS; t++) {
      Double[] ahead = new Double[t % 5];
      for (int k = 0; k < ahead.length; k++) {
        ahead[k] = k == 1 && t % 3 == 0 ? null : (Double) plan[t + 1 + k];
      }
      Double[] price = {2 * plan[t + 1], 2 * plan[t + 2], 2 * plan[t + 3], plan[t + 4], 9.75};
      double value = 5 + 3 * plan[t] + 2 * (t % 6) + random.nextDouble();
      all.add(
          new Reading(
              1_000L * (t + 1),
              value,
              value / 7 + random.nextDouble(),
              t % 11 == 3 ? null : ahead,
              t % 7 == 2 ? null : price));
    }
    return all;
  }

  /** What a reading says of the times after it: written out for each kind of array. */
  private static double[] ahead(Reading reading) {
    int plan = reading.plan == null ? 0 : Math.min(3, reading.plan.length);
    int price = reading.price == null ? 0 : 3;
    double[] known = new double[2 * Math.max(plan, price)];
    for (int i = 0; i < known.length; i++) {
      Double[] of = i % 2 == 0 ? reading.plan : reading.price;
      boolean isKnown = i / 2 < (i % 2 == 0 ? plan : price) && of[i / 2] != null;
      known[i] = isKnown ? of[i / 2] : Double.NaN;
    }
    return known;
  }

  private static List<Forecast> byTheCore(List<Reading> readings) throws Exception {
    return OneSeries.forecasts(
        settings(Duration.ZERO, ALL),
        readings.stream().map(reading -> reading.observation(ahead(reading))).toList());
  }

  private static void assertSame(List<RowData> rows, List<Forecast> forecasts) {
    assertThat(rows).hasSize(HORIZON * forecasts.size());
    for (int i = 0; i < rows.size(); i++) {
      Forecast expected = forecasts.get(i / HORIZON);
      RowData row = rows.get(i);
      assertThat(row.getTimestamp(0, 3).getMillisecond()).isEqualTo(expected.origin());
      assertThat(row.getInt(1)).isEqualTo(i % HORIZON + 1);
      assertThat(row.getDouble(3)).as("row %d", i).isEqualTo(expected.values()[i % HORIZON]);
      assertThat(row.isNullAt(4)).isEqualTo(expected.intervals().isEmpty());
      if (!expected.intervals().isEmpty()) { // the narrowest, of 80 %
        assertThat(row.getDouble(4)).isEqualTo(expected.intervals().get(0).lower()[i % HORIZON]);
        assertThat(row.getDouble(5)).isEqualTo(expected.intervals().get(0).upper()[i % HORIZON]);
      }
    }
  }

  @Test
  void whatWaitsKeepsItsCovariatesThroughARestore() throws Exception {
    List<Reading> readings = readings(4);
    OnePartition partition = new OnePartition(COLUMNS).start(settings(WAITING, ALL));
    for (int t = 0; t < READINGS; t += 8) { // each eight rows come backwards
      for (int i = Math.min(READINGS, t + 8) - 1; i >= t; i--) {
        readings.get(i).send(partition);
      }
      partition.watermark(readings.get(t + 2).time);
      assertThat(partition.series.get(0).window.pendingSize()).isGreaterThan(4);
      partition.restore().start(settings(WAITING, ALL));
      partition.watermark(readings.get(Math.min(READINGS, t + 8) - 1).time);
    }
    assertSame(partition.rows, byTheCore(readings));
  }

  @Test
  void rowsThatComeLaterChangeNoForecastBeforeThem() throws Exception {
    List<Reading> readings = readings(5);
    List<Reading> others = new ArrayList<>(readings.subList(0, 100));
    others.addAll(readings(6).subList(100, READINGS));
    List<List<RowData>> rows = new ArrayList<>();
    for (List<Reading> each : List.of(readings, others)) {
      OnePartition partition = new OnePartition(COLUMNS).start(settings(WAITING, ALL));
      for (Reading reading : each) { // all are there before the first forecast
        reading.send(partition);
      }
      partition.watermark(Long.MAX_VALUE);
      rows.add(partition.rows);
    }
    int first = 100 * HORIZON;
    assertThat(rows.get(0).subList(0, first)).isEqualTo(rows.get(1).subList(0, first));
    assertThat(rows.get(0).subList(first, first + HORIZON))
        .isNotEqualTo(rows.get(1).subList(first, first + HORIZON));
  }

  @Test
  void elementThatIsNotFiniteRefusesTheRow() throws Exception {
    OnePartition partition = new OnePartition(COLUMNS).start(settings(Duration.ZERO, ALL));
    new Reading(1_000, 1, 2, new Double[] {1.0, null, Double.NaN}, null).send(partition);
    new Reading(2_000, 1, 2, new Double[] {Double.NEGATIVE_INFINITY}, null).send(partition);
    new Reading(3_000, 1, 2, new Double[] {1.0, 2.0, 3.0, Double.NaN}, null).send(partition);
    new Reading(4_000, 1, Double.NaN, new Double[0], null).send(partition);
    assertThat(partition.statuses())
        .containsExactly("NOT_FINITE", "NOT_FINITE", "WARMUP", "WARMUP", "WARMUP", "NOT_FINITE");
    assertThat(partition.rows.get(0).getString(9))
        .hasToString("plan[3]: expected a finite number or NULL, got NaN");
    assertThat(partition.rows.get(1).getString(9))
        .hasToString("plan[1]: expected a finite number or NULL, got -Infinity");
    assertThat(partition.series.get(0).window.size()).as("the others are kept").isEqualTo(1);
  }

  @Test
  void stateOfAStatementWithoutArraysGoesOn() throws Exception {
    List<Reading> readings = readings(7);
    OnePartition partition =
        new OnePartition(COLUMNS).start(settings(WAITING, new Covariates.Count(1, 0)));
    for (int t = 0; t < 20; t++) {
      readings.get(t).send(partition);
    }
    partition.watermark(readings.get(15).time);
    assertThat(partition.rows).hasSize(HORIZON * 16);
    assertThat(partition.series.get(0).window.pendingSize()).isEqualTo(4);

    partition.restore().start(settings(WAITING, ALL));
    for (int t = 20; t < 30; t++) {
      readings.get(t).send(partition);
    }
    partition.watermark(readings.get(29).time);

    assertThat(partition.rows).hasSize(HORIZON * 30);
    assertThat(partition.statuses().subList(HORIZON * 16, HORIZON * 30)).containsOnly("OK");
    assertThat(partition.series.get(0).window.ahead()).isEqualTo(HORIZON * 2);
  }
}
