package dev.weir.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.cli.console.UsageException;
import dev.weir.forecast.Bounds;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.holiday.HolidaySettings;
import dev.weir.model.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
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

  private static ModeSettings target(EvaluationPlan plan) {
    assertThat(plan.settings().modes()).hasSize(1);
    return plan.settings().modes().get(0);
  }

  @Test
  void aHorizonIsThatOfTheModeThatIsEvaluated() throws Exception {
    assertThat(target(plan(BOTH, null, 7)))
        .extracting(ModeSettings::mode, ModeSettings::horizon)
        .containsExactly(Mode.MANY_TO_ONE, 7);
    assertThat(target(plan(BOTH, Mode.MANY_TO_MANY, 4)))
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
    HolidaySettings holidays = target(plan).learning().learner().holidays();
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
    assertThat(target(plan()).bounds()).isEqualTo(Bounds.NONE);
    EvaluationPlan plan = plan("--bounds-min", "0", "--bounds-max", "9", "--bounds-integer");
    Bounds bounds = new Bounds(0, 9, true);
    assertThat(target(plan).bounds()).isEqualTo(bounds);
    assertThat(plan.withSeason(7, null).modes().get(0).bounds()).isEqualTo(bounds);
    EvaluationPlan without = plan.withoutNetworks();
    assertThat(without.withSeason(7, null).modes().get(0).bounds()).isEqualTo(bounds);
  }
}
