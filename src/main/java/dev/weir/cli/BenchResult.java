package dev.weir.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What was measured, by combination: the figures of each repetition, their medians, and ratios.
 *
 * <p>A ratio of two combinations is the median of the ratios within each repetition. Pipelines of
 * the same mode, series and backend run right after each other, so that a machine that is slower
 * for a while is so for both; other series and backends are further apart, by a repetition at most.
 */
final class BenchResult {

  private static final int BASE_SERIES = 1000;

  /**
   * One repetition.
   *
   * @param cpuMicros CPU of the Flink process for each record, collector and state backend
   *     included, the JVM's compiler not
   * @param threadMicros of that, what Java threads spent
   * @param compilerMicros of the JVM's compiler, which is a part of start-up
   * @param savepointMillis stop with a savepoint; NaN where none was asked for
   * @param restoreMillis from there to twice the tasks that run; NaN as above
   * @param sentPerRecord records that the sink sent for each that the source read
   */
  record Repetition(
      double recordsPerSecond,
      double cpuMicros,
      double threadMicros,
      double compilerMicros,
      double sentPerRecord,
      double stateBytes,
      double checkpointMillis,
      double checkpointBytes,
      double savepointMillis,
      double restoreMillis) {

    /** From a {@link BenchRun}'s answer. */
    static Repetition of(JsonNode run) {
      double records = run.get("records").asDouble();
      return new Repetition(
          records / (run.get("nanos").asDouble() / 1e9),
          (run.get("cpu_nanos").asDouble() - run.get("compiler_nanos").asDouble()) / 1e3 / records,
          run.get("thread_nanos").asDouble() / 1e3 / records,
          run.get("compiler_nanos").asDouble() / 1e3 / records,
          run.get("sent").asDouble() / records,
          run.get("state_bytes").asDouble(),
          run.get("checkpoint_millis").asDouble(),
          run.get("checkpoint_bytes").asDouble(),
          run.path("savepoint_millis").asDouble(Double.NaN),
          run.path("restore_millis").asDouble(Double.NaN));
    }
  }

  private final Map<BenchCase, List<Repetition>> repetitions = new LinkedHashMap<>();
  private final Map<BenchCase, List<BenchLatency.Summary>> latencies = new LinkedHashMap<>();

  void add(BenchCase of, Repetition repetition) {
    repetitions.computeIfAbsent(of, any -> new ArrayList<>()).add(repetition);
  }

  void add(BenchCase of, BenchLatency.Summary latency) {
    latencies.computeIfAbsent(of, any -> new ArrayList<>()).add(latency);
  }

  /** The median of what was measured; null when nothing was. */
  private BenchLatency.Summary latency(BenchCase of) {
    return latencies.containsKey(of) ? BenchLatency.Summary.median(latencies.get(of)) : null;
  }

  /**
   * Milliseconds that a combination adds to the identity pipeline's latency at the same load;
   * median over the repetitions.
   */
  Map<BenchCase, BenchLatency.Percentiles> addedLatencies() {
    Map<BenchCase, BenchLatency.Percentiles> added = new LinkedHashMap<>();
    latencies.forEach(
        (c, all) -> {
          List<BenchLatency.Summary> base = latencies.get(c.with(BenchPipeline.IDENTITY));
          if (c.pipeline() == BenchPipeline.IDENTITY || base == null) {
            return;
          }
          List<BenchLatency.Percentiles> each = new ArrayList<>();
          for (int i = 0; i < Math.min(all.size(), base.size()); i++) {
            if (all.get(i).load() == base.get(i).load()) {
              each.add(all.get(i).uncommitted().minus(base.get(i).uncommitted()));
            }
          }
          if (!each.isEmpty()) {
            added.put(c, BenchLatency.Percentiles.median(each));
          }
        });
    return added;
  }

  double median(BenchCase of, ToDoubleFunction<Repetition> figure) {
    return median(repetitions.get(of).stream().mapToDouble(figure).toArray());
  }

  boolean has(BenchCase of) {
    return repetitions.containsKey(of);
  }

