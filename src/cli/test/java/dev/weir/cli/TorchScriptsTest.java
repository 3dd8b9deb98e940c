package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.classify.NetworkClassifier;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ModelFiles;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Python scripts that users run with torch; skipped where no Python has torch. */
class TorchScriptsTest {

  @TempDir private static Path dir;

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final OffsetDateTime HOURS = OffsetDateTime.parse("2026-01-01T00:00:00Z");

  /** Importing torch takes seconds: one process does, and each script runs in a fork of it. */
  private static Process python;

  private static BufferedReader answers;

  private record Ended(int exitCode, String output) {}

  @BeforeAll
  static void makeFiles() throws Exception {
    String withTorch = null;
    for (String candidate : List.of("python3", "/usr/bin/python3")) {
      if (withTorch == null && hasTorch(candidate)) {
        withTorch = candidate;
      }
    }
    assumeThat(withTorch).as("a Python with torch").isNotNull();
    python =
        new ProcessBuilder(withTorch, "src/core/test/python/run_scripts.py")
            .redirectErrorStream(true)
            .start();
    answers = python.inputReader(StandardCharsets.UTF_8);
    assertThat(answers.readLine()).as("first line, which an import may print").isEqualTo("ready");
    Ended made = run("src/core/test/python/make_checkpoints.py", dir.toString());
    assertThat(made.exitCode()).as(made.output()).isZero();
  }

  @AfterAll
  static void stopPython() throws Exception {
    if (python != null) {
      python.getOutputStream().close(); // no more scripts
      answers.close();
      assertThat(python.waitFor()).isZero();
    }
  }

  private static boolean hasTorch(String python) throws Exception {
    String code =
        "import importlib.util as u, sys; sys.exit(not (u.find_spec('torch') and"
            + " u.find_spec('numpy')))";
    try {
      return new ProcessBuilder(python, "-c", code).start().waitFor() == 0;
    } catch (IOException e) { // no such Python
      return false;
    }
  }

  private static Ended run(String... words) throws Exception {
    Writer commands = python.outputWriter(StandardCharsets.UTF_8);
    commands.write(JSON.writeValueAsString(words) + "\n");
    commands.flush();
    String line = answers.readLine();
    assertThat(line).as("answer to %s", List.of(words)).startsWith("{");
    JsonNode answer = JSON.readTree(line);
    return new Ended(answer.path("exit_code").intValue(), answer.path("output").textValue());
  }

