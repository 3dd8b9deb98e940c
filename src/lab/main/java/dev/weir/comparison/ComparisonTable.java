package dev.weir.comparison;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.Table;
import dev.weir.kafka.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** One line for each piece of work and each kernel of ours, the peers beside it. */
final class ComparisonTable {

  private record Line(Work work, Kernel kernel) {}

  private final List<Line> lines = new ArrayList<>();
  private final Map<String, Measured> measured;

  ComparisonTable(List<Work> works, Map<String, Measured> measured) {
    for (Work work : works) {
      for (Kernel kernel : Kernel.values()) {
        lines.add(new Line(work, kernel));
      }
    }
    this.measured = measured;
  }

  private Measured of(Line line) {
    return measured.get(Comparison.key(line.work, line.kernel.toString()));
  }

  /** Null if it was not measured. */
  private Measured of(Line line, OtherLibrary peer) {
    return measured.get(Comparison.key(line.work, peer.library()));
  }

  /** NaN if it was not measured. */
  private double ratio(Line line, OtherLibrary peer) {
    Measured theirs = of(line, peer);
    return theirs == null ? Double.NaN : theirs.nanos() / of(line).nanos();
  }

  private double rate(Line line) {
    return line.work.flops() / of(line).nanos();
  }

  String text() {
    Table<Line> table =
        new Table<Line>()
            .text("", null, Line::work)
            .text("kernel", null, Line::kernel)
            .text("Weir", "%s", line -> duration(of(line).nanos()))
            .text("bytes", "%.0f", line -> of(line).bytes())
            .text("GFLOP/s", "%.1f", this::rate);
    for (OtherLibrary peer : OtherLibrary.values()) {
      table.text(
          peer.title(),
          "%s",
          line ->
              of(line, peer) == null
                  ? null
                  : "%s (%s)"
                      .formatted(times(ratio(line, peer)), duration(of(line, peer).nanos())));
    }
    table
        .text("required", "%s", line -> targets(line, Work.Target::atLeast))
        .text("goal", "%s", line -> targets(line, Work.Target::aim))
        .text("", "%s", this::verdict);
    return "%nCPU time of one thread for one operation, and how many times as much a peer needs%n%s%n%n%s"
        .formatted(machine(), table.text(lines));
  }

  private static List<Work.Target> targets(Line line) {
    return Arrays.stream(OtherLibrary.values())
        .map(peer -> line.work.target(line.kernel, peer))
        .filter(Objects::nonNull)
        .toList();
  }

  private static String targets(Line line, ToDoubleFunction<Work.Target> figure) {
    return targets(line).stream()
        .map(target -> times(figure.applyAsDouble(target)))
        .collect(Collectors.joining(" "));
  }

  private String verdict(Line line) {
    List<Work.Target> targets = targets(line);
    if (targets.stream().anyMatch(one -> ratio(line, one.peer()) < one.atLeast())) {
      return "missed";
    }
    boolean isWhole = targets.stream().allMatch(one -> of(line, one.peer()) != null);
    return targets.isEmpty() ? null : isWhole ? "met" : "not all measured";
  }

  private static String times(double ratio) {
    return ratio < 20 ? "%.1fx".formatted(ratio) : "%.0fx".formatted(ratio);
  }

  private static String duration(double nanos) {
    if (nanos < 1_000) {
      return "%.0f ns".formatted(nanos);
    }
    return nanos < 1e6 ? "%.1f us".formatted(nanos / 1e3) : "%.2f ms".formatted(nanos / 1e6);
  }

  private static String machine() {
    return "%s, family %s model %s, %d processors, JDK %s"
        .formatted(
            processor("model name"),
            processor("cpu family"),
            processor("model"),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("java.version"));
  }

  /** A line of what Linux says of its first processor; elsewhere unknown. */
  private static String processor(String what) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
        int colon = line.indexOf(':');
        if (colon > 0 && line.substring(0, colon).strip().equals(what)) {
          return line.substring(colon + 1).strip();
        }
      }
    } catch (IOException e) {
      // not a Linux
    }
    return "unknown";
  }

  String json() {
    ObjectNode root = Json.object().put("machine", machine());
    ArrayNode rows = root.putArray("rows");
    for (Line line : lines) {
      ObjectNode row = rows.addObject().put("kind", line.work.kind());
      row.put("shape", line.work.shape() == null ? null : line.work.shape().text());
      add(row.put("kernel", line.kernel.toString()), of(line));
      if (!Double.isNaN(rate(line))) {
        row.put("gflops", rate(line));
      }
      ObjectNode peers = row.putObject("peers");
      for (OtherLibrary peer : OtherLibrary.values()) {
        if (of(line, peer) != null) {
          ObjectNode entry = peers.putObject(peer.library());
          add(entry, of(line, peer));
          entry.put("ratio", ratio(line, peer));
          Work.Target target = line.work.target(line.kernel, peer);
          if (target != null) {
            entry.put("at_least", target.atLeast()).put("aim", target.aim());
          }
        }
      }
    }
    return root.toPrettyString();
  }

  private static void add(ObjectNode node, Measured measured) {
    node.put("nanos", measured.nanos()).put("spread", measured.spread());
    if (!Double.isNaN(measured.bytes())) {
      node.put("bytes", measured.bytes()).put("process_over_thread", measured.processShare());
    }
  }
}
