package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.engine.ExplanationSettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.holiday.HolidaySettings;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sections of a job file that say how it forecasts. */
class ForecastSectionTest {

  private static final double INFINITY = Double.POSITIVE_INFINITY;
  private static final String HEAD = "name: x\nkafka: {bootstrap-servers: 'localhost:1'}\n";
  private static final String JOB =
      HEAD + "forecast: {many-to-one: {horizon: 3}, many-to-many: {}}\n";

  private static ForecastSettings read(String text) {
    return read(text, "");
  }

  /**
   * @param set options as of --set, with spaces between
   */
  private static ForecastSettings read(String text, String set) {
    Map<String, String> overrides = new LinkedHashMap<>();
    for (String option : set.isEmpty() ? new String[0] : set.split(" ")) {
      overrides.put(option.split("=")[0], option.split("=")[1]);
    }
    return JobSettings.of(JobFile.parse(text, "x.yaml", overrides), Path.of("")).forecast();
  }

  /** What is wrong after the head of a file, and the only line that is said. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          forecast: {many-to-one: {}}~bounds: {min: 3, max: 3} | line 4: bounds.min: expected less than bounds.max (3.0), got 3.0
          forecast: {many-to-one: {}}~bounds: {max: .nan} | line 4: bounds.max: expected a number from -1e30 to 1e30, got '.nan'
          forecast: {many-to-one: {}}~bounds: {min: none} | line 4: bounds.min: expected a number from -1e30 to 1e30, got 'none'
          classify: {}~bounds: {min: 0} | line 4: bounds.min: expected a section forecast as well, got classify alone
          forecast: {many-to-one: {}}~forecasts: {explain: why} | line 4: forecasts.explain: expected true or false, on or off, got 'why'
          forecast: {many-to-one: {}}~holidays: [XX] | line 4: holidays: expected a country or a part of one such as DE or DE-BE, got XX
          forecast: {many-to-one: {model: m}}~holidays: [DE]~learning: off | line 4: holidays: expected none without a mixture that learns, got some
          forecast: {many-to-one: {}}~holidays: [DE]~window.time-zone: Mars/Base | line 5: window.time-zone: expected a time zone such as Europe/Berlin or UTC, got 'Mars/Base'
          """)
  void wrongSectionGetsOneLine(String text, String problem) {
    assertThatThrownBy(() -> read(HEAD + text.replace('~', '\n') + "\n"))
        .isInstanceOf(JobFileException.class)
        .hasMessage("x.yaml " + problem);
  }

  // ---- bounds

  private static List<Bounds> bounds(String text) {
    return read(text).modes().stream().map(ModeSettings::bounds).toList();
  }

  /** Also with alarms and explanations, and for a network alone. */
  @Test
  void allModesHaveTheSameBounds() {
    assertThat(bounds(JOB)).containsExactly(Bounds.NONE, Bounds.NONE);
    Bounds counts = new Bounds(0, INFINITY, true);
    assertThat(bounds(JOB + "bounds: {min: 0, integer: true}\n")).containsExactly(counts, counts);
    Bounds shares = new Bounds(0, 1.5, false);
    assertThat(bounds(JOB + "bounds: {min: 0, max: 1.5}\n")).containsExactly(shares, shares);
    for (String more : List.of("alarms: on\n", "forecasts: {explain: true}\n")) {
      assertThat(bounds(JOB + "bounds: {max: 7}\n" + more))
          .containsOnly(new Bounds(-INFINITY, 7, false));
    }
    String alone = "output: network\nlearning: off\nforecast: {many-to-one: {model: pumps}}\n";
    assertThat(bounds(HEAD + alone + "bounds: {min: -2}\n"))
        .containsExactly(new Bounds(-2, INFINITY, false));
  }

  // ---- explanations

  private static final String MAPPED =
      """
      observations:
        format: json
        values: [flow]
        features: [price, "plan.level"]
      """;

  private static List<ExplanationSettings> explanations(String text, String set) {
    return read(text, set).modes().stream().map(mode -> mode.learning().explanation()).toList();
  }

