package dev.weir.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import dev.weir.job.ForecastJob;
import dev.weir.job.JobSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.management.AttributeNotFoundException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;

/**
 * One run of one pipeline, in the process that is measured. Looks on from outside: the records are
 * those that the job's Kafka clients count, the CPU is the process's, so that no code of ours
 * stands in the records' way.
 *
 * <p>The consumer counts a fetched batch when it has been handed over whole. Only the moments at
 * which the count moves are looked at, else a slow pipeline would seem to have done nothing or
 * twice as much. What the process has spent is read only twice, at the begin and at the end:
 * whoever looks on is part of the process, and what that takes would count as the job's.
 */
final class BenchRun implements AutoCloseable {

  private static final long LOOK_MILLIS = 50;
  private static final long CLOSE_LOOK_MILLIS = 10; // while the next move of the count matters
  private static final int LOOKS_AT_JOB = 20;
  private static final long START_NANOS = TimeUnit.MINUTES.toNanos(3);
  private static final long NEAR_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(90);
  private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final LocalCluster cluster;
  private final BenchPipeline pipeline;
  private final JobSettings settings;
  private JobClient job;
  private final JsonNode request;
  private int looks;

  private BenchRun(
      LocalCluster cluster,
      BenchPipeline pipeline,
      JobSettings settings,
      JobClient job,
      JsonNode request) {
    this.cluster = cluster;
    this.pipeline = pipeline;
    this.settings = settings;
    this.job = job;
    this.request = request;
  }

  /** Submits the job and waits until it reads. */
  static BenchRun start(LocalCluster cluster, BenchPipeline pipeline, JsonNode request)
      throws Exception {
    JobSettings settings = JobSettings.read(Path.of(request.get("job").asText()), Map.of());
    JobClient job =
        ForecastJob.submit(environment(cluster, request), settings, pipeline.middle(settings));
    BenchRun run = new BenchRun(cluster, pipeline, settings, job, request);
    try {
      run.await(() -> run.status() == JobStatus.RUNNING);
    } catch (Exception e) {
      run.close();
      throw e;
    }
    return run;
  }

  private static StreamExecutionEnvironment environment(LocalCluster cluster, JsonNode request)
      throws Exception {
    StreamExecutionEnvironment env = cluster.environment();
    Configuration flink = new Configuration();
    request
        .get("flink")
        .properties()
        .forEach(setting -> flink.setString(setting.getKey(), setting.getValue().asText()));
    env.configure(flink);
    return env;
  }

  /** Asked within the process: a request over HTTP would be counted as work. */
  private JobStatus status() throws Exception {
    return cluster.miniCluster().getJobStatus(job.getJobID()).get();
  }

  /** What has been done and spent up to a moment. */
  private record Moment(
      long nanos, long records, long sent, long cpuNanos, long threadNanos, long compilerNanos) {}

  /** Lets the job read its topic flat out and tells what it did between warm-up and end. */
  ObjectNode measure() throws Exception {
    long total = request.get("records").asLong();
    long warmRecords = request.get("warm_records").asLong();
    long warmNanos = TimeUnit.MILLISECONDS.toNanos(request.get("warm_millis").asLong());
    long windowNanos = TimeUnit.MILLISECONDS.toNanos(request.get("window_millis").asLong());
    long firstAt = 0;
    Moment begin = null;
    Moment end = null;
    long before = 0;
    long movedAt = System.nanoTime();
    while (end == null) {
      long records =
          counted(
              "kafka.consumer:type=consumer-fetch-manager-metrics,client-id=*",
              "records-consumed-total");
      long at = System.nanoTime();
      if (records == before) {
        if (at - movedAt > STALLED_NANOS) {
          throw new IllegalStateException(
              "expected the job to go on reading, it stands at %,d of %,d records"
                  .formatted(records, total));
        }
      } else {
        before = records;
        movedAt = at;
        firstAt = firstAt == 0 ? at : firstAt;
        if (begin == null && records >= total) {
          throw new IllegalStateException(
              "--records: expected more than a few batches of Kafka's, got %,d".formatted(total));
        }
        if (begin == null) {
          boolean late = at - firstAt >= warmNanos || records >= total / 2; // a topic that is short
          begin = late && records >= warmRecords ? moment(records) : null;
        } else if (records >= total || at - begin.nanos >= windowNanos) {
          end = moment(records);
        }
      }
      boolean due =
          begin == null ? at - firstAt >= warmNanos : at - begin.nanos >= windowNanos - NEAR_NANOS;
      pause(due || records >= total / 2 ? CLOSE_LOOK_MILLIS : LOOK_MILLIS);
    }
    ObjectNode result = new ObjectMapper().createObjectNode();
    result.put("records", end.records - begin.records);
    result.put("sent", end.sent - begin.sent);
    result.put("nanos", end.nanos - begin.nanos);
    result.put("cpu_nanos", end.cpuNanos - begin.cpuNanos);
    result.put("thread_nanos", end.threadNanos - begin.threadNanos);
    result.put("compiler_nanos", end.compilerNanos - begin.compilerNanos);
    checkpoint(result);
    return request.get("rescale").asBoolean() ? rescale(result) : result;
  }

