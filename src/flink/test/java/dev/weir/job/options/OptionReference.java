package dev.weir.job.options;

import dev.weir.option.Option;
import dev.weir.option.Option.Need;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes docs/job-file.md from the declarations of the options. */
public final class OptionReference {

  private static final List<Option<?>> REQUIRED =
      List.of(JobOptions.NAME, JobOptions.BOOTSTRAP_SERVERS);

  private static final String MANY_TO_MANY = "forecast.many-to-many";

  private OptionReference() {}

  /** Whether a job file must have it. */
  static boolean isRequired(Option<?> option) {
    return REQUIRED.contains(option);
  }

  /** What it has no effect without, such as {@code alarms.enabled: true}; empty for nothing. */
  private static String needed(Option<?> option) {
    Option.Need need = option.need();
    return need == null ? "" : need.text(need.option().key());
  }

  /** A page in Markdown, one table for each section of the job file. */
  public static String markdown() {
    StringBuilder page =
        new StringBuilder(
            """
            # The job file

            `--set window.seq-len=10` overrides an option. `learning: off` is short for `learning.enabled: false`, `mode: bounded` for
            `source.mode: bounded`. `kafka.properties` contains any property of Kafka's clients. Checkpoints, state backend and restarts
            are Flink's settings ([conf/config.yaml](../conf/config.yaml)).

            A *name* has letters, digits, '.', '_' and '-', at most 249. A *duration* has whole milliseconds, such as `PT30M` or `10 s`. A
            *list* is a YAML list or values joined by commas, a *path* field names joined by dots, such as `device.id`. The last column is the
            effect of another value at a start with a savepoint, empty where it is safe; *learns again*: %s;
            *untested*: try it beside the running job first; *old topic*: a savepoint holds places in it, so start without one; *unclaimed*: the
            start needs Flink's `execution.state-recovery.ignore-unclaimed-state: true`.
            """
                .formatted(Option.LEARNS_AGAIN));
    Set<String> described = new HashSet<>();
    Map<String, List<Option<?>>> sections =
        JobOptions.all().stream()
            .filter(option -> !option.section().equals(MANY_TO_MANY))
            .collect(
                Collectors.groupingBy(Option::section, LinkedHashMap::new, Collectors.toList()));
    sections.forEach((section, options) -> page.append(table(section, options, described)));
    return page.append("\nThe section `forecast.many-to-many` has the same options.\n").toString();
  }

  /**
   * One section.
   *
   * @param described what the sections above say
   */
  private static String table(String section, List<Option<?>> options, Set<String> described) {
    StringBuilder table = new StringBuilder("\n## ");
    table.append(section.isEmpty() ? "At the top" : "`" + section + "`").append("\n\n");
    Need common = common(options);
    if (common != null) {
      table.append("All need `").append(common.text(common.option().key())).append("`.\n\n");
    }
    table.append("| key | values | default | | savepoint |\n|---|---|---|---|---|\n");
    List<String> known = new ArrayList<>();
    String change = "";
    for (Option<?> option : options) {
      if (described.add(option.description() + option.change())
          && !option.description().startsWith("As ")) {
        table.append(line(option, common, change)).append('\n');
        change = option.change();
      } else {
        known.add("`" + option.name() + "`");
      }
    }
    if (!known.isEmpty()) {
      table.append("\nAs in a section above: ").append(String.join(", ", known)).append(".\n");
    }
    return table.toString();
  }

  /** What all options of a section need, be it by what they need; null if there is no such. */
  private static Need common(List<Option<?>> options) {
    return options.stream()
        .map(Option::need)
        .filter(need -> need != null && options.stream().allMatch(option -> needs(option, need)))
        .findFirst()
        .orElse(null);
  }

  private static boolean needs(Option<?> option, Need need) {
    return option.equals(need.option())
        || need.equals(option.need())
        || option.need() != null && needs(JobOptions.of(option.need().option().key()), need);
  }

  private static String line(Option<?> option, Need common, String above) {
    String otherwise =
        isRequired(option)
            ? "required"
            : option.defaultText() == null ? "" : "`" + option.defaultText() + "`";
    String needed = needed(option);
    boolean isCommon = needed.isEmpty() || option.need().equals(common);
    String change = option.change();
    return List.of(
            "`" + option.name() + "`",
            values(option),
            otherwise,
            option.description() + (isCommon ? "" : " Needs `" + needed + "`."),
            change.equals(above) && brief(above).length() > 20 ? "as above" : brief(change))
        .stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |"))
        .replaceAll(" {2}(?=\\|)", " ");
  }

  /** What a value must be, in few words: the pages describe names, durations and lists. */
  public static String values(Option<?> option) {
    String values =
        option
            .expected()
            .replaceFirst("^a name of letters.*", "name")
            .replaceFirst("^a duration of .*, from (.*)$", "duration from $1")
            .replaceFirst("^duration from PT0.001S to P3650D$", "duration above 0")
            .replaceFirst("^duration from PT0S to P3650D$", "duration")
            .replaceFirst("^a (whole )?number from", "from")
            .replaceFirst("^true or false, on or off$", "flag")
            .replaceFirst("^a list of experts, .*", "[names](learning.md#the-experts)")
            .replaceFirst("^a list of field names joined by dots, such as device.id$", "paths")
            .replaceFirst("^field names joined by dots, such as device.id$", "a path")
            .replaceFirst("^a list of a field's path .*", "[parts](topics.md#records-of-your-own)")
            .replaceFirst(
                "^the path of an array such as .*", "[path](topics.md#records-of-your-own)")
            .replaceFirst("^text$", "");
    return option.unit().isEmpty() ? values : values + ", " + option.unit();
  }

  private static String brief(String change) {
    return change
        .replace(Option.LEARNS_AGAIN, "learns again")
        .replace(Option.UNTESTED, "untested")
        .replace(Option.OLD_TOPIC, "old topic")
        .replace(Option.UNCLAIMED, "unclaimed")
        .replaceFirst("^safe(: |$)", "");
  }
}
