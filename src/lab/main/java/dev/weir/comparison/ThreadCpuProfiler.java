package dev.weir.comparison;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/**
 * CPU time and allocated bytes of the benchmark's thread, for each operation: on a busy machine a
 * clock on the wall measures the others. Also CPU time of the whole process, since a library may
 * work in threads of its own.
 */
public final class ThreadCpuProfiler implements InternalProfiler {

  static final String CPU = "thread.cpu";
  static final String PROCESS = "process.cpu";
  static final String BYTES = "thread.bytes";

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final OperatingSystemMXBean process =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private long[] before;

  @Override
  public String getDescription() {
    return "CPU time and allocation of the benchmark's thread";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    before = now();
  }

  @Override
  public Collection<ScalarResult> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    long[] now = now();
    double operations = result.getMetadata().getAllOps();
    return List.of(
        perOperation(CPU, now[0] - before[0], operations, "ns/op"),
        perOperation(PROCESS, now[1] - before[1], operations, "ns/op"),
        perOperation(BYTES, now[2] - before[2], operations, "B/op"));
  }

  /** CPU of the benchmark's threads, CPU of the process, allocated bytes; since the start. */
  private long[] now() {
    long[] now = {0, process.getProcessCpuTime(), 0};
    for (long thread : workers()) {
      now[0] += threads.getThreadCpuTime(thread);
      now[2] += threads.getThreadAllocatedBytes(thread);
    }
    return now;
  }

  private static ScalarResult perOperation(String name, long sum, double operations, String unit) {
    return new ScalarResult(name, sum / operations, unit, AggregationPolicy.AVG);
  }

  /** JMH's threads that run the benchmark; they live as long as a fork does. */
  private static long[] workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().contains("-jmh-worker-"))
        .mapToLong(Thread::getId)
        .toArray();
  }
}
