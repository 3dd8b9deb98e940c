package dev.weir.lab.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.console.UsageException;
import dev.weir.job.options.JobFileException;
import dev.weir.job.options.StrictUtf8Input;
import dev.weir.job.options.YamlText;
import dev.weir.kafka.wire.Json;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * A folder of tasks, each a file {@code NAME.yaml} with options of {@code weir lab holdout} and the
 * MASE that the seasonal naive method is known to have, and of a table {@code published.csv}.
 */
final class Suite {

  /** How far the seasonal naive method may be from what the task says, as a share of that. */
  private static final double TOLERANCE = 0.002;

  private static final int MAX_CHARACTERS = 64 << 10;
  private static final String NAIVE = "naive";
  private static final Set<String> REMARKS = Set.of("about", "source", "licence");
  private static final Set<String> FILES = Set.of("input", "truth");

  /** What a task may say of its data and forecasts; not what is written, and where. */
  private static final Set<String> OPTIONS =
      Set.of(
          ("layout columns date-format decimal interval gap horizon windows season mase-season"
                  + " holidays time-zone bounds-min bounds-max bounds-integer")
              .split(" "));

  /**
   * @param naive MASE of the seasonal naive method
   * @param files of the data, by option
   * @param arguments of {@code weir lab holdout}, without the files
   * @param problem why it cannot run; null if it can
   */
  private record Task(
      String name, double naive, Map<String, Path> files, List<String> arguments, String problem) {

    List<String> all() {
      List<String> all = new ArrayList<>(arguments);
      files.forEach((option, file) -> all.addAll(List.of("--" + option, file.toString())));
      return all;
    }

    /** Of what figures were made: they are made again when it changes. */
    JsonNode origin() throws IOException {
      ObjectNode origin = Json.object();
      origin.set("arguments", Json.tree(arguments));
      for (Path file : files.values()) {
        origin.put(
            file.getFileName().toString(),
            "%d bytes of %s".formatted(Files.size(file), Files.getLastModifiedTime(file)));
      }
      return origin;
    }
  }

  private final List<Task> tasks = new ArrayList<>();
  private final Published published;

  /**
   * Reads the tasks.
   *
   * @param folder of the tasks
   * @param data folder of the files that they name, or of folders with them; a task without data is
   *     left out
   * @throws UsageException for a task that is wrong
   */
  Suite(Path folder, Path data) throws IOException {
    UsageException.check(Files.isDirectory(folder), "DIR", "a folder of tasks", folder);
    UsageException.check(Files.isDirectory(data), "--input", "a folder of data", data);
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
    UsageException.check(!files.isEmpty(), "DIR", "files NAME.yaml", "none in " + folder);
    for (Path file : files) {
      tasks.add(task(file, data));
    }
    this.published = Published.of(folder.resolve("published.csv"));
  }

  private static Task task(Path file, Path data) throws IOException {
    String where = file.getFileName().toString();
    Map<String, Path> files = new LinkedHashMap<>();
    List<String> arguments = new ArrayList<>();
    Double naive = null;
    String problem = null;
    for (Map.Entry<String, String> entry : entries(file).entrySet()) {
      String key = entry.getKey();
      String text = entry.getValue();
      if (key.equals(NAIVE)) {
        naive = number(text, where);
      } else if (FILES.contains(key)) {
        List<Path> found = found(data.normalize(), text);
        if (found.size() == 1) {
          files.put(key, found.get(0));
        } else {
          problem =
              "%s: expected one file %s in %s or a folder of it, got %d"
                  .formatted(key, Printable.line(text), data, found.size());
        }
      } else if (OPTIONS.contains(key)) {
        arguments.addAll(List.of("--" + key, text));
      } else {
        UsageException.check(
            REMARKS.contains(key), where, "options of weir lab holdout, naive and remarks", key);
      }
    }
    UsageException.check(problem != null || files.containsKey("input"), where, "input", "none");
    UsageException.check(
        naive != null, where, "naive, the MASE of the seasonal naive method", "none");
    return new Task(where.replaceFirst("\\.yaml$", ""), naive, files, arguments, problem);
  }

  private static List<Path> found(Path data, String name) throws IOException {
    try (Stream<Path> entries = Files.list(data)) {
      return Stream.concat(Stream.of(data), entries.filter(Files::isDirectory))
          .map(folder -> folder.resolve(name).normalize())
          .filter(file -> file.startsWith(data) && Files.isRegularFile(file))
          .distinct()
          .toList();
    }
  }

