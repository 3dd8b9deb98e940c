package dev.weir.cli.health;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.weir.cli.console.Printable;
import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi;

/** What {@code weir doctor} has checked, in order; each one line with what to change. */
final class CheckList {

  /** How a check went. */
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
   * One check.
   *
   * @param change what to do; empty when there is nothing
   */
  record Check(Level level, String name, String found, String change) {}

  private final List<Check> checks = new ArrayList<>();

  void ok(String name, String format, Object... args) {
    add(Level.ok, name, "", format, args);
  }

  void warn(String name, String change, String format, Object... args) {
    add(Level.warn, name, change, format, args);
  }

  void fail(String name, String change, String format, Object... args) {
    add(Level.fail, name, change, format, args);
  }

  /** Foreign words in it are made printable here, and passwords hidden. */
  private void add(Level level, String name, String change, String format, Object... args) {
    String found = ClientProperties.masked(String.format(Locale.ROOT, format, args));
    checks.add(new Check(level, name, Printable.line(found, 1_000), Printable.line(change, 500)));
  }

  boolean fails() {
    return checks.stream().anyMatch(check -> check.level == Level.fail);
  }

  private long count(Level level) {
    return checks.stream().filter(check -> check.level == level).count();
  }

  List<String> text(Ansi ansi) {
    List<String> lines = new ArrayList<>();
    for (Check check : checks) {
      String level =
          ansi.enabled()
              ? ansi.string("@|%s %s|@".formatted(check.level.colour, check.level))
                  + " ".repeat(4 - check.level.name().length())
              : "%-4s".formatted(check.level);
      lines.add(
          "%s  %-12s %s%s"
              .formatted(
                  level,
                  check.name,
                  check.found,
                  check.change.isEmpty() ? "" : "; " + check.change));
    }
    lines.add(
        "%d ok, %d to look at, %d to change first"
            .formatted(count(Level.ok), count(Level.warn), count(Level.fail)));
    return lines;
  }

  String json() {
    ArrayNode all = Json.array();
    for (Check check : checks) {
      all.addObject()
          .put("level", check.level.name())
          .put("check", check.name)
          .put("found", check.found)
          .put("change", check.change.isEmpty() ? null : check.change);
    }
    return all.toString();
  }
}
