package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InspectTest {

  private static final String SAMPLE =
      "src/core/test/resources/models/sample-many-to-%s.safetensors";

  private static String head(String mode) {
    InProcess inspect = InProcess.run("model", "inspect", SAMPLE.formatted(mode)).succeeded();
    return inspect.out().lines().filter(row -> row.startsWith("head")).findFirst().orElseThrow();
  }

  @Test
  void headOfManyToManyReadsEachStep() {
    assertThat(head("many")).endsWith("linear, reads out[:, i] at each step i");
    assertThat(head("one")).endsWith("linear, reads h_n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--seq-len | 7 | 5 | seq_len",
        "--readout | out[:, -1] | h_n | readout",
        "--scaling | window | last | scaling",
        "--mode | many-to-many | many-to-one | mode",
        "--cell | rnn_relu | rnn_tanh | cell",
      })
  void optionThatTheFileContradictsIsRefused(String option, String given, String file, String key) {
    String sample = SAMPLE.formatted("one");
    for (String command : new String[] {"inspect", "publish"}) { // before Kafka is asked
      InProcess weir =
          InProcess.run("model", command, sample, option, given, "--name", "x").failed(1);
      assertThat(weir.out()).isEmpty();
      assertThat(weir.err().strip())
          .isEqualTo(
              "weir: %s: expected %s, as the file says, got %s (sample-many-to-one.safetensors, weir.%s); leave the option out, or change the file"
                  .formatted(option, file, given, key));
    }
    assertThat(InProcess.run("model", "inspect", sample, option, file).exitCode()).isZero();
  }
}
