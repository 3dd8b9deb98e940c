package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.contest.ContestSettings;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.job.options.JobFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContestSectionTest {

  private static final String SAMPLE =
      Path.of("src/core/test/resources/models/sample-many-to-one.safetensors")
          .toAbsolutePath()
          .toString();

  @TempDir private Path dir;

  private JobSettings read(String forecast, String... lines) throws Exception {
    Path file =
        Files.writeString(
            dir.resolve("job.yaml"),
            "name: plant\nkafka: {bootstrap-servers: 'localhost:1'}\n%s\nforecast: {%s}\n"
                .formatted(String.join("\n", lines), forecast));
    return JobSettings.read(file, Map.of());
  }

  private static ModeSettings target(JobSettings settings) {
    return settings.forecast().modes().get(0);
  }

  @Test
  void listOfModelsMakesThemCompete() throws Exception {
    String models = "many-to-one: {model: [a, b], file: %s}".formatted(SAMPLE);
    ModeSettings target = target(read(models));
    assertThat(target.model()).isEqualTo("a");
    assertThat(target.initial().name()).isEqualTo("a");
    assertThat(target.contest())
        .isEqualTo(
            new ContestSettings(
                "plant", List.of("a", "b"), false, 0.95, 1, 14, Duration.ofDays(1)));
    JobSettings all =
        read(
            models,
            "promote: auto",
            "promotion: {confidence: 0.9, min-series: 3, min-days: 7, period: 2 d}",
            "learning: off");
    assertThat(target(all).contest())
        .isEqualTo(
            new ContestSettings("plant", List.of("a", "b"), true, 0.9, 3, 7, Duration.ofDays(2)));
    assertThat(target(all).contest().enough()).isEqualTo(1 / (1 - 0.9));
    assertThat(all.writesModels()).isTrue();
    assertThat(plan(all)).contains("contest").contains("learned");
  }

  @Test
  void oneModelAddsNothing() throws Exception {
    for (String model : List.of("a", "[a]")) {
      JobSettings one = read("many-to-one: {model: %s}".formatted(model));
      assertThat(target(one).contest()).isNull();
      assertThat(target(one).model()).isEqualTo("a");
      assertThat(one.writesModels()).isFalse();
      assertThat(plan(one)).doesNotContain("contest").doesNotContain("learned");
    }
  }

  private static String plan(JobSettings settings) {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    ForecastPipeline.build(env, settings);
    return env.getStreamGraph().getStreamingPlanAsJSON();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "many-to-one: {model: a} | promote: auto | promotion.rule: expected several models as well,"
            + " such as model: [a, b], got one or none",
        "many-to-one: {model: [a, b]} | promote: always | promotion.rule: expected manual or auto, got 'always'",
        "many-to-one: {model: [a, a]} | x | forecast.many-to-one.model: expected a name of letters, digits, '.', '_' and '-', at most 249, or a list of at most 5 of them, got 'a,a'",
        "many-to-one: {model: [a, b, c, d, e, f]} | x | at most 249, or a list of at most 5 of them, got",
        "'many-to-one: {model: [a, b]}, many-to-many: {model: b}' | x |"
            + " forecast.many-to-many.model: expected another name than that of many-to-one",
        "many-to-one: {model: [a, b]} | learning.shared: on | forecast.many-to-one.model: expected one"
            + " model with learning.shared, got several",
        "'many-to-one: {model: [a, b], horizon: 2}' | 'learning: off\nwindow.state: carry' | forecast.many-to-one.model: expected one"
            + " model with window.state: carry, got several",
        "many-to-one: {model: a} | 'learning: {enabled: off, shared: on}\nwindow.state: carry' | learning.shared.enabled:"
            + " expected false with window.state: carry, got true",
        "many-to-one: {model: [weir, b], file: 'builtin:weir'} | x | forecast.many-to-one.model: kind:"
            + " expected networks that read windows alone where several compete, got one that combines",
        "'many-to-one: {model: [a, b], horizon: 30}' | window.interval: 1 h | promotion.period:"
            + " expected at least horizon times window.interval (PT30H), got PT24H",
      })
  void whatDoesNotGoTogetherIsRefusedInOneLine(String forecast, String line, String message) {
    assertThatThrownBy(() -> read(forecast, line.equals("x") ? "" : line))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining(message);
  }
}
