package dev.weir.comparison;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;

/** What one library needed for one operation, in each measured iteration of each round. */
final class Measured {

  private final List<Double> cpu = new ArrayList<>();
  private final List<Double> process = new ArrayList<>();
  private final List<Double> bytes = new ArrayList<>();

  void add(Collection<RunResult> runs) {
    for (RunResult run : runs) {
      for (BenchmarkResult fork : run.getBenchmarkResults()) {
        for (IterationResult iteration : fork.getIterationResults()) {
          cpu.add(score(iteration, ThreadCpuProfiler.CPU));
          process.add(
              score(iteration, ThreadCpuProfiler.PROCESS)
                  / score(iteration, ThreadCpuProfiler.CPU));
          bytes.add(score(iteration, ThreadCpuProfiler.BYTES));
        }
      }
    }
  }

  private static double score(IterationResult iteration, String name) {
    return iteration.getSecondaryResults().get(name).getScore();
  }

  /** Figures of another program. */
  void add(double nanos) {
    cpu.add(nanos);
  }

  /** CPU of one operation in ns: the median over all iterations. */
  double nanos() {
    return quantile(cpu, 0.5);
  }

  /** Half the distance between the quartiles, over the median. */
  double spread() {
    return (quantile(cpu, 0.75) - quantile(cpu, 0.25)) / 2 / nanos();
  }

  /**
   * CPU of the whole process over that of the thread, the JVM's compilers included: the median over
   * all iterations; NaN if unknown. A process' clock ticks every 10 ms only.
   */
  double processShare() {
    return process.isEmpty() ? Double.NaN : quantile(process, 0.5);
  }

  /** Allocated by one operation; NaN if unknown. */
  double bytes() {
    return bytes.isEmpty() ? Double.NaN : quantile(bytes, 0.5);
  }

  private static double quantile(List<Double> values, double p) {
    List<Double> sorted = values.stream().sorted().toList();
    double at = p * (sorted.size() - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.size() - 1);
    return sorted.get(below) + (at - below) * (sorted.get(above) - sorted.get(below));
  }
}