  private static Ended convert(String name, String... options) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                "src/core/main/python/convert_pt.py",
                dir.resolve(name + ".pt").toString(),
                dir.resolve(name + ".safetensors").toString()));
    words.addAll(List.of(options));
    return run(words.toArray(String[]::new));
  }

  private static Path converted(String name, String... options) throws Exception {
    Ended ended = convert(name, options);
    assertThat(ended.exitCode()).as(ended.output()).isZero();
    return dir.resolve(name + ".safetensors");
  }

  @Test
  void checkpointGivesTheBytesOfItsStateDict() throws Exception {
    Path plain = converted("plain");
    assertThat(converted("lightning")).hasSameBinaryContentAs(plain);
    assertThat(converted("parallel")).hasSameBinaryContentAs(plain); // without module.
    assertThat(converted("two", "--key", "net")).hasSameBinaryContentAs(plain);
    ModelFiles.Defaults words =
        new ModelFiles.Defaults("net", null, 5, Readout.LAST_STEP, Scaling.LAST, null);
    assertThat(ModelFiles.read(converted("half"), words).rnn())
        .isEqualTo(ModelFiles.read(plain, words).rnn());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "none | expected a state_dict with torch's weight_ih_l0, got none; keys: epoch, optimizer",
        "two | got several, choose one with --key; keys: ema, net",
        "list | expected a state_dict, got list",
        "script | expected a file of torch.save(net.state_dict(), ...), got a TorchScript archive",
        "text | expected a file of torch.save(net.state_dict(), ...), got another",
        "absent | expected a file, found none",
      })
  void fileWithoutOneStateDictIsRefusedInOneLine(String name, String message) throws Exception {
    Ended ended = convert(name, "--force"); // another test writes two.safetensors
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.output().lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith("convert_pt.py: " + dir.resolve(name + ".pt") + ": ")
                    .contains(message));
  }

  @ParameterizedTest
  @ValueSource(strings = {"module", "options", "trap"})
  void pickledProgramIsNotRun(String name) throws Exception {
    Ended ended = convert(name);
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.output().lines())
        .satisfiesExactly(
            line -> assertThat(line).contains("expected tensors, numbers and text alone, got "));
    assertThat(Files.exists(dir.resolve("executed"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"gru, many-to-one, --unidirectional", "rnn_relu, many-to-many, --num-layers=1"})
  void networkForecastsInWeirAsInTorch(String cell, String mode, String option) throws Exception {
    Random random = new Random(3);
    StringBuilder rows = new StringBuilder("series_id,timestamp,value\n");
    for (int hour = 0; hour < 200; hour++) {
      double load = 50 + hour % 24 + random.nextDouble();
      rows.append("park,%s,%s\n".formatted(HOURS.plusHours(hour), load));
    }
    String csv = Files.writeString(dir.resolve("park.csv"), rows).toString();
    String model = dir.resolve(cell + ".safetensors").toString();
    Ended trained =
        run(
            ("src/core/main/python/train_birnn.py --epochs 1 --seq-len 7 --horizon 3"
                    + " --hidden-size 8 --name park %s --cell %s --mode %s --input %s --out %s")
                .formatted(option, cell, mode, csv, model)
                .split(" "));
    assertThat(trained.exitCode()).as(trained.output()).isZero();

    String parity = "src/core/main/python/check_parity.py %s --sample %s --count 0";
    Ended ofTorch = run(parity.formatted(model, csv).split(" "));
    assertThat(ofTorch.exitCode()).as(ofTorch.output()).isZero();
    JsonNode expected = JSON.readTree(ofTorch.output()).path("forecasts").path(0);
    InProcess ofWeir =
        InProcess.succeeds(
            "forecast --learning off --format json --input %s --model %s", csv, model);
    JsonNode steps = JSON.readTree(ofWeir.out()).path("forecasts").path(0).path("steps");
    assertThat(expected).hasSize(mode.equals("many-to-one") ? 3 : 7);
    assertThat(steps).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      double truth = expected.path(i).doubleValue();
      double tolerance = 1e-6 * Math.max(1, Math.abs(truth));
      assertThat(steps.path(i).path("value").doubleValue()).isCloseTo(truth, within(tolerance));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "ts"})
  void classifierOfTorchAnswersInWeirAsInTorch(String format) throws Exception {
    Random random = new Random(5);
    StringBuilder csv = new StringBuilder("window,load,label\n");
    StringBuilder ts = new StringBuilder("@classLabel true high low\n@data\n");
    for (int window = 0; window < 40; window++) {
      boolean high = window % 2 == 0;
      for (int t = 0; t < 6; t++) {
        double load = 500 + (high ? 40 : -40) + 30 * random.nextGaussian();
        csv.append("%d,%s,%s\n".formatted(window, load, high ? "high" : "low"));
        ts.append(t == 0 ? "" : ",").append(load);
      }
      ts.append(high ? ":high\n" : ":low\n");
    }
    Path windows = Files.writeString(dir.resolve("windows.ts"), ts);
    Path input = format.equals("ts") ? windows : Files.writeString(dir.resolve("windows.csv"), csv);
    Path model = dir.resolve("levels-" + format + ".safetensors");
    Ended trained =
        run(
            ("src/core/main/python/train_classifier.py --epochs 12 --hidden-size 8 --name levels"
                    + " --input %s --test %s --out %s")
                .formatted(input, windows, model)
                .split(" "));
    assertThat(trained.exitCode()).as(trained.output()).isZero();
    double ofTorch = JSON.readTree(trained.output()).path("accuracy").doubleValue();
    assertThat(ofTorch).isGreaterThan(0.9);
    ClassifierModel weir = ClassifierFiles.read(model, null);
    NetworkClassifier network = new NetworkClassifier(weir);
    int right = 0;
    for (String line : Files.readAllLines(windows).subList(2, 42)) {
      String[] parts = line.split(":");
      String[] texts = parts[0].split(",");
      float[] values = new float[texts.length];
      for (int t = 0; t < values.length; t++) {
        values[t] = Float.parseFloat(texts[t]);
      }
      float[] logits = new float[2];
      network.logits(values, logits);
      right += weir.classes().get(logits[1] > logits[0] ? 1 : 0).equals(parts[1]) ? 1 : 0;
    }
    assertThat(right / 40.0).isEqualTo(ofTorch);
  }
}
