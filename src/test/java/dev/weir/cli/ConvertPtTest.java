package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.weir.model.ModelFiles;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The converter on files that torch saved; skipped where no Python has torch. */
class ConvertPtTest {

  @TempDir private static Path dir;

  private static String python;

  private record Ended(int exitCode, String output) {}

  @BeforeAll
  static void makeFiles() throws Exception {
    for (String candidate : List.of("python3", "/usr/bin/python3")) {
      if (run(candidate, "-c", "import torch, numpy").exitCode() == 0) {
        python = candidate;
        break;
      }
    }
    assumeThat(python).as("a Python with torch").isNotNull();
    Ended made = run(python, "src/test/python/make_checkpoints.py", dir.toString());
    assertThat(made.exitCode()).as(made.output()).isZero();
  }

  private static Ended run(String... words) throws Exception {
    Process process;
    try {
      process = new ProcessBuilder(words).redirectErrorStream(true).start();
    } catch (IOException e) { // no such Python
      return new Ended(127, e.toString());
    }
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }

  private static Ended convert(String name, String... options) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                python,
                "src/main/python/convert_pt.py",
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
    Ended ended = convert(name);
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
}