  /** Stops with a savepoint and goes on with two tasks; adds how long each took. */
  private ObjectNode rescale(ObjectNode result) throws Exception {
    Path savepoints = TemporaryFolder.create("savepoints");
    long start = System.nanoTime();
    String savepoint =
        job.stopWithSavepoint(false, savepoints.toUri().toString(), SavepointFormatType.NATIVE)
            .get(5, TimeUnit.MINUTES);
    long stopped = System.nanoTime();
    StreamExecutionEnvironment env = environment(cluster, request);
    env.setParallelism(2);
    env.configure(new Configuration().set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint));
    job = ForecastJob.submit(env, settings, pipeline.middle(settings));
    await(this::isEachTaskRunning); // each has restored its state by then
    result.put("savepoint_millis", (stopped - start) / 1_000_000);
    result.put("restore_millis", (System.nanoTime() - stopped) / 1_000_000);
    FileUtils.deleteDirectoryQuietly(savepoints.toFile());
    return result;
  }

  private boolean isEachTaskRunning() throws Exception {
    for (AccessExecutionVertex task :
        cluster.miniCluster().getExecutionGraph(job.getJobID()).get().getAllExecutionVertices()) {
      if (task.getExecutionState() != ExecutionState.RUNNING) {
        return false;
      }
    }
    return true;
  }

  private static Moment moment(long records) throws JMException {
    return new Moment(
        System.nanoTime(),
        records,
        counted("kafka.producer:type=producer-metrics,client-id=*", "record-send-total"),
        SYSTEM.getProcessCpuTime(),
        threadNanos(),
        compilerNanos());
  }

  /** CPU of the Java threads: tasks, fetchers, producers; not compiler, collector and rocksdb. */
  private static long threadNanos() {
    long sum = 0;
    for (long id : THREADS.getAllThreadIds()) {
      sum += Math.max(0, THREADS.getThreadCpuTime(id));
    }
    return sum;
  }

  /**
   * CPU of the JVM's compiler, which works for minutes after a start and hardly ever after: a part
   * of start-up. Linux tells of it; elsewhere it is 0 and counts as the job's. Threads come and go
   * while they are listed; one that has gone is left out.
   */
  private static long compilerNanos() {
    long sum = 0;
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path task : tasks) {
        sum += compilerNanos(task);
      }
    } catch (IOException | DirectoryIteratorException e) {
      return 0;
    }
    return sum;
  }

  /** What that thread has spent when it is one of the compiler's, else 0. */
  private static long compilerNanos(Path task) {
    try {
      String name = Files.readString(task.resolve("comm"));
      if (!name.startsWith("C1 Compiler") && !name.startsWith("C2 Compiler")) {
        return 0;
      }
      String spent = Files.readString(task.resolve("schedstat")); // nanoseconds come first
      return Long.parseLong(spent.substring(0, spent.indexOf(' ')));
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
      return 0;
    }
  }

  /** The sum of what the Kafka clients in this process count under that name. */
  private static long counted(String beans, String attribute) throws JMException {
    Set<ObjectName> names = BEANS.queryNames(new ObjectName(beans), null);
    double sum = 0;
    for (ObjectName name : names) {
      try {
        if (BEANS.getAttribute(name, attribute) instanceof Double value && !value.isNaN()) {
          sum += value;
        }
      } catch (AttributeNotFoundException | InstanceNotFoundException e) {
        // a client that has only begun to count, or is just being closed
      }
    }
    return Math.round(sum);
  }

  /** Takes a checkpoint and adds its duration and sizes, bytes. */
  ObjectNode checkpoint(ObjectNode result) throws Exception {
    failIfEnded();
    cluster
        .miniCluster()
        .triggerCheckpoint(job.getJobID(), CheckpointType.CONFIGURED)
        .get(5, TimeUnit.MINUTES);
    CompletedCheckpointStats stats =
        cluster
            .miniCluster()
            .getExecutionGraph(job.getJobID())
            .get()
            .getCheckpointStatsSnapshot()
            .getHistory()
            .getLatestCompletedCheckpoint();
    result.put("checkpoint_millis", stats.getEndToEndDuration());
    result.put("state_bytes", stats.getStateSize());
    result.put("checkpoint_bytes", stats.getCheckpointedSize());
    return result;
  }

  private void pause(long millis) throws Exception {
    TimeUnit.MILLISECONDS.sleep(millis);
    if (++looks % LOOKS_AT_JOB == 0) {
      failIfEnded();
    }
  }

  private void failIfEnded() throws Exception {
    if (status().isGloballyTerminalState()) {
      job.getJobExecutionResult().get(); // says why
      throw new IllegalStateException("expected the job to run, it has ended");
    }
  }

  private void await(Callable<Boolean> condition) throws Exception {
    long giveUp = System.nanoTime() + START_NANOS;
    while (!condition.call()) {
      if (System.nanoTime() > giveUp) {
        throw new IllegalStateException(
            "expected the job to run within %d s, it is %s"
                .formatted(TimeUnit.NANOSECONDS.toSeconds(START_NANOS), status()));
      }
      pause(CLOSE_LOOK_MILLIS);
    }
  }

  @Override
  public void close() throws Exception {
    if (status().isGloballyTerminalState()) {
      return;
    }
    try {
      job.cancel().get(1, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      if (!status().isGloballyTerminalState()) { // it may have ended by itself in between
        throw e;
      }
    }
    long giveUp = System.nanoTime() + START_NANOS;
    while (!status().isGloballyTerminalState()) {
      if (System.nanoTime() > giveUp) {
        throw new IllegalStateException("expected the job to be cancelled, it is " + status());
      }
      TimeUnit.MILLISECONDS.sleep(CLOSE_LOOK_MILLIS);
    }
  }
}
