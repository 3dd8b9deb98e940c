package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.expert.Covariates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CovariateSectionTest {

  @TempDir private Path dir;

  private ForecastSettings read(String options) throws Exception {
    String yaml =
        "name: x\nkafka: {bootstrap-servers: 'localhost:1'}\n"
            + "forecast: {many-to-one: {horizon: 3}, many-to-many: {}}\n";
    Path file = Files.writeString(dir.resolve("job.yaml"), yaml);
    Map<String, String> overrides = new LinkedHashMap<>();
    for (String option : options.split(" ")) {
      String[] parts = option.split("=");
      overrides.put(parts[0], parts[1]);
    }
    return JobSettings.read(file, overrides).forecast();
  }

  private static Covariates.Count learned(ModeSettings target) {
    return target.learning().learner().covariates();
  }

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
  void mixtureLearnsFromAFewCovariates(String options, int observed, int ahead) throws Exception {
    ForecastSettings settings = read(options);
    assertThat(settings.modes())
        .extracting(CovariateSectionTest::learned)
        .containsOnly(new Covariates.Count(observed, ahead));
    assertThat(settings.ahead()).isEqualTo(5 * ahead); // many-to-many has the longer horizon
  }

  @ParameterizedTest
  @CsvSource({
    "window.features-ahead=3, 0",
    "window.features-ahead=3 forecast.many-to-one.model=m, 3",
    "window.features-ahead=3 forecast.many-to-one.model=m learning.covariates=off, 3",
    "window.features-ahead=3 forecast.many-to-one.model=m forecast.many-to-many.model=n learning=off, 3",
    "forecast.many-to-one.model=m, 0",
  })
  void windowsKeepCovariatesForABaseModel(String options, int kept) throws Exception {
    ForecastSettings settings = read(options);
    assertThat(settings.columnsKept()).isEqualTo(kept);
    assertThat(settings.ahead()).isEqualTo(5 * settings.inputs().ahead());
  }
}
