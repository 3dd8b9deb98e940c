package dev.weir.cli.health;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.Printable;
import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.wire.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.AuthorizationException;
import picocli.CommandLine.Help.Ansi;

/**
 * What checks have found, in their order. {@code weir doctor} prints all as a list; {@code weir
 * status} prints what is not well before the rest, and figures in its JSON.
 */
final class Findings {

  static final String RIGHTS = "grant what docs/kafka-security.md lists for doctor";

  enum Level {
    ok("green"),
    warn("yellow"),
    fail("red");

    private final String colour;

    Level(String colour) {
      this.colour = colour;
    }
  }

  /**
   * One finding.
   *
   * @param name of what was looked at; empty for a problem of status
   * @param found in one line
   * @param change what to do; empty when there is nothing
   */
  record Finding(Level level, String name, String found, String change) {}

  private final List<Finding> findings = new ArrayList<>();
  private final ObjectNode figures = Json.object();

  void ok(String name, String format, Object... args) {
    add(Level.ok, name, "", format, args);
  }

  void warn(String name, String change, String format, Object... args) {
    add(Level.warn, name, change, format, args);
  }

  void fail(String name, String change, String format, Object... args) {
    add(Level.fail, name, change, format, args);
  }

  /** As {@link #fail}, of what status looks at. */
  void problem(String change, String format, Object... args) {
    add(Level.fail, "", change, format, args);
  }

  /** Foreign words in it are made printable here, and passwords hidden. */
  private void add(Level level, String name, String change, String format, Object... args) {
    String found = ClientProperties.masked(String.format(format, args));
    findings.add(
        new Finding(level, name, Printable.line(found, 1_000), Printable.line(change, 500)));
  }

  /** Makes a check. What may not be asked is a finding too, and the other checks go on. */
  void allowed(String name, Runnable check) {
    try {
      check.run();
    } catch (AuthorizationException e) {
      warn(name, RIGHTS, "can't be looked at: %s", e.getMessage());
    } catch (IllegalStateException e) {
      if (!(e.getCause() instanceof AuthorizationException)) {
        throw e;
      }
      warn(name, RIGHTS, "can't be looked at: %s", e.getMessage());
    }
  }

  /** A part of status's JSON, filled by the check that determines it. */
  ObjectNode section(String name) {
    return figures.putObject(name);
  }

  ObjectNode figure(String section, String name) {
    return (ObjectNode) figures.get(section).get(name);
  }

  /** The interval of the job's checkpoints in milliseconds; -1 if it is not known. */
  long checkpointInterval() {
    return figures.at("/job/checkpoints/interval_ms").asLong(-1);
  }

  private List<Finding> of(Level level) {
    return findings.stream().filter(finding -> finding.level == level).toList();
  }

  List<Finding> problems() {
    return of(Level.fail);
  }

  boolean isHealthy() {
    return problems().isEmpty();
  }

  List<String> list(Ansi ansi) {
    List<String> lines = new ArrayList<>();
    for (Finding one : findings) {
      String level = "%-4s".formatted(one.level);
      String shown =
          ansi.enabled()
              ? level.replace(
                  one.level.name(), ansi.string("@|%s %s|@".formatted(one.level.colour, one.level)))
              : level;
      String change = one.change.isEmpty() ? "" : "; " + one.change;
      lines.add("%s  %-12s %s%s".formatted(shown, one.name, one.found, change));
    }
    lines.add(
        "%d ok, %d to look at, %d to change first"
            .formatted(of(Level.ok).size(), of(Level.warn).size(), problems().size()));
    return lines;
  }

  String listJson() {
    ArrayNode all = Json.array();
    for (Finding one : findings) {
      all.addObject()
          .put("level", one.level.name())
          .put("check", one.name)
          .put("found", one.found)
          .put("change", one.change.isEmpty() ? null : one.change);
    }
    return all.toString();
  }

  /** One screen; each problem is two lines, the second one what to do. */
  List<String> text() {
    List<String> lines = new ArrayList<>();
    int count = problems().size();
    lines.add(
        isHealthy()
            ? "healthy"
            : "not healthy: %d reason%s".formatted(count, count == 1 ? "" : "s"));
    for (Finding problem : problems()) {
      lines.add("  ! " + problem.found);
      lines.add("    " + problem.change);
    }
    of(Level.ok).forEach(one -> lines.add("%-14s %s".formatted(one.name, one.found)));
    return lines;
  }

  String json() {
    ObjectNode all = Json.object();
    all.put("healthy", isHealthy());
    ArrayNode reasons = all.putArray("problems");
    problems().forEach(p -> reasons.addObject().put("problem", p.found).put("next", p.change));
    return all.setAll(figures).toString();
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
      return String.format("%.1f GB", bytes / (double) (1L << 30));
    }
    if (bytes >= 1L << 20) {
      return String.format("%.1f MB", bytes / (double) (1L << 20));
    }
    return String.format("%.1f KB", bytes / 1024.0);
  }
}
