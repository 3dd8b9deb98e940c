package dev.weir.bench;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weir.bench.BenchCase.Backend;
import dev.weir.bench.LatencyProbe.Latency;
import dev.weir.bench.LatencyProbe.Percentiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The results by case: the figures of each repetition, their medians, and ratios.
 *
 * <p>A ratio of two cases is the median of the ratios within each repetition. Pipelines of the same
 * mode, series and backend run right after each other, so that a machine that is slower for a while
 * is slower for both.
 */
public final class Report {

  private static final int BASE_SERIES = 1000;
  private static final String HEAD =
      "pipeline   mode            series backend | records/s   CPU us compiler |   p50 ms   p99 ms"
          + "   rc p99 |  B/series chkp ms   chkp KB disk B/record%n";
  private static final String ROW =
      "%-10s %-12s %,9d %-7s | %,9.0f %8.2f %8.2f | %8s %8s %8s | %,9.0f %,7.0f %,9.0f %13s%n";

  private final Map<BenchCase, List<Repetition>> repetitions = new LinkedHashMap<>();
  private final Map<BenchCase, List<Latency>> latencies = new LinkedHashMap<>();

  /**
   * One repetition.
   *
   * @param cpuMicrosPerRecord CPU of the Flink process, with collector and state backend, without
   *     the JVM's compiler
   * @param savepointMs stop with a savepoint; null without {@code --rescale}
   * @param restoreMs from there until twice the tasks run; null without {@code --rescale}
   * @param diskBytesPerRecord written into files, of checkpoints too; null where that is not known
   */
  record Repetition(
      double recordsPerSecond,
      double cpuMicrosPerRecord,
      double compilerMicrosPerRecord,
      double stateBytesPerSeries,
      double checkpointMs,
      double checkpointBytes,
      Double savepointMs,
      Double restoreMs,
      Double diskBytesPerRecord) {}

  /** The medians of a case. */
  record Row(
      String name,
      String mode,
      int series,
      String backend,
      @JsonUnwrapped Repetition median,
      @JsonUnwrapped Latency latency,
      Percentiles latencyAddedMs,
      List<Repetition> repetitions) {}

  /** The JSON document. */
  private record Document(List<Row> pipelines, Map<String, Double> ratios) {}

  void add(BenchCase of, Repetition repetition) {
    repetitions.computeIfAbsent(of, any -> new ArrayList<>()).add(repetition);
  }

  void add(BenchCase of, Latency latency) {
    latencies.computeIfAbsent(of, any -> new ArrayList<>()).add(latency);
  }

  double recordsPerSecond(BenchCase of) {
    return median(repetitions.get(of), Repetition::recordsPerSecond);
  }