  private static double number(String text, String where) {
    try {
      double number = Double.parseDouble(text);
      UsageException.check(number > 0 && number < 1e9, where + " naive", "a number above 0", text);
      return number;
    } catch (NumberFormatException e) {
      throw new UsageException(where + " naive: expected a number above 0, got " + text);
    }
  }

  private static Map<String, String> entries(Path file) throws IOException {
    String where = file.getFileName().toString();
    UsageException.check(
        Files.size(file) <= MAX_CHARACTERS, where, "at most 64 kB", Files.size(file) + " bytes");
    Map<String, String> entries = new LinkedHashMap<>();
    Node root;
    try (Reader text = StrictUtf8Input.open(file)) {
      StringWriter whole = new StringWriter();
      text.transferTo(whole);
      root = YamlText.root(whole.toString(), where);
    } catch (JobFileException e) {
      throw new UsageException(e.getMessage());
    }
    UsageException.check(root instanceof MappingNode, where, "keys and values", "none");
    for (NodeTuple entry : ((MappingNode) root).getValue()) {
      String key = scalar(entry.getKeyNode(), where);
      String before = entries.put(key, scalar(entry.getValueNode(), where));
      UsageException.check(before == null, where, key + " once", "it again");
    }
    return entries;
  }

  private static String scalar(Node node, String where) {
    UsageException.check(node instanceof ScalarNode, where, "a text or a number", "a list or keys");
    return ((ScalarNode) node).getValue();
  }

  /**
   * Runs each task of which the results have no figures yet.
   *
   * @param results folder of a file for each task that is done; null for none
   */
  SuiteResult run(Path results, ProgressLine line) throws Exception {
    if (results != null) {
      Files.createDirectories(results);
    }
    List<SuiteResult.Outcome> outcomes = new ArrayList<>();
    for (Task task : tasks) {
      Path file = results == null ? null : results.resolve(task.name + ".json");
      SuiteResult.Outcome outcome = file == null ? null : earlier(task, file);
      if (outcome == null) {
        outcome = run(task, line);
        if (file != null && outcome.problem() == null) {
          ObjectNode written = Json.object();
          written.set("of", task.origin());
          written.set("figures", Json.tree(outcome.figures()));
          Files.writeString(file, written + "\n");
        }
      }
      line.line("%s", outcome.line());
      outcomes.add(outcome);
    }
    return new SuiteResult(outcomes, published);
  }

  private static SuiteResult.Outcome earlier(Task task, Path file) throws IOException {
    if (!Files.isRegularFile(file) || task.problem != null) {
      return null;
    }
    try {
      JsonNode read = Json.FILES.readTree(Files.readString(file));
      UsageException.check( // what is not ours is not replaced
          read.has("of") && read.has("figures"),
          "--results",
          "figures of a task",
          "others in " + file);
      if (!task.origin().equals(read.path("of"))) {
        return null;
      }
      Map<String, Double> figures = new LinkedHashMap<>();
      read.path("figures")
          .fields()
          .forEachRemaining(f -> figures.put(f.getKey(), f.getValue().asDouble()));
      return new SuiteResult.Outcome(task.name, figures, null);
    } catch (JsonProcessingException e) {
      throw new UsageException("--results: expected JSON, got unreadable text in " + file);
    }
  }

  private static SuiteResult.Outcome run(Task task, ProgressLine line) throws Exception {
    if (task.problem != null) {
      return new SuiteResult.Outcome(task.name, Map.of(), task.problem);
    }
    List<Double> levels = new ArrayList<>(HoldoutResult.WQL_LEVELS);
    levels.add(HoldoutResult.MSIS_LEVEL);
    Map<String, Double> figures;
    try {
      figures = SuiteResult.figures(HoldoutCommand.scores(task.all(), levels, line));
    } catch (UsageException e) {
      return new SuiteResult.Outcome(task.name, Map.of(), e.getMessage());
    }
    double naive = figures.getOrDefault("naive_mase", Double.NaN);
    boolean same = Math.abs(naive - task.naive) <= TOLERANCE * task.naive;
    String problem =
        same
            ? null
            : "expected a MASE of %s of the seasonal naive method, got %.3f: other data, or another protocol"
                .formatted(task.naive, naive);
    return new SuiteResult.Outcome(task.name, figures, problem);
  }
}
