package dev.weir.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.cli.InProcess;
import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.evaluate.FileForecaster.Progress;
import dev.weir.cli.grid.Grid;
import dev.weir.cli.series.OutsideFile;
import dev.weir.forecast.Bounds;
import dev.weir.forecast.Observation;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.SeasonCounts;
import dev.weir.forecast.holiday.HolidaySettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.stage.OutsideModels;
import dev.weir.model.Mode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class EvaluationPlanTest {

  private static final String MANY_TO_MANY =
      """
      name: pumps
      kafka: {bootstrap-servers: "broker:9092"}
      window: {seq-len: 4}
      forecast:
        many-to-many: {horizon: 4}
      """;
  private static final String BOTH =
      MANY_TO_MANY.replace("forecast:", "forecast:\n  many-to-one: {horizon: 3}");

  @TempDir private Path dir;

  private EvaluationPlan plan(String job, Mode mode, Integer horizon) throws Exception {
    return EvaluationPlan.of(written(job), mode, horizon, null, Map.of());
  }

  private Path written(String job) throws IOException {
    return Files.writeString(dir.resolve("job.yaml"), job);
  }

  private static ModeSettings mode(EvaluationPlan plan) {
    assertThat(plan.settings().modes()).hasSize(1);
    return plan.settings().modes().get(0);
  }

  @Test
  void aHorizonIsThatOfTheModeThatIsEvaluated() throws Exception {
    assertThat(mode(plan(BOTH, null, 7)))
        .extracting(ModeSettings::mode, ModeSettings::horizon)
        .containsExactly(Mode.MANY_TO_ONE, 7);
    assertThat(mode(plan(BOTH, Mode.MANY_TO_MANY, 4)))
        .extracting(ModeSettings::mode, ModeSettings::horizon)
        .containsExactly(Mode.MANY_TO_MANY, 4);
  }

  @Test
  void aHorizonDoesNotLetAModeBeEvaluatedThatTheJobHasNot() {
    for (Mode mode : new Mode[] {null, Mode.MANY_TO_MANY}) {
      assertThatThrownBy(() -> plan(MANY_TO_MANY, mode, 3))
          .isInstanceOf(UsageException.class)
          .hasMessage(
              "--horizon: expected 4, as many values as a window has, since %s is many-to-many,"
                      .formatted(dir.resolve("job.yaml"))
                  + " got 3; --seq-len changes both");
    }
    assertThatThrownBy(() -> plan(BOTH, Mode.MANY_TO_MANY, 3)).isInstanceOf(UsageException.class);
  }

  @Test
  void whatOfTheJobDoesNotCountIsSaid() throws Exception {
    assertThat(plan(BOTH, null, null).note()).isNull();
    String timed = BOTH.replace("seq-len: 4", "seq-len: 4, interval: PT1H");
    assertThat(plan(timed, null, null).note()).isNull(); // a grid has it
    assertThat(plan(timed + "state: {ttl: P3D}\n", null, null).note())
        .startsWith("state of the job left out");
  }

  private static EvaluationPlan plan(String... args) throws Exception {
    return CommandLine.populateCommand(new PlanOptions(), args).planOfValues("weir evaluate", null);
  }

  private static boolean isHoliday(EvaluationPlan plan, String day) {
    HolidaySettings holidays = mode(plan).learning().learner().holidays();
    return holidays.days().contains(LocalDate.parse(day).toEpochDay());
  }

  @Test
  void holidaysAndTimeZoneArePartOfThePlan() throws Exception {
    EvaluationPlan plan = plan("--holidays", "DE-BE,FR", "--time-zone", "Europe/Berlin");
    assertThat(isHoliday(plan, "2026-03-08")).isTrue();
    assertThat(isHoliday(plan, "2026-07-14")).isTrue();
    assertThat(plan.others().holidays().zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(plan.withoutNetworks().others().holidays()).isNotNull();
    assertThat(plan.withSeason(24, null).modes().get(0).learning().learner().holidays())
        .isNotNull();
    assertThat(plan().others().holidays()).isNull();
  }

  @Test
  void holidaysTakeThePlaceOfThoseOfTheJob() throws Exception {
    String job = written(BOTH + "holidays: [FR]\nwindow.time-zone: UTC\n").toString();
    assertThat(isHoliday(plan("--job", job), "2026-07-14")).isTrue();
    EvaluationPlan plan = plan("--job", job, "--holidays", "DE", "--time-zone", "Asia/Tokyo");
    assertThat(isHoliday(plan, "2026-07-14")).isFalse();
    assertThat(isHoliday(plan, "2026-10-03")).isTrue();
    assertThat(plan.others().holidays().zone()).isEqualTo(ZoneId.of("Asia/Tokyo"));
    assertThat(plan.settings().inputs().zone()).isEqualTo(ZoneId.of("Asia/Tokyo"));
  }

  @Test
  void boundsStayWithSeasonsAndWithoutNetworks() throws Exception {
    assertThat(mode(plan()).bounds()).isEqualTo(Bounds.NONE);
    EvaluationPlan plan = plan("--bounds-min", "0", "--bounds-max", "9", "--bounds-integer");
    Bounds bounds = new Bounds(0, 9, true);
    assertThat(mode(plan).bounds()).isEqualTo(bounds);
    assertThat(plan.withSeason(7, null).modes().get(0).bounds()).isEqualTo(bounds);
    EvaluationPlan without = plan.withoutNetworks();
    assertThat(without.withSeason(7, null).modes().get(0).bounds()).isEqualTo(bounds);
  }

  @Test
  void fileThatIsNotUtf8IsRefusedWithTheLine() throws IOException {
    Path seasons = dir.resolve("meta.csv");
    Files.writeString(
        seasons, "series_id,note,m\ngr\u00f6\u00dfe,hourly,24\n", StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> EvaluationSeasons.of(List.of(seasons.toString()), SeasonCounts.AUTO))
        .hasMessageStartingWith("meta.csv line 2: expected UTF-8 text, got the byte 0xF6");
  }

  private static EvaluationSeasons of(String... options) throws Exception {
    return EvaluationSeasons.of(List.of(options), new SeasonCounts(7, 365));
  }

  @Test
  void twoSeasonsAreTheLearnersAndTheFirstIsThatOfTheScores() throws Exception {
    assertThat(of("12, 40").second()).isEqualTo(40);
    assertThat(of("12,40").m("a")).isEqualTo(12);
    assertThat(of("12,40").learned("a")).isEqualTo(12);
    assertThat(of().second()).as("the job's").isEqualTo(365);
    assertThat(of("24").second()).as("not the job's").isEqualTo(LearnerSettings.NONE);
    assertThat(of("auto").second()).isEqualTo(LearnerSettings.NONE);
  }

  @Test
  void twoSeasonsThatCannotBeUsedAreRefused() {
    assertThatThrownBy(() -> of("365,7"))
        .hasMessage(
            "--season: expected a second season of more than 2 times the first, at most 10000"
                + " observations, got 365 and 7");
    assertThatThrownBy(() -> of("7,365", "auto"))
        .hasMessage("--season: expected two alone, got [7,365, auto]");
    assertThatThrownBy(() -> of("7,365,1461")).hasMessageStartingWith("--season: expected auto, ");
    assertThatThrownBy(() -> of("7,P365D"))
        .hasMessageStartingWith("--season: expected window.interval with a duration");
  }

  @Test
  void seriesWithoutARowOfSeasonsIsRefused() throws Exception {
    Path file = Files.writeString(dir.resolve("meta.csv"), "series_id,m\na,24\n");
    EvaluationSeasons seasons = of(file.toString());
    seasons.check("a");
    assertThatThrownBy(() -> seasons.check("b"))
        .hasMessage("--season: expected a row for b, got none in " + file);
    String csv = "series,time,value\nb,2026-01-01,1\nb,2026-01-02,2\n";
    Path input = Files.writeString(dir.resolve("b.csv"), csv);
    String line = "forecast --input %s --columns series=series,time=time,value=value --season %s";
    assertThat(InProcess.fails(2, line, input, file).err())
        .contains("--season: expected a row for b, got none in " + file);
  }

  @Test
  void valueThatIsRefusedIsCountedFromOne() throws Exception {
    Grid grid =
        new Grid(List.of(new Observation("a", 0, 1), new Observation("a", 1, 2, new double[1])));
    try (Progress progress = Progress.of(new ProgressLine(), List.of(grid), 1)) {
      FileForecaster forecaster = new FileForecaster(plan(), of("1"), null, progress);
      assertThatThrownBy(() -> forecaster.last(grid))
          .hasMessage("a value 2: features: expected 0, got 1");
    }
  }

  private static final double NAN = Double.NaN;
  private static final long HOUR = 3_600_000L;

  private OutsideForecasts forecasts(String text, int horizon, String... models)
      throws IOException {
    OutsideFile file = OutsideFile.read(Files.writeString(dir.resolve("outside.csv"), text));
    OutsideModels of = new OutsideModels(List.of(models));
    List<Observation> rows = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      rows.add(new Observation("a", t * HOUR, t));
    }
    EvaluationPlan plan = EvaluationPlan.of(horizon, null).withOutside(file, of);
    return plan.outside(new Grid(rows));
  }

  @Test
  void newestForecastThatWasMadeByThenCounts() throws IOException {
    OutsideForecasts outside =
        forecasts(
            "timestamp,made,lear,dnn\n"
                + "1970-01-01T02:00:00Z,1970-01-01T00:00:00Z,20,\n"
                + "1970-01-01T02:00:00Z,1970-01-01T01:00:00Z,21,7\n"
                + "1970-01-01T02:00:00Z,1970-01-01T01:00:00.001Z,99,99\n"
                + "1970-01-01T03:00:00Z,1970-01-01T00:00:00Z,30,\n"
                + "1970-01-01T05:00:00Z,1970-01-01T00:00:00Z,50,\n"
                + "1970-01-01T06:00:00Z,1970-01-01T00:00:00Z,60,\n"
                + "1970-01-01T05:30:00Z,1970-01-01T00:00:00Z,1,\n",
            2,
            "dnn",
            "lear");
    double[] none = {};
    assertThat(outside.append(none, 0)).containsExactly(NAN, NAN, NAN, 20);
    assertThat(outside.append(none, 1)).containsExactly(7, 21, NAN, 30);
    assertThat(outside.append(none, 2)).containsExactly(NAN, 30, NAN, NAN);
    assertThat(outside.append(none, 3)).containsExactly(NAN, NAN, NAN, 50); // after the file's end
  }

  /** A random walk whose next values a model knows, as it says itself, made at a lag. */
  private String run(String made, String more) throws Exception {
    return run(made, 1, more);
  }

  private String run(String made, int horizon, String more) throws Exception {
    Random random = new Random(7);
    StringBuilder series = new StringBuilder("timestamp,value\n");
    StringBuilder outside = new StringBuilder("timestamp,made,oracle\n");
    double value = 50;
    for (int t = 0; t < 400; t++) {
      value += random.nextGaussian();
      Instant time = Instant.ofEpochMilli(t * HOUR);
      series.append(time).append(',').append(value).append('\n');
      Instant when = time.plusMillis(Long.parseLong(made));
      outside.append(time).append(',').append(when).append(',').append(value + 1).append('\n');
    }
    Path input = Files.writeString(dir.resolve("walk.csv"), series);
    Path file = Files.writeString(dir.resolve("oracle.csv"), outside);
    return InProcess.succeeds(
            "evaluate --input %s --season 1 --outside %s --horizon " + horizon + more, input, file)
        .out();
  }

  private static double mae(String json, String method) throws Exception {
    JsonNode methods = new ObjectMapper().readTree(json).at("/series/0/methods");
    return methods.has(method) ? methods.get(method).get("mae").asDouble() : NAN;
  }

  @Test
  void evaluationLearnsFromOutsideModelsAndScoresThem() throws Exception {
    String json = run("-3600000", " --format json"); // made at the value before
    assertThat(mae(json, "outside:oracle")).isCloseTo(1, within(1e-9));
    assertThat(mae(json, "weir")).isLessThan(0.8 * mae(json, "naive"));
    assertThat(run("-3600000", "")).containsPattern("  outside:oracle +[0-9]\\.[0-9]{3}\n");
  }

  /** It knows the next value alone, so its steps are those of an evaluation of that. */
  @Test
  void modelIsComparedOnTheStepsThatItForecasts() throws Exception {
    double naive = mae(run("-3600000", " --format json"), "naive"); // of the next value
    Path page = dir.resolve("page.html");
    JsonNode json =
        new ObjectMapper().readTree(run("-3600000", 3, " --format json --report " + page));
    JsonNode same = json.at("/rel_mae_on_same_steps/outside:oracle");
    assertThat(same.get("outside:oracle").asDouble()).isCloseTo(1 / naive, within(1e-9));
    assertThat(same.get("weir").asDouble())
        .isLessThan(0.8 * same.get("weir_without_outside").asDouble());
    assertThat(Files.readString(page)).contains("on the steps that it forecasts", "without them");
    String plain =
        InProcess.succeeds(
                "evaluate --input %s --season 1 --horizon 3 --format json", dir.resolve("walk.csv"))
            .out();
    assertThat(mae(json.toString(), "weir_without_outside")).isEqualTo(mae(plain, "weir"));
  }

  @Test
  void forecastMadeAfterTheOriginIsNotUsed() throws Exception {
    String json = run("-3599999", " --format json"); // a millisecond late
    assertThat(mae(json, "outside:oracle")).isNaN();
    assertThat(mae(json, "weir")).isGreaterThan(0.9 * mae(json, "naive"));
  }

  @Test
  void forecastUsesWhatIsSaidOfTimesAfterTheFile() throws Exception {
    run("-3600000", " --format json");
    String command =
        "forecast --horizon 1 --season 1 --format json --input %s --outside %s"
            .formatted(dir.resolve("walk.csv"), dir.resolve("oracle.csv"));
    double plain = next(command);
    Instant after = Instant.ofEpochMilli(400 * HOUR);
    Path file = dir.resolve("oracle.csv");
    String jump = "%s,%s,%s\n".formatted(after, after.minusMillis(HOUR), plain + 11);
    Files.writeString(file, Files.readString(file) + jump);
    assertThat(next(command)).isBetween(plain + 1, plain + 11);
  }

  private static double next(String command) throws Exception {
    String json = InProcess.run(command.split(" ")).succeeded().out();
    return new ObjectMapper().readTree(json).at("/forecasts/0/steps/0/value").asDouble();
  }
}
