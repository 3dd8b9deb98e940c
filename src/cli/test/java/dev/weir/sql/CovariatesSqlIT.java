package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.stage.OutsideModels;
import dev.weir.job.FlinkFixture;
import dev.weir.model.AheadInputs;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.Scaling;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FORECAST with covariates beside the core, on Flink. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CovariatesSqlIT {

  private static final int HORIZON = 3;
  private static final int[] LENGTHS = {230, 97, 4};
  private static final LocalDateTime START = LocalDateTime.of(2026, 3, 2, 0, 0);

  private static final FlinkFixture flink = FlinkFixture.shared();

  @TempDir private static Path dir;

  /**
   * One row.
   *
   * @param observation as the core takes it
   * @param heat of the next steps, null for NULL
   * @param price of the next steps, null for NULL
   */
  private record Reading(Observation observation, Double[] heat, Integer[] price) {

    Row row() {
      return Row.of(
          observation.series(),
          Instant.ofEpochMilli(observation.time()),
          observation.value(),
          observation.features()[0],
          heat,
          price);
    }
  }

  /** Values that follow a heat and a price without any rhythm, a minute out of order. */
  private static List<Reading> readings() {
    SplittableRandom random = new SplittableRandom(20261128);
    List<Reading> all = new ArrayList<>();
    for (int s = 0; s < LENGTHS.length; s++) {
      double[] heat = random.doubles(LENGTHS[0] + 9).map(x -> 10 * x).toArray();
      int[] price = random.ints(LENGTHS[0] + 9, 0, 50).toArray();
      for (int t = 0; t < LENGTHS[s]; t++) {
        Double[] heats = {heat[t + 1], heat[t + 2], heat[t + 3], heat[t + 4]}; // one too many
        Integer[] prices = {price[t + 1], t % 4 == 1 ? null : (Integer) price[t + 2]};
        double unknown = Double.NaN;
        double[] known = {
          heat[t + 1],
          price[t + 1],
          heat[t + 2],
          t % 4 == 1 ? unknown : price[t + 2],
          heat[t + 3],
          unknown
        };
        double value = 50 * s + 3 * heat[t] - 0.5 * price[t] + random.nextDouble();
        boolean isSilent = t % 9 == 5;
        all.add(
            new Reading(
                new Observation(
                    "site-" + s,
                    1_000_000L + 10_000L * t,
                    value,
                    new double[] {value / 9 + random.nextDouble()},
                    null,
                    isSilent ? Observation.NO_FEATURES : known),
                isSilent ? null : heats,
                isSilent ? null : prices));
      }
    }
    all.sort(Comparator.comparingLong(reading -> reading.observation.time()));
    for (int i = 0; i + 2 < all.size(); i += 3) {
      all.add(i + 2, all.remove(i));
    }
    return all;
  }

  private static SqlFixture session(StreamExecutionEnvironment env, MapFunction<Row, Row> each) {
    SqlFixture sql = new SqlFixture(env);
    sql.table(
        "readings",
        readings().stream().map(Reading::row).toList(),
        "sensor STRING, ts TIMESTAMP_LTZ(3), v DOUBLE, load DOUBLE, heat_ahead ARRAY<DOUBLE>,"
            + " price_ahead ARRAY<INT>",
        "'1' MINUTE",
        each);
    return sql;
  }

  private static String forecast(String covariates) {
    return "SELECT * FROM FORECAST(input => TABLE readings PARTITION BY sensor,"
        + " on_time => DESCRIPTOR(ts), value_column => 'v', horizon => 3, season => 6,"
        + " size => 'small'"
        + covariates
        + ")";
  }

  private static final String WITH_ALL =
      forecast(", feature_columns => 'load', ahead_columns => 'heat_ahead, price_ahead'");

  private static ForecastSettings settings(
      LearnerSettings learner, int season, Covariates.Count covariates) {
    return settings(learner, season, covariates, covariates.observed(), null).build();
  }

  /**
   * @param learner null for none
   * @param features covariates that come with a value, learned or not
   * @param model null for none
   */
  private static TestSettings settings(
      LearnerSettings learner,
      int season,
      Covariates.Count covariates,
      int features,
      ForecastModel model) {
    Learning learning =
        learner == null
            ? null
            : new Learning(learner.withLevels(List.of(0.8)).withCovariates(covariates), season, 0);
    String name = model == null ? null : model.name();
    byte[] initial = model == null ? null : ModelFiles.toBytes(model);
    return TestSettings.of(
            5,
            new ModeSettings(
                Mode.MANY_TO_ONE,
                name,
                model == null ? learner.horizon() : HORIZON,
                initial,
                learning))
        .features(features);
  }

  /** Those of the core, of readings as it takes them. */
  private static List<Row> core(ForecastSettings settings, UnaryOperator<Observation> each)
      throws Exception {
    return JobSqlIT.rows(
        OneSeries.ofAll(
            settings,
            readings().stream().map(reading -> each.apply(reading.observation)).toList()));
  }

  private static List<Row> expected() throws Exception {
    return core(settings(LearnerSettings.small(HORIZON), 6, new Covariates.Count(1, 2)), o -> o);
  }

  @Test
  void forecastsOnRocksDbAreTheCoresToTheLastBit() throws Exception {
    StreamExecutionEnvironment env = flink.environment(2);
    env.configure(new Configuration().set(StateBackendOptions.STATE_BACKEND, "rocksdb"));
    List<Row> got = session(env, row -> row).query(WITH_ALL);
    assertThat(got).containsExactlyInAnyOrderElementsOf(expected());
    assertThat(got).hasSize(HORIZON * IntStream.of(LENGTHS).sum());
  }

  @Test
  void outsideModelsAreColumnsOfTheTable() throws Exception {
    LearnerSettings learner =
        LearnerSettings.small(HORIZON)
            .withOutside(new OutsideModels(List.of("heat_ahead", "price_ahead")));
    List<Row> got =
        session(flink.environment(1), row -> row)
            .query(
                forecast(
                    ", feature_columns => 'load', outside => DESCRIPTOR(heat_ahead, price_ahead)"));
    assertThat(got)
        .containsExactlyInAnyOrderElementsOf(
            core(settings(learner, 6, new Covariates.Count(1, 0)), o -> o))
        .doesNotContainSequence(expected());
  }

  @Test
  void failureAndRestoreWhileRowsWaitLeaveTheForecastsAsTheyAre() throws Exception {
    StreamExecutionEnvironment env = flink.environment(1);
    env.enableCheckpointing(100);
    env.configure(
        new Configuration()
            .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 3)
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10)));
    List<Row> got = session(env, new FailOnce(IntStream.of(LENGTHS).sum() / 2)).query(WITH_ALL);
    assertThat(FailOnce.hasFailed()).isTrue();
    assertThat(got).containsExactlyInAnyOrderElementsOf(expected());
  }

  /** A network of random weights that reads so many inputs at each step. */
  private static TestModel random(String name, int inputs, long seed) {
    RnnConfig config = new RnnConfig(Cell.GRU, inputs, 3, 1, false, false);
    SplittableRandom random = new SplittableRandom(seed);
    return TestModel.of(config, 5, HORIZON)
        .name(name)
        .version(4)
        .scaling(Scaling.LAST)
        .weights(floats(random, config.parameterCount()))
        .head(floats(random, HORIZON * 3), floats(random, HORIZON));
  }

  private static float[] floats(SplittableRandom random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextDouble(-0.5, 0.5);
    }
    return numbers;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "learn_covariates => FALSE", "learning => FALSE"})
  void networkReadsAheadColumns(String argument) throws Exception {
    ForecastModel model =
        random("ahead", 1 + 2 * HORIZON, 18)
            .ahead(new AheadInputs(List.of(5.0, 25.0), List.of(3.0, 14.5)))
            .build();
    Path file = dir.resolve("ahead.safetensors");
    ModelFiles.write(model, file);
    boolean learns = !argument.startsWith("learning");
    Covariates.Count count = new Covariates.Count(0, argument.isEmpty() ? 2 : 0);
    ForecastSettings settings =
        settings(learns ? LearnerSettings.small(HORIZON) : null, 6, count, 0, model)
            .featuresAhead(2)
            .build();
    String query =
        forecast(
            ", ahead_columns => 'heat_ahead, price_ahead', weights_path => '%s'%s"
                .formatted(file, argument.isEmpty() ? "" : ", " + argument));
    query = learns ? query : query.replace(", season => 6, size => 'small'", "");
    assertThat(session(flink.environment(1), row -> row).query(query))
        .containsExactlyInAnyOrderElementsOf(
            core(
                settings,
                o -> new Observation(o.series(), o.time(), o.value()).withAhead(o.ahead())));
  }

  @Test
  void networkAndMixtureReadTheSameFeatureColumns() throws Exception {
    Path file = dir.resolve("two-inputs.safetensors");
    ForecastModel network = random("two-inputs", 2, 17).build();
    ModelFiles.write(network, file);
    String both = ", feature_columns => 'load', weights_path => '%s'".formatted(file);
    LearnerSettings learner = LearnerSettings.small(HORIZON);
    SqlFixture sql = session(flink.environment(1), row -> row);
    List<Row> learned = sql.query(forecast(both));
    assertThat(learned)
        .containsExactlyInAnyOrderElementsOf(
            core(
                settings(learner, 6, new Covariates.Count(1, 0), 1, network).build(),
                o -> o.knownAhead(0)));

    List<Row> read = sql.query(forecast(both + ", learn_covariates => FALSE"));
    assertThat(read)
        .containsExactlyInAnyOrderElementsOf(
            core(
                settings(learner, 6, Covariates.Count.NONE, 1, network).build(),
                o -> o.knownAhead(0)))
        .doesNotContainAnyElementsOf(
            learned.stream().filter(row -> row.getField(9).equals("OK")).toList());
  }

  @Tag("slow")
  @Test
  void anomaliesAreJudgedByForecastsWithCovariates() throws Exception {
    SqlFixture sql = session(flink.environment(1), row -> row);
    List<Row> judged =
        sql.query(
            "SELECT sensor, value_time, forecast_value FROM ANOMALIES(input => TABLE readings"
                + " PARTITION BY sensor, on_time => DESCRIPTOR(ts), value_column => 'v',"
                + " horizon => 3, season => 6, size => 'small', feature_columns => 'load',"
                + " ahead_columns => 'heat_ahead, price_ahead', reasons => 'novelty')"
                + " WHERE forecast_value IS NOT NULL");
    List<Row> expected = new ArrayList<>();
    for (Row row : expected()) { // the first step is of the next value, ten seconds later
      Instant origin = (Instant) row.getField(1);
      int series = Integer.parseInt(((String) row.getField(0)).substring("site-".length()));
      long index = (origin.toEpochMilli() - 1_000_000L) / 10_000L;
      if (row.getField(2).equals(1) && index < LENGTHS[series] - 1) {
        expected.add(Row.of(row.getField(0), origin.plusSeconds(10), row.getField(4)));
      }
    }
    assertThat(judged).containsExactlyInAnyOrderElementsOf(expected);
  }

  /** Statements of the section on covariates in docs/sql.md, as they are printed there. */
  private static List<String> printed() throws Exception {
    String text = Files.readString(Path.of("docs/sql.md"));
    Matcher section = Pattern.compile("\n## Covariates\n(.*?)\n## ", Pattern.DOTALL).matcher(text);
    assertThat(section.find()).isTrue();
    Matcher blocks = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL).matcher(section.group(1));
    List<String> statements = new ArrayList<>();
    while (blocks.find()) {
      Arrays.stream(blocks.group(1).split(";"))
          .map(String::strip)
          .filter(statement -> !statement.isEmpty())
          .forEach(statements::add);
    }
    assertThat(statements).hasSize(6);
    return statements;
  }

  private static long millis(LocalDateTime time) {
    return time.toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  /** Hourly values of two series, with the columns of jobs/topics.sql. */
  private static List<Observation> hourly(SqlFixture sql) {
    SplittableRandom random = new SplittableRandom(5);
    List<Observation> all = new ArrayList<>();
    for (int t = 0; t < 240; t++) {
      for (int s = 0; s < 2; s++) {
        LocalDateTime time = START.plusHours(t);
        boolean isOpen = time.getHour() >= 8 && time.getHour() <= 17;
        double value = (isOpen ? 20 : 10) + 3 * s + random.nextDouble();
        all.add(new Observation("shop-" + s, millis(time), value));
      }
    }
    sql.table(
        "observations",
        all.stream()
            .map(
                o ->
                    Row.of(
                        o.series(),
                        LocalDateTime.ofEpochSecond(o.time() / 1000, 0, ZoneOffset.UTC),
                        o.value()))
            .toList(),
        "series STRING NOT NULL, time TIMESTAMP(3) NOT NULL, value DOUBLE NOT NULL",
        "'10' SECOND");
    return all;
  }

  /** Series, target time, forecast and interval of the printed queries. */
  private static List<Row> rows(List<Forecast> forecasts) {
    return JobSqlIT.rows(forecasts).stream()
        .map(
            row ->
                Row.of(
                    row.getField(0),
                    row.getField(3) == null
                        ? null
                        : LocalDateTime.ofInstant((Instant) row.getField(3), ZoneOffset.UTC),
                    row.getField(4),
                    row.getField(5),
                    row.getField(6)))
        .toList();
  }

  /** Runs a printed statement and the query after it, and compares with the core. */
  private static void assertPrinted(
      SqlFixture sql,
      int statement,
      LearnerSettings learner,
      Covariates.Count count,
      UnaryOperator<Observation> known)
      throws Exception {
    List<Observation> all = hourly(sql).stream().map(known).toList();
    sql.tables.executeSql(printed().get(statement));
    assertThat(sql.query(printed().get(statement + 1)))
        .containsExactlyInAnyOrderElementsOf(
            rows(OneSeries.ofAll(settings(learner, LearnerSettings.AUTO, count), all)));
  }

  @Test
  void printedColumnAndOutsideModelTakePart() throws Exception {
    assertPrinted(
        new SqlFixture(flink.environment(2)),
        4,
        LearnerSettings.defaults(2).withOutside(new OutsideModels(List.of("lear"))),
        new Covariates.Count(1, 0),
        o -> {
          int hour = Instant.ofEpochMilli(o.time()).atOffset(ZoneOffset.UTC).getHour();
          double[] wind = {0.3 * o.value() + hour};
          double[] lear = {o.value()};
          return new Observation(o.series(), o.time(), o.value(), wind, null, lear);
        });
  }

  @Test
  void printedPlanOfOpeningHoursIsKnownAhead() throws Exception {
    assertPrinted(
        new SqlFixture(flink.environment(2)),
        0,
        LearnerSettings.defaults(2),
        new Covariates.Count(0, 1),
        o -> {
          double[] known = new double[2];
          for (int k = 0; k < 2; k++) {
            int hour = Instant.ofEpochMilli(o.time()).atOffset(ZoneOffset.UTC).getHour();
            int next = (hour + 1 + k) % 24;
            known[k] = next >= 8 && next <= 17 ? 1 : 0;
          }
          return o.withAhead(known);
        });
  }

  @Test
  void printedJoinTakesTheWeatherForecastThatWasIssuedLast() throws Exception {
    SqlFixture sql = new SqlFixture(flink.environment(2));
    int every = 6;
    int reach = 7; // so the last hour before the next issue knows one step
    SplittableRandom random = new SplittableRandom(9);
    List<Row> issues = new ArrayList<>();
    TreeMap<Integer, Double[]> issued = new TreeMap<>(); // those of shop-1 alone
    for (int t = 5; t < 240; t += every) {
      Double[] temperatures = random.doubles(reach).boxed().toArray(Double[]::new);
      issued.put(t, temperatures);
      issues.add(Row.of("shop-1", START.plusHours(t), temperatures));
    }
    sql.table(
        "weather",
        issues,
        "series STRING NOT NULL PRIMARY KEY, issued TIMESTAMP(3) NOT NULL,"
            + " temperatures ARRAY<DOUBLE>",
        "'10' SECOND");
    assertPrinted(
        sql,
        2,
        LearnerSettings.defaults(2),
        new Covariates.Count(0, 1),
        o -> {
          int hour = (int) ((o.time() - millis(START)) / 3_600_000);
          Integer last = o.series().equals("shop-1") ? issued.floorKey(hour) : null;
          return last == null
              ? o.withAhead(Observation.NO_FEATURES)
              : o.withAhead(
                  Arrays.stream(issued.get(last), hour - last, Math.min(reach, hour - last + 2))
                      .mapToDouble(Double::doubleValue)
                      .toArray());
        });
  }
}
