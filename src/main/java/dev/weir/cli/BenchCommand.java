package dev.weir.cli;

import dev.weir.bench.Bench;
import dev.weir.bench.Case;
import dev.weir.bench.Case.Backend;
import dev.weir.bench.JobServer;
import dev.weir.bench.Pipeline;
import dev.weir.bench.Plan;
import dev.weir.bench.Report;
import dev.weir.model.Mode;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

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

  @Spec private CommandSpec spec;

  @Option(
      names = "--pipelines",
      split = ",",
      paramLabel = "NAME",
      description = "${COMPLETION-CANDIDATES} (default: all).")
  private List<Pipeline> pipelines = List.of(Pipeline.values());

  @Option(
      names = "--modes",
      split = ",",
      paramLabel = "MODE",
      converter = ModeConverter.class,
      description = "many-to-one, many-to-many (default: both).")
  private List<Mode> modes;

  @Option(
      names = "--series",
      split = ",",
      paramLabel = "N",
      description = "Numbers of series (default: 1000,1,100000).")
  private List<Integer> series;

  @Option(
      names = "--backends",
      split = ",",
      paramLabel = "NAME",
      description = "${COMPLETION-CANDIDATES} (default: both).")
  private List<Backend> backends;

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
  private Duration window;

  @Option(
      names = "--checkpoint-interval",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      defaultValue = "10s",
      description = "Time from one checkpoint to the next (default: ${DEFAULT-VALUE}).")
  private Duration interval;

  @Option(
      names = "--heap",
      defaultValue = "2g",
      description = "Of Flink (default: ${DEFAULT-VALUE}).")
  private String heap;

  @Option(
      names = "--hot-key",
      paramLabel = "SHARE",
      defaultValue = "0",
      description = "Share of the records that one more series has (default: 0, none).")
  private double hotKey;

  @Option(
      names = "--rescale",
      description = "Also stop each run with a savepoint and restore it with two tasks.")
  private boolean rescale;

  @Option(names = "--no-latency", description = "Skip the latencies, which take as long again.")
  private boolean noLatency;

  @Option(
      names = "--quick",
      description = "Within three minutes: many-to-one, 1000 series, hashmap, three repetitions.")
  private boolean quick;

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Format format;

  /** How results are written. */
  enum Format {
    table,
    json
  }

  /** Modes by their labels. */
  static final class ModeConverter implements ITypeConverter<Mode> {
    @Override
    public Mode convert(String label) {
      Mode mode = Mode.ofLabel(label);
      if (mode == null) {
        throw new TypeConversionException(
            "expected many-to-one or many-to-many, got '" + label + "'");
      }
      return mode;
    }
  }

  @Override
  public Integer call() throws Exception {
    Plan plan = plan();
    Path folder = TemporaryFolder.create("bench");
    ProgressLine progress = new ProgressLine(0);
    Map<String, String> settings = // topics of a run take no space after it
        Map.of("log.segment.delete.delay.ms", "100", "log.segment.bytes", "134217728");
    Report report;
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0, settings);
        Bench bench =
            new Bench(
                plan,
                broker.bootstrapServers(),
                BenchCommand.class,
                folder,
                (text, share) -> progress.step(share, "%s", text))) {
      TemporaryFolder.closeBeforeDeletion(bench); // after Ctrl-C
      report = bench.run();
    } finally {
      progress.clear();
    }
    System.out.print(format == Format.json ? report.json() + "\n" : report.table());
    return 0;
  }

  private Plan plan() {
    List<Case> cases = new ArrayList<>();
    for (Mode mode : orElse(modes, quick ? List.of(Mode.MANY_TO_ONE) : List.of(Mode.values()))) {
      for (int count : orElse(series, quick ? List.of(1000) : List.of(1000, 1, 100_000))) {
        for (Backend backend :
            orElse(backends, quick ? List.of(Backend.hashmap) : List.of(Backend.values()))) {
          pipelines.forEach(pipeline -> cases.add(new Case(pipeline, mode, count, backend)));
        }
      }
    }
    try {
      return new Plan(
          cases,
          orElse(repetitions, quick ? 3 : 5),
          orElse(records, quick ? 3_000_000L : 4_000_000L),
          orElse(window, Duration.ofSeconds(quick ? 3 : 10)),
          interval,
          heap,
          hotKey,
          rescale,
          !noLatency,
          quick);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private static <T> T orElse(T value, T otherwise) {
    return value == null ? otherwise : value;
  }

  /** A child process of the bench: runs the jobs of one pipeline on a cluster of its own. */
  public static void main(String[] pipeline) {
    PrintStream answers = System.out;
    System.setOut(System.err); // what else is printed is no answer
    Map<String, String> settings =
        Map.of(
            "rest.bind-port", "0",
            "restart-strategy.type", "none", // the reason of a failure is reported
            "taskmanager.numberOfTaskSlots", "2", // for --rescale
            "taskmanager.memory.managed.size", "512m");
    int exitCode = 0;
    try (LocalCluster cluster = LocalCluster.start(settings)) {
      JobServer.serve(cluster.miniCluster(), cluster::environment, pipeline[0], answers);
    } catch (Throwable e) {
      e.printStackTrace();
      exitCode = 1;
    }
    Runtime.getRuntime().halt(exitCode); // threads of the cluster would keep the process
  }
}
