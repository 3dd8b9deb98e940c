package dev.weir.cli.health;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.Format;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.Terminal;
import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.wire.Json;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.common.errors.AuthorizationException;
import picocli.CommandLine.Help.Ansi;

/** What checks have found, in their order, and the figures behind it. */
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
   * @param check what was checked
   * @param found in one line
   * @param next what to do; empty when there is nothing
   */
  record Finding(Level level, String check, String found, String next) {}

  private final List<Finding> findings = new ArrayList<>();
  private boolean isClosed;

  /**
   * Figures of the JSON by name, such as {@code forecasts.series}; a late check may add to them.
   */
  final ObjectNode figures =
      new ObjectNode(JsonNodeFactory.instance, new ConcurrentSkipListMap<>());

  void ok(String check, String format, Object... args) {
    add(Level.ok, check, "", format, args);
  }

  void warn(String check, String next, String format, Object... args) {
    add(Level.warn, check, next, format, args);
  }

  void fail(String check, String next, String format, Object... args) {
    add(Level.fail, check, next, format, args);
  }

  /** Makes foreign text printable and masks passwords. */
  synchronized void add(Level level, String check, String next, String format, Object... args) {
    if (isClosed) {
      return;
    }
    String found = Printable.line(ClientProperties.masked(String.format(format, args)), 1_000);
    findings.add(
        new Finding(level, check, found, level == Level.ok ? "" : Printable.line(next, 500)));
  }

  /** Adds a failure; what is found after it is ignored. */
  synchronized void failLast(String check, String next, String format, Object... args) {
    fail(check, next, format, args);
    isClosed = true;
  }

  /** Runs a check; one that the user's rights do not allow is a warning. */
  void allowed(String check, Runnable body) {
    try {
      body.run();
    } catch (AuthorizationException | IllegalStateException e) {
      if (e instanceof IllegalStateException && !(e.getCause() instanceof AuthorizationException)) {
        throw e;
      }
      warn(check, RIGHTS, "can't be checked: %s", e.getMessage());
    }
  }

  List<Finding> of(Level level) {
    return findings.stream().filter(finding -> finding.level == level).toList();
  }

  boolean isHealthy() {
    return of(Level.fail).isEmpty();
  }

  /** Prints them and returns the exit code. */
  int print(Format format) {
    PrintStream out = System.out;
    if (format == Format.json) {
      out.println(json());
    } else {
      text(Terminal.colours(Terminal.isOut())).forEach(out::println);
    }
    return isHealthy() ? 0 : 1;
  }

  List<String> text(Ansi ansi) {
    List<String> lines = new ArrayList<>();
    for (Finding one : findings) {
      String level =
          ansi.enabled()
              ? ansi.string("@|%s %-4s|@".formatted(one.level.colour, one.level))
              : "%-4s".formatted(one.level);
      String next = one.next.isEmpty() ? "" : "; " + one.next;
      lines.add("%s  %-12s %s%s".formatted(level, one.check, one.found, next));
    }
    lines.add(
        "%s: %d ok, %d to look at, %d to change"
            .formatted(
                isHealthy() ? "healthy" : "not healthy",
                of(Level.ok).size(),
                of(Level.warn).size(),
                of(Level.fail).size()));
    return lines;
  }

  String json() {
    ObjectNode all = Json.object().put("healthy", isHealthy());
    ArrayNode list = all.putArray("findings");
    for (Finding one : findings) {
      list.addObject()
          .put("level", one.level.name())
          .put("check", one.check)
          .put("found", one.found)
          .put("next", one.next.isEmpty() ? null : one.next);
    }
    return all.set("figures", figures).toString();
  }
}
