package dev.weir.lab.evaluate;

import dev.weir.cli.console.UsageException;
import dev.weir.cli.evaluate.EvaluationSeasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What others published of models, by task. */
record Published(Map<String, List<Published.Entry>> byTask) {

  /** What sources call the method that scores are compared with. */
  static final String NAIVE = "seasonal_naive";

  /**
   * @param wql NaN if it was not published
   * @param seen whether the source says that the model was trained on data of the task
   */
  record Entry(String task, String model, double mase, double wql, boolean seen, String source) {}

  /**
   * Reads columns {@code task}, {@code model}, {@code mase}, {@code wql} and {@code source}, and
   * {@code seen_in_training} if there is one; there may be others.
   *
   * @param file that may be missing
   */
  static Published of(Path file) throws IOException {
    Published published = new Published(new LinkedHashMap<>());
    if (!Files.exists(file)) {
      return published;
    }
    String where = file.getFileName().toString();
    for (Map<String, String> row : EvaluationSeasons.rows(file, where)) {
      for (String column : List.of("task", "model", "mase", "wql", "source")) {
        UsageException.check(row.get(column) != null, where, "a column " + column, row.keySet());
      }
      Entry entry =
          new Entry(
              row.get("task"),
              row.get("model"),
              number(row, "mase", where),
              number(row, "wql", where),
              seen(row, where),
              row.get("source"));
      published.byTask.computeIfAbsent(entry.task, none -> new ArrayList<>()).add(entry);
    }
    return published;
  }

  private static boolean seen(Map<String, String> row, String where) {
    String text = row.getOrDefault("seen_in_training", "").strip().toLowerCase(Locale.ROOT);
    UsageException.check(
        List.of("", "no", "false", "yes", "true").contains(text),
        where + ": seen_in_training of " + row.get("model"),
        "yes, no or nothing",
        text);
    return text.equals("yes") || text.equals("true");
  }

  private static double number(Map<String, String> row, String column, String where) {
    String text = row.get(column);
    try {
      return text.isBlank() ? Double.NaN : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new UsageException(
          "%s: %s of %s: expected a number, got %s"
              .formatted(where, column, row.get("model"), text));
    }
  }

  /** All of a task; empty if nothing is known. */
  List<Entry> of(String task) {
    return byTask.getOrDefault(task, List.of());
  }

  /** That of the seasonal naive method; null if it is not known. */
  Entry naive(String task) {
    return of(task).stream().filter(one -> one.model.equals(NAIVE)).findFirst().orElse(null);
  }
}
