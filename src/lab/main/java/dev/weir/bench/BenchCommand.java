package dev.weir.bench;

import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.cli.local.LocalCluster;
import dev.weir.cli.local.TemporaryFolder;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir lab bench}: what a record costs on this machine, from Kafka to Kafka. */
@Command(
    name = "bench",
    description =
        "Measures on this machine, in one run, what a record costs from Kafka to Kafka: the job,"
            + " and pipelines that do less on the same topics.",
    footer = {
      "",
      "Example: weir lab bench --quick",
      "Example: weir lab bench --format json > bench.json"
    })
public final class BenchCommand implements Callable<Integer> {

  @Mixin private BenchPlan plan;

  /** How results are written. */
  enum Layout {
    table,
    json
  }

  @Option(names = "--format", defaultValue = "table")
  private Layout format;

  @Override
  public Integer call() throws Exception {
    plan.complete();
    Path folder = TemporaryFolder.create("bench");
    ProgressLine progress = new ProgressLine(0);
    Map<String, String> deletion = // the topics of a run take gigabytes
        Map.of("log.segment.delete.delay.ms", "100", "log.segment.bytes", "134217728");
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0, deletion);
        Bench bench =
            new Bench(
                plan,
                broker.bootstrapServers(),
                folder,
                (text, share) -> progress.step(share, "%s", text))) {
      TemporaryFolder.closeBeforeDeletion(bench); // after Ctrl-C
      Report report = bench.run();
      progress.clear();
      System.out.print(format == Layout.json ? report.json() + "\n" : report.table());
      return 0;
    } finally {
      progress.clear();
    }
  }

  /**
   * A child process of the bench: runs the jobs of one pipeline on a cluster of its own.
   *
   * @param args the pipeline, then Flink's settings, KEY=VALUE
   */
  public static void main(String[] args) {
    PrintStream answers = System.out;
    System.setOut(System.err); // what else is printed is no answer
    Map<String, String> settings = new HashMap<>();
    settings.put("taskmanager.memory.managed.size", "512m");
    for (int i = 1; i < args.length; i++) {
      String[] setting = args[i].split("=", 2);
      settings.put(setting[0], setting[1]);
    }
    settings.put("rest.bind-port", "0");
    settings.put("restart-strategy.type", "none"); // the reason of a failure is reported
    int exitCode = 0;
    try (LocalCluster cluster = LocalCluster.start(settings)) {
      JobRun.serve(cluster, BenchPipeline.valueOf(args[0]), answers);
    } catch (Throwable e) {
      e.printStackTrace();
      exitCode = 1;
    }
    Runtime.getRuntime().halt(exitCode); // threads of the cluster would keep the process
  }
}
