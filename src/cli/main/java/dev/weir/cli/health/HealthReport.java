package dev.weir.cli.health;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.Printable;
import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.wire.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code weir status} has found: rows to read, the same as JSON, and what is not well. */
final class HealthReport {

  private record Row(String name, String text) {}

  /**
   * Something that is not well.
   *
   * @param what in one line
   * @param next what to do
   */
  record Problem(String what, String next) {}

  private final List<Row> rows = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final ObjectNode json = Json.object();

  /** A line for people; foreign words in it are made printable here, and passwords hidden. */
  void row(String name, String format, Object... args) {
    rows.add(new Row(name, line(format, args)));
  }

  void problem(String next, String format, Object... args) {
    problems.add(new Problem(line(format, args), next));
  }

  private static String line(String format, Object... args) {
    String text = String.format(Locale.ROOT, format, args);
    return Printable.line(ClientProperties.masked(text), 1_000);
  }

  /** A part of the JSON, filled by the check that determines it. */
  ObjectNode section(String name) {
    return json.putObject(name);
  }

  /** The interval of the job's checkpoints in milliseconds; -1 if it is not known. */
  long checkpointInterval() {
    return json.at("/job/checkpoints/interval_ms").asLong(-1);
  }

  boolean isHealthy() {
    return problems.isEmpty();
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }

  String json() {
    ObjectNode all = Json.object();
    all.put("healthy", isHealthy());
    ArrayNode reasons = all.putArray("problems");
    problems.forEach(p -> reasons.addObject().put("problem", p.what).put("next", p.next));
    all.setAll(json);
    return all.toString();
  }

  /** One screen; each problem is two lines, the second one what to do. */
  List<String> text() {
    List<String> lines = new ArrayList<>();
    lines.add(
        isHealthy()
            ? "healthy"
            : "not healthy: %d reason%s"
                .formatted(problems.size(), problems.size() == 1 ? "" : "s"));
    for (Problem problem : problems) {
      lines.add("  ! " + problem.what);
      lines.add("    " + problem.next);
    }
    rows.forEach(row -> lines.add("%-14s %s".formatted(row.name, row.text)));
    return lines;
  }

  /** A duration in the two largest units that it has. */
  static String duration(long millis) {
    Duration d = Duration.ofMillis(Math.max(0, millis));
    if (d.toDays() > 0) {
      return "%d d %d h".formatted(d.toDays(), d.toHoursPart());
    }
    if (d.toHours() > 0) {
      return "%d h %d min".formatted(d.toHours(), d.toMinutesPart());
    }
    if (d.toMinutes() > 0) {
      return "%d min %d s".formatted(d.toMinutes(), d.toSecondsPart());
    }
    return d.toSeconds() > 0 ? d.toSeconds() + " s" : d.toMillis() + " ms";
  }

  static String bytes(long bytes) {
    if (bytes >= 1L << 30) {
      return String.format(Locale.ROOT, "%.1f GB", bytes / (double) (1L << 30));
    }
    if (bytes >= 1L << 20) {
      return String.format(Locale.ROOT, "%.1f MB", bytes / (double) (1L << 20));
    }
    return String.format(Locale.ROOT, "%.1f KB", bytes / 1024.0);
  }
}
