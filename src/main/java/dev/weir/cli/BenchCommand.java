package dev.weir.cli;

import dev.weir.model.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weir bench}: what a record costs on this machine, from Kafka to Kafka. */
@Command(
    name = "bench",
    description =
        "Measures on this machine, in one run, what a record costs from Kafka to Kafka: the job,"
            + " and pipelines that do less on the same topics.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {"", "Example: weir bench --quick", "Example: weir bench --format json > bench.json"})
final class BenchCommand implements Callable<Integer> {

  private static final List<String> ALL =
      List.of("identity", "windows", "last-value", "forecast", "learn");
  private static final List<String> QUICK = List.of("identity", "last-value", "forecast", "learn");

  /** How results are written. */
  enum Layout {
    /** For people. */
    table,
    /** One object. */
    json,
    /** One row for each combination. */
    csv
  }

  @Option(
      names = "--pipelines",
      split = ",",
      paramLabel = "NAME",
      description = "identity, windows, last-value, forecast, learn (default: all).")
  private List<String> pipelines;

  @Option(
      names = "--modes",
      split = ",",
      paramLabel = "MODE",
      description = "many-to-one, many-to-many (default: both).")
  private List<String> modes;

  @Option(
      names = "--series",
      split = ",",
      paramLabel = "N",
      description = "How many series there are (default: 1000,1,100000).")
  private List<Integer> series;

  @Option(
      names = "--backends",
      split = ",",
      paramLabel = "NAME",
      description = "hashmap, rocksdb (default: both).")
  private List<String> backends;

  @Option(names = "--repetitions", description = "Of each measurement (default: 5).")
  private Integer repetitions;

  @Option(
      names = "--records",
      description = "Records in the topic, at most so many in each measurement (default: 4000000).")
  private Long records;

  @Option(
      names = "--window",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long each measurement lasts at most (default: 10s).")
  private java.time.Duration window;

  @Option(
      names = "--checkpoint-interval",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      defaultValue = "10s",
      description = "Time from one checkpoint to the next (default: ${DEFAULT-VALUE}).")
  private java.time.Duration interval;

  @Option(
      names = "--heap",
      defaultValue = "2g",
      description = "Of Flink (default: ${DEFAULT-VALUE}).")
  private String heap;

  @Option(names = "--seed", defaultValue = "1", description = "Of values and weights (default: 1).")
  private long seed;

  @Option(
      names = "--hot-key",
      paramLabel = "SHARE",
      defaultValue = "0",
      description = "Share of the records that one further series has (default: 0, none).")
  private double hotKey;

  @Option(
      names = "--rescale",
      description = "Also stop each run with a savepoint and go on from it with two tasks.")
  private boolean rescale;

  @Option(
      names = "--no-latency",
      description = "Leave the latencies out, which take as long again.")
  private boolean noLatency;

  @Option(
      names = "--quick",
      description = "Within three minutes: many-to-one, 1000 series, hashmap, three repetitions.")
  private boolean quick;

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Layout format;

  @Override
  public Integer call() throws Exception {
    BenchPlan plan;
    try {
      plan = plan();
    } catch (IllegalArgumentException e) {
      System.err.println("weir bench: " + Printable.line(e.getMessage(), 1_000));
      System.err.println("  weir bench --help has examples");
      return 2;
    }
    BenchResult result;
    try (Bench bench = Bench.start(plan)) {
      result = bench.run();
    }
    System.out.print(
        switch (format) {
          case table -> result.table();
          case json -> result.json() + "\n";
          case csv -> result.csv();
        });
    return 0;
  }

  private BenchPlan plan() {
    List<BenchPipeline> chosen = new ArrayList<>();
    for (String name : orElse(pipelines, quick ? QUICK : ALL)) {
      BenchPipeline pipeline = BenchPipeline.ofLabel(name);
      check(
          pipeline != null,
          "--pipelines",
          "identity, windows, last-value, forecast or learn",
          name);
      chosen.add(pipeline);
    }
    List<Mode> chosenModes = new ArrayList<>();
    for (String label :
        orElse(modes, quick ? List.of("many-to-one") : List.of("many-to-one", "many-to-many"))) {
      Mode mode = Mode.ofLabel(label);
      check(mode != null, "--modes", "many-to-one or many-to-many", label);
      chosenModes.add(mode);
    }
    List<String> chosenBackends =
        orElse(backends, quick ? List.of("hashmap") : List.of("hashmap", "rocksdb"));
    for (String backend : chosenBackends) {
      check(
          List.of("hashmap", "rocksdb").contains(backend),
          "--backends",
          "hashmap or rocksdb",
          backend);
    }
    List<Integer> counts = orElse(series, quick ? List.of(1000) : List.of(1000, 1, 100_000));
    for (int count : counts) {
      check(count >= 1 && count <= 10_000_000, "--series", "1 to 10000000", count);
    }
    int repeats = orElse(repetitions, quick ? 3 : 5);
    check(repeats >= 1 && repeats <= 1000, "--repetitions", "1 to 1000", repeats);
    long most = orElse(records, quick ? 3_000_000L : 4_000_000L);
    check(most >= 1000 && most <= 1_000_000_000L, "--records", "1000 to 1000000000", most);
    long windowMillis = window == null ? (quick ? 3_000 : 10_000) : window.toMillis();
    check(windowMillis >= 100 && windowMillis <= 3_600_000, "--window", "100ms to 1h", window);
    check(interval.toMillis() >= 100, "--checkpoint-interval", "at least 100ms", interval);
    check(heap.matches("[1-9][0-9]{0,5}[mg]"), "--heap", "a size such as 2g", heap);
    check(hotKey >= 0 && hotKey < 1, "--hot-key", "0 to below 1", hotKey);
    List<BenchCase> cases = new ArrayList<>();
    for (Mode mode : chosenModes) {
      for (int count : counts) {
        for (String backend : chosenBackends) {
          for (BenchPipeline pipeline : chosen) {
            cases.add(new BenchCase(pipeline, mode, count, backend));
          }
        }
      }
    }
    return new BenchPlan(
        cases,
        repeats,
        most,
        windowMillis,
        interval,
        heap,
        seed,
        hotKey,
        rescale,
        !noLatency,
        quick);
  }

  private static <T> T orElse(T value, T otherwise) {
    return value == null ? otherwise : value;
  }

  private static void check(boolean holds, String option, String expected, Object got) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s: expected %s, got %s".formatted(option, expected, got));
    }
  }
}
