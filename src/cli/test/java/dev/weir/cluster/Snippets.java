package dev.weir.cluster;

import dev.weir.Documents;
import dev.weir.Documents.Piece;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The snippets of README.md and docs/*.md. {@link SnippetsIT} runs each of them as it is printed;
 * what it cannot run is listed here with the reason.
 */
final class Snippets {

  /** Languages of fenced blocks that are run: each command of a shell, the others as a whole. */
  static final List<String> RUN = List.of("sh", "sql", "java", "python");

  /** Checked elsewhere: DocumentedOptionsTest and SecuredKafkaIT. No language: what is printed. */
  static final List<String> NOT_CODE = List.of("", "json", "yaml", "properties", "csv", "xml");

  /** How a command or block starts, and why nobody runs it; one line each. */
  private static final Map<String, String> EXCUSED = new LinkedHashMap<>();

  private static void excuse(String start, String reason) {
    EXCUSED.put(start, reason);
  }

  static {
    excuse("git clone ", "names the reader's copy of the repository");
    excuse("cd weir", "goes into that copy");
    excuse("mvn -B verify", "runs this test");
    excuse("mvn -B -P release ", "builds the archive; the workflow release.yml runs it");
    excuse("curl -fLO https://archive.apache.org/", "downloads Flink");
    excuse("tar -xzf flink-", "unpacks Flink");
    excuse("flink-2.2.1/bin/", "is Flink's own; the test has a cluster of the same jars");
    excuse("bash conf/suite/fetch ", "downloads files of the benchmarks: SuiteFetchTest");
    excuse(
        "./weir alarms my-job.yaml --",
        "needs a job with these incidents: AlarmJobIT says such things to one");
    excuse("./weir lab ", "is built after this module, whose tests run it");
    excuse("docker ", "needs a container engine; ContainerImagesTest reads the files");
    excuse("kubectl ", "needs a Kubernetes cluster; KubernetesManifestTest reads the files");
    excuse(
        "kafka-acls.sh ", "is Kafka's own, for a secured broker; SecuredKafkaIT sets these rights");
    excuse("kafka-delete-records.sh ", "is Kafka's own; ReadingIT deletes records as it does");
    excuse("./weir run pumps.yaml", "needs a secured broker: SecuredKafkaIT");
    excuse(
        "./weir produce --input demand.csv --bootstrap-servers broker:9093 ",
        "needs a secured broker: SecuredKafkaIT");
    excuse(
        "flink run -d -s file:///checkpoints/JOB_ID/chk-57 ",
        "needs a checkpoint that a dead job left: ForecastClusterIT restores one");
    excuse(
        "CREATE TEMPORARY VIEW with_weather ",
        "needs a table of weather forecasts: CovariatesSqlIT");
    excuse("import dev.weir.core.", "EmbeddingPageTest compiles and runs it, without a broker");
    excuse("save_file(net.state_dict()", "a part of the program in docs/pytorch.md");
    excuse("import csv, torch", "needs PyTorch");
    excuse("import torch\nfrom safetensors.torch", "needs PyTorch");
    excuse("from safetensors.torch import save_file", "needs PyTorch");
    excuse("self.lstm = nn.LSTM(", "a part of the program in docs/pytorch.md");
    excuse(
        "self.rnn = nn.RNN(1, 16, bidirectional=True", "a part of the program in docs/pytorch.md");
    excuse("python3 src/core/main/python/", "needs PyTorch: TorchScriptsTest");
    excuse("./weir model inspect charts.safetensors", "reads what that wrote: TorchScriptsTest");
    excuse(
        "SELECT REGEXP_EXTRACT(series,",
        "needs incidents of several sensors of a line: TopicsTest");
  }

  private Snippets() {}

  static List<Path> documents() {
    return Documents.all().stream()
        .filter(file -> file.equals(Path.of("README.md")) || file.startsWith("docs"))
        .toList();
  }

  /**
   * A part of a document whose snippets need a broker of their own. A comment separates the parts.
   *
   * @param first line, from 1
   */
  record Session(Path document, int first, String text) {

    private static final String NEW_SESSION = "<!-- new session -->\n";

    static List<Session> of(Path document) throws IOException {
      List<Session> sessions = new ArrayList<>();
      int first = 1;
      for (String text : Files.readString(document).split(NEW_SESSION)) {
        sessions.add(new Session(document, first, text));
        first += (text + NEW_SESSION).lines().count();
      }
      return sessions;
    }

    /** What is run, in its order, each with its language. */
    List<Map.Entry<String, Piece>> snippets() {
      long end = first + text.lines().count();
      return Snippets.of(document).stream()
          .filter(snippet -> snippet.getValue().line() >= first && snippet.getValue().line() < end)
          .toList();
    }

    /** For names of files. */
    String name() {
      String page = document.getFileName().toString().replace(".md", "");
      return first == 1 ? page : page + "-" + first;
    }

    @Override
    public String toString() {
      return document + ":" + first;
    }
  }

  /** What is run of a document, in its order, each with its language. */
  static List<Map.Entry<String, Piece>> of(Path document) {
    return Documents.blocks(document).stream()
        .flatMap(
            block ->
                block.getKey().equals("sh")
                    ? commands(block.getValue()).stream().map(c -> Map.entry("sh", c))
                    : Stream.of(block))
        .toList();
  }

  /** The start that excuses a snippet, if one does. */
  static Optional<String> excuse(Piece snippet) {
    return EXCUSED.keySet().stream().filter(snippet.text()::startsWith).findFirst();
  }

  static List<String> excuses() {
    return List.copyOf(EXCUSED.keySet());
  }

  /** The commands of a block, without lines that only comment; a continued command is one. */
  static List<Piece> commands(Piece block) {
    List<Piece> commands = new ArrayList<>();
    StringBuilder command = new StringBuilder();
    int line = block.line();
    int first = line;
    for (String text : block.text().split("\n")) {
      if (command.isEmpty()) {
        first = line;
      }
      command.append(command.isEmpty() ? text.strip() : "\n" + text.strip());
      boolean comment = command.isEmpty() || command.charAt(0) == '#';
      if (!comment && !text.endsWith("\\")) {
        commands.add(new Piece(block.file(), first, command.toString()));
      }
      if (comment || !text.endsWith("\\")) {
        command.setLength(0);
      }
      line++;
    }
    return commands;
  }
}
