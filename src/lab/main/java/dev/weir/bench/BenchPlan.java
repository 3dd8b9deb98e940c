package dev.weir.bench;

import static dev.weir.cli.console.UsageException.check;

import dev.weir.bench.BenchCase.Backend;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.option.DurationConverter;
import dev.weir.model.Mode;
import dev.weir.stream.ForecastOperator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.configuration.MemorySize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What is measured, and for how long: the options of {@code weir lab bench}. */
public final class BenchPlan {

  private static final int FULL = BenchPipeline.SEQ_LEN + 1; // values until a window is full
  private static final int COUNTED = 4;
  private static final List<String> OWN =
      List.of(
          "state.backend.type",
          "parallelism.default",
          "execution.checkpointing.interval",
          "taskmanager.numberOfTaskSlots");
  private static final List<Integer> FLEETS = List.of(10_000, 100_000, 300_000, 1_000_000);

  @Option(
      names = "--pipelines",
      split = ",",
      paramLabel = "NAME",
      converter = PipelineLabel.class,
      description = "${COMPLETION-CANDIDATES} (default: all).")
  Set<BenchPipeline> pipelines;

  @Option(
      names = "--modes",
      split = ",",
      paramLabel = "MODE",
      descriptionKey = "forecast.mode",
      description = "Modes that are measured; by default both.")
  private List<Mode> modes;

  @Option(
      names = "--series",
      split = ",",
      paramLabel = "N",
      description = "Numbers of series (default: 1000,1,100000).")
  Set<Integer> series;

  @Option(
      names = "--backends",
      split = ",",
      paramLabel = "NAME",
      description = "${COMPLETION-CANDIDATES} (default: both).")
  private List<Backend> backends;

  @Option(names = "--repetitions", description = "Of each measurement (default: 5).")
  Integer repetitions;

  @Option(
      names = "--records",
      description = "Records in the topic, at most so many in each measurement (default: 4000000).")
  private Long records;

