package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.Forecaster;
import dev.weir.core.ForecasterBuilder.Size;
import dev.weir.core.Observation;
import dev.weir.core.Series;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Forecast.Steps;
import dev.weir.forecast.JointForecast;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.joint.Targets;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.sql.InputRow.Column;
import dev.weir.sql.InputRow.Columns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

/** Several targets of FORECAST on one partition, without Flink, compared with the library. */
class TargetColumnsTest {

  private static final int HORIZON = 3;
  private static final List<String> NAMES = List.of("load", "wind");
  private static final Columns COLUMNS =
      new Columns(
          List.of(new Column("sensor", 0, VarCharType.STRING_TYPE)),
          List.of(new Column("load", 1, new DoubleType()), new Column("wind", 2, new IntType())),
          List.of(new Column("heat", 3, new DoubleType())),
          List.of(),
          List.of());

  private static ForecastSettings settings(Duration patience) {
    Targets names = new Targets(NAMES, List.of());
    Targets targets =
        new Targets(
            NAMES,
            List.of(
                names.total("net", List.of("load", "-wind"), 0),
                names.total("soon", List.of("load"), 2)));
    LearnerSettings learner = LearnerSettings.small(HORIZON).withLevels(List.of(0.8));
    Learning learning = new Learning(learner, 6, 0);
    return TestSettings.of(5, TestSettings.learned(HORIZON, learning))
        .targets(targets)
        .features(1)
        .outOfOrderness(patience)
        .build();
  }

  private static Forecaster library() {
    return Forecaster.builder()
        .horizon(HORIZON)
        .window(5)
        .season(6)
        .size(Size.SMALL)
        .levels(0.8)
        .features(1)
        .learnCovariates(false)
        .targets("load", "wind")
        .total("net", "load", "-wind")
        .total("soon", 2, "load")
        .build();
  }

  /** Time, load, wind and heat; one of both is missing here and there. */
  private static List<Observation> readings(int count) {
    SplittableRandom random = new SplittableRandom(40);
    List<Observation> all = new ArrayList<>();
    for (int t = 0; t < count; t++) {
      double wind = t % 7 == 3 ? Double.NaN : random.nextInt(20);
      double load = t % 14 == 6 ? Double.NaN : 40 + 5 * (t % 6) + random.nextDouble();
      all.add(Observation.of(1_000L * (t + 1), load, wind).with(random.nextDouble()));
    }
    return all;
  }

  private static void send(OnePartition partition, Observation o) throws Exception {
    double[] values = o.values();
    partition.row(
        o.time(),
        StringData.fromString("a"),
        Double.isNaN(values[0]) ? null : (Object) values[0],
        Double.isNaN(values[1]) ? null : (Object) (int) values[1],
        o.features()[0]);
  }

  /** Origin, step, target time, forecast, interval, mean, target, region. */
  private static List<Object> expected(JointForecast made) {
    List<Object> rows = new ArrayList<>();
    for (JointForecast.Target target : made.targets()) {
      rows.addAll(rows(made, target.name(), target.forecast().steps(), 1, target.region()));
    }
    for (JointForecast.Total total : made.totals()) {
      int first = Map.of("net", 1, "soon", 2).get(total.name());
      rows.addAll(rows(made, total.name(), total.steps(), first, null));
    }
    return rows;
  }

  private static List<Object> rows(
      JointForecast made, String name, Steps steps, int first, Interval region) {
    long[] times = made.targets().get(0).forecast().times();
    List<Object> rows = new ArrayList<>();
    for (int i = 0; i < steps.value().length; i++) {
      boolean hasInterval = !steps.intervals().isEmpty();
      List<Object> row = new ArrayList<>();
      row.add(made.origin());
      row.add(first + i);
      row.add(times == null ? null : times[first + i - 1]);
      row.add(steps.value()[i]);
      row.add(hasInterval ? steps.lower(0.8, i + 1) : null);
      row.add(hasInterval ? steps.upper(0.8, i + 1) : null);
      row.add(steps.mean()[i]);
      row.add(name);
      row.add(region == null ? null : region.lower()[i]);
      row.add(region == null ? null : region.upper()[i]);
      rows.add(row);
    }
    return rows;
  }

  private static List<Object> got(List<RowData> rows) {
    List<Object> all = new ArrayList<>();
    for (RowData row : rows) {
      List<Object> one = new ArrayList<>();
      one.add(row.getTimestamp(0, 3).getMillisecond());
      one.add(row.getInt(1));
      one.add(row.isNullAt(2) ? null : row.getTimestamp(2, 3).getMillisecond());
      for (int c : new int[] {3, 4, 5, 10}) {
        one.add(row.isNullAt(c) ? null : row.getDouble(c));
      }
      one.add(row.getString(11).toString());
      for (int c : new int[] {12, 13}) {
        one.add(row.isNullAt(c) ? null : row.getDouble(c));
      }
      all.add(one);
    }
    return all;
  }

  @Test
  void rowsAreTheForecastsOfTheLibraryBitForBit() throws Exception {
    Series series = library().series("a");
    List<Object> expected = new ArrayList<>();
    OnePartition partition = new OnePartition(COLUMNS).start(settings(Duration.ZERO));
    int forecasts = 0;
    for (Observation o : readings(150)) {
      JointForecast made = series.observeAll(o);
      forecasts += made.targets().size();
      expected.addAll(expected(made));
      send(partition, o);
    }
    assertThat(got(partition.rows)).isEqualTo(expected);
    assertThat(expected.get(expected.size() - 1).toString()).contains("soon").endsWith("null]");
    assertThat(partition.count("status.OK.forecasts") + partition.count("status.WARMUP.forecasts"))
        .isEqualTo(forecasts);
  }

  @Test
  void whatWaitsKeepsItsTargetsThroughARestore() throws Exception {
    List<Observation> all = readings(80);
    OnePartition inOrder = new OnePartition(COLUMNS).start(settings(Duration.ZERO));
    for (Observation o : all) {
      send(inOrder, o);
    }
    Duration patience = Duration.ofMillis(1);
    OnePartition partition = new OnePartition(COLUMNS).start(settings(patience));
    for (int t = 0; t < 80; t += 8) { // each eight rows come backwards
      for (int i = t + 7; i >= t; i--) {
        send(partition, all.get(i));
      }
      partition.watermark(all.get(t + 2).time());
      partition.restore().start(settings(patience));
      partition.watermark(all.get(t + 7).time());
    }
    assertThat(partition.rows).isEqualTo(inOrder.rows);
  }

  @Test
  void rowsWithoutAnyNumberOrWithAWrongOneAreRefused() throws Exception {
    OnePartition partition = new OnePartition(COLUMNS).start(settings(Duration.ZERO));
    StringData name = StringData.fromString("a");
    partition.row(1_000, name, null, null, 1.0);
    partition.row(2_000, name, Double.NaN, 3, 1.0);
    partition.row(3_000, name, 1.0, null, null);
    assertThat(partition.statuses()).containsExactly("NULL_VALUE", "NOT_FINITE", "NULL_VALUE");
    assertThat(partition.rows)
        .extracting(row -> row.getString(9).toString())
        .containsExactly(
            "load, wind: expected a number in one of them, got NULL in all",
            "load: expected a finite number, got NaN",
            "heat: expected a number, got NULL");
    assertThat(partition.rows).allMatch(row -> row.getArity() == 14 && row.isNullAt(11));
  }
}
