package dev.weir.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.cli.InProcess;
import dev.weir.kafka.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code weir evaluate --suite}, with figures by hand. */
class SuiteTest {

  /** Seasonal naive, m 1, of a: errors 2, 4 over the scale 2; of b: it has no scale. */
  private static final double NAIVE = 1.5;

  @TempDir private Path dir;
  private Path tasks;
  private Path data;

  @BeforeEach
  void writeSuite() throws IOException {
    tasks = Files.createDirectory(dir.resolve("tasks"));
    data = Files.createDirectory(dir.resolve("data"));
    Files.writeString(data.resolve("train.csv"), "id,1,2,3\na,1,3,1,3,1,3\nb,5,5,5,5,5,5\n");
    Files.writeString(data.resolve("test.csv"), "id,1,2\na,5,7\nb,5,6\n");
    task("input: train.csv\ntruth: test.csv\nlayout: wide\nseason: 1\nnaive: " + NAIVE);
    Files.writeString(
        tasks.resolve("published.csv"),
        """
        task,model,mase,wql,source
        two,best,0.5,0.1,paper
        two,seasonal_naive,1.5,0.5,paper
        two,point,9,,paper
        """);
  }

  private void task(String text) throws IOException {
    Files.writeString(tasks.resolve("two.yaml"), text + "\n");
  }

  private InProcess run(String... more) {
    String[] arguments = {"evaluate", "--suite", tasks.toString(), "--input", data.toString()};
    String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return InProcess.run(all);
  }

  private JsonNode json(String... more) throws IOException {
    String[] all = Arrays.copyOf(more, more.length + 2);
    all[more.length] = "--format";
    all[more.length + 1] = "json";
    InProcess done = run(all);
    assertThat(done.exitCode()).as(done.err()).isZero();
    return Json.READER.readTree(done.out());
  }

  @Test
  void scoresAreRankedAmongThePublishedOnes() throws IOException {
    JsonNode result = json();

    JsonNode task = result.path("tasks").path(0);
    assertThat(task.path("task").asText()).isEqualTo("two");
    assertThat(task.path("series").asInt()).isEqualTo(2);
    assertThat(task.path("without_scale").asInt()).isEqualTo(1);
    assertThat(task.path("naive_mase").asDouble()).isEqualTo(NAIVE, within(1e-12));
    double mase = task.path("mase").asDouble();
    int better = (0.5 < mase ? 1 : 0) + (1.5 < mase ? 1 : 0) + (9 < mase ? 1 : 0);
    assertThat(task.path("mase_rank").path("place").asInt()).isEqualTo(1 + better);
    assertThat(task.path("mase_rank").path("of").asInt()).isEqualTo(4);
    assertThat(task.path("wql_rank").path("of").asInt()).isEqualTo(3);
    JsonNode source = result.path("sources").path(0);
    assertThat(source.path("source").asText()).isEqualTo("paper");
    assertThat(source.path("relative_mase").path("best").asDouble())
        .isEqualTo(0.5 / 1.5, within(1e-12));
    assertThat(source.path("relative_mase").path("weir").asDouble())
        .isEqualTo(mase / 1.5, within(1e-12));
    assertThat(source.path("relative_wql").has("point")).isFalse();
    assertThat(result.path("left_out")).isEmpty();
  }

  @Test
  void aTaskOfAnotherNaiveMethodIsLeftOut() throws IOException {
    task("input: train.csv\ntruth: test.csv\nlayout: wide\nseason: 1\nnaive: 1.6");

    InProcess done = run();

    assertThat(done.exitCode()).isEqualTo(1);
    assertThat(done.out())
        .contains(
            "left out: two: expected a MASE of 1.6 of the seasonal naive method, got 1.500: other"
                + " data, or another protocol");
  }

  @Test
  void figuresThatAreKeptAreNotMadeAgainUnlessTheTaskChanges() throws IOException {
    Path results = dir.resolve("results");
    double made = json("--results", results.toString()).at("/tasks/0/mase").asDouble();
    Path file = results.resolve("two.json");
    Files.writeString(file, Files.readString(file).replaceFirst("\"mase\":[^,]+", "\"mase\":42"));

    assertThat(json("--results", results.toString()).at("/tasks/0/mase").asDouble()).isEqualTo(42);

    task("input: train.csv\ntruth: test.csv\nlayout: wide\nmase-season: 1\nseason: 1\nnaive: 1.5");
    assertThat(json("--results", results.toString()).at("/tasks/0/mase").asDouble())
        .isEqualTo(made);
  }

  @Test
  void aFileThatIsNotOursIsKept() throws IOException {
    Path results = Files.createDirectory(dir.resolve("mine"));
    Files.writeString(results.resolve("two.json"), "{\"mine\": 1}");

    InProcess done = run("--results", results.toString());

    assertThat(done.exitCode()).isEqualTo(2);
    assertThat(done.err()).contains("--results: expected figures of a task, got others in ");
    assertThat(Files.readString(results.resolve("two.json"))).isEqualTo("{\"mine\": 1}");
  }

  @Test
  void thePageHasABarForEachModel() throws IOException {
    Path page = dir.resolve("suite.html");

    assertThat(run("--report", page.toString()).exitCode()).isZero();

    assertThat(Files.readString(page)).contains("<td>weir</td>", "<td>best</td>", "class=\"bar\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "input: none.csv\\nnaive: 1 | two.yaml input: expected a file of",
        "input: ../tasks/two.yaml\\nnaive: 1 | two.yaml input: expected a file of",
        "naive: 1 | two.yaml: expected input, got none",
        "input: train.csv | two.yaml: expected naive, the MASE of the seasonal naive method, got none",
        "input: train.csv\\nnaive: x | two.yaml naive: expected a number above 0, got x",
        "input: train.csv\\nnaive: 1\\nout: x | two.yaml: expected options of weir evaluate, naive and remarks, got out",
        "[ | two.yaml: expected YAML, got:",
        "a | two.yaml: expected keys and values, got none",
      })
  void wrongTasksAreNamed(String text, String message) throws IOException {
    task(text.replace("\\n", "\n"));

    InProcess done = run();

    assertThat(done.exitCode()).isEqualTo(2);
    assertThat(done.err()).contains("weir evaluate: " + message);
  }

  @Test
  void otherOptionsHaveNoMeaning() {
    InProcess done = run("--horizon", "3");

    assertThat(done.exitCode()).isEqualTo(2);
    assertThat(done.err())
        .contains("--horizon: expected none with --suite, whose tasks have their own, got one");
  }
}
