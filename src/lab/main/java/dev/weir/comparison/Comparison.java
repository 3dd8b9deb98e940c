package dev.weir.comparison;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs every library over the same work, each in a JVM of its own, one after another and all of it
 * again in each round, so that what else happens on the machine meets all of them. Prints a table
 * of ratios and writes JSON.
 *
 * <p>System properties: {@code bench}, which is full or quick; {@code bench.only}, a regular
 * expression that an id of the work has to contain; {@code bench.torch}, a file of {@code
 * bench_torch.py}; {@code bench.json}, the file to write; {@code bench.djl}, a folder for DJL's
 * native libraries.
 */
public final class Comparison {

  private final boolean quick;
  private final int rounds;
  private final List<Work> works;
  private final Map<String, Measured> measured = new LinkedHashMap<>();
  private int done;
  private int planned;

  private Comparison(boolean quick, String only) {
    this.quick = quick;
    this.rounds = quick ? 1 : 3;
    this.works =
        Work.all().stream()
            .filter(work -> only.isEmpty() || work.id().matches(".*(" + only + ").*"))
            .toList();
    if (works.isEmpty()) {
      throw new IllegalArgumentException(
          "bench.only: expected what an id of the work contains, got " + only);
    }
  }

  public static void main(String[] arguments) throws IOException, RunnerException {
    String length = property("bench", "full");
    if (!length.equals("full") && !length.equals("quick")) {
      throw new IllegalArgumentException("bench: expected full or quick, got " + length);
    }
    Comparison comparison = new Comparison(length.equals("quick"), property("bench.only", ""));
    String torch = property("bench.torch", "");
    if (!torch.isEmpty()) {
      TorchFile.read(Path.of(torch), comparison.works, comparison.measured);
    }
    comparison.run();
    ComparisonTable table = new ComparisonTable(comparison.works, comparison.measured);
    System.out.print(table.text());
    String json = property("bench.json", "");
    if (!json.isEmpty()) {
      Files.writeString(Path.of(json), table.json());
      System.err.println("written: " + json);
    }
  }

  private static String property(String name, String otherwise) {
    String value = System.getProperty(name, "");
    return value.isBlank() ? otherwise : value;
  }

  /** Under which a result is kept. */
  static String key(Work work, String who) {
    return work.id() + " " + who;
  }

  private void run() throws RunnerException {
    for (Work work : works) {
      planned += rounds * (Kernel.values().length + work.peers().size());
    }
    for (int round = 0; round < rounds; round++) {
      for (Work work : works) {
        for (Kernel kernel : Kernel.values()) {
          time(work, kernel.toString(), "weir", kernel);
        }
        for (OtherLibrary peer : work.peers()) {
          time(work, peer.library(), peer.library(), Kernel.plain);
        }
      }
    }
  }

  private void time(Work work, String who, String library, Kernel kernel) throws RunnerException {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("library", library);
    if (work.shape() != null) {
      parameters.put("shape", work.shape().text());
    }
    String key = key(work, who);
    measured
        .computeIfAbsent(key, absent -> new Measured())
        .add(run(work.benchmark(), key, kernel, parameters));
  }

  private Collection<RunResult> run(
      Class<?> benchmark, String what, Kernel kernel, Map<String, String> parameters)
      throws RunnerException {
    done++;
    System.err.printf("%d of %d: %s%n", done, planned, what);
    List<String> jvm = new ArrayList<>();
    if (kernel == Kernel.vector) {
      jvm.add("--add-modules=jdk.incubator.vector");
    }
    jvm.addAll(
        List.of(
            "-D" + WeirForward.KERNEL + "=" + kernel,
            "-Xms1g",
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-Xbatch", // compiled after as many calls on a busy machine as on an idle one
            "-Dai.djl.offline=true",
            "-Dai.djl.pytorch.num_threads=1",
            "-Dai.djl.pytorch.num_interop_threads=1",
            "-DDJL_CACHE_DIR=" + property("bench.djl", "target-bench/djl")));
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + benchmark.getName() + "\\.")
            .mode(Mode.AverageTime)
            .addProfiler(ThreadCpuProfiler.class)
            .jvmArgs(jvm.toArray(String[]::new))
            .forks(1)
            .warmupIterations(quick ? 3 : 4)
            .warmupTime(TimeValue.milliseconds(quick ? 200 : 300))
            .measurementIterations(quick ? 5 : 7)
            .measurementTime(TimeValue.milliseconds(quick ? 80 : 150))
            .timeout(new TimeValue(2, TimeUnit.MINUTES))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    parameters.forEach(options::param);
    return new Runner(options.build()).run();
  }
}
