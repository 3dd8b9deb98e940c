package dev.weir.comparison;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One line for each piece of work and each kernel of ours, the peers beside it. */
final class ComparisonTable {

  private final List<Work> works;
  private final Map<String, Measured> measured;
  private final double peak; // GFLOP/s

  ComparisonTable(List<Work> works, Map<String, Measured> measured, Measured peak) {
    this.works = works;
    this.measured = measured;
    this.peak = PeakBenchmark.FLOPS / peak.nanos();
  }

  String text() {
    List<List<String>> lines = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("", "kernel", "Weir", "bytes", "GFLOP/s", "peak"));
    for (OtherLibrary peer : OtherLibrary.values()) {
      head.add(peer.title());
    }
    head.addAll(List.of("required", "goal", ""));
    lines.add(head);
    for (Work work : works) {
      for (Kernel kernel : Kernel.values()) {
        lines.add(line(work, kernel));
      }
    }
    return "%nCPU time of one thread for one operation, and how many times as much a peer needs%n%s; multiply-adds at most %.1f GFLOP/s%n%n%s"
        .formatted(machine(), peak, aligned(lines));
  }

  private List<String> line(Work work, Kernel kernel) {
    Measured ours = of(work, kernel.toString());
    List<String> line = new ArrayList<>(List.of(work.toString(), kernel.toString()));
    line.add(duration(ours.nanos()));
    line.add("%.0f".formatted(ours.bytes()));
    double rate = work.flops() / ours.nanos();
    line.add(Double.isNaN(rate) ? "" : "%.1f".formatted(rate));
    line.add(Double.isNaN(rate) ? "" : "%.0f %%".formatted(100 * rate / peak));
    List<String> atLeast = new ArrayList<>();
    List<String> aim = new ArrayList<>();
    boolean isShort = false;
    boolean complete = true;
    for (OtherLibrary peer : OtherLibrary.values()) {
      Measured theirs = of(work, peer.library());
      double ratio = theirs == null ? Double.NaN : theirs.nanos() / ours.nanos();
      line.add(theirs == null ? "" : "%s (%s)".formatted(times(ratio), duration(theirs.nanos())));
      Work.Target target = work.target(kernel, peer);
      if (target != null) {
        atLeast.add(times(target.atLeast()));
        aim.add(times(target.aim()));
        complete &= theirs != null;
        isShort |= ratio < target.atLeast();
      }
    }
    line.add(String.join(" ", atLeast));
    line.add(String.join(" ", aim));
    line.add(atLeast.isEmpty() ? "" : verdict(isShort, complete));
    return line;
  }

  private static String verdict(boolean isShort, boolean complete) {
    if (isShort) {
      return "missed";
    }
    return complete ? "met" : "not all measured";
  }

  private Measured of(Work work, String who) {
    return measured.get(Comparison.key(work, who));
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

  private static String aligned(List<List<String>> lines) {
    int columns = lines.get(0).size();
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder row = new StringBuilder();
      for (int c = 0; c < columns; c++) {
        int column = c;
        int width = lines.stream().mapToInt(other -> other.get(column).length()).max().orElse(0);
        String format = c < 2 ? "%-" + Math.max(width, 1) + "s" : "%" + Math.max(width, 1) + "s";
        row.append(format.formatted(line.get(c))).append("  ");
      }
      text.append(row.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
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
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Work work : works) {
      for (Kernel kernel : Kernel.values()) {
        rows.add(row(work, kernel));
      }
    }
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("machine", machine());
    root.put("peak_gflops", peak);
    root.put("rows", rows);
    try {
      return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("json: expected numbers and words only", e);
    }
  }

  private Map<String, Object> row(Work work, Kernel kernel) {
    Measured ours = of(work, kernel.toString());
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("kind", work.kind());
    row.put("shape", work.shape() == null ? null : work.shape().text());
    row.put("kernel", kernel.toString());
    row.putAll(figures(ours));
    if (!Double.isNaN(work.flops())) {
      row.put("gflops", work.flops() / ours.nanos());
      row.put("peak_share", work.flops() / ours.nanos() / peak);
    }
    Map<String, Object> peers = new LinkedHashMap<>();
    for (OtherLibrary peer : OtherLibrary.values()) {
      Measured theirs = of(work, peer.library());
      if (theirs != null) {
        Map<String, Object> entry = new LinkedHashMap<>(figures(theirs));
        entry.put("ratio", theirs.nanos() / ours.nanos());
        Work.Target target = work.target(kernel, peer);
        if (target != null) {
          entry.put("at_least", target.atLeast());
          entry.put("aim", target.aim());
        }
        peers.put(peer.library(), entry);
      }
    }
    row.put("peers", peers);
    return row;
  }

  private static Map<String, Object> figures(Measured measured) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("nanos", measured.nanos());
    figures.put("spread", measured.spread());
    if (!Double.isNaN(measured.bytes())) {
      figures.put("bytes", measured.bytes());
      figures.put("process_over_thread", measured.processShare());
    }
    return figures;
  }
}