  /** The middle value, or the mean of the two in the middle; NaN of none. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  /** Median over the repetitions of a's figure by b's; NaN where one was not measured. */
  double ratio(BenchCase a, BenchCase b, ToDoubleFunction<Repetition> figure) {
    if (!has(a) || !has(b)) {
      return Double.NaN;
    }
    List<Repetition> of = repetitions.get(a);
    List<Repetition> by = repetitions.get(b);
    double[] ratios = new double[Math.min(of.size(), by.size())];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = figure.applyAsDouble(of.get(i)) / figure.applyAsDouble(by.get(i));
    }
    return median(ratios);
  }

  /**
   * All ratios that the combinations allow. The plain name is that of the first combination of
   * mode, series and backend; the others' names say of which they are.
   */
  Map<String, Double> ratios() {
    Map<String, Double> ratios = new LinkedHashMap<>();
    for (BenchCase c : repetitions.keySet()) {
      String of = "_" + c.pipeline().label.replace('-', '_');
      if (c.pipeline() != BenchPipeline.FORECAST) {
        ratio(ratios, "cpu" + of + "_over_forecast", c, c.with(BenchPipeline.FORECAST), true);
      }
      if (c.backend().equals("rocksdb")) {
        ratio(ratios, "cpu_rocksdb_over_hashmap" + of, c, c.withBackend("hashmap"), true);
      }
      if (c.series() != BASE_SERIES) {
        BenchCase base = c.withSeries(BASE_SERIES);
        String over = "_" + c.series() + "_over_" + BASE_SERIES + of;
        ratio(ratios, "throughput" + over, c, base, false);
        ratio(ratios, "cpu" + over, c, base, true);
      }
    }
    return ratios;
  }

  private void ratio(
      Map<String, Double> ratios, String name, BenchCase a, BenchCase b, boolean cpu) {
    double ratio = ratio(a, b, cpu ? Repetition::cpuMicros : Repetition::recordsPerSecond);
    if (Double.isNaN(ratio)) {
      return;
    }
    String longer = "%s/%s/%s/%s".formatted(name, a.mode().label(), a.series(), a.backend());
    ratios.put(ratios.containsKey(name) ? longer : name, ratio);
  }

  String json() throws com.fasterxml.jackson.core.JsonProcessingException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    ArrayNode pipelines = root.putArray("pipelines");
    Map<BenchCase, BenchLatency.Percentiles> added = addedLatencies();
    repetitions.forEach((c, all) -> add(pipelines.addObject(), c, all, added));
    ObjectNode ratios = root.putObject("ratios");
    ratios().forEach((name, ratio) -> ratios.put(name, rounded(ratio)));
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }

  private void add(
      ObjectNode node,
      BenchCase c,
      List<Repetition> all,
      Map<BenchCase, BenchLatency.Percentiles> added) {
    node.put("name", c.pipeline().label);
    node.put("mode", c.mode().label());
    node.put("series", c.series());
    node.put("backend", c.backend());
    node.put("records_per_second", rounded(median(c, Repetition::recordsPerSecond)));
    node.put("cpu_micros_per_record", rounded(median(c, Repetition::cpuMicros)));
    node.put("thread_cpu_micros_per_record", rounded(median(c, Repetition::threadMicros)));
    node.put("compiler_micros_per_record", rounded(median(c, Repetition::compilerMicros)));
    node.put("outputs_per_record", rounded(median(c, Repetition::sentPerRecord)));
    if (latencies.containsKey(c)) {
      latency(c).write(node);
      if (added.containsKey(c)) {
        added.get(c).write(node, "latency_added_ms");
      }
    } else {
      node.putNull("latency_ms");
    }
    node.put("state_bytes_per_series", rounded(median(c, Repetition::stateBytes) / c.series()));
    node.put("checkpoint_ms", rounded(median(c, Repetition::checkpointMillis)));
    node.put("checkpoint_bytes", rounded(median(c, Repetition::checkpointBytes)));
    double restore = median(c, Repetition::restoreMillis);
    if (!Double.isNaN(restore)) {
      node.put("savepoint_ms", rounded(median(c, Repetition::savepointMillis)));
      node.put("restore_ms", rounded(restore));
    }
    ArrayNode each = node.putArray("repetitions");
    for (Repetition repetition : all) {
      ObjectNode one = each.addObject();
      one.put("records_per_second", rounded(repetition.recordsPerSecond));
      one.put("cpu_micros_per_record", rounded(repetition.cpuMicros));
    }
  }

  /** To five digits: more would be noise. */
  static double rounded(double value) {
    if (value == 0 || !Double.isFinite(value)) {
      return value;
    }
    return new java.math.BigDecimal(value).round(new java.math.MathContext(5)).doubleValue();
  }

  String table() {
    StringBuilder table = new StringBuilder();
    table.append(
        "%-10s %-12s %9s %-7s | %9s %8s %8s | %8s %8s %8s | %9s %7s %9s%n"
            .formatted(
                "pipeline",
                "mode",
                "series",
                "backend",
                "records/s",
                "CPU us",
                "compiler",
                "p50 ms",
                "p99 ms",
                "rc p99",
                "B/series",
                "chkp ms",
                "chkp KB"));
    for (BenchCase c : repetitions.keySet()) {
      BenchLatency.Summary latency = latency(c);
      table.append(
          "%-10s %-12s %,9d %-7s | %,9.0f %8.2f %8.2f | %8s %8s %8s | %,9.0f %,7.0f %,9.0f%n"
              .formatted(
                  c.pipeline().label,
                  c.mode().label(),
                  c.series(),
                  c.backend(),
                  median(c, Repetition::recordsPerSecond),
                  median(c, Repetition::cpuMicros),
                  median(c, Repetition::compilerMicros),
                  latency == null ? "-" : millis(latency.uncommitted().p50()),
                  latency == null ? "-" : millis(latency.uncommitted().p99()),
                  latency == null ? "-" : millis(latency.committed().p99()),
                  median(c, Repetition::stateBytes) / c.series(),
                  median(c, Repetition::checkpointMillis),
                  median(c, Repetition::checkpointBytes) / 1024));
    }
    table.append(System.lineSeparator());
    ratios().forEach((name, ratio) -> table.append("%-60s %8.3f%n".formatted(name, ratio)));
    for (BenchCase c : repetitions.keySet()) {
      double restore = median(c, Repetition::restoreMillis);
      if (!Double.isNaN(restore)) {
        table.append(
            "%-60s %,8.0f %,8.0f%n"
                .formatted(
                    "savepoint, two tasks again, ms: " + c,
                    median(c, Repetition::savepointMillis),
                    restore));
      }
    }
    addedLatencies()
        .forEach(
            (c, added) ->
                table.append(
                    "%-60s %8s %8s%n"
                        .formatted(
                            "added latency, p50 and p99 ms: " + c,
                            millis(added.p50()),
                            millis(added.p99()))));
    return table.toString();
  }

  String csv() {
    StringBuilder csv =
        new StringBuilder(
            "name,mode,series,backend,records_per_second,cpu_micros_per_record,"
                + "thread_cpu_micros_per_record,latency_p50_ms,latency_p99_ms,"
                + "latency_committed_p50_ms,latency_committed_p99_ms,state_bytes_per_series,"
                + "checkpoint_ms,checkpoint_bytes\n");
    for (BenchCase c : repetitions.keySet()) {
      BenchLatency.Summary latency = latency(c);
      List<String> row = new ArrayList<>();
      row.add(c.pipeline().label);
      row.add(c.mode().label());
      row.add(Integer.toString(c.series()));
      row.add(c.backend());
      row.add(number(median(c, Repetition::recordsPerSecond)));
      row.add(number(median(c, Repetition::cpuMicros)));
      row.add(number(median(c, Repetition::threadMicros)));
      row.add(latency == null ? "" : number(latency.uncommitted().p50()));
      row.add(latency == null ? "" : number(latency.uncommitted().p99()));
      row.add(latency == null ? "" : number(latency.committed().p50()));
      row.add(latency == null ? "" : number(latency.committed().p99()));
      row.add(number(median(c, Repetition::stateBytes) / c.series()));
      row.add(number(median(c, Repetition::checkpointMillis)));
      row.add(number(median(c, Repetition::checkpointBytes)));
      csv.append(String.join(",", row)).append('\n');
    }
    return csv.toString();
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "" : Double.toString(rounded(value));
  }

  private static String millis(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.1f", value);
  }
}