  @Option(
      names = "--window",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long each measurement lasts at most (default: 10s).")
  Duration window;

  @Option(
      names = "--checkpoint-interval",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      defaultValue = "10s",
      description = "Time from one checkpoint to the next (default: ${DEFAULT-VALUE}).")
  Duration checkpointInterval;

  @Option(names = "--heap", description = "Of Flink (default: 2g).")
  String heap;

  @Option(
      names = "--hot-key",
      paramLabel = "SHARE",
      defaultValue = "0",
      description = "Share of the records that one more series has (default: 0, none).")
  double hotKey;

  @Option(
      names = "--zipf",
      paramLabel = "EXPONENT",
      description =
          "The k-th series has a share of the records like 1 / k^EXPONENT; else all take turns.")
  Double zipf;

  @Option(names = "--tasks", description = "Partitions, and tasks of the job (default: 1).")
  Integer tasks;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "An option of the job file, such as state.cache=0.")
  final Map<String, String> job = new LinkedHashMap<>();

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "A setting of Flink, such as state.backend.rocksdb.use-bloom-filter=false.")
  final Map<String, String> flink = new LinkedHashMap<>();

  @Option(
      names = "--rescale",
      description = "Also stop each run with a savepoint and restore it with twice the tasks.")
  boolean rescale;

  @Option(names = "--no-latency", description = "Skip the latencies, which take as long again.")
  private boolean noLatency;

  @Option(
      names = "--quick",
      description = "Within three minutes: many-to-one, 1000 series, hashmap, three repetitions.")
  boolean quick;

  @Option(
      names = "--fleet",
      description = {
        "Many series that learn: learn, many-to-one, rocksdb, 10,000 to 1,000,000 series, two"
            + " tasks, one repetition of a minute, no latencies, restored with four tasks."
      })
  private boolean fleet;

  /**
   * Sets the defaults that depend on other options.
   *
   * @throws UsageException if an option is out of range
   */
  public void complete() {
    check(!fleet || !quick, "--fleet", "no --quick beside it", quick);
    if (fleet) {
      pipelines = orElse(pipelines, EnumSet.of(BenchPipeline.LEARN));
      modes = orElse(modes, List.of(Mode.MANY_TO_ONE));
      backends = orElse(backends, List.of(Backend.rocksdb));
      series = orElse(series, new LinkedHashSet<>(FLEETS));
      repetitions = orElse(repetitions, 1);
      records = orElse(records, 2_000_000L);
      window = orElse(window, Duration.ofMinutes(1));
      tasks = orElse(tasks, 2);
      heap = orElse(heap, "8g");
      noLatency = true;
      rescale = true;
    }
    pipelines = orElse(pipelines, EnumSet.allOf(BenchPipeline.class));
    tasks = orElse(tasks, 1);
    heap = orElse(heap, "2g");
    modes = orElse(modes, quick ? List.of(Mode.MANY_TO_ONE) : List.of(Mode.values()));
    series = orElse(series, new LinkedHashSet<>(quick ? List.of(1000) : List.of(1000, 1, 100_000)));
    backends = orElse(backends, quick ? List.of(Backend.hashmap) : List.of(Backend.values()));
    repetitions = orElse(repetitions, quick ? 3 : 5);
    records = orElse(records, quick ? 3_000_000L : 4_000_000L);
    window = orElse(window, Duration.ofSeconds(quick ? 3 : 10));
    series.forEach(count -> check(count >= 1, "--series", "1 or more", count));
    check(repetitions >= 1, "--repetitions", "1 or more", repetitions);
    check(records >= 1000, "--records", "1000 or more", records);
    check(window.toMillis() >= 100, "--window", "100ms or more", window);
    check(
        checkpointInterval.toMillis() >= 100,
        "--checkpoint-interval",
        "100ms or more",
        checkpointInterval);
    check(heap.matches("[1-9][0-9]{0,5}[mg]"), "--heap", "a size such as 2g", heap);
    for (String key : OWN) {
      check(!flink.containsKey(key), "-D", "no " + key + ", which has its own option", key);
    }
    check(tasks >= 1 && tasks <= 128, "--tasks", "1 to 128", tasks);
    check(zipf == null || zipf > 0 && zipf <= 10, "--zipf", "more than 0, up to 10", zipf);
    check(zipf == null || hotKey == 0, "--zipf", "no --hot-key beside it", hotKey);
    check(hotKey >= 0 && hotKey < 1, "--hot-key", "0 to below 1", hotKey);
  }

  private static <T> T orElse(T value, T otherwise) {
    return value == null ? otherwise : value;
  }

  /** The combinations, in the order of each repetition. */
  List<BenchCase> cases() {
    List<BenchCase> cases = new ArrayList<>();
    for (Mode mode : modes) {
      for (int count : series) {
        for (Backend backend : backends) {
          pipelines.forEach(pipeline -> cases.add(new BenchCase(pipeline, mode, count, backend)));
        }
      }
    }
    return cases;
  }

  /**
   * Options of the job file. A process with more slots than tasks, for the restored job, has caches
   * as large as if it had one slot for each task.
   */
  Map<String, String> jobOptions() {
    Map<String, String> options = new LinkedHashMap<>();
    if (rescale) {
      long bytes = MemorySize.parse(heap + "b").getBytes();
      options.put("state.cache", bytes / ForecastOperator.CACHE_SHARE / tasks + " b");
    }
    options.putAll(job);
    return options;
  }

  /** Slots of a Flink process. */
  int slots() {
    return rescale ? 2 * tasks : tasks;
  }

  int latencyRepetitions() {
    return noLatency ? 0 : quick ? 1 : Math.min(3, repetitions);
  }

  /** Records that are read before a measurement starts; a fifth of a short topic. */
  long warmRecords(int series) {
    return Math.max(Math.min(50_000, records / 5), full(series));
  }

  /** Records until the window of each series is full. */
  long full(int series) {
    return rounds(FULL, series);
  }

  /** Records in the topic: enough to measure after all windows are full. */
  long records(int series) {
    return Math.max(records, rounds(FULL + COUNTED, series));
  }

  /** Records until each series has so many values, those of the hot series in between. */
  private long rounds(int values, int series) {
    return (long) Math.ceil(values * (double) series / (1 - hotKey));
  }

  private static final class PipelineLabel implements ITypeConverter<BenchPipeline> {
    @Override
    public BenchPipeline convert(String text) {
      return Stream.of(BenchPipeline.values())
          .filter(pipeline -> pipeline.toString().equals(text))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "expected identity, last-value, forecast or learn, got '%s'"
                          .formatted(text)));
    }
  }
}
