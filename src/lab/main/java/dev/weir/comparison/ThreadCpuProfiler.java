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
  private long cpu;
  private long bytes;
  private long processCpu;

  @Override
  public String getDescription() {
    return "CPU time and allocation of the benchmark's thread";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    cpu = 0;
    bytes = 0;
    for (long thread : workers()) {
      cpu += threads.getThreadCpuTime(thread);
      bytes += threads.getThreadAllocatedBytes(thread);
    }
    processCpu = process.getProcessCpuTime();
  }

  @Override
  public Collection<ScalarResult> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    long processAfter = process.getProcessCpuTime();
    long cpuAfter = 0;
    long bytesAfter = 0;
    for (long thread : workers()) {
      cpuAfter += threads.getThreadCpuTime(thread);
      bytesAfter += threads.getThreadAllocatedBytes(thread);
    }
    double operations = result.getMetadata().getAllOps();
    return List.of(
        perOperation(CPU, cpuAfter - cpu, operations, "ns/op"),
        perOperation(PROCESS, processAfter - processCpu, operations, "ns/op"),
        perOperation(BYTES, bytesAfter - bytes, operations, "B/op"));
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
