package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.cli.InProcess;
import dev.weir.forecast.shared.SharedSettings;
import dev.weir.job.options.JobFileException;
import dev.weir.model.ModelFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharedSectionTest {

  @TempDir private Path dir;
  private Path start;

  @BeforeEach
  void writeModel() {
    start = dir.resolve("start.safetensors");
    String train = "train --epochs 0 --hidden-size 4 --horizon 3 --seq-len 7 --out " + start;
    assertThat(InProcess.run(train.split(" ")).exitCode()).isZero();
  }

  private JobSettings read(String forecast, String... options) throws Exception {
    String yaml =
        "name: x\nkafka: {bootstrap-servers: 'localhost:1'}\nwindow: {seq-len: 7}\nforecast:\n"
            + "  many-to-one: {horizon: 3%s}\n".formatted(forecast);
    Path file = Files.writeString(dir.resolve("job.yaml"), yaml);
    Map<String, String> overrides = new LinkedHashMap<>();
    for (String option : options) {
      String[] parts = option.split("=");
      overrides.put(parts[0], parts[1]);
    }
    return JobSettings.read(file, overrides);
  }

  private static final String MODEL = ", model: start, file: start.safetensors";

  @Test
  void isOffByDefaultAndAddsNothing() throws Exception {
    JobSettings settings = read(MODEL);
    assertThat(settings.shared()).isEmpty();
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    ForecastPipeline.build(env, settings);
    String plan = env.getStreamGraph().getStreamingPlanAsJSON();
    assertThat(plan).contains("forecast").doesNotContain("shared-").doesNotContain("learned");
    StreamExecutionEnvironment with = StreamExecutionEnvironment.getExecutionEnvironment();
    ForecastPipeline.build(with, read(MODEL, "learning.shared=on"));
    assertThat(with.getStreamGraph().getStreamingPlanAsJSON())
        .contains("shared-many-to-one")
        .contains("learned");
  }

  @Test
  void isOnInAllItsForms() throws Exception {
    for (List<String> options :
        List.of(
            List.of("learning.shared=on"),
            List.of("learning.shared.enabled=true"),
            List.of("learning.shared.budget=10 %"),
            List.of("learning.enabled=off", "learning.shared=on"))) {
      SharedSettings shared = read(MODEL, options.toArray(new String[0])).shared().get(0);
      assertThat(shared.target().model()).isEqualTo("start");
      assertThat(shared.budget()).isEqualTo(0.1);
      assertThat(shared.forecast().seqLen()).isEqualTo(7);
      assertThat(shared.target().horizon()).isEqualTo(3);
      assertThat(shared.target().learning() == null).isEqualTo(options.size() == 2);
    }
    assertThat(read(MODEL, "learning.shared=off", "learning.shared.budget=5 %").shared()).isEmpty();
    assertThat(read(MODEL, "learning.shared.budget=250%").shared().get(0).budget()).isEqualTo(2.5);
    assertThat(read(", model: later", "learning.shared=on").shared()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | learning.shared.enabled: expected a base model that reads windows, such as"
            + " forecast.many-to-one.model with a file of weir train --epochs 0, got none",
        "', model: weir, file: \"builtin:weir\"' | learning.shared.enabled: kind: expected a network"
            + " that reads windows, got one that combines forecasts (model weir version 1)",
        "', model: w, file: \"builtin:window-many-to-one\"' | learning.shared.enabled: kind: expected"
            + " a network that reads windows, got one that reads windows and seasons"
      })
  void anotherModelOrNoneIsRefusedInOneLine(String forecast, String message) {
    assertThatThrownBy(() -> read(forecast, "learning.shared=on", "window.seq-len=5"))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({"0 %", "10", "0.1", "1001 %", "%", "ten %", "NaN %"})
  void aBudgetIsAPercentage(String budget) {
    assertThatThrownBy(() -> read(MODEL, "learning.shared.budget=" + budget))
        .hasMessageContaining(
            "learning.shared.budget: expected a percentage such as 10 %, from 1 % to 1000 %, got '"
                + budget);
  }

  @Test
  void aModelThatIsTooLargeIsRefused() throws Exception {
    String train =
        "train --epochs 0 --cell lstm --hidden-size 160 --num-layers 1 --horizon 3 --seq-len 7";
    assertThat(InProcess.run((train + " --force --out " + start).split(" ")).exitCode()).isZero();
    assertThatThrownBy(() -> read(MODEL, "learning.shared=on"))
        .hasMessageContaining("weights: expected at most 200,000, got");
  }

  @Test
  void randomWeightsNeedASeedAndNoSeries() throws Exception {
    byte[] first = Files.readAllBytes(start);
    String train =
        "train --force --epochs 0 --hidden-size 4 --horizon 3 --seq-len 7 --out " + start;
    InProcess.run(train.split(" "));
    assertThat(Files.readAllBytes(start)).isEqualTo(first);
    InProcess.run((train + " --seed 2").split(" "));
    assertThat(Files.readAllBytes(start)).isNotEqualTo(first);
    assertThat(ModelFiles.read(start, ModelFiles.Defaults.NONE).provenance())
        .containsEntry("seed", "2");
    assertThat(InProcess.run((train + " --input x.csv").split(" ")).err())
        .contains("weir train: --input: expected none with --epochs 0, got [x.csv]");
    assertThat(InProcess.run("train", "--force", "--out", start.toString()).err())
        .contains("Missing required option: '--input=FILE|DIR'");
  }
}
