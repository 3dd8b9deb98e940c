package dev.weir.job;

import dev.weir.forecast.expert.Experts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The reference of the job file, made from its options themselves, so that it can't go stale. */
public final class OptionReference {

  /**
   * One option.
   *
   * @param key its path in the job file, joined by dots
   * @param type in one word
   * @param expected what a value must be
   * @param defaultText the value when it is absent; null when it has none
   * @param required whether it must be there
   * @param unit of a number, or empty
   * @param description one sentence
   * @param change what a changed value does to a job that is started with a savepoint
   */
  public record Row(
      String key,
      String type,
      String expected,
      String defaultText,
      boolean required,
      String unit,
      String description,
      String change) {}

  private static final List<JobOption<?>> REQUIRED =
      List.of(JobOptions.NAME, JobOptions.BOOTSTRAP_SERVERS);

  /** Without those that a jar beside this one brings, which other machines do not have. */
  private static final String EXPERTS =
      "a list of experts, of %s and your own".formatted(String.join(", ", Experts.NAMES));

  private OptionReference() {}

  /** Every option, in the order of the documentation. */
  public static List<Row> rows() {
    return JobOptions.all().stream().map(OptionReference::row).toList();
  }

  private static Row row(JobOption<?> option) {
    OptionNotes.Note note = OptionNotes.of(option);
    return new Row(
        option.key(),
        option.type().name().toLowerCase(Locale.ROOT),
        option == JobOptions.EXPERTS ? EXPERTS : option.expected(),
        option.defaultText(),
        REQUIRED.contains(option),
        note.unit(),
        option.description(),
        note.change());
  }

  /** A page in Markdown, one table for each section of the job file. */
  public static String markdown() {
    StringBuilder page =
        new StringBuilder(
            """
            # The job file, option by option

            Made by `./weir options --format markdown` from the options themselves; a test compares. `./weir options window` shows some of
            them in a terminal, `--format json` gives them to programs.

            A job file is YAML. Dots separate levels (`window.seq-len` is `seq-len` below `window`); `--set window.seq-len=10` overrides
            one. A wrong or unknown option is named with its line before anything starts, all of them at once. A duration is written
            `PT30M` or `30 min`. `learning: off` is short for `learning.enabled: false`, `mode: bounded` for `source.mode: bounded`. Below
            `kafka.properties` takes any property of Kafka's clients. A list is a YAML list, or its values joined by commas.

            The last column says what happens when a job is stopped with a savepoint and started from it with another value: `safe` means
            that the new one holds and all else is kept. Checkpoints, state backend and restarts are Flink's own settings and not in the file
            ([conf/config.yaml](../conf/config.yaml)).
            """);
    sections()
        .forEach(
            (section, rows) -> {
              page.append("\n## ").append(section).append("\n\n");
              page.append(
                  "| key | type | values | default | unit | | changed over a savepoint |\n");
              page.append("|---|---|---|---|---|---|---|\n");
              rows.forEach(row -> page.append(line(row)).append('\n'));
            });
    return page.toString();
  }

  private static Map<String, List<Row>> sections() {
    Map<String, List<Row>> sections = new LinkedHashMap<>();
    for (Row row : rows()) {
      String[] parts = row.key.split("\\.");
      String section =
          switch (parts.length) {
            case 1 -> "At the top";
            case 2 -> "`" + parts[0] + "`";
            default -> "`" + parts[0] + "." + parts[1] + "`";
          };
      sections.computeIfAbsent(section, name -> new ArrayList<>()).add(row);
    }
    return sections;
  }

  private static String line(Row row) {
    String otherwise =
        row.required ? "required" : row.defaultText == null ? "" : "`" + row.defaultText + "`";
    return List.of(
            "`" + row.key + "`",
            row.type,
            row.expected,
            otherwise,
            row.unit,
            row.description,
            row.change)
        .stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |"));
  }
}
