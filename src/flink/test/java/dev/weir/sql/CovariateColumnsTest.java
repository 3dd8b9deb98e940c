package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.learn.LearnerSettings;
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
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

/** Covariates of FORECAST on one partition, without Flink around it. */
class CovariateColumnsTest {

  private static final Columns COLUMNS =
      new Columns(
          List.of(new Column("sensor", 0, VarCharType.STRING_TYPE)),
          new Column("v", 1, new DoubleType()),
          List.of(new Column("heat", 2, new DoubleType())),
          List.of(
              new Column("plan", 3, new ArrayType(new DoubleType())),
              new Column("price", 4, new ArrayType(new DecimalType(6, 2)))),
          List.of());

  private static final int HORIZON = 3;
  private static final int VALUES = 120;
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
          StringData.fromString("a"),
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
    double[] plan = random.doubles(VALUES + 9).map(x -> Math.round(40 * x) / 4.0).toArray();
    List<Reading> all = new ArrayList<>();
    for (int t = 0; t < VALUES; t++) {
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
    }
  }

  @Test
  void arraysOfAnyLengthGiveTheForecastsOfTheCore() throws Exception {
    List<Reading> readings = readings(3);
    assertThat(ahead(readings.get(0))).hasSize(6).startsWith(Double.NaN);
    assertThat(ahead(readings.get(2))).hasSize(4).endsWith(Double.NaN);
    OnePartition partition = new OnePartition(COLUMNS).start(settings(Duration.ZERO, ALL));
    for (Reading reading : readings) {
      reading.send(partition);
    }
    assertSame(partition.rows, byTheCore(readings));
  }

  @Test
  void whatWaitsKeepsItsCovariatesThroughARestore() throws Exception {
    List<Reading> readings = readings(4);
    OnePartition partition = new OnePartition(COLUMNS).start(settings(WAITING, ALL));
    for (int t = 0; t < VALUES; t += 8) { // each eight rows come backwards
      for (int i = Math.min(VALUES, t + 8) - 1; i >= t; i--) {
        readings.get(i).send(partition);
      }
      partition.watermark(readings.get(t + 2).time);
      assertThat(partition.series.get(0).window.pendingSize()).isGreaterThan(4);
      partition.restore().start(settings(WAITING, ALL));
      partition.watermark(readings.get(Math.min(VALUES, t + 8) - 1).time);
    }
    assertSame(partition.rows, byTheCore(readings));
  }

  @Test
  void rowsThatComeLaterChangeNoForecastBeforeThem() throws Exception {
    List<Reading> readings = readings(5);
    List<Reading> others = new ArrayList<>(readings.subList(0, 100));
    others.addAll(readings(6).subList(100, VALUES));
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
