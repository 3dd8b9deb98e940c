package dev.weir.job.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.expert.ExplanationSettings;
import dev.weir.job.JobSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests the option forecasts.explain. */
class ExplainOptionTest {

  private static final String JOB =
      """
      name: pumps
      kafka: {bootstrap-servers: "broker:9092"}
      window: {seq-len: 5}
      forecast:
        many-to-one: {horizon: 3}
        many-to-many: {horizon: 5}
      """;

  private static final String MAPPED =
      """
      observations:
        format: json
        values: [flow]
        features: [price, "plan.level"]
      """;

  private static List<ExplanationSettings> explanations(String text, Map<String, String> set) {
    JobSettings settings = JobSettings.of(JobFile.parse(text, "pumps.yaml", set), Path.of("."));
    return settings.forecast().modes().stream()
        .map(ModeSettings::learning)
        .map(learning -> learning.explanation())
        .toList();
  }

  @Test
  void isOffByDefaultAndCountsForEachForecastOfAWindow() {
    assertThat(explanations(JOB, Map.of())).containsExactly(null, null);
    assertThat(explanations(JOB, Map.of("forecasts.explain", "true")))
        .containsExactly(ExplanationSettings.NUMBERED, ExplanationSettings.NUMBERED);
    assertThat(explanations(JOB, Map.of("forecasts.explain", "true", "alarms", "on")))
        .containsExactly(ExplanationSettings.NUMBERED, ExplanationSettings.NUMBERED);
  }

  @Test
  void covariatesHaveTheNamesOfTheirFields() {
    assertThat(explanations(JOB + MAPPED, Map.of("forecasts.explain", "true")))
        .containsOnly(new ExplanationSettings(List.of("price", "plan.level"), List.of()));
  }

  @Test
  void covariatesKnownAheadHaveTheNamesOfTheirFieldsToo() {
    String job = JOB + "topics: {covariates: climate}\n";
    Map<String, String> set = new HashMap<>();
    set.put("forecasts.explain", "true");
    set.put("window.interval", "PT1H");
    set.put("window.features-ahead", "2");
    assertThat(explanations(job, set)).containsOnly(ExplanationSettings.NUMBERED);
    set.put("observations.format", "json");
    set.put("observations.values", "y");
    set.put("observations.features-ahead", "heat,rain");
    assertThat(explanations(job, set))
        .containsOnly(new ExplanationSettings(List.of(), List.of("heat", "rain")));
  }

  @Test
  void whatIsNeitherTrueNorFalseIsRefused() {
    assertThatThrownBy(() -> explanations(JOB, Map.of("forecasts.explain", "why")))
        .hasMessageContaining("forecasts.explain: expected true or false, on or off, got 'why'");
  }
}