  /** The middle value, or the mean of the two in the middle, of those present; null if none. */
  static <T> Double median(List<T> of, Function<T, Double> figure) {
    List<Double> sorted = of.stream().map(figure).filter(Objects::nonNull).sorted().toList();
    int n = sorted.size();
    return n == 0 ? null : (Double) ((sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2);
  }

  private static Repetition median(List<Repetition> all) {
    return new Repetition(
        median(all, Repetition::recordsPerSecond),
        median(all, Repetition::cpuMicrosPerRecord),
        median(all, Repetition::compilerMicrosPerRecord),
        median(all, Repetition::stateBytesPerSeries),
        median(all, Repetition::checkpointMs),
        median(all, Repetition::checkpointBytes),
        median(all, Repetition::savepointMs),
        median(all, Repetition::restoreMs),
        median(all, Repetition::diskBytesPerRecord));
  }

  private static Percentiles median(Stream<Percentiles> all) {
    List<Percentiles> present = all.filter(Objects::nonNull).toList();
    return present.isEmpty()
        ? null
        : new Percentiles(median(present, Percentiles::p50), median(present, Percentiles::p99));
  }

  /** The figures of pairs within each repetition; empty where one of the two was not measured. */
  private static <T, R> List<R> pairs(
      Map<BenchCase, List<T>> all, BenchCase a, BenchCase b, BiFunction<T, T, R> figure) {
    List<T> of = all.getOrDefault(a, List.of());
    List<T> by = all.getOrDefault(b, List.of());
    return IntStream.range(0, Math.min(of.size(), by.size()))
        .mapToObj(i -> figure.apply(of.get(i), by.get(i)))
        .toList();
  }

  List<Row> rows() {
    return repetitions.keySet().stream().map(this::row).toList();
  }

  private Row row(BenchCase c) {
    List<Repetition> all = repetitions.get(c);
    List<Latency> timed = latencies.getOrDefault(c, List.of());
    Latency latency =
        timed.isEmpty()
            ? null
            : new Latency(
                median(timed.stream().map(Latency::latencyMs)),
                median(timed.stream().map(Latency::latencyCommittedMs)),
                median(timed, Latency::latencyRecordsPerSecond));
    List<Percentiles> added =
        c.pipeline() == BenchPipeline.IDENTITY
            ? List.of()
            : pairs(latencies, c, c.with(BenchPipeline.IDENTITY), Report::added);
    return new Row(
        c.pipeline().toString(),
        c.mode().label(),
        c.series(),
        c.backend().name(),
        median(all),
        latency,
        median(added.stream()),
        all);
  }

  private static Percentiles added(Latency latency, Latency base) {
    Percentiles of = latency.latencyMs();
    Percentiles by = base.latencyMs();
    return of == null || by == null
        ? null
        : new Percentiles(of.p50() - by.p50(), of.p99() - by.p99());
  }

  /**
   * All ratios that the cases allow. The plain name belongs to the first combination of mode,
   * series and backend; the names of the others say which they are.
   */
  Map<String, Double> ratios() {
    Map<String, Double> ratios = new LinkedHashMap<>();
    Function<Repetition, Double> cpu = Repetition::cpuMicrosPerRecord;
    for (BenchCase c : repetitions.keySet()) {
      String of = "_" + c.pipeline().toString().replace('-', '_');
      if (c.pipeline() != BenchPipeline.FORECAST) {
        BenchCase base = c.with(BenchPipeline.FORECAST);
        ratio(ratios, "cpu" + of + "_over_forecast", c, base, cpu);
      }
      if (c.backend() == Backend.rocksdb) {
        ratio(ratios, "cpu_rocksdb_over_hashmap" + of, c, c.with(Backend.hashmap), cpu);
      }
      if (c.series() != BASE_SERIES) {
        BenchCase base = c.withSeries(BASE_SERIES);
        String over = "_" + c.series() + "_over_" + BASE_SERIES + of;
        ratio(ratios, "throughput" + over, c, base, Repetition::recordsPerSecond);
        ratio(ratios, "cpu" + over, c, base, cpu);
      }
    }
    return ratios;
  }

  private void ratio(
      Map<String, Double> ratios,
      String name,
      BenchCase a,
      BenchCase b,
      Function<Repetition, Double> f) {
    Double ratio = median(pairs(repetitions, a, b, (x, y) -> f.apply(x) / f.apply(y)), r -> r);
    if (ratio != null) {
      String longer = "%s/%s/%s/%s".formatted(name, a.mode().label(), a.series(), a.backend());
      ratios.put(ratios.containsKey(name) ? longer : name, ratio);
    }
  }

  public String json() throws JsonProcessingException {
    return JsonMapper.builder()
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValueAsString(new Document(rows(), ratios()));
  }

  public String table() {
    StringBuilder table = new StringBuilder();
    table.append(HEAD.formatted());
    for (Row row : rows()) {
      Repetition median = row.median;
      Percentiles all = row.latency == null ? null : row.latency.latencyMs();
      Percentiles committed = row.latency == null ? null : row.latency.latencyCommittedMs();
      table.append(
          ROW.formatted(
              row.name,
              row.mode,
              row.series,
              row.backend,
              median.recordsPerSecond,
              median.cpuMicrosPerRecord,
              median.compilerMicrosPerRecord,
              millis(all, Percentiles::p50),
              millis(all, Percentiles::p99),
              millis(committed, Percentiles::p99),
              median.stateBytesPerSeries,
              median.checkpointMs,
              median.checkpointBytes / 1024,
              median.diskBytesPerRecord == null
                  ? "-"
                  : "%,.0f".formatted(median.diskBytesPerRecord)));
    }
    table.append(System.lineSeparator());
    ratios().forEach((name, ratio) -> table.append("%-60s %8.3f%n".formatted(name, ratio)));
    for (BenchCase c : repetitions.keySet()) {
      Row row = row(c);
      if (row.median.restoreMs != null) {
        String name = "savepoint, twice the tasks again, ms: " + c;
        table.append(
            "%-60s %,8.0f %,8.0f%n".formatted(name, row.median.savepointMs, row.median.restoreMs));
      }
      if (row.latencyAddedMs != null) {
        String name = "added latency, p50 and p99 ms: " + c;
        String p50 = millis(row.latencyAddedMs, Percentiles::p50);
        String p99 = millis(row.latencyAddedMs, Percentiles::p99);
        table.append("%-60s %8s %8s%n".formatted(name, p50, p99));
      }
    }
    return table.toString();
  }

  private static String millis(Percentiles of, ToDoubleFunction<Percentiles> which) {
    return of == null ? "-" : "%.1f".formatted(which.applyAsDouble(of));
  }
}