  @Test
  void explanationsAreOffByDefaultAndCountForEachForecastOfAWindow() {
    assertThat(explanations(JOB, "")).containsExactly(null, null);
    for (String set : List.of("forecasts.explain=true", "forecasts.explain=true alarms=on")) {
      assertThat(explanations(JOB, set))
          .containsExactly(ExplanationSettings.NUMBERED, ExplanationSettings.NUMBERED);
    }
  }

  @Test
  void covariatesInExplanationsHaveTheNamesOfTheirFields() {
    assertThat(explanations(JOB + MAPPED, "forecasts.explain=true"))
        .containsOnly(new ExplanationSettings(List.of("price", "plan.level"), List.of()));
    String job = JOB + "topics: {covariates: climate}\n";
    String set = "forecasts.explain=true window.interval=PT1H window.features-ahead=2";
    assertThat(explanations(job, set)).containsOnly(ExplanationSettings.NUMBERED);
    String mapped =
        set
            + " observations.format=json observations.values=y"
            + " observations.features-ahead=heat,rain";
    assertThat(explanations(job, mapped))
        .containsOnly(new ExplanationSettings(List.of(), List.of("heat", "rain")));
  }

  // ---- covariates

  @ParameterizedTest
  @CsvSource({
    "window.features=4, 4, 0",
    "window.features=20, 20, 0",
    "window.features=21 forecast.many-to-one.model=m, 0, 0",
    "window.features=4 learning.covariates=off, 0, 0",
    "window.features-ahead=2, 0, 2",
    "window.features=13 window.features-ahead=7, 13, 7",
    "window.features=0, 0, 0",
  })
  void mixtureLearnsFromAFewCovariates(String set, int observed, int ahead) {
    ForecastSettings settings = read(JOB, set);
    assertThat(settings.modes())
        .extracting(mode -> mode.learning().learner().covariates())
        .containsOnly(new Covariates.Count(observed, ahead));
    assertThat(settings.ahead()).isEqualTo(5 * ahead); // many-to-many has the longer horizon
  }

  @ParameterizedTest
  @CsvSource({
    "window.features-ahead=3, 0",
    "window.features-ahead=3 forecast.many-to-one.model=m, 3",
    "window.features-ahead=3 forecast.many-to-one.model=m learning.covariates=off, 3",
    "window.features-ahead=3 forecast.many-to-one.model=m forecast.many-to-many.model=n"
        + " learning=off, 3",
    "forecast.many-to-one.model=m, 0",
  })
  void windowsKeepCovariatesForABaseModel(String set, int kept) {
    ForecastSettings settings = read(JOB, set);
    assertThat(settings.columnsKept()).isEqualTo(kept);
    assertThat(settings.ahead()).isEqualTo(5 * settings.inputs().ahead());
  }

  // ---- holidays

  private static HolidaySettings holidays(ForecastSettings settings) {
    return settings.modes().get(0).learning().learner().holidays();
  }

  private static boolean has(HolidaySettings holidays, String day) {
    return holidays.days().contains(LocalDate.parse(day).toEpochDay());
  }

  @Test
  void shortFormNamesRegionsAndTheZoneIsThatOfWindows() throws Exception {
    ForecastSettings settings =
        read(JOB + "holidays: [DE-BE, FR]\nwindow: {time-zone: Europe/Berlin, interval: PT1H}\n");
    HolidaySettings holidays = holidays(settings);
    assertThat(holidays.zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(settings.inputs().zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(has(holidays, "2026-03-08")).isTrue();
    assertThat(has(holidays, "2026-07-14")).isTrue();
    assertThat(settings.ahead()).isZero(); // records say nothing of holidays
    byte[] bytes = InstantiationUtil.serializeObject(holidays); // goes with the job graph
    assertThat(bytes).hasSizeLessThan(45_000);
    HolidaySettings copy = InstantiationUtil.deserializeObject(bytes, getClass().getClassLoader());
    assertThat(has(copy, "2026-10-03")).isTrue();
  }

  @Test
  void mixtureHasNoHolidaysByDefault() {
    ForecastSettings settings = read(JOB);
    assertThat(holidays(settings)).isNull();
    assertThat(settings.inputs().zone()).isEqualTo(ZoneId.of("UTC"));
  }
}
