package dev.weir.lab.evaluate;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.cli.InProcess;
import dev.weir.kafka.wire.Json;
import dev.weir.lab.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code weir lab suite}, with figures by hand. */
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
        task,model,mase,wql,source,seen_in_training
        two,best,0.5,0.1,paper,Yes
        two,seasonal_naive,1.5,0.5,paper,No
        two,point,9,,paper,
        """);
  }

  private void task(String text) throws IOException {
    Files.writeString(tasks.resolve("two.yaml"), text + "\n");
  }

  private InProcess run(String... more) {
    String[] arguments = {"suite", tasks.toString(), "--input", data.toString()};
    String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return InProcess.run(Lab.commandLine(), all);
  }

  private JsonNode json(String... more) throws IOException {
    String[] all = Arrays.copyOf(more, more.length + 2);
    all[more.length] = "--format";
    all[more.length + 1] = "json";
    InProcess done = run(all).succeeded();
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
    assertThat(task.path("best_published").asText()).isEqualTo("best");
    assertThat(task.path("best_published_seen_in_training").asBoolean()).isTrue();
    assertThat(source.path("seen_in_training")).hasToString("[\"best\"]");
    assertThat(run().out())
        .contains("best*  ", "* trained on data of these tasks")
        .doesNotContain("point*");
  }

  @Test
  void aTaskWithoutDataIsLeftOutAndTheOthersRun() throws IOException {
    Files.writeString(tasks.resolve("one.yaml"), "input: none.csv\nnaive: 1\n");
    Files.writeString(tasks.resolve("out.yaml"), "input: ../tasks/two.yaml\nnaive: 1\n");
    Files.createDirectory(data.resolve("twice"));
    Files.copy(data.resolve("train.csv"), data.resolve("twice/train.csv"));

    InProcess done = run().failed(1);
    assertThat(done.out())
        .contains(
            "left out: one: input: expected one file none.csv in "
                + data
                + " or a folder of it, got 0",
            "left out: out: input: expected one file ../tasks/two.yaml in",
            "left out: two: input: expected one file train.csv in");
    Files.move(data.resolve("twice/train.csv"), data.resolve("train.csv"), REPLACE_EXISTING);
    assertThat(run().out()).contains("two", "best*").doesNotContain("left out: two");
    Files.move(data.resolve("train.csv"), data.resolve("twice/train.csv"));
    assertThat(run().out()).contains("two", "best*").doesNotContain("left out: two");
  }

  /** As the electricity prices: the value is what was known ahead, twice. */
  @Test
  void windowsOfColumnsWithCovariatesKnownAheadAreForecast() throws IOException {
    StringBuilder rows = new StringBuilder("when, ahead ,price\n");
    Random random = new Random(5);
    for (int hour = 0; hour < 24 * 30; hour++) {
      int known = random.nextInt(100);
      String time = LocalDateTime.of(2024, 1, 1, 0, 0).plusHours(hour) + ":00Z";
      rows.append("%s,%d,%d%n".formatted(time, known, 2 * known));
    }
    Files.writeString(data.resolve("prices.csv"), rows);
    task(
        "input: prices.csv\ncolumns: time=when,value=price,ahead=ahead\nhorizon: 4\nwindows: 5\n"
            + "season: 24\nmase-season: 1\nnaive: 9");
    String naive = run().out().replaceFirst("(?s).* method, got ([0-9.]+).*", "$1");
    task(Files.readString(tasks.resolve("two.yaml")).replace("naive: 9", "naive: " + naive));

    assertThat(json().at("/tasks/0/mase").asDouble()).isLessThan(0.1);
  }

  /** Ours, without their data. */
  @Test
  void ourTasksAreReadAndHaveTheNaiveMethodThatWasPublished() throws IOException {
    Path ours = Path.of("conf/suite");
    InProcess done =
        InProcess.run(Lab.commandLine(), "suite", ours.toString(), "--input", tasks.toString())
            .failed(1);
    Published published = Published.of(ours.resolve("published.csv"));
    String fetched = Files.readString(ours.resolve("data.txt"));
    try (Stream<Path> files = Files.list(ours)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".yaml")).toList()) {
        String name = file.getFileName().toString().replace(".yaml", "");
        String text = Files.readString(file);
        assertThat(done.out()).contains("left out: " + name + ": ");
        double naive = Double.parseDouble(text.replaceFirst("(?s).*\nnaive: ([0-9.]+)\\s*", "$1"));
        assertThat(published.naive(name).mase()).as(name).isCloseTo(naive, withinPercentage(0.2));
        assertThat(fetched)
            .contains("\n" + text.replaceFirst("(?s).*\ninput: (\\S+)[.]gz\n.*", "$1") + " ");
      }
    }
  }

  @Test
  void aTaskOfAnotherNaiveMethodIsLeftOut() throws IOException {
    task("input: train.csv\ntruth: test.csv\nlayout: wide\nseason: 1\nnaive: 1.6");

    InProcess done = run().failed(1);
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

    InProcess done = run("--results", results.toString()).failed(2);
    assertThat(done.err()).contains("--results: expected figures of a task, got others in ");
    assertThat(Files.readString(results.resolve("two.json"))).isEqualTo("{\"mine\": 1}");
  }

  @Test
  void thePageHasABarForEachModel() throws IOException {
    Path page = dir.resolve("suite.html");

    assertThat(run("--report", page.toString()).exitCode()).isZero();

    assertThat(Files.readString(page)).contains("<td>weir</td>", "<td>best*</td>", "class=\"bar\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "naive: 1 | two.yaml: expected input, got none",
        "input: train.csv | two.yaml: expected naive, the MASE of the seasonal naive method, got"
            + " none",
        "input: train.csv\\nnaive: x | two.yaml naive: expected a number above 0, got x",
        "input: train.csv\\n"
            + "naive: 1\\n"
            + "out: x | two.yaml: expected options of weir lab holdout, naive and remarks, got out",
        "[ | two.yaml line 2: expected YAML, got:",
        "about: &a [x]\\nsource: [*a, *a] | two.yaml line 2: expected no aliases, got *a",
        "about: [x] | two.yaml: expected a text or a number, got a list or keys",
        "a | two.yaml: expected keys and values, got none",
      })
  void wrongTasksAreNamed(String text, String message) throws IOException {
    task(text.replace("\\n", "\n"));

    InProcess done = run().failed(2);
    assertThat(done.err()).contains("weir lab suite: " + message);
  }
}
