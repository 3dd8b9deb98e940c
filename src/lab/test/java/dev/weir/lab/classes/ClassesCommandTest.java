package dev.weir.lab.classes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.cli.InProcess;
import dev.weir.lab.Lab;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code weir lab classes} on files. */
@ResourceLock(Resources.SYSTEM_OUT)
class ClassesCommandTest {

  @TempDir private Path folder;

  private InProcess run(String arguments) {
    String line = "classes " + arguments.replace("@", folder + "/");
    return InProcess.run(Lab.commandLine(), line.strip().split(" "));
  }

  @Test
  void aStreamIsClassifiedRowByRow() throws IOException {
    StringBuilder text = new StringBuilder("time,load,series,class\n");
    SplittableRandom random = new SplittableRandom(3);
    for (int t = 0; t < 600; t++) {
      boolean on = t / 20 % 2 == 0;
      String load = t % 50 == 7 ? "" : String.valueOf((on ? 5 : 1) + random.nextGaussian());
      text.append(t).append(',').append(load).append(t % 2 == 0 ? ",a," : ",b,");
      text.append(on ? "on\n" : "off\n");
    }
    Files.writeString(folder.resolve("rows.csv"), text);
    InProcess outcome = run("--prequential @rows.csv --out @scores.csv").succeeded();
    assertThat(outcome.out())
        .contains("600 classified, 600 learned from, 2 classes")
        .contains("12 empty fields had the value before them.");
    String[] ours = Files.readAllLines(folder.resolve("scores.csv")).get(1).split(",");
    assertThat(ours).startsWith("weir", "600");
    assertThat(Double.parseDouble(ours[2])).as("accuracy").isBetween(0.88, 1.0);
  }

  /** Its network stays with the sign that it saw first, so what it says tells how much it saw. */
  private void latch() throws IOException {
    RnnConfig rnn = new RnnConfig(Cell.RNN_TANH, 1, 1, 1, false, true);
    float[] weights = {5, 10, 0, 0, 9, -9, 0, 0}; // w_ih, w_hh, b_ih, b_hh, head, its bias
    ClassifierModel model =
        new ClassifierModel(
            "latch",
            1,
            Mode.MANY_TO_ONE,
            rnn,
            Readout.LAST_STEP,
            List.of("plus", "minus"),
            weights,
            Map.of());
    Files.write(folder.resolve("latch.safetensors"), ClassifierFiles.toBytes(model));
  }

  @Test
  void windowsOfAFileAreClassified() throws IOException {
    latch();
    Files.writeString(
        folder.resolve("test.ts"),
        "@classLabel true plus minus\n@data\n1,-1:plus\n-1,?,1:minus\n1,1:minus\n");
    String arguments = "--classifier @latch.safetensors --test @test.ts";
    InProcess outcome = run(arguments + " --format json --report @x.html").succeeded();
    JsonNode result = new ObjectMapper().readTree(outcome.out());
    assertThat(result.get("accuracy").doubleValue()).isEqualTo(2 / 3.0);
    assertThat(result.get("classes")).hasSize(2);
    assertThat(result.get("classified").intValue()).isEqualTo(3);
    assertThat(result.get("confusion").toString()).isEqualTo("[[1,0],[1,1]]");
    assertThat(folder.resolve("x.html")).content().contains("Confusion matrix", "<th>plus</th>");
    assertThat(run(arguments).out()).contains("1 missing values were filled in");
  }

  @Test
  void whatDoesNotFitAModelIsNamed() throws IOException {
    latch();
    Files.writeString(folder.resolve("two.ts"), "@classLabel true plus\n@data\n1,2:1,2:plus\n");
    assertThat(run("--classifier @latch.safetensors --test @two.ts").err())
        .contains("--test: expected 1 channels, as the model reads, got 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|--classifier: expected a model file, or --prequential, got none",
        "--classifier @a.st|--classifier: expected a model file, or --prequential," + " got",
        "--prequential @no.csv|--prequential: expected a CSV file, got",
        "--test @a.ts --seed 3|--seed: expected --prequential as well, got none",
        "--label y|--label: expected --prequential as well, got none"
      })
  void wrongOptionsAreAnsweredOnOneLine(String arguments, String message) {
    InProcess outcome = run(arguments).failed(2);
    assertThat(outcome.err()).startsWith("weir lab classes: " + message);
    assertThat(outcome.err().lines()).hasSize(2);
    assertThat(outcome.out()).isEmpty();
  }
}
