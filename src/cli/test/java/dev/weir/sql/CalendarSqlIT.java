package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.holiday.HolidayDays;
import dev.weir.holiday.HolidayRegions;
import dev.weir.job.FlinkFixture;
import dev.weir.job.JobSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** FORECAST and ANOMALIES with holidays and explanations, beside the core set up by a job file. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CalendarSqlIT {

  private static final LocalDate FIRST = LocalDate.of(2023, 1, 9);
  private static final int DAYS = 800;
  private static final long DAY = 86_400_000;

  /** The evening in UTC is the next day in Tokyo. */
  private static final long EVENING = 20 * 3_600_000;

  private static final List<String> SERIES = List.of("osaka", "tokyo");

  private static final FlinkFixture flink = FlinkFixture.shared();

  @TempDir private static Path dir;

  /** Sales of each day, which on a holiday are those of a Sunday. */
  private static List<Observation> observations() {
    SplittableRandom random = new SplittableRandom(20261129);
    List<Observation> all = new ArrayList<>();
    HolidayDays days = HolidayRegions.days(List.of("JP"));
    for (int d = 0; d < DAYS; d++) {
      LocalDate day = FIRST.plusDays(d); // in Tokyo
      for (String series : SERIES) {
        boolean isFree = day.getDayOfWeek() == DayOfWeek.SUNDAY || days.contains(day.toEpochDay());
        double value = (isFree ? 40 : 100 + day.getDayOfWeek().getValue()) + random.nextDouble();
        all.add(new Observation(series, (day.toEpochDay() - 1) * DAY + EVENING, value));
      }
    }
    return all;
  }

  private static ForecastSettings byJobFile() throws Exception {
    String yaml =
        """
        name: sales
        kafka: {bootstrap-servers: 'localhost:1'}
        forecast: {many-to-one: {horizon: 3}}
        season: 7
        learning: {size: small}
        intervals: {levels: [0.8]}
        window: {interval: P1D, time-zone: Asia/Tokyo}
        holidays: [JP]
        forecasts: {explain: true}
        """;
    Path file = Files.writeString(dir.resolve("job.yaml"), yaml);
    return JobSettings.read(file, Map.of()).forecast();
  }

  private static String call(String function, String more) {
    return """
    %s(
      input => TABLE sales PARTITION BY sensor,
      on_time => DESCRIPTOR(ts),
      value_column => 'v',
      horizon => 3,
      season => 7,
      size => 'small',
      in_order => TRUE,
      sampling_interval => 'P1D',
      holidays => 'JP',
      time_zone => 'Asia/Tokyo'%s)\
    """
        .formatted(function, more);
  }

  private static SqlFixture session() {
    SqlFixture sql = new SqlFixture(flink.environment(2));
    sql.table("sales", SqlFixture.rows(observations()), "'1' SECOND");
    return sql;
  }

  /** The last columns are the explanation, the time, and what holidays change. */
  private static Row explained(Row row, Map<String, Double> explanation) {
    Row wider = new Row(row.getArity() + 2);
    for (int i = 0; i < row.getArity(); i++) {
      wider.setField(i < row.getArity() - 1 ? i : i + 1, row.getField(i));
    }
    wider.setField(row.getArity() - 1, explanation);
    wider.setField(
        row.getArity() + 1, explanation == null ? null : explanation.get(Explanation.HOLIDAYS));
    return wider;
  }

  private static Map<String, Double> parts(Forecast forecast) {
    Map<String, Double> parts = new LinkedHashMap<>();
    forecast.explanation().parts().forEach(part -> parts.put(part.name(), part.amount()));
    return parts;
  }

  @Tag("slow")
  @Test
  void forecastsAndExplanationsAreThoseOfAJobToTheLastBit() throws Exception {
    List<Forecast> forecasts = OneSeries.ofAll(byJobFile(), observations());
    List<Row> expected = new ArrayList<>();
    for (Forecast forecast : forecasts) {
      List<Row> steps = JobSqlIT.rows(List.of(forecast));
      for (int i = 0; i < steps.size(); i++) {
        expected.add(explained(steps.get(i), i == 0 ? parts(forecast) : null));
      }
    }
    List<Row> got =
        session()
            .query(
                "SELECT *, explanation['holidays'] AS by_holidays FROM "
                    + call("FORECAST", ", explanations => TRUE"));
    assertThat(got).containsExactlyInAnyOrderElementsOf(expected).hasSize(2 * 3 * DAYS);
    assertThat(got)
        .filteredOn(row -> row.getField(2).equals(1))
        .allSatisfy(row -> assertThat(sum(row)).isCloseTo((double) row.getField(4), within(1e-9)));
    for (String series : SERIES) { // what a zone or a region left out would change
      assertThat(correctedDays(got, series)).hasSizeGreaterThan(10);
    }
  }

  private static double sum(Row row) {
    Map<?, ?> parts = (Map<?, ?>) row.getField(12);
    return parts.values().stream().mapToDouble(amount -> (double) amount).sum();
  }

  /** Local days of first steps that the holidays' correction changed by far. */
  private static List<LocalDate> correctedDays(List<Row> rows, String series) {
    List<LocalDate> days = new ArrayList<>();
    for (Row row : rows) {
      if (row.getField(0).equals(series) && row.getField(2).equals(1)) {
        Object amount = ((Map<?, ?>) row.getField(12)).get(Explanation.HOLIDAYS);
        if (amount != null && Math.abs((double) amount) > 20) {
          Instant target = (Instant) row.getField(3);
          days.add(LocalDate.ofEpochDay(Math.floorDiv(target.toEpochMilli(), DAY) + 1));
        }
      }
    }
    return days;
  }

  @Test
  void valuesAreJudgedByForecastsThatKnowHolidays() throws Exception {
    List<Row> expected = new ArrayList<>();
    for (Forecast forecast : OneSeries.ofAll(byJobFile(), observations())) {
      Instant next = Instant.ofEpochMilli(forecast.origin() + DAY);
      if (forecast.origin() < (FIRST.toEpochDay() + DAYS - 2) * DAY) {
        expected.add(Row.of(forecast.series(), next, forecast.values()[0]));
      }
    }
    List<Row> judged =
        session()
            .query(
                "SELECT sensor, value_time, forecast_value FROM "
                    + call("ANOMALIES", "")
                    + " WHERE forecast_value IS NOT NULL");
    assertThat(judged).containsExactlyInAnyOrderElementsOf(expected);
  }
}
